"""Reviews of contracts, what is known of people, and operators' checks of who they are."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from gateway import i18n
from gateway.caller import caller, maybe
from gateway.forms import Choose, ChooseNumber, Form, LongText, Text, named, posted_key
from gateway.session import needs
from gateway.web import act, done, page
from gateway.web.sides import SIDES, my_side
from shared.contracts import matching as c

pages = Blueprint("reviews", __name__)


def _stars() -> list[tuple[str, str]]:
    return [
        ("5", _("5 · excellent")),
        ("4", _("4 · good")),
        ("3", _("3 · fair")),
        ("2", _("2 · poor")),
        ("1", _("1 · bad")),
    ]


def _languages() -> list[tuple[str, str]]:
    return list(i18n.LANGUAGES.items())


def _of(criterion: str, name: Any) -> ChooseNumber:
    return ChooseNumber(name, _stars, radios=True, path=f"scores.{criterion}", css="field--stars")


class OfAssistant(Form):
    quality = _of("quality", _l("Quality of the work"))
    reliability = _of("reliability", _l("Reliability"))
    communication = _of("communication", _l("Communication"))
    discretion = _of("discretion", _l("Discretion"))
    initiative = _of("initiative", _l("Initiative"))
    text = LongText(_l("In your words"), rows=6, most=4000, optional=True)
    locale = Choose(_l("Language of the text"), _languages)


class OfClient(Form):
    clarity = _of("clarity", _l("Clear about what is needed"))
    terms = _of("terms", _l("Keeps to the terms"))
    payment = _of("payment", _l("Pays as agreed"))
    communication = _of("communication", _l("Communication"))
    text = LongText(_l("In your words"), rows=6, most=4000, optional=True)
    locale = Choose(_l("Language of the text"), _languages)


class ReplyForm(Form):
    text = LongText(_l("Your reply"), rows=4, most=2000)
    locale = Choose(_l("Language of the text"), _languages)


class ReportForm(Form):
    reason = LongText(_l("What is wrong with it"), rows=3, most=1000)


class AskForm(Form):
    kind = Choose(_l("What is to be checked"), named("check_kind"))
    note = LongText(
        _l("How and when an operator can reach you"), rows=3, most=1000, hint=_l("Read by operators alone.")
    )


class DecideForm(Form):
    account_id = Text(_l("Account"), most=80)
    kind = Choose(_l("Check"), named("check_kind"))
    decision = Choose(
        _l("Decision"),
        lambda: [("grant", _("Grant the mark")), ("refuse", _("Do not grant it")), ("revoke", _("Take it back"))],
    )
    note = LongText(
        _l("Why, or what you looked at"),
        rows=3,
        most=1000,
        hint=_l("Its owner reads it, and it stays in the history. Write no number of a document here."),
    )


# -- the review of a contract ------------------------------------------------------------------------------------------


@pages.route("/contracts/<id>/review", methods=["GET", "POST"])
@needs("client", "assistant", "operator")
def review(id: str) -> Response:
    """What is written, and the form for what can still be."""
    if request.method == "POST":
        return _written(id)
    found = caller.query(c.GetReview, {"id": id})
    return _page(found, _form(my_side(found), posted=False))


def _written(id: str) -> Response:
    """The form says whom it is about, so that nothing needs to be asked before the review is sent."""
    form = _form("assistant" if request.form.get("about") == "client" else "client")
    if form.valid:
        with form.catching():
            saved = caller.command(c.WriteReview, {**form.payload, "id": id}, key=form.key)
            said = _("Both reviews can be read now.") if saved["state"] == "revealed" else _("Your review is sealed.")
            return done(said, url_for("reviews.review", id=id))
    return _page(caller.query(c.GetReview, {"id": id}), form)


@pages.post("/contracts/<id>/review/reply")
@needs("client", "assistant")
def reply(id: str) -> Response:
    form = ReplyForm()
    if form.valid:
        with form.catching():
            caller.command(c.ReplyToReview, {**form.payload, "id": id}, key=form.key)
            return done(_("Your reply stands below the review."), url_for("reviews.review", id=id))
    found = caller.query(c.GetReview, {"id": id})
    return _page(found, _form(my_side(found), posted=False), reply=form)


@pages.post("/contracts/<id>/review/report")
@needs("client", "assistant")
def report(id: str) -> Response:
    form = ReportForm()
    if form.valid:
        with form.catching():
            caller.command(c.ReportReview, {**form.payload, "id": id}, key=form.key)
            return done(_("An operator will read it and decide."), url_for("reviews.review", id=id))
    found = caller.query(c.GetReview, {"id": id})
    return _page(found, _form(my_side(found), posted=False), report=form)


def _form(side: str, *, posted: bool = True) -> Form:
    """What a side writes is about the other one."""
    kind = OfClient if side == "assistant" else OfAssistant
    return kind({"locale": i18n.current_locale()}, posted=posted)


def _page(found: dict[str, Any], form: Form, **forms: Form) -> Response:
    side = my_side(found)
    locale = {"locale": i18n.current_locale()}
    posted = next((each for each in (form, *forms.values()) if each.posted), form)
    return page(
        "trust/review.html",
        status=posted.status,
        review=found,
        form=form,
        reply=forms.get("reply") or ReplyForm(locale, posted=False),
        report=forms.get("report") or ReportForm({}, posted=False),
        side=side,
        mine=found[f"by_{side}"] if side else None,
        theirs=found["by_client" if side == "assistant" else "by_assistant"] if side else None,
        **SIDES,
    )


@pages.get("/reviews")
@needs("client", "assistant")
def index() -> Response:
    """One's own: those to write, those sealed, those that can be read."""
    listed = caller.query(c.ListMyReviews, {"cursor": request.args.get("cursor", "")})
    return page("trust/reviews.html", listed=listed, **SIDES)


