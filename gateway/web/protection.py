"""What protects one's account: password, second step, authenticator app, recovery codes, passkeys, devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import segno
from flask import Blueprint, flash, jsonify, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from gateway import passkeys, sentences, session
from gateway.caller import caller
from gateway.forms import Email, Form, Hidden, Password, Text, posted_key
from gateway.security import SIGN_IN_LIMIT, limiter, refused
from gateway.session import needs
from gateway.web import act, done, page
from shared.contracts import accounts
from shared.platform.contract import Command
from shared.platform.errors import Conflict, Invalid, TooMany, Unauthenticated

pages = Blueprint("protection", __name__)

OTPAUTH = "otpauth://totp/"


class ProofForm(Form):
    password = Password(_l("Your password"), autocomplete="current-password")


class NewPasswordForm(Form):
    password = Password(
        _l("New password"),
        most=200,
        autocomplete="new-password",
        hint=_l("At least 10 characters; a few words in a row are easy to remember."),
    )


class NewAddressForm(Form):
    email = Email(_l("New e-mail address"), most=254, autocomplete="email")


class AppForm(Form):
    """`address` is what the picture holds: shown again when the code was not right."""

    address = Hidden(_l("Key"))
    passcode = Text(
        _l("Code"),
        most=10,
        autocomplete="one-time-code",
        css="field--short",
        hint=_l("The six digits that your app shows now."),
    )


class PasskeyForm(Form):
    name = Text(_l("Name of the passkey"), most=60, hint=_l("So that you know it again, such as “My phone”."))


def mine(**more: Any) -> dict[str, Any]:
    """A request about the reader's own session."""
    return {"token": session.required().token, **more}


def to_proof(back_to: str) -> Response:
    """To the page that asks who it is, and back."""
    return redirect(url_for("protection.prove", next=back_to), 303)


def proven_page(form: Form, template: str, **context: Any) -> Response:
    """A page for those who have just shown who they are; others are asked to."""
    held = caller.query(accounts.GetSecurity, mine())
    return form.page(template, held=held, **context) if held["proven"] else to_proof(request.path)


@pages.get("/account/security")
@needs()
def index() -> Response:
    got = caller.queries(
        held=(accounts.GetSecurity, mine()), account=accounts.GetAccount, sessions=accounts.ListSessions
    )
    listed = sorted(got.pop("sessions")["items"], key=lambda each: each["id"] != session.required().session_id)
    return page("account/security.html", sessions=listed, passkeys_here=passkeys.work_here(), **got)


# -- proofs --------------------------------------------------------------------------------------------------------


@pages.route("/account/prove", methods=["GET", "POST"])
@needs()
@limiter.limit(SIGN_IN_LIMIT, methods=["POST"], deduct_when=refused)
def prove() -> Response:
    form = ProofForm()
    to = session.safe_next(url_for("protection.index"))
    if form.valid:
        with form.catching():
            caller.command(accounts.Prove, mine(**form.payload), key=form.key)
            return redirect(to, 303)
    held = caller.query(accounts.GetSecurity, mine())
    return form.page("account/prove.html", held=held, to=to, passkeys_here=passkeys.work_here())


@pages.post("/account/prove/passkey")
@needs()
@limiter.limit(SIGN_IN_LIMIT, deduct_when=refused)
def prove_by_passkey() -> Response:
    to = session.safe_next(url_for("protection.index"))
    return _by_passkey(
        lambda: caller.command(accounts.Prove, mine(**passkeys.answered()), key=""),
        to=to,
        else_to=url_for("protection.prove", next=to),
    )


# -- password and address ------------------------------------------------------------------------------------------


@pages.route("/account/security/password", methods=["GET", "POST"])
@needs()
def password() -> Response:
    form = NewPasswordForm()
    if form.valid:
        with form.catching():
            caller.command(accounts.ChangePassword, mine(**form.payload), key=form.key)
            said = _("Your new password is set. Other devices are signed out.")
            return done(said, url_for("protection.index"))
    return proven_page(form, "account/password.html")


@pages.route("/account/security/address", methods=["GET", "POST"])
@needs()
def address() -> Response:
    form = NewAddressForm()
    if form.valid:
        with form.catching():
            caller.command(accounts.RequestNewAddress, mine(**form.payload), key=form.key)
            said = _(
                "We have sent a link to %(email)s. Your address changes when you follow it.", email=form.email.value
            )
            return done(said, url_for("account.settings"))
    return proven_page(form, "account/address.html")


@pages.route("/new-address/<token>", methods=["GET", "POST"])
def confirm_address(token: str) -> Response:
    """A link from an e-mail. A press of the button confirms, not the look: programs open links, too."""
    if request.method == "GET":
        return page("account/confirm_address.html")
    account = caller.command(accounts.ConfirmNewAddress, {"token": token}, key=posted_key())
    found = session.current()
    if found and found.account_id == account["id"]:
        session.renew(account)
        return done(_("Your new address is in use from now on."), url_for("account.settings"))
    return done(_("Your new address is in use from now on. You can sign in with it."), url_for("auth.sign_in"))


# -- the second step -----------------------------------------------------------------------------------------------


