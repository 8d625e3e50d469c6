"""One's own account: name, language, time zone, roles, and where it is signed in."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import i18n, session
from gateway.caller import caller
from gateway.forms import Choose, Form, Text, posted_key, time_zones
from gateway.session import needs
from gateway.web import act, done
from shared.contracts import accounts

pages = Blueprint("account", __name__)


class SettingsForm(Form):
    name = Text(_l("Your name"), most=120, autocomplete="name")
    locale = Choose(_l("Language"), list(i18n.LANGUAGES.items()), radios=True)
    time_zone = Choose(_l("Time zone"), time_zones, hint=_l("Deadlines and working hours are shown in it."))


@pages.route("/account", methods=["GET", "POST"])
@needs()
def settings() -> Response:
    me = session.required()
    form = SettingsForm(initial={"name": me.name, "locale": me.locale, "time_zone": me.time_zone})
    if form.valid:
        with form.catching():
            session.renew(caller.command(accounts.ChangeSettings, form.payload, key=form.key))
            i18n.use_locale(form.locale.value)
            return done(_("Your settings are saved."), url_for("account.settings"))
    got = caller.queries(account=accounts.GetAccount, sessions=accounts.ListSessions)
    missing = [role for role in accounts.ROLES if role not in got["account"]["roles"]]
    return form.page("account/settings.html", missing=missing, **got)


@pages.post("/account/roles/<role>")
@needs()
def add_role(role: str) -> Response:
    key = posted_key()
    return act(
        lambda: session.renew(caller.command(accounts.AddRole, {"role": role}, key=key)),
        said=_("Your account has another role now."),
        to=url_for("account.settings"),
    )


@pages.post("/account/sessions/<id>/revoke")
@needs()
def revoke(id: str) -> Response:
    key = posted_key()
    own = session.required().session_id == id
    answer = act(
        lambda: caller.command(accounts.RevokeSession, {"session_id": id}, key=key),
        said=_("That device is signed out."),
        to=url_for("auth.sign_in" if own else "account.settings"),
    )
    if own:
        session.end()
    return answer


@pages.post("/account/sessions/revoke-others")
@needs()
def revoke_others() -> Response:
    key, mine = posted_key(), session.required().session_id
    return act(
        lambda: caller.command(accounts.RevokeOtherSessions, {"session_id": mine}, key=key),
        said=_("All other devices are signed out."),
        to=url_for("account.settings"),
    )


@pages.post("/account/resend-confirmation")
@needs()
def resend_confirmation() -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(accounts.ResendConfirmation, key=key),
        said=_("We have sent you a new link."),
        to=session.safe_next(url_for("account.settings")),
    )
