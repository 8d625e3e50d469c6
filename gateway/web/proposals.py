"""What assistants propose for the list of services, skills and tools, and what operators make of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import session
from gateway.caller import caller
from gateway.forms import Choose, Form, LongText, Text, WorkName, named, services
from gateway.session import needs
from gateway.vocabulary import current
from gateway.web import done, page
from shared.contracts import taxonomy
from shared.contracts import vocabulary as c
from shared.contracts.fields import LOCALES
from shared.contracts.taxonomy import search

pages = Blueprint("proposals", __name__)
SIMILAR = 6


class ProposalForm(Form):
    name = Text(_l("Its name"), most=60, hint=_l("As you would write it in your profile."))
    kind = Choose(_l("What is it?"), named("work_kind"), radios=True, default="skill")
    service = Choose(
        _l("Which service does it belong to?"), services, optional=True, blank=_l("I do not know, or it is one itself")
    )
    description = LongText(
        _l("In a sentence: what is it?"), most=500, rows=3, optional=True, hint=_l("For whoever decides about it.")
    )

    def check(self) -> None:
        if self.name.value and len(str(self.name.value)) < 2:
            self.wrong(self.name, "Write at least %(low)s characters.", low=2)


@pages.get("/proposals")
@needs("assistant")
def index() -> Response:
    listed = caller.query(c.ListMyProposals, {"cursor": request.args.get("cursor", "")})
    return page("proposals/index.html", listed=listed)


@pages.route("/proposals/new", methods=["GET", "POST"])
@needs("assistant")
def new() -> Response:
    """What is like it is shown first: it goes on when she says that it is none of these."""
    form = ProposalForm(initial={"name": request.args.get("name", "")[:60]})
    near = search.like(str(form.name.value or ""), limit=SIMILAR) if form.name.value else []
    if form.valid and ("sure" in request.form or not near):
        with form.catching():
            asked = {**form.payload, "locale": session.required().locale}
            caller.command(c.ProposeWork, asked, key=form.key)
            return done(_("Thank you. We tell you what becomes of it."), url_for("proposals.index"))
    return form.page("proposals/new.html", near=near if form.posted or form.name.value else [])


# -- operators ---------------------------------------------------------------------------------------------------------


class EntryForm(Form):
    """An entry in every language. Its kind and service are chosen once, when it is made."""

    kind = Choose(_l("Kind"), named("work_kind"), radios=True, default="skill")
    service = Choose(_l("Service it belongs to"), services, optional=True, blank=_l("None: it is a service itself"))
    locals().update({f"label_{one}": Text(_l("Name"), most=60, path="-", lang=one) for one in LOCALES})
    locals().update(
        {
            f"description_{one}": LongText(_l("In a sentence: what is it?"), most=200, rows=2, path="-", lang=one)
            for one in LOCALES
        }
    )
    locals().update(
        {
            f"synonyms_{one}": LongText(
                _l("Other names people type"), most=700, rows=3, optional=True, path="-", lang=one,
                hint=_l("One in each line."),
            )
            for one in LOCALES
        }
    )  # fmt: skip

    @property
    def request(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value if "kind" in self.fields else "skill",
            "service": (self.service.value or "") if "service" in self.fields else "",
            "labels": {one: self.of("label", one) for one in LOCALES},
            "descriptions": {one: self.of("description", one) for one in LOCALES},
            "synonyms": {one: _lines(self.of("synonyms", one)) for one in LOCALES},
        }

    def of(self, name: str, locale: str) -> str:
        field = self.fields.get(f"{name}_{locale}")
        return str(field.value or "") if field else ""

    def _place(self, path: str, text: Any) -> None:
        for parts, name in (("labels", "label"), ("descriptions", "description"), ("synonyms", "synonyms")):
            if path.split(".", maxsplit=1)[0] == parts:
                locale = next((one for one in LOCALES if one in path.split(".")), LOCALES[0])
                self[f"{name}_{locale}"].problem(text)
                return
        super()._place(path, text)


class MergeForm(Form):
    code = WorkName(_l("It is the same as"), hint=_l("Its name becomes another name of that."))


class DeclineForm(Form):
    reason = LongText(_l("Why not?"), most=500, rows=2, hint=_l("Whoever proposed it reads this."))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]


def shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An addition or a proposal's texts as the form's first values."""
    values: dict[str, Any] = {"kind": entry["kind"], "service": entry["service"]}
    for one in LOCALES:
        values[f"label_{one}"] = entry["labels"].get(one, "")
        values[f"description_{one}"] = entry["descriptions"].get(one, "")
        values[f"synonyms_{one}"] = "\n".join(entry["synonyms"].get(one, ()))
    return values


