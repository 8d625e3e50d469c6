"""Addresses, accounts and their roles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.account import Account, Role
from services.accounts.domain.address import normalised
from shared.platform.errors import Conflict

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


def account(**changes: object) -> Account:
    made = Account.new(
        email="anna@example.com", name="Anna", roles=["client"], locale="it", time_zone="Europe/Rome", at=NOW
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("anna@example.com", "anna@example.com"),
        (" Anna@Example.COM ", "anna@example.com"),
        ("Anna.Rossi+Dextra@example.com", "anna.rossi+dextra@example.com"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@Bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@xn--bcher-kva.example", "anna@xn--bcher-kva.example"),
        ("\uff41nna@example.com", "anna@example.com"),
        ("two@signs@example.com", "two@signs@example.com"),
        ("anna@" + "x" * 70 + ".example", "anna@" + "x" * 70 + ".example"),
    ],
)
def test_an_address_has_one_form(typed: str, expected: str) -> None:
    assert normalised(typed) == expected


@given(st.emails())
def test_normalising_twice_changes_nothing_more(address: str) -> None:
    assert normalised(normalised(address)) == normalised(address)


def test_a_new_account_keeps_its_roles_in_one_order_and_is_unconfirmed() -> None:
    made = Account.new(
        email="Anna@Example.com",
        name=" Anna Rossi ",
        roles=["assistant", "client", "assistant"],
        locale="en",
        time_zone="UTC",
        at=NOW,
    )

    assert made.roles == (Role.CLIENT, Role.ASSISTANT)
    assert (made.email, made.name, made.email_confirmed) == ("anna@example.com", "Anna Rossi", False)


def test_a_role_is_added_once() -> None:
    both = account().with_role("assistant")

    assert both.roles == (Role.CLIENT, Role.ASSISTANT)
    with pytest.raises(Conflict):
        both.with_role("client")


def test_the_identity_says_nothing_of_the_password() -> None:
    assert "argon2" not in repr(account(password_hash="$argon2id$...").identity)


@pytest.mark.parametrize(
    ("confirmed", "operators", "expected"),
    [
        (True, {"anna@example.com"}, (Role.CLIENT, Role.OPERATOR)),
        (False, {"anna@example.com"}, (Role.CLIENT,)),
        (True, {"olga@example.com"}, (Role.CLIENT,)),
        (True, set(), (Role.CLIENT,)),
    ],
)
def test_operators_are_those_of_the_setting_whose_address_is_confirmed(
    confirmed: bool, operators: set[str], expected: tuple[Role, ...]
) -> None:
    identity = account(email_confirmed=confirmed).identity

    assert identity.among(operators).roles == expected


def test_settings_change_nothing_else() -> None:
    before = account(password_hash="hash")

    after = before.with_settings(name=" Anna B. ", locale="en", time_zone="UTC")

    assert after == replace(before, name="Anna B.", locale="en", time_zone="UTC")
