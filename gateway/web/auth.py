"""Signing up, in and out; confirming an address; a forgotten password."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, flash, jsonify, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from gateway import i18n, passkeys, sentences, session
from gateway.caller import caller
from gateway.forms import Choose, Email, Form, Password, Text, posted_key, time_zones
from gateway.security import EMAIL_LIMIT, RESET_LIMIT, SIGN_IN_LIMIT, SIGN_UP_LIMIT, limiter, refused
from gateway.web import done, page
from shared.contracts import accounts
from shared.platform.errors import Conflict, DextraError, Invalid, TooMany, Unauthenticated

pages = Blueprint("auth", __name__)

HOME = "/home"
"""Where people land who have signed in; web/home.py draws it."""


def sides() -> list[tuple[str, str]]:
    return [("client", _("I am looking for an assistant")), ("assistant", _("I am an assistant"))]


class SignUpForm(Form):
    side = Choose(_l("What brings you here?"), sides, radios=True, path="roles")
    name = Text(_l("Your name"), most=120, autocomplete="name")
    email = Email(_l("E-mail address"), most=254, autocomplete="email")
    password = Password(
        _l("Password"),
        most=200,
        autocomplete="new-password",
        hint=_l("At least 10 characters; a few words in a row are easy to remember."),
    )
    time_zone = Choose(
        _l("Time zone"),
        time_zones,
        default="Europe/Rome",
        css="zone",
        hint=_l("Deadlines and working hours are shown in it."),
    )


class SignInForm(Form):
    email = Email(_l("E-mail address"), autocomplete="username")
    password = Password(_l("Password"), autocomplete="current-password")


class SecondStepForm(Form):
    passcode = Text(_l("Code"), most=40, autocomplete="one-time-code", css="field--short")


class ForgottenForm(Form):
    email = Email(_l("E-mail address"), autocomplete="email")


class NewPasswordForm(Form):
    password = Password(
        _l("New password"),
        most=200,
        autocomplete="new-password",
        hint=_l("At least 10 characters; a few words in a row are easy to remember."),
    )


def _device() -> str:
    return request.user_agent.string[:400]


def _email_of_request() -> str:
    """Limits guessing at one account from many addresses."""
    return "email:" + request.form.get("email", "").strip().lower()[:254]


@pages.route("/sign-up", methods=["GET", "POST"])
@limiter.limit(SIGN_UP_LIMIT, methods=["POST"])
def sign_up() -> Response:
    form = SignUpForm(initial={"roles": request.args.get("as")})
    if form.valid:
        _leave()
        values = {**form.payload, "roles": [form.side.value], "locale": i18n.current_locale(), "user_agent": _device()}
        with form.catching():
            session.begin(caller.command(accounts.SignUp, values, key=form.key))
            return done(_("Welcome to Dextra, %(name)s.", name=form.name.value), session.safe_next(HOME))
    elif session.current() and not form.posted:
        return redirect(session.safe_next(HOME))
    return form.page("auth/sign_up.html")


@pages.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(SIGN_IN_LIMIT, methods=["POST"], deduct_when=refused)
@limiter.limit(EMAIL_LIMIT, key_func=_email_of_request, methods=["POST"], deduct_when=refused)
def sign_in() -> Response:
    form = SignInForm()
    if form.valid:
        _leave()
        try:
            with form.catching():
                asked = {**form.payload, "user_agent": _device()}
                return _after_first_step(caller.command(accounts.SignIn, asked, key=form.key))
        except Unauthenticated as refused:
            form.take_errors(refused)
            form.status = 422
    elif session.current() and not form.posted:
        return redirect(session.safe_next(HOME))
    return form.page("auth/sign_in.html", passkeys_here=passkeys.work_here())


def _after_first_step(answer: dict[str, Any]) -> Response:
    """Signed in; or on to the second step, of which this browser's cookie keeps the secret."""
    to = session.safe_next(HOME)
    if answer.get("token"):
        session.begin(answer)
        return redirect(to, 303)
    cookie["step"] = {"token": answer["step_token"], "methods": answer["methods"]}
    return redirect(url_for("auth.second_step", next=to), 303)