# -- what is known of people -------------------------------------------------------------------------------------------


@pages.get("/assistants/<id>/reviews")
def of_assistant(id: str) -> Response:
    asked = {"subject_id": id, "cursor": request.args.get("cursor", ""), "limit": 10}
    got = caller.queries(
        trust=(c.GetTrust, {"id": id}), reviews=(c.ListReviewsOf, asked), card=maybe(c.GetAssistantCard, {"id": id})
    )
    if got["card"] is None:
        raise NoSuchPage
    back = url_for("public.assistant", id=id)
    return page("trust/record.html", side="assistant", name=got["card"]["display_name"], back=back, **got)


@pages.get("/clients/<id>/record")
@needs("client", "assistant", "operator")
def of_client(id: str) -> Response:
    """For assistants who consider working with them."""
    asked = {"subject_id": id, "side": "client", "cursor": request.args.get("cursor", ""), "limit": 10}
    got = caller.queries(trust=(c.GetTrust, {"id": id, "side": "client"}), reviews=(c.ListReviewsOf, asked))
    name = got["trust"]["name"]
    if not name:
        raise NoSuchPage
    return page("trust/record.html", side="client", name=name, back=url_for("offers.index"), **got)


# -- checks ------------------------------------------------------------------------------------------------------------


@pages.route("/checks", methods=["GET", "POST"])
@needs("client", "assistant")
def checks() -> Response:
    form = AskForm()
    if form.valid:
        with form.catching():
            caller.command(c.AskForCheck, form.payload, key=form.key)
            return done(_("An operator will get in touch."), url_for("reviews.checks"))
    listed = caller.query(c.ListMyChecks)["items"]
    open_kinds = [kind for kind in c.CHECK_KINDS if _may_ask(listed, kind)]
    return form.page("trust/checks.html", checks=listed, open_kinds=open_kinds)


def _may_ask(listed: list[dict[str, Any]], kind: str) -> bool:
    return all(check["state"] not in ("asked", "granted") for check in listed if check["kind"] == kind)


@pages.route("/operator/checks", methods=["GET", "POST"])
@needs("operator")
def operator_checks() -> Response:
    """Those that wait, or all of one account; and a decision about either."""
    account = request.args.get("account", "") or request.form.get("account_id", "")
    form = DecideForm({"account_id": account, "kind": request.args.get("kind", "")})
    if form.valid:
        with form.catching():
            caller.command(c.DecideCheck, form.payload, key=form.key)
            return done(_("The decision is written down."), url_for("reviews.operator_checks", account=account))
    listed = caller.query(c.ListChecks, {"account_id": account})["items"]
    return form.page("trust/operator_checks.html", checks=listed, account=account)


@pages.get("/operator/reviews")
@needs("operator")
def operator_reviews() -> Response:
    listed = caller.query(c.ListReported, {"cursor": request.args.get("cursor", "")})
    return page("trust/operator_reviews.html", listed=listed)


@pages.post("/operator/reviews/<id>/hide")
@needs("operator")
def hide(id: str) -> Response:
    key = posted_key()
    asked = {"id": id, "author": request.form.get("author", ""), "reason": request.form.get("reason", "")}
    return act(
        lambda: caller.command(c.HideReview, asked, key=key),
        said=_("The review is hidden; your reason stands in its place."),
        to=url_for("reviews.operator_reviews"),
    )
