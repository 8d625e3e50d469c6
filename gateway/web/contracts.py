"""Contracts: their terms and states, and what was done and charged under them."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.caller import caller, maybe
from gateway.forms import posted_key
from gateway.session import needs
from gateway.web import act, page
from gateway.web.sides import SIDES, my_side
from shared.contracts import billing, work
from shared.contracts import matching as c

pages = Blueprint("contracts", __name__)

LIVE = ("trial", "active", "paused", "notice")
ENDED = ("ended", "terminated")


@pages.get("/contracts")
@needs("client", "assistant")
def index() -> Response:
    ended = request.args.get("show") == "ended"
    listed = caller.query(
        c.ListContracts, {"states": list(ENDED if ended else LIVE), "cursor": request.args.get("cursor", "")}
    )
    tabs = [
        (_("Running"), url_for("contracts.index"), not ended, 0),
        (_("Ended"), url_for("contracts.index", show="ended"), ended, 0),
    ]
    return page("contracts/index.html", listed=listed, tabs=tabs, ended=ended, **SIDES)


@pages.get("/contracts/<id>")
@needs("client", "assistant", "operator")
def contract(id: str) -> Response:
    got = caller.queries(
        client=maybe(c.GetClient, {"contract_id": id}),
        contract=(c.GetContract, {"id": id}),
        timesheets=maybe(work.ListTimesheets, {"contract_id": id, "limit": 8}),
        invoices=maybe(billing.ListInvoices, {"contract_id": id, "limit": 8}),
        review=maybe(c.GetReview, {"id": id}),
    )
    return page("contracts/contract.html", side=my_side(got["contract"]), **got, **SIDES)


@pages.post("/contracts/<id>/pass-trial")
@needs("client", "assistant")
def pass_trial(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.PassTrial, {"id": id}, key=key),
        said=_("The trial is over: the contract is active."),
        to=url_for("contracts.contract", id=id),
    )


@pages.post("/contracts/<id>/pause")
@needs("client", "assistant")
def pause(id: str) -> Response:
    key, reason = posted_key(), request.form.get("reason", "")
    return act(
        lambda: caller.command(c.PauseContract, {"id": id, "reason": reason}, key=key),
        said=_("The contract is paused: no time can be logged until it is resumed."),
        to=url_for("contracts.contract", id=id),
    )


@pages.post("/contracts/<id>/resume")
@needs("client", "assistant")
def resume(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.ResumeContract, {"id": id}, key=key),
        said=_("The contract is active again."),
        to=url_for("contracts.contract", id=id),
    )


@pages.post("/contracts/<id>/notice")
@needs("client", "assistant")
def notice(id: str) -> Response:
    key, reason = posted_key(), request.form.get("reason", "")
    return act(
        lambda: caller.command(c.GiveNotice, {"id": id, "reason": reason}, key=key),
        said=_("You have given notice."),
        to=url_for("contracts.contract", id=id),
    )


@pages.post("/contracts/<id>/terminate")
@needs("client", "assistant")
def terminate(id: str) -> Response:
    key, reason = posted_key(), request.form.get("reason", "")
    return act(
        lambda: caller.command(c.TerminateContract, {"id": id, "reason": reason}, key=key),
        said=_("The contract has ended."),
        to=url_for("contracts.contract", id=id),
    )
