"""Evidence of a practice: certificates and samples; listed, added, changed, put in order."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import formats
from gateway.caller import caller, maybe
from gateway.forms import Choose, ChooseSome, Date, FileInput, Form, Hidden, LongText, Text, Toggle, posted_key
from gateway.i18n import LANGUAGES
from gateway.security import UPLOAD_LIMIT, limiter
from gateway.session import needs
from gateway.uploads import send, takes_file
from gateway.web import act, done, page
from shared.contracts import practice_files as c
from shared.contracts import profiles

pages = Blueprint("evidence", __name__)

OF_CERTIFICATES = ("issuer", "issued_on", "expires_on")


def work_of_mine() -> list[tuple[str, str]]:
    """Services and skills of the reader's own profile, by name."""
    codes = g.get("work_of_mine", ())
    return sorted(((code, formats.taxon(code)) for code in codes), key=lambda pair: pair[1].casefold())


class EvidenceForm(Form):
    title = Text(_l("Title"), most=140)
    issuer = Text(_l("Given by"), most=140, placeholder=_l("School, company or chamber"))
    issued_on = Date(_l("Given on"), optional=True)
    expires_on = Date(_l("Valid until"), optional=True, hint=_l("Leave empty if it does not expire."))
    description = LongText(
        _l("What one sees here"),
        most=1000,
        rows=4,
        optional=True,
        hint=_l("What was asked, what you did, what came of it."),
    )
    locale = Choose(_l("Language of the text"), list(LANGUAGES.items()), default="en")
    about = ChooseSome(
        _l("What it shows"), work_of_mine, optional=True, hint=_l("Up to six; these get a mark on your profile.")
    )
    link = Text(_l("Link"), most=500, optional=True, placeholder="https://", autocomplete="url")
    file = FileInput(
        _l("File"), purpose="sample", optional=True, path="-", hint=_l("PDF, JPEG, PNG or WebP, at most 10 MB.")
    )
    file_id = Hidden(_l("File"), optional=True)
    may_show = Toggle(_l("I may show this: nothing in it is a client's secret."))
    version = Hidden(_l("Version"), optional=True)

    @property
    def drop(self) -> bool:
        """The file that was there is to go."""
        return self.posted and "drop_file" in request.form and not self.file.value

    def check(self) -> None:
        if self.drop:
            self.file_id.show("")

    @property
    def wanted(self) -> dict[str, Any]:
        payload = {**self.payload, "version": formats.read_whole(self.version.value)}
        payload.setdefault("issued_on", None)
        return payload


@pages.get("/practice/evidence")
@needs("assistant")
def index() -> Response:
    got = caller.queries(listed=(c.ListMyEvidence, {}), profile=maybe(profiles.GetMyProfile))
    return page("practice/evidence.html", listed=got["listed"], kept=got["profile"])


@pages.route("/practice/evidence/new/<kind>", methods=["GET", "POST"])
@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
@needs("assistant")
@takes_file("sample")
def add(kind: str) -> Response:
    if kind not in c.KINDS:
        abort(404)
    got = caller.queries(profile=maybe(profiles.GetMyProfile))
    return _edit({"kind": kind, "locale": str(g.locale)}, got["profile"])


@pages.route("/practice/evidence/<id>", methods=["GET", "POST"])
@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
@needs("assistant")
@takes_file("sample")
def edit(id: str) -> Response:
    got = caller.queries(listed=(c.ListMyEvidence, {}), profile=maybe(profiles.GetMyProfile))
    held = next((piece for piece in got["listed"]["items"] if piece["id"] == id), None)
    if held is None:
        abort(404)
    return _edit(held, got["profile"])


def _edit(held: dict[str, Any], profile: Any) -> Response:
    shown = [*profile["services"], *(skill["code"] for skill in profile["skills"])] if profile else []
    g.work_of_mine = {*shown, *held.get("about", ())}
    form = EvidenceForm(held, without=OF_CERTIFICATES if held["kind"] == "sample" else ())
    file = None if form.drop else held.get("file")
    if form.posted and not form.drop:
        file = _taken_file(form, held)
    if form.valid:
        with form.catching():
            wanted = {**form.wanted, "kind": held["kind"], "id": held.get("id", "")}
            caller.command(c.SaveEvidence, wanted, key=form.key)
            return done(_("It is on your profile now."), url_for("evidence.index"))
    return form.page("practice/evidence_edit.html", held=held, file=file)


def _taken_file(form: EvidenceForm, held: dict[str, Any]) -> Any:
    """The file that the form is about now. One that arrived is kept, also when something else must be corrected."""
    if form.file.value and not form.file.errors:
        with form.catching():
            sent = send(form.file.value, "sample", form.key)
            form.file_id.show(sent["id"])
            return sent
    wanted = form.file_id.value
    if not wanted or (held.get("file") and held["file"]["id"] == wanted):
        return held.get("file") if wanted else None
    return caller.queries(file=maybe(c.GetFile, {"id": wanted}))["file"]


@pages.post("/practice/evidence/<id>/remove")
@needs("assistant")
def remove(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.RemoveEvidence, {"id": id}, key=key),
        said=_("It is removed, and its file with it."),
        to=url_for("evidence.index"),
    )


@pages.post("/practice/evidence/<id>/<direction>")
@needs("assistant")
def move(id: str, direction: str) -> Response:
    if direction not in ("up", "down"):
        abort(404)
    key = posted_key()
    return act(
        lambda: caller.command(c.MoveEvidence, {"id": id, "up": direction == "up"}, key=key),
        said=_("The order is changed."),
        to=url_for("evidence.index"),
    )
