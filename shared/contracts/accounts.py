"""Accounts: who may sign in, and as what."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import (
    LOCALES,
    Id,
    Instant,
    between,
    items,
    known_zone,
    length,
    one_of,
    plausible_email,
    strong_password,
)
from shared.platform.contract import Command, Empty, Event, Message, Query

SERVICE = "accounts"
ROLES = ("client", "assistant")
"""What somebody can sign up as; `operator` is granted by the deployment's setting."""


class Membership(Message):
    """A client company that the account may act for, and as what: owner, approver or viewer."""

    company_id = fields.String()
    name = fields.String()
    role = fields.String()


class Account(Message):
    """`companies` are those it was invited to; its own is not among them."""

    id = fields.String()
    email = fields.String()
    name = fields.String()
    roles = fields.List(fields.String())
    locale = fields.String()
    time_zone = fields.String()
    email_confirmed = fields.Boolean()
    created_at = Instant()
    version = fields.Integer()
    companies = fields.List(fields.Nested(Membership))


class SignedIn(Message):
    """`token` is the session's secret, shown once; the account is as `Account`.

    Where a second step is asked for, there is neither, but `step_token`, the secret of the sign-in that has begun, and
    `methods`, the ways to finish it: app, passkey, recovery.
    """

    step_token = fields.String()
    methods = fields.List(fields.String())
    token = fields.String()
    session_id = fields.String()
    expires_at = Instant()
    account = fields.Nested(Account)


class SignUpRequest(Message):
    email = fields.String(required=True, validate=plausible_email)
    password = fields.String(required=True, validate=strong_password)
    name = fields.String(required=True, validate=length(1, 120))
    roles = fields.List(fields.String(validate=one_of(ROLES)), required=True, validate=items(1, 2))
    locale = fields.String(load_default="en", validate=one_of(LOCALES))
    time_zone = fields.String(load_default="Europe/Rome", validate=known_zone)
    user_agent = fields.String(load_default="", validate=length(0, 400))


class SignInRequest(Message):
    """A program that knows it may send the second step's `passcode` along."""

    email = fields.String(required=True, validate=length(1, 254))
    password = fields.String(required=True, validate=length(1, 200))
    passcode = fields.String(load_default="", validate=length(0, 40))
    user_agent = fields.String(load_default="", validate=length(0, 400))


class TokenRequest(Message):
    token = fields.String(required=True, validate=length(1, 200))


class EmailRequest(Message):
    email = fields.String(required=True, validate=plausible_email)


class ResetRequest(Message):
    token = fields.String(required=True, validate=length(1, 200))
    password = fields.String(required=True, validate=strong_password)


class Session(Message):
    id = fields.String()
    created_at = Instant()
    last_seen_at = Instant()
    expires_at = Instant()
    user_agent = fields.String()


class Sessions(Message):
    items = fields.List(fields.Nested(Session))


class SettingsRequest(Message):
    name = fields.String(required=True, validate=length(1, 120))
    locale = fields.String(required=True, validate=one_of(LOCALES))
    time_zone = fields.String(required=True, validate=known_zone)


class RoleRequest(Message):
    role = fields.String(required=True, validate=one_of(ROLES))


class ImportedAccount(Message):
    email = fields.String(required=True, validate=plausible_email)
    name = fields.String(required=True, validate=length(1, 120))
    roles = fields.List(fields.String(validate=one_of(ROLES)), required=True, validate=items(1, 2))
    locale = fields.String(load_default="en", validate=one_of(LOCALES))
    time_zone = fields.String(load_default="Europe/Rome", validate=known_zone)


class ImportRequest(Message):
    accounts = fields.List(fields.Nested(ImportedAccount), required=True, validate=items(1, 500))


class Imported(Message):
    """Ids in the order of the request."""

    ids = fields.List(fields.String())


class ListAccountsRequest(Message):
    cursor = fields.String(load_default="")
    limit = fields.Integer(load_default=20, validate=between(1, 100))


class Accounts(Message):
    items = fields.List(fields.Nested(Account))
    next = fields.String(allow_none=True)


# Signs the new account in at once; a confirmation link goes out by e-mail.
SignUp = Command(SERVICE, "sign_up", SignUpRequest, SignedIn, secret=True, personal=True)
SignIn = Command(SERVICE, "sign_in", SignInRequest, SignedIn, secret=True, personal=True)
# The account of a session's token; Unauthenticated when it is unknown, revoked or expired.
CheckSession = Query(SERVICE, "check_session", TokenRequest, SignedIn)
SignOut = Command(SERVICE, "sign_out", TokenRequest, Empty, personal=True)
ListSessions = Query(SERVICE, "list_sessions", Empty, Sessions)


class RevokeRequest(Message):
    session_id = Id()


RevokeSession = Command(SERVICE, "revoke_session", RevokeRequest, Empty, personal=True)
# `session_id` is the one that stays.
RevokeOtherSessions = Command(SERVICE, "revoke_other_sessions", RevokeRequest, Empty, personal=True)
ConfirmEmail = Command(SERVICE, "confirm_email", TokenRequest, Account, personal=True)
ResendConfirmation = Command(SERVICE, "resend_confirmation", Empty, Empty, personal=True)
# Answers the same whether or not the address has an account.
RequestReset = Command(SERVICE, "request_reset", EmailRequest, Empty, personal=True)
# Sets the password, revokes every session.
ResetPassword = Command(SERVICE, "reset_password", ResetRequest, Empty, personal=True)


