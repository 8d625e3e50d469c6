"""The rate card of an assistant's practice: put together from prices and rules, read back, tried on an example."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway import i18n, practice
from gateway.caller import Json, caller, maybe
from gateway.rates import kinds, sentences, starts
from gateway.rates.example import Happenings, of_charges
from gateway.rates.form import DO, SAVE_ON, CardForm
from gateway.session import needs
from gateway.web import done, fragment, page, wants_fragment
from shared.contracts import charging, profiles
from shared.contracts import rate_cards as c

pages = Blueprint("rates", __name__)

TEMPLATES = {code: partial(starts.fill, code) for code in starts.STARTS}


@pages.route("/practice/rates", methods=["GET", "POST"])
@needs("assistant")
def edit() -> Response:
    if request.method == "POST":
        return _changed(CardForm(data=request.form))
    got = caller.queries(profile=maybe(profiles.GetMyProfile), card=c.GetMyRateCard)
    form = CardForm(got["card"])
    return page("rates/edit.html", **_around(got["profile"], got["card"]), **_shown(form, Happenings(form.draft, {})))


def _changed(form: CardForm) -> Response:
    """Saves what is finished; else shows the form with what a button changed, or what is wrong."""
    if form.valid:
        with form.catching():
            caller.command(c.SaveRateCard, form.payload, key=form.key)
            to = practice.after("rates") if request.form.get(DO) == SAVE_ON else url_for("rates.edit")
            return done(_("Your rate card is saved."), to)
    said = form.change(request.form.get(DO, ""), TEMPLATES) if form.more else ""
    happenings = Happenings(form.draft, request.form)
    got = caller.queries(profile=maybe(profiles.GetMyProfile), **_example(happenings))
    shown = {**_around(got["profile"]), **_shown(form, happenings, got.get("charges")), "said": said}
    if wants_fragment("editor"):
        return fragment("rates/_editor.html", **shown)
    return page("rates/edit.html", status=form.status, **shown)


@pages.post("/practice/rates/reading")
@needs("assistant")
def reading() -> Response:
    """What clients would read and pay, while the form is being filled in."""
    if not wants_fragment("reading"):
        abort(404)
    form = CardForm(data=request.form)
    happenings = Happenings(form.draft, request.form)
    got = caller.queries(**_example(happenings))
    return fragment("rates/_reading.html", oob=True, **_shown(form, happenings, got.get("charges"), asked=True))


def _example(happenings: Happenings) -> dict[str, Any]:
    """The query of the example; what is not finished enough for it is no failure of the page."""
    asked = happenings.asked()
    return {"charges": maybe(charging.PreviewCharges, asked)} if asked else {}


def _around(kept: Json, card: Json = None) -> dict[str, Any]:
    """What the page says besides the card. While the profile was never published saving leads on to its next step."""
    return {
        "kept": kept,
        "first": not kept or bool(kept.get("first")),
        "proposed": bool(card and card["prices"] and not card["version"]),
        "no_hour": bool(card and card["version"] and not card["hourly_rate"]),
    }


def _shown(form: CardForm, happenings: Happenings, charges: Json = None, *, asked: bool = False) -> dict[str, Any]:
    """`asked`: the charges were asked for, though there may be none."""
    draft = form.draft
    language = request.form.get("read_in", "")
    language = language if language in i18n.LANGUAGES else i18n.current_locale()
    with i18n.in_language(language):
        passages = sentences.of_card(draft)
        heading = _("How clients read it")
        worked = of_charges(happenings, charges) if charges else None
    return {
        "form": form,
        "menu": kinds.menu(),
        "price_kinds": kinds.PRICES,
        "starts": starts.STARTS,
        "passages": passages,
        "heading": heading,
        "example": worked,
        "happenings": happenings,
        "later": not charges and not asked and request.method == "GET",
        "read_in": language,
        "says": {rule.number: sentences.of_rule(rule.draft, draft) for rule in form.rules if rule.finished},
    }
