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
from gateway.rates.form import DO, SAVE_ON, CardForm
from gateway.session import needs
from gateway.web import done, fragment, page, wants_fragment
from shared.contracts import profiles
from shared.contracts import rate_cards as c

pages = Blueprint("rates", __name__)

TEMPLATES = {code: partial(starts.fill, code) for code in starts.STARTS}


@pages.route("/practice/rates", methods=["GET", "POST"])
@needs("assistant")
def edit() -> Response:
    got = caller.queries(profile=maybe(profiles.GetMyProfile), **({} if request.form else {"card": c.GetMyRateCard}))
    kept = got["profile"]
    if request.method == "GET":
        return _page(CardForm(got["card"]), kept, card=got["card"])
    form = CardForm(data=request.form)
    if form.valid:
        with form.catching():
            caller.command(c.SaveRateCard, form.payload, key=form.key)
            to = practice.after("rates") if request.form.get(DO) == SAVE_ON else url_for("rates.edit")
            return done(_("Your rate card is saved."), to)
    said = form.change(request.form.get(DO, ""), TEMPLATES) if form.more else ""
    if wants_fragment("editor"):
        return fragment("rates/_editor.html", said=said, first=_is_first(kept), **_shown(form))
    return _page(form, kept, said=said)


@pages.post("/practice/rates/reading")
@needs("assistant")
def reading() -> Response:
    """What clients would read and pay, while the form is being filled in."""
    if not wants_fragment("reading"):
        abort(404)
    form = CardForm(data=request.form)
    form.forget_errors()
    return fragment("rates/_reading.html", oob=True, **_shown(form))


def _page(form: CardForm, kept: Json, *, card: Json = None, said: str = "") -> Response:
    return page(
        "rates/edit.html",
        status=form.status,
        kept=kept,
        first=_is_first(kept),
        proposed=bool(card and card["prices"] and not card["version"]),
        no_hour=bool(card and card["version"] and not card["hourly_rate"]),
        said=said,
        **_shown(form),
    )


def _is_first(kept: Json) -> bool:
    """Whether the profile was never published: then saving leads on to the next step."""
    return not kept or bool(kept.get("first"))


def _shown(form: CardForm) -> dict[str, Any]:
    draft = form.draft
    language = request.form.get("read_in", "")
    language = language if language in i18n.LANGUAGES else i18n.current_locale()
    with i18n.in_language(language):
        passages = sentences.of_card(draft)
    says = {rule.number: sentences.of_rule(rule.draft, draft) for rule in form.rules if rule.finished}
    return {
        "form": form,
        "menu": kinds.menu(),
        "price_kinds": kinds.PRICES,
        "starts": starts.STARTS,
        "passages": passages,
        "read_in": language,
        "says": says,
    }