@pages.route("/sign-in/second-step", methods=["GET", "POST"])
@limiter.limit(SIGN_IN_LIMIT, methods=["POST"], deduct_when=refused)
def second_step() -> Response:
    step = cookie.get("step")
    if not step:
        return redirect(url_for("auth.sign_in"))
    form = SecondStepForm()
    if form.valid:
        try:
            with form.catching():
                _finish(step, {"passcode": form.passcode.value}, form.key)
                return redirect(session.safe_next(HOME), 303)
        except Unauthenticated as error:
            return _again(error)
    by_recovery = request.args.get("with") == "recovery" or "app" not in step["methods"]
    return form.page(
        "auth/second_step.html",
        methods=step["methods"],
        by_recovery=by_recovery,
        passkeys_here=passkeys.work_here(),
    )


@pages.post("/sign-in/second-step/passkey")
@limiter.limit(SIGN_IN_LIMIT, deduct_when=refused)
def second_step_by_passkey() -> Response:
    step = cookie.get("step")
    if not step:
        return redirect(url_for("auth.sign_in"))
    to = session.safe_next(HOME)
    try:
        _finish(step, passkeys.answered(), "")
    except (Unauthenticated, Conflict, Invalid, TooMany) as error:
        return _said(error, url_for("auth.second_step", next=to))
    return redirect(to, 303)


def _finish(step: dict[str, Any], answer: dict[str, Any], key: str) -> None:
    session.begin(caller.command(accounts.FinishSignIn, {"token": step["token"], **answer}, key=key))


def _again(error: DextraError) -> Response:
    """The time between the steps is over: from the beginning."""
    cookie.pop("step", None)
    return _said(error, url_for("auth.sign_in", next=request.args.get("next")))


def _said(error: DextraError, to: str) -> Response:
    flash(sentences.translate(error.text), "bad")
    return redirect(to, 303)


@pages.post("/sign-in/passkey")
@limiter.limit(SIGN_IN_LIMIT, deduct_when=refused)
def sign_in_with_passkey() -> Response:
    _leave()
    to = session.safe_next(HOME)
    try:
        session.begin(
            caller.command(accounts.SignInWithPasskey, {**passkeys.answered(), "user_agent": _device()}, key="")
        )
    except (Unauthenticated, Conflict, Invalid, TooMany) as error:
        return _said(error, url_for("auth.sign_in", next=request.args.get("next")))
    return redirect(to, 303)


@pages.post("/sign-in/passkey/options")
@limiter.limit("30 per minute")
def passkey_options() -> Response:
    return jsonify(passkeys.asked(caller.command(accounts.StartPasskeySignIn, key="")))


@pages.post("/sign-in/second-step/options")
@limiter.limit("30 per minute")
def second_step_options() -> Response:
    step = cookie.get("step") or {}
    return jsonify(passkeys.asked(caller.command(accounts.StartSecondStep, {"token": step.get("token", "-")}, key="")))


@pages.post("/sign-out")
def sign_out() -> Response:
    found = session.current()
    if found:
        with suppress(
            DextraError
        ):  # a session that has ended already, or accounts is away: this browser forgets it anyway
            caller.command(accounts.SignOut, {"token": found.token}, key="")
        session.end()
    return done(_("You are signed out."), url_for("public.landing"))


@pages.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Response:
    """A link from an e-mail. A press of the button confirms, not the look: programs open links, too."""
    if request.method == "GET":
        return page("auth/confirm.html")
    account = caller.command(accounts.ConfirmEmail, {"token": token}, key=posted_key())
    found = session.current()
    if found and found.account_id == account["id"]:
        session.renew(account)
        return done(_("Thank you: your e-mail address is confirmed."), HOME)
    return done(_("Thank you: your e-mail address is confirmed. You can sign in now."), url_for("auth.sign_in"))


@pages.route("/reset", methods=["GET", "POST"])
@limiter.limit(RESET_LIMIT, methods=["POST"])
def forgotten() -> Response:
    form = ForgottenForm()
    if form.valid:
        with form.catching():
            caller.command(accounts.RequestReset, form.payload, key=form.key)
            return page("auth/reset_sent.html", email=form.email.value)
    return form.page("auth/forgotten.html")


@pages.route("/reset/<token>", methods=["GET", "POST"])
@limiter.limit(RESET_LIMIT, methods=["POST"])
def reset(token: str) -> Response:
    form = NewPasswordForm()
    if form.valid:
        _leave()
        with form.catching():
            caller.command(accounts.ResetPassword, {**form.payload, "token": token}, key=form.key)
            return done(_("Your new password is set. Please sign in with it."), url_for("auth.sign_in"))
    return form.page("auth/reset.html")


def _leave() -> None:
    """Whoever signs in or up here leaves the account that was signed in before."""
    if session.current():
        session.end()
