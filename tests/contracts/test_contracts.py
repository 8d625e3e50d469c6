"""Contracts keep their promises: no breaking change without a new version; unknown fields are tolerated; all is
answered."""

from __future__ import annotations

import copy
import importlib
import json
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import shared.contracts
from deploy.services import SERVICES
from shared.contracts import requests
from shared.platform.contract import Call, Event
from tests.contracts import snapshot

TODAY = snapshot.describe_all()
COMMITTED = json.loads(snapshot.PATH.read_text(encoding="utf-8"))


def test_nothing_breaks_a_reader_of_the_committed_snapshot() -> None:
    assert snapshot.breaking_changes(COMMITTED, TODAY) == []


def test_the_snapshot_is_up_to_date() -> None:
    assert COMMITTED == TODAY, "compatible changes: run `make contracts-snapshot` and commit the new snapshot"


@pytest.mark.parametrize(
    ("name", "part", "change", "problem"),
    [
        ("requests.get_brief.v1", "result", lambda f: f.pop("title"), "title is gone"),
        (
            "requests.get_brief.v1",
            "result",
            lambda f: f["title"].update(type="Integer"),
            "title was String and is Integer",
        ),
        ("requests.get_brief.v1", "result", lambda f: f["title"].update(null=True), "title may be null now"),
        ("requests.save_brief.v1", "request", lambda f: f["text"].update(required=True), "text must be sent now"),
        (
            "requests.save_brief.v1",
            "request",
            lambda f: f.update(extra={"type": "String", "required": True}),
            "extra is new and must be sent",
        ),
        (
            "matching.find_matches.v1",
            "result",
            lambda f: f["matches"]["items"]["fields"]["assistant"]["fields"].pop("headline"),
            "matches[].assistant.headline is gone",
        ),
        ("brief.opened.v1", "data", lambda f: f.pop("budget"), "budget is gone"),
    ],
)
def test_a_breaking_change_is_found(name: str, part: str, change: object, problem: str) -> None:
    changed = copy.deepcopy(TODAY)
    change(changed[name][part])  # type: ignore[operator]

    assert any(found.endswith(problem) for found in snapshot.breaking_changes(TODAY, changed))


def test_new_optional_fields_and_new_contracts_break_nothing() -> None:
    changed = copy.deepcopy(TODAY)
    changed["requests.save_brief.v1"]["request"]["extra"] = {"type": "String"}
    changed["requests.get_brief.v1"]["result"]["extra"] = {"type": "String"}
    changed["brand.new.v1"] = {"kind": "event", "data": {}}

    assert snapshot.breaking_changes(TODAY, changed) == []


def test_consumers_ignore_fields_that_they_do_not_know() -> None:
    fact = dict.fromkeys(("unknown", "newer"))
    known = {
        "brief_id": "b",
        "client_id": "c",
        "state": "open",
        "version": 1,
        "title": "t",
        "level": "executive",
        "engagement": "hourly",
        "weekly_minutes": 600,
        "budget": {"amount": 1, "currency": "EUR"},
        "time_zone": "Europe/Rome",
        "start_on": "2026-12-01",
    }

    loaded = requests.BriefOpened.load({**fact, **known})

    assert loaded["brief_id"] == "b"
    assert "newer" not in loaded


MODULES = {"accounts": ("accounts", "companies")}
"""Of services whose language is in several."""


def declared_values(*modules: str) -> Iterator[Any]:
    """What the modules of contracts declare; all of them, unless some are named."""
    for name in modules or [module.name for module in pkgutil.iter_modules(shared.contracts.__path__)]:
        yield from vars(importlib.import_module(f"shared.contracts.{name}")).values()


@pytest.mark.parametrize("service", SERVICES)
def test_every_call_of_a_contract_is_answered_by_its_service(service: str) -> None:
    module, _, name = SERVICES[service].partition(":")
    answering = getattr(importlib.import_module(module), name)
    methods = (getattr(answering, attribute) for attribute in dir(answering))
    answered = {method.contract.name for method in methods if hasattr(method, "contract")}
    values = declared_values(*MODULES.get(service, (service,)))
    promised = {value.name for value in values if isinstance(value, Call) and value.service == service}

    assert promised <= answered


def test_every_event_that_somebody_handles_is_declared() -> None:
    declared = {value.name for value in declared_values() if isinstance(value, Event)}
    from deploy.services import subscriptions

    for path in SERVICES.values():
        assert set(subscriptions(path)) <= declared