def _filled(form: EntryForm, values: Mapping[str, Any]) -> EntryForm:
    if not form.posted:
        for name, field in form.fields.items():
            field.show(values.get(name) or None)
    return form


STATES = (
    ("proposed", _l("Waiting")),
    ("accepted", _l("Accepted")),
    ("merged", _l("Merged")),
    ("declined", _l("Declined")),
)


@pages.get("/operator/taxonomy")
@needs("operator")
def console() -> Response:
    state = request.args.get("state", "proposed")
    asked = {"state": state if state in c.STATES else "proposed", "cursor": request.args.get("cursor", "")}
    got = caller.queries(listed=(c.ListProposals, asked), added=(c.GetAdditions, {"number": 0}))
    added = sorted(got["added"]["items"], key=lambda one: -one["number"])
    return page("operator/taxonomy.html", listed=got["listed"], added=added, state=asked["state"], states=STATES)


@pages.route("/operator/taxonomy/proposals/<id>", methods=["GET", "POST"])
@needs("operator")
def decide(id: str) -> Response:
    proposal = caller.query(c.GetProposal, {"id": id})
    doing = request.form.get("do", "")
    texts = dict.fromkeys(LOCALES, proposal["name"])
    told = {**proposal, "labels": texts, "descriptions": {proposal["locale"]: proposal["description"]}, "synonyms": {}}
    near = search.like(proposal["name"], limit=SIMILAR)
    accepting = _filled(EntryForm(posted=doing == "accept"), shown(told))
    merging = MergeForm(initial={"code": near[0] if near else None}, posted=doing == "merge")
    declining = DeclineForm(posted=doing == "decline")
    for form, contract, asked, said in (
        (accepting, c.AcceptProposal, accepting.request, _("It is in the list now, and whoever proposed it is told.")),
        (merging, c.MergeProposal, merging.payload, _("Its name finds the other one now.")),
        (declining, c.DeclineProposal, declining.payload, _("It was declined, with your reason.")),
    ):
        if form.valid:
            with form.catching():
                _taken(caller.command(contract, {"id": id, **asked}, key=form.key))
                return done(said, url_for("proposals.console"))
    status = max(form.status for form in (accepting, merging, declining))
    return page(
        "operator/taxonomy_decide.html",
        status=status,
        proposal=proposal,
        near=near,
        locales=LOCALES,
        accepting=accepting,
        merging=merging,
        declining=declining,
    )


@pages.route("/operator/taxonomy/new", methods=["GET", "POST"])
@needs("operator")
def add() -> Response:
    form = EntryForm()
    if form.valid:
        with form.catching():
            added = caller.command(c.AddWork, form.request, key=form.key)
            _taken(added)
            return done(_("It is in the list now."), url_for("directory.work", code=added["code"]))
    return form.page("operator/taxonomy_entry.html", code="", given=False, locales=LOCALES)


@pages.route("/operator/taxonomy/entries/<code>", methods=["GET", "POST"])
@needs("operator")
def correct(code: str) -> Response:
    """Of what comes with Dextra, only further names."""
    entry = taxonomy.find(code)
    if entry is None or entry.kind not in ("service", "skill", "tool"):
        abort(404)
    given = taxonomy.is_given(code)
    held = next((one for one in caller.query(c.GetAdditions, {"number": 0})["items"] if one["code"] == code), None)
    texts = {"labels": dict(entry.labels), "descriptions": dict(entry.descriptions), "synonyms": {}}
    without = [f"{name}_{one}" for name in ("label", "description") for one in LOCALES] if given else []
    form = EntryForm(without=("kind", "service", *without))
    _filled(form, shown({"kind": entry.kind, "service": entry.service, **(held or texts)}))
    if form.valid:
        with form.catching():
            asked = {**form.request, "code": code, "kind": entry.kind, "service": entry.service}
            _taken(caller.command(c.CorrectWork, {**asked, **_given_texts(texts, given)}, key=form.key))
            return done(_("It is corrected everywhere."), url_for("directory.work", code=code))
    return form.page("operator/taxonomy_entry.html", code=code, given=given, locales=LOCALES)


def _given_texts(texts: Mapping[str, Any], given: bool) -> dict[str, Any]:  # noqa: FBT001
    return {"labels": texts["labels"], "descriptions": texts["descriptions"]} if given else {}


def _taken(answer: Any) -> None:
    """What this process just did counts in it at once."""
    if isinstance(answer, Mapping) and "labels" in answer:
        current().takes({"items": [answer]})
