"""A client's company: what it says of itself, its colleagues and their roles, invitations; and for whom one acts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from gateway import formats, session
from gateway.caller import caller
from gateway.forms import (
    Choose,
    Email,
    Form,
    Hidden,
    LongText,
    Rows,
    Text,
    countries,
    half_hours,
    industries,
    named,
    posted_key,
    time_zones,
)
from gateway.i18n import LANGUAGES
from gateway.session import needs
from gateway.web import act, done, page
from shared.contracts import companies as c
from shared.platform.money import EXPONENTS

pages = Blueprint("company", __name__)
Json = dict[str, Any]


class CompanyForm(Form):
    name = Text(_l("Name of the company"), most=120, optional=True, autocomplete="organization")
    website = Text(_l("Website"), most=200, optional=True, autocomplete="url", placeholder="https://")
    industry = Choose(_l("Line of business"), industries, optional=True, blank=_l("Not said"))
    size = Choose(_l("Size"), named("company_size"), optional=True, blank=_l("Not said"))
    country = Choose(_l("Country"), countries, optional=True, blank=_l("Not said"))
    description = LongText(
        _l("About the company"),
        most=2000,
        rows=5,
        optional=True,
        hint=_l("What you do and how you work: assistants with an offer of yours read it."),
    )
    description_locale = Choose(_l("Language of this text"), list(LANGUAGES.items()))
    shows = Choose(
        _l("What readers of your open briefs see"),
        named("shows"),
        radios=True,
        default="kind",
        hint=_l("Who has an offer or a contract of yours sees all of it."),
    )
    time_zone = Choose(_l("Time zone"), time_zones, optional=True, blank=_l("That of my account"))
    currency = Choose(_l("Currency"), [(code, code) for code in EXPONENTS], optional=True, blank=_l("Not said"))
    working_hours = Rows(
        _l("Working hours"),
        {
            "day": Choose(_l("Day"), named("day"), blank=_l("Choose a day")),
            "start": Choose(_l("From"), half_hours, default="09:00"),
            "end": Choose(_l("To"), half_hours, default="18:00"),
        },
        optional=True,
        most=28,
        add=_l("More hours"),
        hint=_l("New briefs begin with them, as with the time zone, the currency and the line of business."),
    )
    version = Hidden(_l("Version"), optional=True)


class InviteForm(Form):
    email = Email(_l("E-mail address"), most=254, autocomplete="off")
    role = Choose(_l("What may they do?"), named("colleague_may"), radios=True, default="approver")


# -- what it says of itself --------------------------------------------------------------------------------------------


@pages.route("/company", methods=["GET", "POST"])
@needs("client")
def profile() -> Response:
    if request.method == "POST":
        form = CompanyForm()
        if form.valid:
            with form.catching():
                payload = {**form.payload, "version": formats.read_whole(form.version.value)}
                caller.command(c.SaveCompany, payload, key=form.key)
                return done(_("Your company is saved."), url_for("company.profile"))
        return form.page("company/profile.html", tab="profile", company=None)
    company = caller.query(c.GetCompany)
    begun = {**company, "description_locale": company["description_locale"] if company["version"] else None}
    begun["description_locale"] = begun["description_locale"] or session.required().locale
    return CompanyForm(initial=begun).page("company/profile.html", tab="profile", company=company)


# -- colleagues --------------------------------------------------------------------------------------------------------


@pages.route("/company/colleagues", methods=["GET", "POST"])
@needs("client")
def colleagues() -> Response:
    form = InviteForm()
    if form.valid:
        with form.catching():
            caller.command(c.InviteColleague, form.payload, key=form.key)
            said = _("The invitation is on its way to %(email)s.", email=form.email.value)
            return done(said, url_for("company.colleagues"))
    listed = caller.query(c.ListColleagues)
    return form.page("company/colleagues.html", tab="colleagues", listed=listed, roles=c.COLLEAGUES)


@pages.post("/company/colleagues/<account_id>/role")
@needs("client")
def change(account_id: str) -> Response:
    key, role = posted_key(), request.form.get("role", "")
    return act(
        lambda: caller.command(c.ChangeColleague, {"account_id": account_id, "role": role}, key=key),
        said=_("The role is changed."),
        to=url_for("company.colleagues"),
    )


@pages.post("/company/colleagues/<account_id>/remove")
@needs("client")
def remove(account_id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.RemoveColleague, {"account_id": account_id}, key=key),
        said=_("They can no longer act for your company."),
        to=url_for("company.colleagues"),
    )


@pages.post("/company/invitations/<id>/withdraw")
@needs("client")
def withdraw(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.WithdrawInvitation, {"invitation_id": id}, key=key),
        said=_("The invitation is taken back; its link works no more."),
        to=url_for("company.colleagues"),
    )


@pages.post("/company/leave")
@needs()
def leave() -> Response:
    key, company_id = posted_key(), request.form.get("company", "")
    return act(
        lambda: session.renew(caller.command(c.LeaveCompany, {"company_id": company_id}, key=key)),
        said=_("You have left the company."),
        to=url_for("account.settings"),
        else_to=url_for("company.colleagues"),
    )


@pages.route("/join/<token>", methods=["GET", "POST"])
def join(token: str) -> Response:
    """The link of an invitation. A press of the button accepts, not the look: programs open links, too."""
    me = session.current()
    if request.method == "POST":
        if me is None:
            return session.to_sign_in()
        account = caller.command(c.AcceptInvitation, {"token": token}, key=posted_key())
        before = {each.company_id for each in me.companies}
        session.renew(account)
        joined = next((each for each in account["companies"] if each["company_id"] not in before), None)
        if joined:
            session.act_for(joined["company_id"])
            said = _("Welcome to %(company)s: you act for it from here on.", company=joined["name"])
            return done(said, url_for("home.home"))
        return redirect(url_for("home.home"), 303)
    invited = caller.query(c.GetInvitation, {"token": token})
    return page("company/join.html", invited=invited, token=token)


# -- for whom one acts -------------------------------------------------------------------------------------------------


@pages.post("/acting")
@needs()
def act_for() -> Response:
    company = session.act_for(request.form.get("company", ""))
    said = _("You act for %(company)s now.", company=company.name) if company else _("You act for yourself again.")
    return done(said, url_for("home.home"), "info")


@pages.before_app_request
def follow_link() -> Response | None:
    """Links of e-mails and notifications name the company that they are about (`for`): it is acted for from then on."""
    wanted, me = request.args.get("for"), session.current()
    if request.method != "GET" or wanted is None or me is None or request.path.startswith("/api/"):
        return None
    company = "" if wanted == me.account_id else wanted
    if company != me.acting_for and (not company or company in {each.company_id for each in me.companies}):
        session.act_for(company)
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "for"]
    return redirect(request.path + (f"?{urlencode(rest)}" if rest else ""))


def beginnings(company: Json | None) -> Json:
    """What a new brief begins with, of what the company says: its zone, its usual day, its line of business."""
    if not company:
        return {}
    days: dict[str, list[Json]] = {}
    for hours in company["working_hours"]:
        if hours["day"] not in ("sat", "sun"):
            days.setdefault(hours["day"], []).append(hours)
    usual = {
        "time_zone": company["time_zone"],
        "industry": company["industry"],
        "day_start": max((min(part["start"] for part in parts) for parts in days.values()), default=""),
        "day_end": min((max(part["end"] for part in parts) for parts in days.values()), default=""),
    }
    if usual["day_start"] >= usual["day_end"]:
        usual["day_start"] = usual["day_end"] = ""
    if company["currency"]:
        usual["budget"] = {"currency": company["currency"]}
    return {name: value for name, value in usual.items() if value}
