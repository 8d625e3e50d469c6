"""One's own account: name, language, time zone, roles; the tabs of the whole area; ending sessions."""

from __future__ import annotations

from typing import Any

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
    account = caller.query(accounts.GetAccount)
    missing = [role for role in accounts.ROLES if role not in account["roles"]]
    return form.page("account/settings.html", missing=missing, account=account)


@pages.app_context_processor
def area_tabs() -> dict[str, Any]:
    return {"account_tabs": tabs}


def tabs(active: str) -> list[tuple[str, str, bool, int]]:
    names = {
        "account.settings": _("Profile"),
        "protection.index": _("Security"),
        "choices.index": _("Notifications"),
        "own_data.index": _("Your data"),
    }
    return [(name, url_for(view), view == active, 0) for view, name in names.items()]


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
        to=url_for("auth.sign_in" if own else "protection.index"),
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
        to=url_for("protection.index"),
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
