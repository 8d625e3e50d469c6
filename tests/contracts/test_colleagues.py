"""Every command of every service, in every role that somebody may have in a client's company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from deploy.services import SERVICES, load_service
from shared.platform.context import Actor, Context
from shared.platform.contract import Command
from shared.platform.errors import Forbidden, Invalid
from shared.platform.rpc_server import Incoming

APPROVERS = {
    *("work.approve_timesheet", "work.dispute_timesheet"),
    *("messaging.post_message", "messaging.mark_conversation_seen"),
    *("requests.keep_assistant", "requests.drop_assistant"),
}
"""All that an approver may do for the company; a viewer may do nothing."""
ROLES = ("", "owner", "approver", "viewer", "stranger")
"""Oneself, colleagues by their role, and somebody who names a company without a role in it."""


def commands() -> dict[str, tuple[type[Any], Any]]:
    """By service and name: the class and its method."""
    found = {}
    for path in SERVICES.values():
        service = load_service(path)
        for name in dir(service):
            contract = getattr(getattr(service, name), "contract", None)
            if isinstance(contract, Command) and contract.service == service.name:
                found[f"{service.name}.{contract.name}"] = (service, getattr(service, name))
    return found


COMMANDS = commands()


class Reached(Exception):
    """The command was let through to its transaction."""


@dataclass
class Provider:
    def transact(self, effect: Any) -> Any:
        raise Reached


def outcome(name: str, role: str) -> str:
    service, method = COMMANDS[name]
    actor = Actor("dora", frozenset({"client"}))
    if role:
        actor = Actor("dora", frozenset({"client"}), "company", "" if role == "stranger" else role, "Dora")
    called = service()
    called.provider = Provider()
    try:
        method(called, Incoming(name, {}, Context(actor=actor).to_headers(), deadline=0.0))
    except Forbidden:
        return "forbidden"
    except (Reached, Invalid):  # or nothing was sent that it could be about
        return "let through"
    raise AssertionError("it was answered without a transaction")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_role_lets_through_what_it_says_and_no_more(name: str, role: str) -> None:
    contract = COMMANDS[name][1].contract
    free = contract.personal or role in {"", "owner"} or (role == "approver" and name in APPROVERS)

    assert outcome(name, role) == ("let through" if free else "forbidden")


def test_commands_are_about_the_account_or_the_company() -> None:
    """A new command of accounts is about the caller's own account, or one of the company's."""
    of_company = {name for name, (_, method) in COMMANDS.items() if not method.contract.personal}

    assert {name for name in of_company if name.startswith("accounts.")} == {
        *("accounts.save_company", "accounts.invite_colleague", "accounts.withdraw_invitation"),
        *("accounts.change_colleague", "accounts.remove_colleague"),
    } | {name for name in of_company if name.endswith("replay_dead_letters") and name.startswith("accounts.")}
    assert len(COMMANDS) > 60
