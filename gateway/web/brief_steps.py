"""Writing a brief, step by step: own words, what was read in them and the questions left, a last look; or all fields.

Each step keeps what was typed in a sketch, right or wrong, and leads to the next by a redirect, so that going back
shows it again. Every form carries all that was typed so far: how many fit is asked with it, and nothing hangs on this
server's memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from gateway import formats, reasons, session
from gateway.caller import caller, maybe
from gateway.forms import Form, LongText, Rows, new_key, posted_key
from gateway.session import needs
from gateway.typed import keeps_typed
from gateway.web import act, briefs, done, fragment, own_words
from gateway.web.briefs import BriefForm
from gateway.web.company import beginnings
from shared.contracts import companies, matching
from shared.contracts import requests as c
from shared.platform.errors import DextraError, Invalid, Unauthenticated

Json = dict[str, Any]

ASKED = ("services", "level", "weekly_minutes", "engagement", "budget", "start_on")
"""Questions that a brief needs an answer to and that nothing else answers, in the order in which they are asked."""
NOT_ANSWERS = ("text", "text_locale", "version")
CONFIRMED, REREAD = "_sure", "_reread"
"""Kept among the answers: chips that the client said are so; that the text was changed after the questions."""
EXAMPLES = (
    _l(
        "Ten hours a week for my calendar, e-mail and travel. Up to 35 euros an hour, English C1 and some Italian, "
        "at least three hours a day in common. From the first of next month, open-ended."
    ),
    _l("Bookkeeping and invoices for a small shop, 4 hours a week with QuickBooks, at most 30 euros an hour."),
    _l(
        "A right hand for two directors: board meetings, minutes, events. Executive level, twenty hours a week, "
        "a retainer of up to 2500 euros a month. No social media."
    ),
)


class WordsForm(Form):
    text = LongText(
        _l("What do you need?"),
        most=5000,
        rows=9,
        hint=_l("Write as you would to a colleague, in English or Italian: the work, hours, budget, languages, start."),
        placeholder=_l(
            "For example: ten hours a week for calendar and travel, up to 35 euros an hour, English C1. No bookkeeping."
        ),
    )


# -- in one's own words ------------------------------------------------------------------------------------------------


@briefs.pages.route("/briefs/new", methods=["GET", "POST"], endpoint="new")
@keeps_typed
@needs("client", to=c.SaveBrief)
def new() -> Response:
    if request.method == "POST":
        return _words(request.form.get("sketch", "") or new_key(), {}, back=False)
    example = request.args.get("example", "")
    text = str(EXAMPLES[formats.read_whole(example) % len(EXAMPLES)]) if example else ""
    return _words_page(WordsForm(initial={"text": text}), new_key(), back=False)


@briefs.pages.route("/briefs/begun/<id>/words", methods=["GET", "POST"])
@keeps_typed
@needs("client", to=c.SaveBrief)
def words(id: str) -> Response:
    if request.method == "POST":
        kept = MultiDict((name, text) for name, text in request.form.items(multi=True) if name.startswith("kept-"))
        answers = {name.removeprefix("kept-"): texts for name, texts in kept.lists()}
        return _words(id, answers, back=True)
    sketch = caller.query(c.GetSketch, {"id": id})
    return _words_page(WordsForm(initial={"text": sketch["text"]}), id, back=True, answers=sketch["answers"])


def _words(id: str, answers: Mapping[str, Sequence[str]], *, back: bool) -> Response:
    form = WordsForm()
    asked = "count" in request.form
    if form.valid and not asked:
        with form.catching():
            _save(id, form.text.value, {**answers, REREAD: ["1"]} if answers else {}, form.key)
            return redirect(url_for("briefs.begun", id=id), 303)
    if asked:
        form.forget_errors()
        form.status = 200
    fits = _counted(form) if asked else None
    return _words_page(form, id, back=back, answers=answers, fits=fits, reasons=reasons)


def _words_page(form: WordsForm, id: str, *, back: bool, **context: Any) -> Response:
    return form.page("briefs/words.html", sketch=id, back=back, examples=EXAMPLES, steps=_steps(0), **context)


# -- what was read, and the questions left -----------------------------------------------------------------------------


@briefs.pages.route("/briefs/begun/<id>", methods=["GET", "POST"])
@keeps_typed
@needs("client", to=c.SaveBrief)
def begun(id: str) -> Response:
    if request.method == "GET":
        sketch, typed = _kept(id)
        form = BriefForm(data=typed)
        ask = {name for name in ASKED if name not in {key.split("-")[0] for key in typed}}
        ask |= {field.name for field, _text in form.errors if field.prefix == ""} | {request.args.get("ask", "")}
        for field in form:
            field.errors = field.errors if field.typed else []
        form.status = 200
        return _read_page(form, sketch, ask)
    form = BriefForm()
    here = url_for("briefs.begun", id=id)
    for name in ("drop", "sure", "ask"):
        if name in request.form:
            token = request.form[name]
            if name == "drop":
                own_words.take_out(form, token)
            _save_form(id, form, [token] if name == "sure" else [])
            return redirect(url_for("briefs.begun", id=id, ask=token) + f"#f-{token}" if name == "ask" else here, 303)
    asked_next = form.more or "count" in request.form
    sketch = {"id": id, **_reading(form)}
    if asked_next:
        form.forget_errors()
        form.status = 200
        return _read_page(form, sketch, _shown_before(form), fits=_fits(form) if "count" in request.form else None)
    with form.catching():
        _save_form(id, form)
        if form.valid:
            return redirect(url_for("briefs.check", id=id), 303)
    wrong = {field.name for field, _text in form.errors if field.prefix == ""}
    return _read_page(form, sketch, _shown_before(form) | wrong)


def _reading(form: BriefForm) -> Json:
    """What the posted text says, for a page that is drawn again."""
    text = form["text"].typed
    found: Json = {"findings": [], "missing": []}
    if text.strip():
        try:
            found = caller.query(c.ReadBrief, {"text": text, "today": _today()})
        except Unauthenticated:
            raise
        except DextraError:  # the chips are missing then, and nothing that was typed
            pass
    return {**found, "text": text}


def _read_page(form: BriefForm, sketch: Json, ask: set[str], **context: Any) -> Response:
    """`ask`: the fields that are shown; all others travel along unseen."""
    text, findings = sketch["text"], sketch["findings"]
    read = _filled(BriefForm(initial=own_words.form_values(text, findings), posted=False))
    confirmed = request.form.getlist(CONFIRMED) or sketch.get("answers", {}).get(CONFIRMED, [])
    answered = [chip for chip in own_words.chips(form, read, text, findings, confirmed) if chip.field not in ask]
    shown = [name for name in form.fields if name in ask]
    return form.page(
        "briefs/read.html",
        sketch=sketch["id"],
        text=text,
        parts=list(own_words.parts(text, own_words.quoted(answered, findings, text))),
        chips=answered,
        unwanted=[one for one in findings if one["negated"]],
        shown=own_words.shown,
        questions=shown,
        carried=[*form.pairs(*shown), *((CONFIRMED, token) for token in confirmed)],
        steps=_steps(1),
        reasons=reasons,
        **context,
    )


def _shown_before(form: BriefForm) -> set[str]:
    """The fields that the posted page showed."""
    return set(request.form.getlist("_shown")) & form.fields.keys()


# -- a last look -------------------------------------------------------------------------------------------------------


@briefs.pages.route("/briefs/begun/<id>/check", methods=["GET", "POST"])
@keeps_typed
@needs("client", to=c.SaveBrief)
def check(id: str) -> Response:
    if request.method == "POST":
        return _made(id, BriefForm(), "check")
    form = BriefForm(data=_kept(id)[1])
    if form.errors:
        return redirect(url_for("briefs.begun", id=id), 303)
    return _check_page(form, id)


def _check_page(form: BriefForm, id: str, **context: Any) -> Response:
    form.status = 200 if form.valid else form.status
    return form.page(
        "briefs/check.html",
        sketch=id,
        brief=form.payload,
        carried=form.pairs("title", "text"),
        steps=_steps(2),
        reasons=reasons,
        **context,
    )


@briefs.pages.get("/briefs/new/fields")
@needs("client", to=c.SaveBrief)
def new_fields() -> Response:
    """All questions at once, without a text first."""
    company = caller.queries(company=maybe(companies.GetCompany))["company"]
    return _fields_page(BriefForm(initial=_begin("", (), company)), new_key())


@briefs.pages.route("/briefs/begun/<id>/fields", methods=["GET", "POST"])
@keeps_typed
@needs("client", to=c.SaveBrief)
def fields(id: str) -> Response:
    if request.method == "POST":
        return _made(id, BriefForm(), "fields")
    form = BriefForm(data=_kept(id)[1])
    form.forget_errors()
    form.status = 200
    return _fields_page(form, id)


def _fields_page(form: BriefForm, id: str, **context: Any) -> Response:
    return form.page("briefs/fields.html", sketch=id, steps=_steps(2), reasons=reasons, **context)


def _made(id: str, form: BriefForm, step: str) -> Response:
    """The brief that is made of what the form holds: saved, or published as well; or the form again, with all in it."""
    if "all" in request.form:
        _save_form(id, form)
        return redirect(url_for("briefs.fields", id=id), 303)
    if form.more or "count" in request.form:
        form.forget_errors()
        form.status = 200
        fits = _fits(form) if "count" in request.form else None
        return _check_page(form, id, fits=fits) if step == "check" else _fields_page(form, id, fits=fits)
    if "look" in request.form:
        with form.catching():
            _save_form(id, form)
            if form.valid:
                return redirect(url_for("briefs.check", id=id), 303)
    elif form.valid:
        with form.catching():
            locale = form["text_locale"].value or session.required().locale
            payload = {**form.payload, "version": 0, "sketch_id": id, "text_locale": locale}
            saved = caller.command(c.SaveBrief, payload, key=form.key)
            if "publish" in request.form:
                return briefs.publish_saved(saved["id"], f"{form.key}-publish")
            said = _("Your brief is saved. Publish it to see who fits.")
            return done(said, url_for("briefs.brief", id=saved["id"]))
    with suppress(DextraError):
        _save_form(id, form)
    return _fields_page(form, id)


@briefs.pages.post("/briefs/begun/<id>/drop")
@needs("client", to=c.SaveBrief)
def drop(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.DropSketch, {"id": id}, key=key),
        said=_("That draft is gone."),
        to=url_for("briefs.index"),
    )


# -- how many fit ------------------------------------------------------------------------------------------------------


@briefs.pages.post("/briefs/count")
def count() -> Response:
    """For htmx, while the client writes or chooses; without scripts the same is asked with a button of the form.

    Whose session has ended stays on the page: what they type is there alone.
    """
    try:
        if session.current() is None:
            raise Unauthenticated("Please sign in first.")
        fits = _counted(WordsForm()) if request.form.get("_step") == "words" else _fits(BriefForm())
    except Unauthenticated:
        fits = {"signed_out": True}
    return fragment("briefs/_fits.html", fits=fits, reasons=reasons)


def _counted(words: WordsForm) -> Json | None:
    """Of a text: read first, then counted, with what was read."""
    text = words["text"].typed
    if not text.strip():
        return None
    try:
        reading = caller.query(c.ReadBrief, {"text": text[:5000], "today": _today()})
    except Unauthenticated:
        raise
    except DextraError:
        return None
    form = _filled(BriefForm(initial=_begin(text, reading["findings"]), posted=False))
    fits = _fits(form)
    read = [chip for chip in own_words.chips(form, form, text, reading["findings"], ()) if chip.quote]
    return {**fits, "read": read} if fits else None


def _fits(form: BriefForm) -> Json | None:
    """How many meet what can be read of the form; None where that cannot be told now."""
    try:
        counted: Json = caller.query(matching.CountFits, so_far(form))
    except Invalid:
        return {"unclear": True}
    except Unauthenticated:
        raise
    except DextraError:
        return None
    counted["most"] = max(counted["exclusions"], key=lambda one: one["failing"], default=None)
    return counted


def so_far(form: Form) -> Json:
    """The answers that people are left out by; those that cannot be read yet are left out."""
    known: Json = {}
    for name in matching.CountFits.request().fields:
        field = form[name]
        if isinstance(field, Rows):
            whole = [row for row in field.rows if not any(cell.errors or not cell.typed for cell in row.values())]
            known[name] = [{cell.path: cell.value for cell in row.values()} for row in whole]
        elif not field.errors and field.typed and field.value not in (None, ""):
            known[name] = field.value
    return known


# -- what is kept ------------------------------------------------------------------------------------------------------


def _kept(id: str) -> tuple[Json, MultiDict[str, str]]:
    """A sketch and what was typed so far; before that, what the text says and what the company and the account say."""
    got = caller.queries(sketch=(c.GetSketch, {"id": id}), company=maybe(companies.GetCompany))
    return got["sketch"], _typed(got["sketch"], got["company"])


def _typed(sketch: Json, company: Json | None) -> MultiDict[str, str]:
    answers, text = sketch["answers"], sketch["text"]
    fresh = BriefForm(initial=_begin(text, sketch["findings"], company), posted=False)
    typed = [(name, value) for name, values in answers.items() for value in values if not name.startswith("_")]
    if not typed:
        answered = own_words.form_values(text, sketch["findings"]).keys() | BriefForm.declared.keys() - set(ASKED)
        return MultiDict([pair for name in answered for pair in fresh[name].pairs() if pair[1]])
    if REREAD in answers:
        said = own_words.form_values(text, sketch["findings"]).keys() - {"title"}
        before = BriefForm(data=MultiDict(typed))
        typed = before.pairs(*said) + [pair for name in said for pair in fresh[name].pairs()]
    return MultiDict([*(pair for pair in typed if pair[0] not in NOT_ANSWERS), ("text", text)])


def _begin(text: str, findings: Sequence[Mapping[str, Any]], company: Json | None = None) -> Json:
    me = session.required()
    said = own_words.form_values(text, findings)
    return {"time_zone": me.time_zone, **beginnings(company), "text": text, **said}


def _filled(form: BriefForm) -> BriefForm:
    """The same form as if it had been typed."""
    return BriefForm(data=MultiDict(form.pairs()))


def _save_form(id: str, form: BriefForm, confirmed: Sequence[str] = ()) -> None:
    answers = MultiDict(form.pairs(*NOT_ANSWERS))
    sure = [*request.form.getlist(CONFIRMED), *confirmed]
    _save(id, form["text"].typed, {**dict(answers.lists()), **({CONFIRMED: sure} if sure else {})}, new_key())


def _save(id: str, text: str, answers: Mapping[str, Sequence[str]], key: str) -> None:
    kept = {"id": id, "text": text, "text_locale": session.required().locale, "today": _today(), "answers": answers}
    caller.command(c.SaveSketch, kept, key=key)


def _today() -> str:
    return datetime.now(ZoneInfo(session.required().time_zone)).date().isoformat()


def _steps(now: int) -> list[tuple[str, str]]:
    names = (_("In your own words"), _("What we read"), _("A last look"))
    return [(name, "done" if n < now else "now" if n == now else "next") for n, name in enumerate(names)]