@pages.post("/account/security/app/start")
@needs()
def start_app() -> Response:
    """Shows the new key; it is in use when the app's first code was right."""
    seed = caller.command(accounts.StartApp, mine(), key=posted_key())
    return _app_page(AppForm({"address": seed["address"]}, posted=False), seed["address"])


@pages.route("/account/security/app", methods=["GET", "POST"])
@needs()
def app() -> Response:
    form = AppForm({"address": ""})
    if not form.posted or not form.address.value.startswith(OTPAUTH):
        return redirect(url_for("protection.index"))
    if form.valid:
        with form.catching():
            codes = caller.command(accounts.ConfirmApp, mine(passcode=form.passcode.value), key=form.key)["codes"]
            said = _("Your authenticator app is in use: we ask for its code when you sign in.")
            if not codes:
                return done(said, url_for("protection.index"))
            flash(said, "good")
            return page("account/codes.html", codes=codes)
    return _app_page(form, form.address.value)


def _app_page(form: Form, otpauth: str) -> Response:
    seed = (parse_qs(urlsplit(otpauth).query).get("secret") or [""])[0]
    groups = [seed[start : start + 4] for start in range(0, len(seed), 4)]
    return form.page("account/app.html", picture=picture(otpauth), groups=groups, link=otpauth)


def picture(text: str) -> Markup:
    """The text as a QR code: an SVG of our own, dark on white in dark pages as well, since cameras want it so."""
    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(border=3, dark="#000", light="#fff", svgclass="qr__code", omitsize=True))  # noqa: S704


def _action(name: str, path: str, contract: Command, said: Any, **more: Any) -> None:
    """A button of the security page that needs nothing but a proof."""

    def view() -> Response:
        key = posted_key()
        return act(
            lambda: caller.command(contract, mine(**more), key=key), said=str(said), to=url_for("protection.index")
        )

    pages.add_url_rule(path, name, needs()(view), methods=["POST"])


_action("remove_app", "/account/security/app/remove", accounts.RemoveApp, _l("Your authenticator app is removed."))
_action(
    *("stop_asking", "/account/security/second-step/off", accounts.AskSecondStep),
    _l("We no longer ask for a second step."),
    on=False,
)


@pages.post("/account/security/second-step/on")
@needs()
def ask() -> Response:
    return _with_codes(accounts.AskSecondStep, _("From now on we ask for a second step after your password."), on=True)


@pages.post("/account/security/codes")
@needs()
def renew_codes() -> Response:
    return _with_codes(
        accounts.RenewRecoveryCodes, _("These are your new recovery codes; the earlier ones have ended.")
    )


def _with_codes(contract: Command, said: str, **more: Any) -> Response:
    """The answer's codes are shown by this very page: they are shown once."""
    key, shown = posted_key(), list[str]()

    def do() -> None:
        shown.extend(caller.command(contract, mine(**more), key=key)["codes"])

    answer = act(do, said=said, to=url_for("protection.index"))
    return page("account/codes.html", codes=shown) if shown else answer


# -- passkeys ------------------------------------------------------------------------------------------------------


@pages.post("/account/security/passkeys/options")
@needs()
@limiter.limit("30 per minute")
def passkey_options() -> Response:
    return _options(accounts.StartPasskey)


@pages.post("/account/prove/options")
@needs()
@limiter.limit("30 per minute")
def proof_options() -> Response:
    return _options(accounts.StartProof)


def _options(contract: Command) -> Response:
    return jsonify(passkeys.asked(caller.command(contract, mine(), key="")))


@pages.route("/account/security/passkeys/new", methods=["GET", "POST"])
@needs()
def new_passkey() -> Response:
    form = PasskeyForm()
    if form.valid:
        with form.catching():
            asked = mine(**form.payload, **passkeys.answered())
            caller.command(accounts.AddPasskey, asked, key="")
            return done(_("Your passkey is added: you can sign in with it."), url_for("protection.index"))
    return proven_page(form, "account/passkey.html", passkeys_here=passkeys.work_here())


@pages.route("/account/security/passkeys/<id>", methods=["GET", "POST"])
@needs()
def passkey(id: str) -> Response:
    held = caller.query(accounts.GetSecurity, mine())
    found = next((each for each in held["passkeys"] if each["id"] == id), None)
    if found is None:
        return done(_("This passkey is not there any more."), url_for("protection.index"), "info")
    form = PasskeyForm(found)
    if form.valid:
        with form.catching():
            caller.command(accounts.RenamePasskey, {"passkey_id": id, **form.payload}, key=form.key)
            return done(_("The passkey has its new name."), url_for("protection.index"))
    return form.page("account/passkey_name.html", passkey=found)


@pages.post("/account/security/passkeys/<id>/remove")
@needs()
def remove_passkey(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(accounts.RemovePasskey, mine(passkey_id=id), key=key),
        said=_("The passkey is removed: it no longer signs in."),
        to=url_for("protection.index"),
    )


def _by_passkey(do: Callable[[], Any], *, to: str, else_to: str) -> Response:
    """What a passkey's answer leads to; a refusal is said where one can try again."""
    caller.check()  # what is refused from here on is the passkey, not the session
    try:
        do()
    except (Unauthenticated, Conflict, Invalid, TooMany) as error:
        flash(sentences.translate(error.text), "bad")
        return redirect(else_to, 303)
    return redirect(to, 303)
