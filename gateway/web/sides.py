"""The two sides of an offer, a contract, a timesheet or an invoice, as the reader sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway import session


def my_side(thing: Mapping[str, Any]) -> str:
    """`client`, `assistant`, or nothing for an operator who looks in from outside."""
    mine = session.required().party_id
    if thing["client_id"] == mine:
        return "client"
    return "assistant" if assistant_of(thing) == mine else ""


def assistant_of(thing: Mapping[str, Any]) -> str:
    """An invoice calls its assistant the issuer."""
    return str(thing.get("assistant_id") or thing.get("issuer_id") or "")


def other_name(thing: Mapping[str, Any]) -> str:
    if my_side(thing) == "client":
        return str(thing.get("assistant_name") or thing.get("issuer_name") or "")
    return str(thing["client_name"])


def other_id(thing: Mapping[str, Any]) -> str:
    return assistant_of(thing) if my_side(thing) == "client" else str(thing["client_id"])


SIDES: dict[str, Any] = {"my_side": my_side, "other_name": other_name, "other_id": other_id}
"""For templates: `page(..., **SIDES)`."""
