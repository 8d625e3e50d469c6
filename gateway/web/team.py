"""The people of a practice, and other assistants who stand in when she is away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.caller import caller, maybe
from gateway.forms import Choose, Email, Form, Rows, Text, Toggle, languages, posted_key
from gateway.session import needs
from gateway.web import act, done, page
from gateway.web.profile import PartForm
from shared.contracts import profiles as c
from shared.platform.contract import Command

pages = Blueprint("team", __name__)
LANGUAGES = ("first", "second")


class TeamForm(PartForm):
    team = Rows(
        _l("People of your practice"),
        {
            "name": Text(_l("Name"), most=80),
            "role": Text(_l("What they do"), most=80, optional=True),
            "first": Choose(_l("Language"), languages, optional=True, blank=_l("None")),
            "second": Choose(_l("Another language"), languages, optional=True, blank=_l("None")),
            "public": Toggle(_l("Clients may see this person"), default=True),
        },
        most=12,
        optional=True,
        add=_l("Another person"),
        hint=_l("Who answers besides you. Ask them before you show them."),
    )

    @property
    def request(self) -> dict[str, Any]:
        asked = super().request
        asked["team"] = [
            {
                **{name: one[name] for name in ("name", "role", "public")},
                "languages": list(dict.fromkeys(one[name] for name in LANGUAGES if one[name])),
            }
            for one in self.team.value
        ]
        return asked


class InviteForm(Form):
    address = Email(_l("E-mail address of the other assistant"), most=254)


def _as_rows(kept: Any) -> Any:
    """The profile with its members as rows of the form."""
    if not kept:
        return kept
    rows = [
        {**one, **dict(zip(LANGUAGES, [*one["languages"], None, None], strict=False))} for one in kept.get("team", ())
    ]
    return {**kept, "team": rows}


@pages.route("/profile/team", methods=["GET", "POST"])
@needs("assistant")
def index() -> Response:
    got = caller.queries(kept=maybe(c.GetMyProfile), covers=maybe(c.ListCovers))
    form = TeamForm(_as_rows(got["kept"]))
    if form.valid:
        with form.catching():
            caller.command(c.ChangeProfile, form.request, key=form.key)
            return done(_("The people of your practice are saved."), url_for("team.index"))
    return form.page("practice/team.html", invite=InviteForm(posted=False), **got)


@pages.post("/profile/team/cover")
@needs("assistant")
def invite() -> Response:
    asked = InviteForm()
    if asked.valid:
        with asked.catching():
            caller.command(c.InviteCover, asked.payload, key=asked.key)
            said = _("Noted. If an assistant here has this address, they see your invitation when they sign in.")
            return done(said, url_for("team.index") + "#cover")
    got = caller.queries(kept=maybe(c.GetMyProfile), covers=maybe(c.ListCovers))
    form = TeamForm(_as_rows(got["kept"]), posted=False)
    return page("practice/team.html", status=asked.status, form=form, invite=asked, **got)


def _do(contract: Command, id: str, said: str) -> Response:
    key = posted_key()
    to = url_for("team.index") + "#cover"
    return act(lambda: caller.command(contract, {"id": id}, key=key), said=said, to=to)


@pages.post("/profile/team/cover/<id>/accept")
@needs("assistant")
def accept(id: str) -> Response:
    return _do(c.AcceptCover, id, _("You stand in from now on; the other profile says so to clients."))


@pages.post("/profile/team/cover/<id>/decline")
@needs("assistant")
def decline(id: str) -> Response:
    return _do(c.DeclineCover, id, _("You have declined."))


@pages.post("/profile/team/cover/<id>/end")
@needs("assistant")
def end(id: str) -> Response:
    return _do(c.EndCover, id, _("Ended: it is no longer shown."))
