"""An assistant's own profile: written, published, taken back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import session
from gateway.caller import caller, maybe
from gateway.forms import (
    Choose,
    ChooseNumber,
    ChooseSome,
    Form,
    Hidden,
    Hours,
    LongText,
    MoneyInput,
    Number,
    Rows,
    Text,
    half_hours,
    industries,
    languages,
    named,
    posted_key,
    services,
    skills,
    time_zones,
)
from gateway.rates import sentences as rate_sentences
from gateway.session import needs
from gateway.web import act, done
from shared.contracts import profiles as c
from shared.contracts.rate_cards import GetMyRateCard

pages = Blueprint("profile", __name__)

OFFICE_HOURS = [{"day": day, "start": "09:00", "end": "17:00"} for day in ("mon", "tue", "wed", "thu", "fri")]

RATES = ("hourly_rate", "fee", "included_minutes")
"""Fields that a rate card takes the place of."""


class ProfileForm(Form):
    display_name = Text(_l("Name of your practice, or your own"), most=120)
    headline = Text(
        _l("In one line: what you do, and for whom"),
        most=140,
        placeholder=_l("Executive assistant for founders in design and food"),
    )
    story = LongText(
        _l("About your practice"),
        most=5000,
        rows=8,
        optional=True,
        hint=_l("Whom you have worked for, how you work, what clients come back for."),
    )
    story_locale = Choose(_l("Language of the text"), [("en", "English"), ("it", "Italiano")], default="en")
    level = Choose(
        _l("Level"),
        named("level"),
        radios=True,
        hint=_l("Administrative: you carry out what is set. Executive: you also decide small things for the client."),
    )
    services = ChooseSome(_l("Services"), services)
    skills = Rows(
        _l("Skills"),
        {
            "code": Choose(_l("Skill"), skills, blank=_l("Choose a skill")),
            "level": ChooseNumber(_l("Level"), named("skill_level"), default=2),
        },
        add=_l("Another skill"),
        spare=2,
        hint=_l("Matches count them by level. Name those that you can show."),
    )
    languages = Rows(
        _l("Languages"),
        {
            "code": Choose(_l("Language"), languages, blank=_l("Choose a language")),
            "cefr": Choose(_l("Level"), named("cefr"), default="B2"),
        },
        most=12,
        add=_l("Another language"),
    )
    time_zone = Choose(_l("Time zone"), time_zones)
    working_hours = Rows(
        _l("Working hours"),
        {
            "day": Choose(_l("Day"), named("day"), blank=_l("Choose a day")),
            "start": Choose(_l("From"), half_hours, default="09:00"),
            "end": Choose(_l("To"), half_hours, default="17:00"),
        },
        most=28,
        add=_l("More hours"),
        hint=_l("Clients see them on their own clock. For a pause at noon give the day twice."),
    )
    capacity_minutes = Hours(_l("Hours you sell a week, in all"))
    minimum_weekly_minutes = Hours(
        _l("Smallest engagement, hours a week"), optional=True, default=0, hint=_l("Leave empty for none.")
    )
    hourly_rate = MoneyInput(_l("Rate an hour"))
    fee = MoneyInput(_l("Retainer: fee a month"), path="retainer.fee", optional=True, hint=_l("Leave empty for none."))
    included_minutes = Hours(_l("Retainer: hours included a month"), path="retainer.included_minutes", optional=True)
    target_industries = ChooseSome(
        _l("Lines of business you work for best"),
        industries,
        optional=True,
        hint=_l("Leave empty if you like them all."),
    )
    notice_days = Number(
        _l("Days of notice before you begin"), optional=True, default=0, hint=_l("0: you can begin at once.")
    )
    version = Hidden(_l("Version"), optional=True)

    def check(self) -> None:
        if "fee" not in self.fields:
            return
        if self.fee.value and not self.included_minutes.value:
            self.wrong(self.included_minutes, "Enter the hours that the monthly fee includes.")
        if self.included_minutes.value and not self.fee.value:
            self.wrong(self.fee, "Enter the fee, or leave the hours empty as well.")

    @property
    def request(self) -> dict[str, Any]:
        payload = {**self.payload, "version": self.version.value or 0}
        if "fee" not in self.fields or not self.fee.value:
            payload["retainer"] = None
        return payload


@pages.route("/profile", methods=["GET", "POST"])
@needs("assistant")
def edit() -> Response:
    me = session.required()
    got = caller.queries(profile=maybe(c.GetMyProfile), card=maybe(GetMyRateCard))
    kept, card = got["profile"], got["card"]
    priced = bool(card and card["version"] and card["hourly_rate"])
    fresh = {"display_name": me.name, "time_zone": me.time_zone, "story_locale": me.locale}
    initial = kept or {**fresh, "version": 0, "working_hours": OFFICE_HOURS}
    form = ProfileForm(initial=initial, without=RATES if priced else ())
    if form.valid:
        with form.catching():
            rates = {"hourly_rate": card["hourly_rate"], "retainer": card["retainer"]} if priced else {}
            caller.command(c.SaveProfile, {**form.request, **rates}, key=form.key)
            if "publish" in request.form:
                return _publish(f"{form.key}-publish")
            return done(_("Your profile is saved."), url_for("profile.edit"))
    passages = rate_sentences.of_card(card) if priced else []
    return form.page("practice/edit.html", kept=kept, passages=passages)


def _publish(key: str) -> Response:
    return act(
        lambda: caller.command(c.PublishProfile, key=key),
        said=_("Your profile is published: clients can find you now."),
        to=url_for("profile.edit"),
    )


@pages.post("/profile/publish")
@needs("assistant")
def publish() -> Response:
    return _publish(posted_key())


@pages.post("/profile/unpublish")
@needs("assistant")
def unpublish() -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.UnpublishProfile, key=key),
        said=_("Your profile is taken back: clients no longer find you. Your contracts go on."),
        to=url_for("profile.edit"),
    )