class PasskeyChallenge(Message):
    """`options` are what `navigator.credentials` takes, in the JSON of WebAuthn Level 3."""

    challenge_id = fields.String()
    options = fields.Dict(keys=fields.String())


class PasskeyAnswer(Message):
    """What the browser made of the options; good once."""

    challenge_id = fields.String(required=True, validate=length(1, 80))
    credential = fields.Dict(keys=fields.String(), required=True)


class PasskeySignInRequest(PasskeyAnswer):
    user_agent = fields.String(load_default="", validate=length(0, 400))


class SecondStepRequest(Message):
    """`token` is the `step_token`. A `passcode` (six digits of the app, or a recovery code), or a passkey's answer."""

    token = fields.String(required=True, validate=length(1, 200))
    passcode = fields.String(load_default="", validate=length(0, 40))
    challenge_id = fields.String(load_default="", validate=length(0, 80))
    credential = fields.Dict(keys=fields.String(), load_default=dict)


class ProofRequest(Message):
    """`token` is the session's. A password, or a passkey's answer."""

    token = fields.String(required=True, validate=length(1, 200))
    password = fields.String(load_default="", validate=length(0, 200))
    challenge_id = fields.String(load_default="", validate=length(0, 80))
    credential = fields.Dict(keys=fields.String(), load_default=dict)


class Passkey(Message):
    id = fields.String()
    name = fields.String()
    synced = fields.Boolean()
    created_at = Instant()
    last_used_at = Instant(allow_none=True)


class Security(Message):
    """`proven_until`: till when the session may do what is of weight. `codes_left`: unused recovery codes."""

    two_steps = fields.Boolean()
    app = fields.Boolean()
    codes_left = fields.Integer()
    passkeys = fields.List(fields.Nested(Passkey))
    has_password = fields.Boolean()
    proven_until = Instant(allow_none=True)
    proven = fields.Boolean()


class AppSeed(Message):
    """The key of an authenticator app, in base 32, and the otpauth: address that its picture holds."""

    seed = fields.String()
    address = fields.String()


class RecoveryCodes(Message):
    """Shown once. Empty when there are some already."""

    codes = fields.List(fields.String())


class PasscodeRequest(Message):
    token = fields.String(required=True, validate=length(1, 200))
    passcode = fields.String(required=True, validate=length(1, 40))


class TwoStepsRequest(Message):
    token = fields.String(required=True, validate=length(1, 200))
    on = fields.Boolean(required=True)


class NewPasskeyRequest(PasskeyAnswer):
    token = fields.String(required=True, validate=length(1, 200))
    name = fields.String(required=True, validate=length(1, 60))


class PasskeyRequest(Message):
    token = fields.String(required=True, validate=length(1, 200))
    passkey_id = Id()


class PasskeyNameRequest(Message):
    passkey_id = Id()
    name = fields.String(required=True, validate=length(1, 60))


class NewPasswordRequest(Message):
    token = fields.String(required=True, validate=length(1, 200))
    password = fields.String(required=True, validate=strong_password)


class NewAddressRequest(Message):
    token = fields.String(required=True, validate=length(1, 200))
    email = fields.String(required=True, validate=plausible_email)


class Tie(Message):
    """What has to end before an account can. `kind`: contract, hours, invoice or company."""

    kind = fields.String()
    id = fields.String()
    title = fields.String()


class ClosingState(Message):
    """`due_at`: when the account will be deleted, where that was asked for; `would_be_on`: when it would be, if it
    were asked for now; `kept_until`: the last instant of what the law makes us keep; `ties`: what is still open."""

    due_at = Instant(allow_none=True)
    would_be_on = Instant()
    kept_until = Instant()
    ties = fields.List(fields.Nested(Tie))


class ClosingRequest(Message):
    """`typed` is the account's address, typed by hand."""

    token = fields.String(required=True, validate=length(1, 200))
    typed = fields.String(required=True, validate=length(1, 254))


