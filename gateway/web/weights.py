"""Operators and the match engine: how its index does, the weights in force, drafts, previews on past briefs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import formats
from gateway.caller import caller, maybe
from gateway.forms import Date, Decimal, Form, Number, Text, posted_key
from gateway.labels import LABELS
from gateway.session import needs
from gateway.web import act, done, page
from shared.contracts import matching as c

pages = Blueprint("weights", __name__, url_prefix="/operator/matching")

WEIGHED = tuple(name for name in c.CRITERIA if name != "acceptance")


class NotedForm(Form):
    """What a set is for; its numbers are added below."""

    note = Text(_l("What the change is for"), most=500)

    @property
    def request(self) -> dict[str, Any]:
        return {
            "weights": [{"criterion": name, "weight": self[name].value} for name in WEIGHED],
            "dials": {name: self[name].value for name in c.DIALS if self[name].value is not None},
            "note": self.note.value or "",
        }


WeightsForm: type[NotedForm] = type(
    "WeightsForm",
    (NotedForm,),
    {
        **{name: Decimal(LABELS["criterion"][name], hint=LABELS["criterion_meaning"][name]) for name in WEIGHED},
        **{name: Decimal(LABELS["dial"][name]) for name in c.DIALS},
    },
)
"""One field for each criterion and dial."""


class ReplayForm(Form):
    from_on = Date(_l("Briefs open from"), optional=True, hint=_l("Leave empty for the last days."))
    days = Number(_l("Days"), default=7)


@pages.get("")
@needs("operator")
def index() -> Response:
    got = caller.queries(status=maybe(c.GetIndexStatus), sets=(c.ListWeights, {}))
    return page("operator/matching.html", **got)


@pages.route("/weights/new", methods=["GET", "POST"])
@needs("operator")
def new() -> Response:
    """A draft, made from the set in force."""
    form = WeightsForm(initial=_flat(caller.query(c.GetWeights)))
    if form.valid:
        with form.catching():
            drafted = caller.command(c.DraftWeights, form.request, key=form.key)
            return done(_("The draft is saved. Look at what it would change before you put it in force."), _at(drafted))
    return form.page("operator/weights_edit.html", weighed=WEIGHED, dials=c.DIALS, sides=_sides(form))


@pages.get("/weights/<id>")
@needs("operator")
def weights(id: str) -> Response:
    """One set beside the one in force, with the form of the replay, and its result when a period was asked for."""
    form = ReplayForm(data=request.args) if request.args else ReplayForm()
    asked: dict[str, Any] = {"sets": (c.ListWeights, {})}
    if request.args and not form.errors:
        asked["replay"] = (c.ReplayWeights, {"weights_id": id, **form.payload})
    got = caller.queries(**asked)
    chosen = next((one for one in got["sets"]["items"] if one["id"] == id), None)
    in_force = next((one for one in got["sets"]["items"] if one["state"] == "in_force"), None)
    return page("operator/weights.html", chosen=chosen, in_force=in_force, replay=got.get("replay"), form=form)


@pages.post("/weights/<id>/preview")
@needs("operator")
def preview(id: str) -> Response:
    form = ReplayForm()
    if not form.valid:
        return form.page("operator/weights.html", chosen=None, in_force=None, replay=None)
    replay = caller.command(c.PreviewWeights, {"weights_id": id, **form.payload}, key=form.key)
    sets = caller.query(c.ListWeights)["items"]
    chosen = next(one for one in sets if one["id"] == id)
    in_force = next((one for one in sets if one["state"] == "in_force"), None)
    return page("operator/weights.html", chosen=chosen, in_force=in_force, replay=replay, form=form)


@pages.post("/weights/<id>/enforce")
@needs("operator")
def enforce(id: str) -> Response:
    key, reason = posted_key(), request.form.get("reason", "")
    return act(
        lambda: caller.command(c.EnforceWeights, {"id": id, "reason": reason}, key=key),
        said=_("These weights are in force now. Every list says so."),
        to=url_for("weights.index"),
        else_to=url_for("weights.weights", id=id),
    )


def _at(drafted: dict[str, Any]) -> str:
    return url_for("weights.weights", id=drafted["id"])


def _flat(weights: dict[str, Any]) -> dict[str, Any]:
    return {**{row["criterion"]: row["weight"] for row in weights["weights"]}, **weights["dials"]}


def _sides(form: NotedForm) -> list[tuple[str, list[Any]]]:
    """The fields of the form by side."""
    grouped = {
        "client": WEIGHED[:8],
        "assistant": WEIGHED[8:12],
        "market": WEIGHED[12:],
    }
    return [(side, [form[name] for name in names]) for side, names in grouped.items()]


@pages.app_template_filter()
def points_of(weights: dict[str, Any] | None, criterion: str) -> float | None:
    """The points of a criterion in a set."""
    listed = weights["weights"] if weights else []
    return next((row["weight"] for row in listed if row["criterion"] == criterion), None)


@pages.app_template_filter()
def megabytes(size: int) -> str:
    return f"{formats.number(size / 1e6, 1)} MB"
