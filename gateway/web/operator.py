"""The operators' console: how services do, what could not be delivered, the ledger, accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from gateway.caller import caller, maybe
from gateway.forms import posted_key
from gateway.session import needs
from gateway.web import done, page
from shared.contracts import accounts, billing, operations
from shared.platform.contract import Call

pages = Blueprint("operator", __name__, url_prefix="/operator")

SERVICES = ("accounts", "profiles", "requests", "matching", "work", "billing", "messaging")


def of_each(contract: Callable[[str], Call], payload: dict[str, Any] | None = None) -> dict[str, Any]:
    """The same question to every service, in one wait; None from those that do not answer."""
    asked = {name: maybe(contract(name), payload) for name in SERVICES}
    return caller.queries(**asked)


@pages.get("")
@needs("operator")
def index() -> Response:
    statuses = of_each(operations.get_status)
    return page("operator/index.html", statuses=statuses)


@pages.get("/dead-letters")
@needs("operator")
def dead_letters() -> Response:
    letters = of_each(operations.list_dead_letters, {"limit": 50})
    return page("operator/dead_letters.html", letters=letters)


@pages.post("/dead-letters/<service>/replay")
@needs("operator")
def replay(service: str) -> Response:
    if service not in SERVICES:
        abort(404)
    key, letter = posted_key(), request.form.get("letter", "")
    count = caller.command(operations.replay_dead_letters(service), {"id": letter}, key=key)["count"]
    said = ngettext("%(num)s event will be tried again.", "%(num)s events will be tried again.", count)
    return done(said, url_for("operator.dead_letters"))


@pages.get("/ledger")
@needs("operator")
def ledger() -> Response:
    return page("operator/ledger.html", balance=caller.query(billing.GetTrialBalance))


@pages.get("/accounts")
@needs("operator")
def accounts_list() -> Response:
    listed = caller.query(accounts.ListAccounts, {"cursor": request.args.get("cursor", ""), "limit": 50})
    return page("operator/accounts.html", listed=listed)


def tabs(active: str) -> list[tuple[str, str, bool, int]]:
    names = {
        "operator.index": _("Services"),
        "operator.dead_letters": _("Dead letters"),
        "operator.ledger": _("Ledger"),
        "operator.accounts_list": _("Accounts"),
        "weights.index": _("Matching"),
        "proposals.console": _("Taxonomy"),
        "reviews.operator_checks": _("Checks"),
        "reviews.operator_reviews": _("Reported reviews"),
    }
    return [(name, url_for(view), view in (active, f"operator.{active}"), 0) for view, name in names.items()]


@pages.app_context_processor
def console_tabs() -> dict[str, Any]:
    return {"console_tabs": tabs}