GetClosing = Query(SERVICE, "get_closing", Empty, ClosingState)
# Deletes the account in two weeks; Conflict while something is open.
RequestClosing = Command(SERVICE, "request_closing", ClosingRequest, ClosingState, personal=True)
CancelClosing = Command(SERVICE, "cancel_closing", Empty, ClosingState, personal=True)
# By the link in the e-mail.
KeepAccount = Command(SERVICE, "keep_account", TokenRequest, Empty, personal=True)
# The second step of a sign-in that `SignIn` has begun.
FinishSignIn = Command(SERVICE, "finish_sign_in", SecondStepRequest, SignedIn, secret=True, personal=True)
# What a passkey is to sign: for the second step, for a sign-in without an address, for a proof, for a new passkey.
StartSecondStep = Command(SERVICE, "start_second_step", TokenRequest, PasskeyChallenge, secret=True, personal=True)
StartPasskeySignIn = Command(SERVICE, "start_passkey_sign_in", Empty, PasskeyChallenge, secret=True, personal=True)
StartProof = Command(SERVICE, "start_proof", TokenRequest, PasskeyChallenge, secret=True, personal=True)
StartPasskey = Command(SERVICE, "start_passkey", TokenRequest, PasskeyChallenge, secret=True, personal=True)
SignInWithPasskey = Command(SERVICE, "sign_in_with_passkey", PasskeySignInRequest, SignedIn, secret=True, personal=True)
# Shows once more who uses the session of `token`. What follows needs such a proof of the last minutes, or is Unproven.
Prove = Command(SERVICE, "prove", ProofRequest, Empty, personal=True)
GetSecurity = Query(SERVICE, "get_security", TokenRequest, Security)
StartApp = Command(SERVICE, "start_app", TokenRequest, AppSeed, secret=True, personal=True)
# Turns the second step on; answers with recovery codes where there were none.
ConfirmApp = Command(SERVICE, "confirm_app", PasscodeRequest, RecoveryCodes, secret=True, personal=True)
RemoveApp = Command(SERVICE, "remove_app", TokenRequest, Empty, personal=True)
AskSecondStep = Command(SERVICE, "ask_second_step", TwoStepsRequest, RecoveryCodes, secret=True, personal=True)
RenewRecoveryCodes = Command(SERVICE, "renew_recovery_codes", TokenRequest, RecoveryCodes, secret=True, personal=True)
AddPasskey = Command(SERVICE, "add_passkey", NewPasskeyRequest, Passkey, personal=True)
RenamePasskey = Command(SERVICE, "rename_passkey", PasskeyNameRequest, Passkey, personal=True)
RemovePasskey = Command(SERVICE, "remove_passkey", PasskeyRequest, Empty, personal=True)
# Revokes every other session.
ChangePassword = Command(SERVICE, "change_password", NewPasswordRequest, Empty, personal=True)
# A link goes to the new address; the old one holds until it is followed.
RequestNewAddress = Command(SERVICE, "request_new_address", NewAddressRequest, Empty, personal=True)
ConfirmNewAddress = Command(SERVICE, "confirm_new_address", TokenRequest, Account, personal=True)
GetAccount = Query(SERVICE, "get_account", Empty, Account)
ChangeSettings = Command(SERVICE, "change_settings", SettingsRequest, Account, personal=True)
AddRole = Command(SERVICE, "add_role", RoleRequest, Account, personal=True)
# Operators: accounts without a password, e-mail taken as confirmed; their owners set one through the reset link.
ImportAccounts = Command(SERVICE, "import_accounts", ImportRequest, Imported, personal=True)
ListAccounts = Query(SERVICE, "list_accounts", ListAccountsRequest, Accounts)


class AccountFact(Message):
    """An account as others need it: never its password or sessions."""

    account_id = fields.String(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    locale = fields.String(required=True)
    time_zone = fields.String(required=True)
    email_confirmed = fields.Boolean(required=True)


class LinkRequested(Message):
    """A one-time link to be sent by e-mail. `token` is a secret."""

    account_id = fields.String(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    locale = fields.String(required=True)
    token = fields.String(required=True)
    expires_at = Instant(required=True)


class AccountsImportedFact(Message):
    """Accounts that an operator brought in together. What is told of one of them later is newer."""

    accounts = fields.List(fields.Nested(AccountFact), required=True)


class SecurityFact(Message):
    """Something that the owner of the account should know of at once, wherever they are. `email` is where to write to:
    of a changed address, the old one. `what` happened, see SECURITY; `detail` is a name, a device, an address."""

    account_id = fields.String(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    locale = fields.String(required=True)
    what = fields.String(required=True)
    detail = fields.String(load_default="")
    at = Instant(required=True)


SECURITY = (
    "app_added",
    "app_removed",
    "two_steps_on",
    "two_steps_off",
    "codes_renewed",
    "code_used",
    "passkey_added",
    "passkey_removed",
    "password_changed",
    "address_asked",
    "address_changed",
)
AccountsImported = Event(SERVICE, "accounts.imported", AccountsImportedFact)
AccountRegistered = Event(SERVICE, "account.registered", AccountFact)
AccountChanged = Event(SERVICE, "account.changed", AccountFact)
ConfirmationRequested = Event(SERVICE, "account.confirmation_requested", LinkRequested, transient=True)
ResetRequested = Event(SERVICE, "account.reset_requested", LinkRequested, transient=True)
NewAddressRequested = Event(SERVICE, "account.new_address_requested", LinkRequested, transient=True)
SecurityNoted = Event(SERVICE, "account.secured", SecurityFact, transient=True)


class DeletionFact(Message):
    """All that is told of an account that is no more."""

    account_id = fields.String(required=True)
    deleted_at = Instant(required=True)


ClosingRequested = Event(SERVICE, "account.closing_requested", LinkRequested, transient=True)
# Whoever holds something of the account removes it, or masks it where it is somebody else's too.
AccountDeleted = Event(SERVICE, "account.deleted", DeletionFact)
