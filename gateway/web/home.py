"""The first page of somebody signed in: what waits for them, and what is under way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway import formats, session
from gateway.caller import caller, maybe
from gateway.commands import may
from gateway.session import needs
from gateway.web import page
from gateway.web.briefs import begun
from gateway.web.sides import SIDES, my_side, other_name
from shared.contracts import billing, matching, profiles, requests, work

pages = Blueprint("home", __name__)

LIVE = ("trial", "active", "paused", "notice")
Got = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for the reader. `when` is an instant that it is due by, if any."""

    icon: str
    text: str
    url: str
    when: str = ""


@pages.get("/home")
@needs("client", "assistant")
def home() -> Response:
    me = session.required()
    asked: dict[str, Any] = {
        "offers": maybe(matching.ListOffers, {"open_only": True, "limit": 50}),
        "contracts": maybe(matching.ListContracts, {"states": list(LIVE), "limit": 50}),
        "timesheets": maybe(work.ListTimesheets, {"states": ["open", "submitted", "disputed"], "limit": 50}),
        "invoices": maybe(billing.ListInvoices, {"payment_states": ["unpaid", "partly_paid"], "limit": 100}),
    }
    if me.has("client"):
        asked["sketches"] = maybe(requests.ListSketches)
        asked["briefs"] = maybe(requests.ListBriefs, {"states": ["draft", "open", "paused"], "limit": 20})
    if me.has("assistant"):
        asked["profile"] = maybe(profiles.GetMyProfile)
        asked["covers"] = maybe(profiles.ListCovers)
        asked["card"] = maybe(matching.GetAssistantCard, {"id": me.account_id})
    got = caller.queries(**asked)
    missing = [name for name in ("offers", "contracts", "timesheets", "invoices") if got[name] is None]
    return page(
        "home/home.html",
        todos=list(todos(got)),
        sums=list(sums(got)),
        missing=missing,
        contracts=_items(got, "contracts"),
        briefs=_items(got, "briefs"),
        sketches=begun(got.get("sketches")),
        profile=got.get("profile"),
        card=got.get("card"),
        **SIDES,
    )


def _items(got: Got, name: str) -> list[dict[str, Any]]:
    """The reader's own: services list everybody's things to operators."""
    mine = session.required().party_id
    listed = (got.get(name) or {"items": []})["items"]
    return [thing for thing in listed if (thing["client_id"] == mine if name == "briefs" else my_side(thing))]


def todos(got: Got) -> Iterator[Todo]:
    """What waits for the reader, the most pressing first."""
    for sheet in _items(got, "timesheets"):
        yield from _of_timesheet(sheet)
    for offer in _items(got, "offers"):
        if offer["state"] == "sent" and offer["by"] != my_side(offer) and may("accept_offer"):
            text = _("Answer the offer of %(name)s for “%(title)s”", name=other_name(offer), title=offer["brief_title"])
            yield Todo("handshake", text, url_for("offers.offer", id=offer["id"]), offer["expires_at"])
    for invoice in sorted(_items(got, "invoices"), key=lambda invoice: str(invoice["due_on"])):
        if invoice["kind"] == "invoice" and invoice["due"]["amount"] > 0:
            yield from _of_invoice(invoice)
    for cover in (got.get("covers") or {"others": ()})["others"]:
        if cover["state"] == "invited":
            text = _("Answer %(name)s, who asks you to stand in", name=cover["inviter_name"])
            yield Todo("users", text, url_for("team.index") + "#cover")
    for brief in _items(got, "briefs"):
        if brief["state"] == "draft" and may("publish_brief"):
            text = _("Finish and publish your brief “%(title)s”", title=brief["title"])
            yield Todo("clipboard-list", text, url_for("briefs.brief", id=brief["id"]))


def _of_timesheet(sheet: Got) -> Iterator[Todo]:
    url = url_for("timesheets.timesheet", id=sheet["id"])
    facts = {
        "name": other_name(sheet),
        "time": formats.duration(sheet["minutes"]),
        "date": formats.format_date(sheet["week_start"]),
    }
    side, state = my_side(sheet), sheet["state"]
    if side == "client" and state == "submitted" and may("approve_timesheet"):
        yield Todo("clock", _("Approve %(time)s of %(name)s, week of %(date)s", **facts), url, sheet["review_due_at"])
    elif side == "assistant" and state == "disputed":
        yield Todo("triangle-alert", _("Correct the week of %(date)s: %(name)s disputes entries of it", **facts), url)
    elif side == "assistant" and state == "open" and sheet["minutes"]:
        yield Todo("send", _("Submit %(time)s for %(name)s, week of %(date)s", **facts), url, sheet["submit_due_at"])


def _of_invoice(invoice: Got) -> Iterator[Todo]:
    url = url_for("invoices.invoice", id=invoice["id"])
    facts = {
        "number": invoice["number"],
        "name": other_name(invoice),
        "due": formats.money(invoice["due"]),
        "date": formats.format_date(invoice["due_on"]),
    }
    if my_side(invoice) == "client":
        text = (
            _("Pay invoice %(number)s of %(name)s: %(due)s was due on %(date)s", **facts)
            if invoice["overdue"]
            else _("Pay invoice %(number)s of %(name)s: %(due)s by %(date)s", **facts)
        )
        yield Todo("receipt", text, url)
    elif invoice["overdue"]:
        text = _("Remind %(name)s: invoice %(number)s, %(due)s, was due on %(date)s", **facts)
        yield Todo("banknote", text, url)


def sums(got: Got) -> Iterator[tuple[str, str]]:
    """What is still to be paid: by the reader as a client, to the reader as an assistant; by currency."""
    open_sums: dict[tuple[str, str], int] = {}
    for invoice in _items(got, "invoices"):
        key = (my_side(invoice), invoice["due"]["currency"])
        open_sums[key] = open_sums.get(key, 0) + invoice["due"]["amount"]
    for (side, currency), amount in sorted(open_sums.items()):
        if amount > 0:
            label = _("To be paid by you") if side == "client" else _("Still to be paid to you")
            yield label, formats.money({"amount": amount, "currency": currency})
