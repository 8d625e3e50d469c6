"""Offers: made, countered, accepted, declined, withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import reasons, session
from gateway.caller import caller, maybe
from gateway.forms import Choose, Date, Form, Hours, LongText, MoneyInput, Number, named, posted_key
from gateway.session import needs
from gateway.web import act, done, page
from gateway.web.sides import SIDES, my_side
from shared.contracts import matching as c
from shared.contracts import requests as briefs
from shared.platform.clock import utc_now

pages = Blueprint("offers", __name__)


class TermsForm(Form):
    engagement = Choose(_l("How it is paid"), named("engagement"), radios=True, path="terms.engagement")
    rate = MoneyInput(_l("Rate"), path="terms.rate", hint=_l("An hour's; or a month's fee for a retainer."))
    weekly_minutes = Hours(
        _l("Hours a week"),
        path="terms.weekly_minutes",
        hint=_l("Held free for you, and the most that can be charged by the hour."),
    )
    included_minutes = Hours(
        _l("Hours included a month"),
        path="terms.included_minutes",
        optional=True,
        default=0,
        hint=_l("Only for a retainer."),
    )
    start_on = Date(_l("Start"), path="terms.start_on")
    notice_days = Number(_l("Notice, in days"), path="terms.notice_days", default=14)
    payment_days = Number(_l("Invoices are due after, in days"), path="terms.payment_days", default=14)
    scope = LongText(
        _l("What the work is"),
        path="terms.scope",
        optional=True,
        most=4000,
        rows=6,
        hint=_l("Both of you agree to it."),
    )
    message = LongText(_l("A message with it"), optional=True, most=4000, rows=4)

    def check(self) -> None:
        if self.engagement.value == "retainer" and not self.included_minutes.value:
            self.wrong(self.included_minutes, "Enter the hours that the monthly fee includes.")


class OfferForm(TermsForm):
    brief_id = Choose(_l("For which brief"), lambda: [(brief["id"], brief["title"]) for brief in g.open_briefs])
    """Choices are the client's open briefs, which the view puts into `g`."""


def today() -> date:
    return utc_now().astimezone(ZoneInfo(session.required().time_zone)).date()


@pages.get("/offers")
@needs("client", "assistant")
def index() -> Response:
    everything = request.args.get("show") == "all"
    listed = caller.query(c.ListOffers, {"open_only": not everything, "cursor": request.args.get("cursor", "")})
    tabs = [
        (_("Waiting for an answer"), url_for("offers.index"), not everything, 0),
        (_("All"), url_for("offers.index", show="all"), everything, 0),
    ]
    return page("offers/index.html", listed=listed, tabs=tabs, everything=everything, **SIDES)


@pages.route("/offers/new", methods=["GET", "POST"])
@needs("client", to=c.SendOffer)
def new() -> Response:
    """An offer to `assistant`, for one of the client's open briefs (`brief` in the address chooses it)."""
    assistant_id = request.args.get("assistant", "")
    wanted = request.args.get("brief", "")
    got = caller.queries(
        card=(c.GetAssistantCard, {"id": assistant_id}),
        briefs=(briefs.ListBriefs, {"states": ["open"], "limit": 100}),
        why=maybe(c.ExplainMatch, {"brief_id": wanted, "assistant_id": assistant_id}),
    )
    open_briefs = got["briefs"]["items"]
    chosen = next((brief for brief in open_briefs if brief["id"] == wanted), None)
    if chosen is None and open_briefs and request.method == "GET":
        return redirect(url_for("offers.new", assistant=assistant_id, brief=open_briefs[0]["id"]), 303)
    g.open_briefs = open_briefs
    form = OfferForm(initial=_proposal(chosen, got["card"]))
    if form.valid:
        with form.catching():
            sent = caller.command(c.SendOffer, {**form.payload, "assistant_id": assistant_id}, key=form.key)
            name = got["card"]["display_name"]
            return done(_("Your offer is on its way to %(name)s.", name=name), url_for("offers.offer", id=sent["id"]))
    return form.page("offers/new.html", reasons=reasons, brief=chosen, open_briefs=open_briefs, **got)


def _proposal(brief: dict[str, Any] | None, card: dict[str, Any]) -> dict[str, Any]:
    """What the form begins with: the brief's terms at the assistant's prices."""
    if brief is None:
        return {}
    retainer = card.get("retainer") if brief["engagement"] == "retainer" else None
    return {
        "brief_id": brief["id"],
        "terms": {
            "engagement": brief["engagement"],
            "rate": retainer["fee"] if retainer else card["hourly_rate"],
            "weekly_minutes": brief["weekly_minutes"],
            "included_minutes": retainer["included_minutes"] if retainer else None,
            "start_on": max(date.fromisoformat(brief["start_on"]), today()),
            "scope": brief["text"][:4000],
        },
    }


@pages.get("/offers/<id>")
@needs("client", "assistant", "operator")
def offer(id: str) -> Response:
    got = caller.queries(thread=(c.GetOffer, {"id": id}), client=maybe(c.GetClient, {"offer_id": id}))
    thread = got["thread"]["offers"]
    newest = thread[0]
    side = my_side(newest)
    return page(
        "offers/offer.html",
        offer=newest,
        thread=thread,
        before=thread[1] if len(thread) > 1 else None,
        mine=newest["by"] == side,
        side=side,
        client=got["client"],
        known=got["thread"].get("client"),
        **SIDES,
    )


@pages.route("/offers/<id>/counter", methods=["GET", "POST"])
@needs("client", "assistant", to=c.CounterOffer)
def counter(id: str) -> Response:
    newest = caller.query(c.GetOffer, {"id": id})["offers"][0]
    start_on = max(date.fromisoformat(newest["terms"]["start_on"]), today())
    form = TermsForm(initial={"terms": {**newest["terms"], "start_on": start_on}})
    if form.valid:
        with form.catching():
            sent = caller.command(c.CounterOffer, {**form.payload, "offer_id": id}, key=form.key)
            return done(_("Your terms are on their way."), url_for("offers.offer", id=sent["id"]))
    return form.page("offers/counter.html", offer=newest, **SIDES)


@pages.post("/offers/<id>/accept")
@needs("client", "assistant")
def accept(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.AcceptOffer, {"offer_id": id}, key=key),
        said=_("Agreed. Your contract begins with a trial of 14 days."),
        to=lambda made: url_for("contracts.contract", id=made["id"]),
        else_to=url_for("offers.offer", id=id),
    )


@pages.post("/offers/<id>/decline")
@needs("client", "assistant")
def decline(id: str) -> Response:
    key, reason = posted_key(), request.form.get("reason", "")
    return act(
        lambda: caller.command(c.DeclineOffer, {"offer_id": id, "reason": reason}, key=key),
        said=_("You have declined the offer."),
        to=url_for("offers.offer", id=id),
    )


@pages.post("/offers/<id>/withdraw")
@needs("client", "assistant")
def withdraw(id: str) -> Response:
    key, reason = posted_key(), request.form.get("reason", "")
    return act(
        lambda: caller.command(c.WithdrawOffer, {"offer_id": id, "reason": reason}, key=key),
        said=_("The offer is withdrawn."),
        to=url_for("offers.offer", id=id),
    )
