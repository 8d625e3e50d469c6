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
    """`token` is the session's secret, shown once; the account is as `Account`."""

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
    email = fields.String(required=True, validate=length(1, 254))
    password = fields.String(required=True, validate=length(1, 200))
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


AccountsImported = Event(SERVICE, "accounts.imported", AccountsImportedFact)
AccountRegistered = Event(SERVICE, "account.registered", AccountFact)
AccountChanged = Event(SERVICE, "account.changed", AccountFact)
ConfirmationRequested = Event(SERVICE, "account.confirmation_requested", LinkRequested, transient=True)
ResetRequested = Event(SERVICE, "account.reset_requested", LinkRequested, transient=True)
