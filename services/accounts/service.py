"""The accounts service: sign-up, sign-in in one step or two, sessions, one-time links, what protects an account,
settings; import and list for operators."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from eventlet import tpool

from services.accounts.domain import passkey, protection, totp
from services.accounts.domain.account import Account, Identity
from services.accounts.domain.address import normalised
from services.accounts.domain.challenge import Aim, Challenge
from services.accounts.domain.closing import GRACE, Closing, Tie, check_free, check_typed
from services.accounts.domain.company import Colleague, Company, Profile
from services.accounts.domain.invitation import Invitation
from services.accounts.domain.link import Link, Purpose
from services.accounts.domain.passkey import Passkey
from services.accounts.domain.protection import Protection
from services.accounts.domain.second_step import SecondStep
from services.accounts.domain.secret import fingerprint
from services.accounts.domain.session import Session, ended
from services.accounts.relying_party import RelyingParty, refused
from services.accounts.store import AccountsStore
from shared.contracts import accounts as c
from shared.contracts import billing, matching, work
from shared.contracts import companies as d
from shared.contracts.fields import EMAIL
from shared.platform import personal
from shared.platform.errors import Conflict, Invalid, NotFound, TooMany, Unauthenticated
from shared.platform.ids import new_id
from shared.platform.sealing import Sealer, SealingSettings
from shared.platform.service import (
    ERASE_AGAIN,
    Call,
    Received,
    Service,
    StoreProvider,
    command,
    now,
    query,
    subscribe,
    timer,
)
from shared.platform.settings import at_least, setting
from shared.platform.storage import Duplicate

log = structlog.get_logger(__name__)
T = TypeVar("T")
Request = dict[str, Any]

CLOSING = "account.closing"
"""The timer that ends an account."""


def _addresses(values: tuple[str, ...]) -> str | None:
    wrong = [value for value in values if not EMAIL.match(value)]
    return f"must hold e-mail addresses, and {wrong[0]!r} is none" if wrong else None


@dataclass(frozen=True, kw_only=True)
class AccountsSettings(SealingSettings):
    """The defaults of argon2id are OWASP's (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane."""

    operator_emails: tuple[str, ...] = setting(
        "OPERATOR_EMAILS",
        "addresses that are operators once confirmed, separated by commas",
        (),
        check=_addresses,
    )
    public_url: str = setting("PUBLIC_URL", "address of the gateway: passkeys are bound to it", "http://localhost:8000")
    argon2_memory_kib: int = setting(
        "ARGON2_MEMORY_KIB", "memory of a password's hash, in KiB", 19_456, check=at_least(8)
    )
    argon2_time_cost: int = setting("ARGON2_TIME_COST", "passes of a password's hash", 2, check=at_least(1))
    argon2_parallelism: int = setting("ARGON2_PARALLELISM", "lanes of a password's hash", 1, check=at_least(1))


class AccountsService(Service):
    name = "accounts"
    settings_class = AccountsSettings
    store = StoreProvider(AccountsStore)

    # -- in and out ----------------------------------------------------------------------------------------------

    @command(c.SignUp)
    def sign_up(self, call: Call, request: Request) -> dict[str, Any]:
        if call.tx.accounts.find_one(email=normalised(request["email"])) is not None:
            raise _taken()
        hashed = self._passwords.hash(request["password"])
        details = {name: request[name] for name in ("email", "name", "roles", "locale", "time_zone")}
        try:
            account = call.tx.accounts.save(Account.new(**details, at=call.now, password_hash=hashed))
        except Duplicate as error:  # the same person a moment ago: run again, and see it
            raise error.__cause__ or error from None
        call.emit(c.AccountRegistered, account.id, account.identity)
        self._send_link(call, account, Purpose.CONFIRM)
        return self._begin_session(call, account, request["user_agent"])

    @command(c.SignIn)
    def sign_in(self, call: Call, request: Request) -> dict[str, Any]:
        address = normalised(request["email"])
        self.store.attempts.count_one(address, call.now)
        account = call.tx.accounts.find_one(email=address)
        if not self._passwords.matches(account.password_hash if account else "", request["password"]):
            raise Unauthenticated("The e-mail address or the password is wrong.")
        self.store.attempts.forget(address)
        if self._passwords.is_outdated(account.password_hash):
            account = call.tx.accounts.save(account.with_password(self._passwords.hash(request["password"])))
        held: Protection = call.tx.protections.of(account.id)
        if held.two_steps and not request["passcode"]:
            return self._begin_second_step(call, held, request["user_agent"])
        if held.two_steps:
            self._use_passcode(call, account, request["passcode"])
        return self._begin_session(call, account, request["user_agent"])

    @command(c.FinishSignIn)
    def finish_sign_in(self, call: Call, request: Request) -> dict[str, Any]:
        step: SecondStep = call.tx.second_steps.by_token(request["token"]).check(call.now)
        account = call.tx.accounts.get(step.account_id)
        if request["challenge_id"]:
            held = self._answered(call, request, Aim.SECOND_STEP, account_id=account.id, bound_to=step.id)
            if held.account_id != account.id:
                raise refused()
        else:
            self._use_passcode(call, account, request["passcode"])
        call.tx.second_steps.delete(step.id)
        return self._begin_session(call, account, step.user_agent)

    @command(c.StartSecondStep)
    def start_second_step(self, call: Call, request: Request) -> dict[str, Any]:
        step: SecondStep = call.tx.second_steps.by_token(request["token"]).check(call.now)
        keys = call.tx.passkeys.of(step.account_id)
        return self._challenge(call, Aim.SECOND_STEP, keys, account_id=step.account_id, bound_to=step.id)

    @command(c.StartPasskeySignIn)
    def start_passkey_sign_in(self, call: Call, request: Request) -> dict[str, Any]:
        return self._challenge(call, Aim.SIGN_IN)

    @command(c.SignInWithPasskey)
    def sign_in_with_passkey(self, call: Call, request: Request) -> dict[str, Any]:
        """A passkey is two steps in one: something the person has, and their finger, face or code."""
        used = self._answered(call, request, Aim.SIGN_IN)
        return self._begin_session(call, call.tx.accounts.get(used.account_id), request["user_agent"])

    @query(c.CheckSession)
    def check_session(self, call: Call, request: Request) -> dict[str, Any]:
        session = self.store.sessions.by_token(request["token"]).check(call.now)
        if session.is_due_for_a_note(call.now):
            self.store.sessions.note_seen(session, call.now)
        return {**self._shown(session), "account": self._as_seen(session.identity)}

    @command(c.SignOut)
    def sign_out(self, call: Call, request: Request) -> None:
        session = call.tx.sessions.by_token(request["token"])
        call.tx.sessions.revoke(session.identity.id, session.id)

    @query(c.ListSessions)
    def list_sessions(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        return {"items": self.store.sessions.of_account(call.actor.account_id, call.now)}

    @command(c.RevokeSession)
    def revoke_session(self, call: Call, request: Request) -> None:
        call.actor.require()
        if not call.tx.sessions.revoke(call.actor.account_id, request["session_id"]):
            raise NotFound("This session has ended already.")

    @command(c.RevokeOtherSessions)
    def revoke_other_sessions(self, call: Call, request: Request) -> None:
        call.actor.require()
        call.tx.sessions.revoke_all(call.actor.account_id, but=request["session_id"])

    # -- one-time links ------------------------------------------------------------------------------------------

    @command(c.ConfirmEmail)
    def confirm_email(self, call: Call, request: Request) -> Identity:
        link = call.tx.links.by_token(request["token"])
        account = call.tx.accounts.get(link.account_id)
        call.tx.links.save(link.use(Purpose.CONFIRM, call.now))
        return self._as_seen(self._save(call, account.confirmed()).identity)

    @command(c.ResendConfirmation)
    def resend_confirmation(self, call: Call, request: Request) -> None:
        account = self._own(call, call.tx)
        if account.email_confirmed:
            raise Conflict("Your address is confirmed already.")
        if self._link_is_recent(call, account, Purpose.CONFIRM):
            raise TooMany("The last e-mail is only just on its way. Wait a minute before you ask for another.")
        self._send_link(call, account, Purpose.CONFIRM)

    @command(c.RequestReset)
    def request_reset(self, call: Call, request: Request) -> None:
        account = call.tx.accounts.find_one(email=normalised(request["email"]))
        if account is not None and not self._link_is_recent(call, account, Purpose.RESET):
            self._send_link(call, account, Purpose.RESET)

    @command(c.ResetPassword)
    def reset_password(self, call: Call, request: Request) -> None:
        link = call.tx.links.by_token(request["token"])
        used = link.use(Purpose.RESET, call.now)
        account = call.tx.accounts.get(link.account_id)
        hashed = self._passwords.hash(request["password"])
        call.tx.links.save(used)
        call.tx.links.drop_unused(account.id, Purpose.RESET, Purpose.NEW_ADDRESS)
        call.tx.second_steps.drop(account.id)
        call.tx.sessions.revoke_all(account.id)
        self._save(call, account.with_password(hashed).confirmed())
        self._note(call, account, "password_changed")
        self.store.attempts.forget(account.email)

    # -- proofs --------------------------------------------------------------------------------------------------

    @command(c.StartProof)
    def start_proof(self, call: Call, request: Request) -> dict[str, Any]:
        session = self._session(call, request)
        keys = call.tx.passkeys.of(session.identity.id)
        return self._challenge(call, Aim.PROOF, keys, account_id=session.identity.id, bound_to=session.id)

    @command(c.Prove)
    def prove(self, call: Call, request: Request) -> None:
        session = self._session(call, request)
        account = self._own(call, call.tx)
        if request["challenge_id"]:
            used = self._answered(call, request, Aim.PROOF, account_id=account.id, bound_to=session.id)
            if used.account_id != account.id:
                raise refused()
        else:
            self._count_try(f"proof:{account.id}")
            if not self._passwords.matches(account.password_hash, request["password"]):
                raise Invalid.field("password", "This is not your password.")
            self.store.attempts.forget(f"proof:{account.id}")
        call.tx.sessions.save(session.proven(call.now))

    # -- what protects the account -------------------------------------------------------------------------------

    @query(c.GetSecurity)
    def get_security(self, call: Call, request: Request) -> dict[str, Any]:
        account = self._own(call, self.store)
        session = self.store.sessions.by_token(request["token"]).check(call.now)
        held = self.store.protections.of(account.id)
        until = session.proven_until
        return {
            "two_steps": held.two_steps,
            "app": held.has_app,
            "codes_left": len(held.codes),
            "passkeys": self.store.passkeys.of(account.id),
            "has_password": bool(account.password_hash),
            "proven_until": until,
            "proven": until is not None and call.now < until,
        }

    @command(c.StartApp)
    def start_app(self, call: Call, request: Request) -> dict[str, Any]:
        account = self._proven(call, request)
        seed = totp.new_seed()
        held = call.tx.protections.of(account.id)
        call.tx.protections.save(held.setting_up(self._seeds.seal(seed, of=account.id), call.now))
        return {"seed": seed, "address": totp.address(seed, account.email)}

    @command(c.ConfirmApp)
    def confirm_app(self, call: Call, request: Request) -> dict[str, Any]:
        account = self._proven(call, request)
        self._count_try(f"app:{account.id}")
        held: Protection = call.tx.protections.of(account.id)
        seed = self._seeds.open(held.seed_to_confirm(call.now), of=account.id)
        step = totp.matching_step(request["passcode"], seed, call.now)
        if step is None:
            raise Invalid.field("passcode", "This code is not right. Type the six digits that your app shows now.")
        self.store.attempts.forget(f"app:{account.id}")
        self._note(call, account, "app_added")
        return self._protect(call, held.with_app(step))

    @command(c.RemoveApp)
    def remove_app(self, call: Call, request: Request) -> None:
        account = self._proven(call, request)
        held: Protection = call.tx.protections.of(account.id)
        call.tx.protections.save(held.without_app(has_passkeys=bool(call.tx.passkeys.of(account.id))))
        self._note(call, account, "app_removed")

    @command(c.AskSecondStep)
    def ask_second_step(self, call: Call, request: Request) -> dict[str, Any]:
        account = self._proven(call, request)
        held: Protection = call.tx.protections.of(account.id)
        if held.two_steps == request["on"]:
            return {"codes": []}
        self._note(call, account, "two_steps_on" if request["on"] else "two_steps_off")
        if request["on"]:
            return self._protect(call, held.asking(has_passkeys=bool(call.tx.passkeys.of(account.id))))
        call.tx.protections.save(held.not_asking())
        return {"codes": []}

    @command(c.RenewRecoveryCodes)
    def renew_recovery_codes(self, call: Call, request: Request) -> dict[str, Any]:
        account = self._proven(call, request)
        held: Protection = call.tx.protections.of(account.id)
        self._note(call, account, "codes_renewed")
        return self._with_new_codes(call, held)

    @command(c.StartPasskey)
    def start_passkey(self, call: Call, request: Request) -> dict[str, Any]:
        account = self._proven(call, request)
        held = call.tx.passkeys.of(account.id)
        passkey.check_room(len(held))
        session = call.tx.sessions.by_token(request["token"])
        asked = Challenge.new(Aim.REGISTER, call.now, account.id, session.id)
        call.tx.challenges.save(asked)
        options = self._party.creation(asked.raw, account.id, account.email, account.name, held)
        return {"challenge_id": asked.id, "options": options}

    @command(c.AddPasskey)
    def add_passkey(self, call: Call, request: Request) -> Passkey:
        account = self._proven(call, request)
        session = call.tx.sessions.by_token(request["token"])
        asked = self._open_challenge(call, request, Aim.REGISTER, account_id=account.id, bound_to=session.id)
        passkey.check_room(len(call.tx.passkeys.of(account.id)))
        try:
            made = self._party.created(request["credential"], asked.raw)
        except Invalid:
            self.store.challenges.delete(asked.id)
            raise
        added = Passkey(
            id=new_id(),
            account_id=account.id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            name=request["name"].strip(),
            transports=_transports(request["credential"]),
            synced=made.synced,
            created_at=call.now,
        )
        try:
            saved: Passkey = call.tx.passkeys.save(added)
        except Duplicate as error:
            raise Conflict("This passkey is known already.") from error
        call.tx.challenges.delete(asked.id)
        self._note(call, account, "passkey_added", saved.name)
        return saved

    @command(c.RenamePasskey)
    def rename_passkey(self, call: Call, request: Request) -> Passkey:
        saved: Passkey = call.tx.passkeys.save(self._own_passkey(call, request).renamed(request["name"]))
        return saved

    @command(c.RemovePasskey)
    def remove_passkey(self, call: Call, request: Request) -> None:
        account = self._proven(call, request)
        removed = self._own_passkey(call, request)
        call.tx.passkeys.delete(removed.id)
        held: Protection = call.tx.protections.of(account.id)
        left = held.still_possible(has_passkeys=bool(call.tx.passkeys.of(account.id)))
        if left != held:
            call.tx.protections.save(left)
        self._note(call, account, "passkey_removed", removed.name)

    @command(c.ChangePassword)
    def change_password(self, call: Call, request: Request) -> None:
        account = self._proven(call, request)
        session = call.tx.sessions.by_token(request["token"])
        call.tx.links.drop_unused(account.id, Purpose.RESET, Purpose.NEW_ADDRESS)
        call.tx.second_steps.drop(account.id)
        call.tx.sessions.revoke_all(account.id, but=session.id)
        call.tx.accounts.save(account.with_password(self._passwords.hash(request["password"])))
        self._note(call, account, "password_changed")

    @command(c.RequestNewAddress)
    def request_new_address(self, call: Call, request: Request) -> None:
        """Says nothing about whether the new address has an account: the link, which its owner gets, then fails."""
        account = self._proven(call, request)
        address = normalised(request["email"])
        if address == account.email:
            raise Invalid.field("email", "This is your address already.")
        if self._link_is_recent(call, account, Purpose.NEW_ADDRESS):
            raise TooMany("The last e-mail is only just on its way. Wait a minute before you ask for another.")
        self._note(call, account, "address_asked", address)
        self._send_link(call, account, Purpose.NEW_ADDRESS, address)

    @command(c.ConfirmNewAddress)
    def confirm_new_address(self, call: Call, request: Request) -> Identity:
        link: Link = call.tx.links.by_token(request["token"])
        account = call.tx.accounts.get(link.account_id)
        call.tx.links.save(link.use(Purpose.NEW_ADDRESS, call.now))
        call.tx.links.drop_unused(account.id, *Purpose)
        if call.tx.accounts.find_one(email=link.address) is not None:
            raise Conflict("This address has an account already. Sign in there, or use another address.")
        try:
            saved = self._save(call, account.with_address(link.address))
        except Duplicate as error:  # taken a moment ago: run again, and see it
            raise error.__cause__ or error from None
        self._note(call, account, "address_changed", link.address)
        return self._as_seen(saved.identity)

    # -- the end of an account -----------------------------------------------------------------------------------

    @query(c.GetClosing)
    def get_closing(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        mine = call.actor.account_id
        return _closing(call, self.store.closings.find_one(id=mine), _ties(self.store, mine))

    @command(c.RequestClosing)
    def request_closing(self, call: Call, request: Request) -> dict[str, Any]:
        account = self._proven(call, request)
        check_typed(request["typed"], account.email)
        ties = _ties(call.tx, account.id)
        check_free([tie for listed in ties.values() for tie in listed])
        held = call.tx.closings.find_one(id=account.id)
        if held is None:
            asked, token = Closing.ask(account.id, call.now)
            held = call.tx.closings.save(asked)
            call.set_timer(CLOSING, account.id, held.due_at)
            details = {"email": account.email, "name": account.name, "locale": account.locale}
            fact = {**details, "account_id": account.id, "token": token, "expires_at": held.due_at}
            call.emit(c.ClosingRequested, new_id(), fact)
            log.info("closing.asked", account=account.id)
        return _closing(call, held, ties)

    @command(c.CancelClosing)
    def cancel_closing(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        self._cancel_closing(call, call.actor.account_id)
        return _closing(call, None, _ties(call.tx, call.actor.account_id))

    @command(c.KeepAccount)
    def keep_account(self, call: Call, request: Request) -> None:
        held = call.tx.closings.find_one(token_hash=fingerprint(request["token"]))
        if held is None:
            raise NotFound("This account is not about to be deleted: you cancelled that, or it is gone.")
        self._cancel_closing(call, held.id)

    def _cancel_closing(self, call: Call, account_id: str) -> None:
        if not call.tx.closings.delete(account_id):
            raise Conflict("Your account is not about to be deleted.")
        call.clear_timer(CLOSING, account_id)
        log.info("closing.cancelled", account=account_id)

    @timer(CLOSING)
    def close(self, call: Call, account_id: str) -> None:
        """Its day has come. While something is open again, it waits another day."""
        held: Closing | None = call.tx.closings.find_one(id=account_id)
        if held is None:
            return
        if any(_ties(call.tx, account_id).values()):
            later = call.tx.closings.save(held.put_off(call.now))
            call.set_timer(CLOSING, account_id, later.due_at)
            return
        for company in call.tx.companies.of_member(account_id):
            if company.id != account_id:
                self._keep(call, company.survived(account_id, call.now))
        call.tx.erase(account_id)
        call.set_timer(ERASE_AGAIN, account_id, call.now + personal.AGAIN_AFTER)
        call.emit(c.AccountDeleted, account_id, {"account_id": account_id, "deleted_at": call.now})
        log.info("account.deleted", account=account_id)

    on_account_deleted = None  # type: ignore[assignment]
    """Its own deletion is no news to it: see `close`."""

    @subscribe(matching.ContractStarted, matching.ContractChanged, matching.ContractEnded)
    def on_contract(self, call: Call, event: Received) -> None:
        fact = event.data
        running = fact["state"] not in ("ended", "terminated")
        tie = Tie(id=fact["id"], sides=_sides(fact), title=fact["brief_title"], open=running)
        call.tx.contract_ties.put_if_newer(tie, event.sequence)

    @subscribe(work.TimesheetSubmitted, work.TimesheetApproved, work.TimesheetDisputed)
    def on_timesheet(self, call: Call, event: Received) -> None:
        fact = event.data
        waits = fact["state"] in ("submitted", "disputed")
        tie = Tie(id=fact["id"], sides=_sides(fact), title=fact["brief_title"], open=waits)
        call.tx.hour_ties.put_if_newer(tie, event.sequence)

    @subscribe(
        billing.InvoiceIssued,
        billing.InvoicePaid,
        billing.InvoiceOverdue,
        billing.InvoiceCredited,
        billing.InvoiceWrittenOff,
    )
    def on_invoice(self, call: Call, event: Received) -> None:
        fact = event.data
        owed = fact["state"] == "issued" and fact["payment_state"] in ("unpaid", "partly_paid")
        sides = (fact["client_id"], fact["issuer_id"])
        tie = Tie(id=fact["id"], sides=sides, title=fact["number"], open=owed and fact["kind"] == "invoice")
        call.tx.invoice_ties.put_if_newer(tie, event.sequence)

    # -- the account ---------------------------------------------------------------------------------------------

    @query(c.GetAccount)
    def get_account(self, call: Call, request: Request) -> Identity:
        return self._as_seen(self._own(call, self.store).identity)

    @command(c.ChangeSettings)
    def change_settings(self, call: Call, request: Request) -> Identity:
        return self._as_seen(self._save(call, self._own(call, call.tx).with_settings(**request)).identity)

    @command(c.AddRole)
    def add_role(self, call: Call, request: Request) -> Identity:
        return self._as_seen(self._save(call, self._own(call, call.tx).with_role(request["role"])).identity)

    # -- companies -----------------------------------------------------------------------------------------------

    @query(d.GetCompany)
    def get_company(self, call: Call, request: Request) -> dict[str, Any]:
        return company_shown(self._company(call, self.store), call)

    @command(d.SaveCompany)
    def save_company(self, call: Call, request: Request) -> dict[str, Any]:
        held = self._company(call, call.tx)
        held.require(call.actor.account_id, Colleague.OWNER)
        version = request.pop("version")
        company = held.described(Profile.of(request), call.now, version)
        renamed = company.profile.name != held.profile.name
        return company_shown(self._keep(call, company, company.members if renamed else ()), call)

    @query(d.ListColleagues)
    def list_colleagues(self, call: Call, request: Request) -> dict[str, Any]:
        return self._colleagues(call, self.store, self._company(call, self.store))

    @command(d.InviteColleague)
    def invite_colleague(self, call: Call, request: Request) -> Invitation:
        company, inviter = self._company(call, call.tx), self._own(call, call.tx)
        company.require(inviter.id, Colleague.OWNER)
        if not inviter.email_confirmed:
            raise Conflict("Confirm your e-mail address first: use the link that we sent you, or ask for a new one.")
        waiting = call.tx.invitations.open_of(company.id, call.now)
        email, role = normalised(request["email"]), Colleague(request["role"])
        known = call.tx.accounts.find_one(email=email)
        if known is not None and company.role_of(known.id) is not None:
            raise Invalid.field("email", "Whoever has this address belongs to the company already.")
        for earlier in (each for each in waiting if each.email == email):
            call.tx.invitations.delete(earlier.id)
        invitation, token = Invitation.new(company.id, email, role, inviter.id, call.now, len(waiting))
        call.tx.invitations.save(invitation)
        if company.version == 0:
            self._keep(call, company)
        fact = {**self._invited(call.tx, invitation, company), "role": role.value, "token": token}
        locale = known.locale if known else inviter.locale
        call.emit(d.ColleagueInvited, invitation.id, {**fact, "invitation_id": invitation.id, "locale": locale})
        return invitation

    @command(d.WithdrawInvitation)
    def withdraw_invitation(self, call: Call, request: Request) -> None:
        company = self._company(call, call.tx)
        company.require(call.actor.account_id, Colleague.OWNER)
        held = call.tx.invitations.find_one(id=request["invitation_id"], company_id=company.id)
        if held is not None:
            held.require_open(call.now)
            call.tx.invitations.delete(held.id)

    @command(d.ChangeColleague)
    def change_colleague(self, call: Call, request: Request) -> dict[str, Any]:
        company = self._company(call, call.tx)
        company.require(call.actor.account_id, Colleague.OWNER)
        changed = company.changed(request["account_id"], Colleague(request["role"]), call.now)
        self._take_back_invitations(call, changed)
        return self._colleagues(call, call.tx, self._keep(call, changed, [request["account_id"]]))

    @command(d.RemoveColleague)
    def remove_colleague(self, call: Call, request: Request) -> dict[str, Any]:
        company = self._company(call, call.tx)
        company.require(call.actor.account_id, Colleague.OWNER)
        left = company.left(request["account_id"], call.now)
        self._take_back_invitations(call, left)
        return self._colleagues(call, call.tx, self._keep(call, left, [request["account_id"]]))

    @command(d.LeaveCompany)
    def leave_company(self, call: Call, request: Request) -> Identity:
        call.actor.require()
        company = call.tx.companies.find_one(id=request["company_id"])
        if company is None or company.role_of(call.actor.account_id) is None:
            raise NotFound("This company does not exist, or you do not belong to it.")
        left = company.left(call.actor.account_id, call.now)
        self._take_back_invitations(call, left)
        self._keep(call, left, [call.actor.account_id])
        return self._as_seen(self._own(call, call.tx).identity)

    @query(d.GetInvitation)
    def get_invitation(self, call: Call, request: Request) -> dict[str, Any]:
        invitation = self.store.invitations.by_token(request["token"])
        invitation.require_open(call.now)
        return self._invited(self.store, invitation, self.store.companies.get(invitation.company_id))

    @command(d.AcceptInvitation)
    def accept_invitation(self, call: Call, request: Request) -> Identity:
        """Who has the link has the mail: an account under that very address is confirmed by it."""
        account = self._own(call, call.tx)
        invitation = call.tx.invitations.by_token(request["token"])
        company: Company = call.tx.companies.get(invitation.company_id)
        call.tx.invitations.save(invitation.accepted(account.id, call.now))
        if account.email == invitation.email and not account.email_confirmed:
            self._save(call, account.confirmed())
        self._keep(call, company.joined(account.id, invitation.role, call.now), [account.id])
        return self._as_seen(self._own(call, call.tx).identity)

    def _take_back_invitations(self, call: Call, company: Company) -> None:
        """Those of who is no owner any more: nobody comes back, or brings others, by a link of their own making."""
        for invitation in call.tx.invitations.open_of(company.id, call.now):
            if company.role_of(invitation.invited_by) is not Colleague.OWNER:
                call.tx.invitations.delete(invitation.id)

    def _company(self, call: Call, store: Any) -> Company:
        """Of the party that acts. A client that has said nothing of itself yet has a blank one."""
        call.actor.require("client")
        party = call.actor.party_id
        company: Company = store.companies.find_one(id=party) or Company.founded(party, call.now)
        company.require(call.actor.account_id)
        return company

    def _keep(self, call: Call, company: Company, touched: Iterable[Any] = ()) -> Company:
        """Saves the company, tells the others, and gives the accounts that are `touched` what they may do from now
        on."""
        saved: Company = call.tx.companies.save(company)
        ids = [each if isinstance(each, str) else each.account_id for each in touched]
        name = self._name_of(call.tx, saved)
        for account in call.tx.accounts.find({"id": {"$in": [id for id in ids if id != saved.id]}}):
            role = saved.role_of(account.id)
            self._save(call, account.in_company(saved.id, name, role.value if role else None))
        call.emit(d.CompanyChanged, f"company-{saved.id}", company_fact(saved))
        return saved

    def _name_of(self, store: Any, company: Company) -> str:
        """The company's name; before it has one, its founder's."""
        if company.profile.name:
            return company.profile.name
        founder: Account | None = store.accounts.find_one(id=company.id)
        return founder.name if founder else ""

    def _invited(self, store: Any, invitation: Invitation, company: Company) -> dict[str, Any]:
        inviter = store.accounts.find_one(id=invitation.invited_by)
        return {
            "company_name": self._name_of(store, company),
            "inviter_name": inviter.name if inviter else "",
            "email": invitation.email,
            "role": invitation.role.value,
            "expires_at": invitation.expires_at,
        }

    def _colleagues(self, call: Call, store: Any, company: Company) -> dict[str, Any]:
        ids = [member.account_id for member in company.members]
        known = {account.id: account for account in store.accounts.find({"id": {"$in": ids}})}
        members = [
            {
                "account_id": member.account_id,
                "name": known[member.account_id].name,
                "email": known[member.account_id].email,
                "role": member.role.value,
                "since": member.since,
                "founder": member.account_id == company.id,
            }
            for member in company.members
            if member.account_id in known
        ]
        waiting = store.invitations.open_of(company.id, call.now)
        role = company.role_of(call.actor.account_id)
        return {"members": members, "invitations": waiting, "role": role.value if role else ""}

    # -- operators -----------------------------------------------------------------------------------------------

    @command(c.ImportAccounts)
    def import_accounts(self, call: Call, request: Request) -> dict[str, Any]:
        """An address that has an account keeps it, and gains the roles that it lacks."""
        call.actor.require("operator", "system")
        wanted = [Account.new(**row, at=call.now, email_confirmed=True) for row in request["accounts"]]
        held = call.tx.accounts.with_addresses([account.email for account in wanted])
        fresh = {account.email: account for account in reversed(wanted) if account.email not in held}
        new = call.tx.accounts.insert_all(list(fresh.values()))
        if new:
            facts = {"accounts": [self._as_seen(account.identity) for account in new]}
            call.emit(c.AccountsImported, new_id(), facts)
        held |= {account.email: account for account in new}
        for account in wanted:
            known = held[account.email]
            if not set(account.roles) <= set(known.roles):
                held[account.email] = self._save(call, known.with_roles(account.roles))
        return {"ids": [held[account.email].id for account in wanted]}

    @query(c.ListAccounts)
    def list_accounts(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require("operator", "system")
        page = self.store.accounts.page(limit=request["limit"], cursor=request["cursor"])
        return {"items": [self._as_seen(account.identity) for account in page.items], "next": page.next}

    # -- parts ---------------------------------------------------------------------------------------------------

    @property
    def _passwords(self) -> Passwords:
        settings: AccountsSettings = self.settings
        return passwords(settings.argon2_memory_kib, settings.argon2_time_cost, settings.argon2_parallelism)

    def _own(self, call: Call, store: Any) -> Account:
        call.actor.require()
        account: Account | None = store.accounts.find_one(id=call.actor.account_id)
        if account is None:
            raise Unauthenticated("Your account does not exist any more. Please sign in again.")
        return account

    def _as_seen(self, identity: Identity) -> Identity:
        return identity.among(_operators(self.settings.operator_emails))

    def _save(self, call: Call, account: Account) -> Account:
        """Saves the account and tells its sessions and the other services."""
        saved: Account = call.tx.accounts.save(account)
        call.tx.sessions.renew(saved.identity)
        call.emit(c.AccountChanged, saved.id, self._as_seen(saved.identity))
        return saved

    def _begin_session(self, call: Call, account: Account, user_agent: str) -> dict[str, Any]:
        session, token = Session.begin(account.identity, user_agent, call.now)
        call.tx.sessions.save(session)
        return {**self._shown(session), "token": token, "account": self._as_seen(account.identity)}

    def _shown(self, session: Session) -> dict[str, Any]:
        return {"session_id": session.id, "expires_at": session.expires_at}

    def _send_link(self, call: Call, account: Account, purpose: Purpose, address: str = "") -> None:
        link, token = Link.new(purpose, account.id, call.now, address)
        call.tx.links.drop_unused(account.id, purpose)
        call.tx.links.save(link)
        details = {"email": address or account.email, "name": account.name, "locale": account.locale}
        fact = {**details, "account_id": account.id, "token": token, "expires_at": link.expires_at}
        call.emit(LINK_EVENTS[purpose], link.id, fact)

    def _link_is_recent(self, call: Call, account: Account, purpose: Purpose) -> bool:
        latest = call.tx.links.latest(account.id, purpose)
        return latest is not None and latest.is_recent(call.now)

    # -- parts of what protects ----------------------------------------------------------------------------------

    @property
    def _seeds(self) -> Sealer:
        return _sealer(self.settings.sealing_keys, "accounts/authenticator")

    @property
    def _codes(self) -> Sealer:
        return _sealer(self.settings.sealing_keys, "accounts/recovery")

    @property
    def _party(self) -> RelyingParty:
        return RelyingParty.at(self.settings.public_url)

    def _session(self, call: Call, request: Request) -> Session:
        """The session of the request's token, which must be the actor's own."""
        call.actor.require()
        session: Session = call.tx.sessions.by_token(request["token"]).check(call.now)
        if session.identity.id != call.actor.account_id:
            raise ended()
        return session

    def _proven(self, call: Call, request: Request) -> Account:
        """The actor's account. Raises Unproven unless the session has shown lately whose it is."""
        self._session(call, request).require_proof(call.now)
        return self._own(call, call.tx)

    def _own_passkey(self, call: Call, request: Request) -> Passkey:
        call.actor.require()
        found: Passkey | None = call.tx.passkeys.find_one(id=request["passkey_id"], account_id=call.actor.account_id)
        if found is None:
            raise NotFound("This passkey is not there any more.")
        return found

    def _begin_second_step(self, call: Call, held: Protection, user_agent: str) -> dict[str, Any]:
        step, token = SecondStep.begin(held.id, user_agent, call.now)
        call.tx.second_steps.save(step)
        ways = {
            "app": held.has_app,
            "passkey": bool(call.tx.passkeys.of(held.id)),
            "recovery": bool(held.codes),
        }
        return {"step_token": token, "methods": [way for way, there in ways.items() if there]}

    def _use_passcode(self, call: Call, account: Account, typed: str) -> None:
        """Uses up a code of the app, or a recovery code. Raises Invalid for a wrong or used one."""
        self._count_try(f"step:{account.id}")
        held: Protection = call.tx.protections.of(account.id)
        used: Protection | None = None
        if protection.looks_like_recovery(typed):
            used = held.after_recovery(self._codes.marks(f"{account.id}:{protection.as_marked(typed)}"))
            if used is not None:
                self._note(call, account, "code_used", str(len(used.codes)))
        elif held.has_app:
            seed = self._seeds.open(held.seed, of=account.id)
            step = totp.matching_step(typed, seed, call.now, after=held.last_step)
            used = None if step is None else held.after_code(step)
        if used is None:
            raise Invalid.field("passcode", "This code is not right, or was used already. Each one works once.")
        call.tx.protections.save(used)
        self.store.attempts.forget(f"step:{account.id}")

    def _count_try(self, key: str) -> None:
        """Raises TooMany before the time of another try has come."""
        try:
            self.store.attempts.count_one(key, now())
        except TooMany as error:
            minutes = error.text.params.get("minutes", 1)
            raise TooMany("Too many wrong tries. Wait %(minutes)s min, then try again.", minutes=minutes) from None

    def _protect(self, call: Call, held: Protection) -> dict[str, Any]:
        """Saves what has a second step now; with recovery codes where there are none yet."""
        if not held.codes:
            return self._with_new_codes(call, held)
        call.tx.protections.save(held)
        return {"codes": []}

    def _with_new_codes(self, call: Call, held: Protection) -> dict[str, Any]:
        codes = protection.new_codes()
        marks = [self._codes.mark(f"{held.id}:{protection.as_marked(code)}") for code in codes]
        call.tx.protections.save(held.with_codes(marks))
        return {"codes": codes}

    def _challenge(
        self, call: Call, aim: Aim, keys: list[Passkey] | None = None, *, account_id: str = "", bound_to: str = ""
    ) -> dict[str, Any]:
        asked = Challenge.new(aim, call.now, account_id, bound_to)
        call.tx.challenges.save(asked)
        return {"challenge_id": asked.id, "options": self._party.request(asked.raw, keys or [])}

    def _open_challenge(
        self, call: Call, request: Request, aim: Aim, *, account_id: str = "", bound_to: str = ""
    ) -> Challenge:
        asked: Challenge = call.tx.challenges.known(request["challenge_id"])
        return asked.check(aim, call.now, account_id, bound_to)

    def _answered(self, call: Call, request: Request, aim: Aim, *, account_id: str = "", bound_to: str = "") -> Passkey:
        """The passkey that has signed the challenge, which ends, right or wrong."""
        asked = self._open_challenge(call, request, aim, account_id=account_id, bound_to=bound_to)
        try:
            held: Passkey | None = call.tx.passkeys.find_one(credential_id=str(request["credential"].get("id", "")))
            if held is None:
                raise refused()
            count, synced = self._party.signed(request["credential"], asked.raw, held)
            used = held.used(count, synced=synced, at=call.now)
        except Unauthenticated:
            self.store.challenges.delete(asked.id)  # outside of the transaction, which the refusal rolls back
            raise
        call.tx.challenges.delete(asked.id)
        saved: Passkey = call.tx.passkeys.save(used)
        return saved

    def _note(self, call: Call, account: Account, what: str, detail: str = "") -> None:
        """Tells the owner, at the address that the account had till now."""
        who = {"account_id": account.id, "email": account.email, "name": account.name, "locale": account.locale}
        call.emit(c.SecurityNoted, new_id(), {**who, "what": what, "detail": detail, "at": call.now})


def _sides(fact: Mapping[str, Any]) -> tuple[str, ...]:
    return (fact["client_id"], fact["assistant_id"])


def _ties(store: Any, account_id: str) -> dict[str, list[Tie]]:
    """What is open, by its kind."""
    kinds = {"contract": store.contract_ties, "hours": store.hour_ties, "invoice": store.invoice_ties}
    found = {kind: ties.of([account_id]) for kind, ties in kinds.items()}
    founded: Company | None = store.companies.find_one(id=account_id)
    if founded is not None and len(founded.members) > 1:  # what it does hangs on its founder's account
        found["company"] = [Tie(id=account_id, sides=(account_id,), title=founded.profile.name, open=True)]
    return found


def _closing(call: Call, held: Closing | None, ties: Mapping[str, list[Tie]]) -> dict[str, Any]:
    day = held.due_at if held else call.now + GRACE
    listed = [{"kind": kind, "id": tie.id, "title": tie.title} for kind, found in ties.items() for tie in found]
    return {
        "due_at": held.due_at if held else None,
        "would_be_on": day,
        "kept_until": personal.kept_until(day) - timedelta(milliseconds=1),
        "ties": listed,
    }


LINK_EVENTS = {
    Purpose.CONFIRM: c.ConfirmationRequested,
    Purpose.RESET: c.ResetRequested,
    Purpose.NEW_ADDRESS: c.NewAddressRequested,
}


@functools.cache
def _sealer(keys: tuple[str, ...], purpose: str) -> Sealer:
    return Sealer(keys, purpose)


def _transports(credential: Mapping[str, Any]) -> tuple[str, ...]:
    """How the browser says that the key is reached, for later requests; of no weight."""
    response = credential.get("response")
    listed = response.get("transports") if isinstance(response, Mapping) else None
    return tuple(str(each)[:20] for each in listed[:8]) if isinstance(listed, list) else ()


def company_shown(company: Company, call: Call) -> dict[str, Any]:
    role = company.role_of(call.actor.account_id)
    told = {name: getattr(company.profile, name) for name in Profile.__slots__}
    told |= {"id": company.id, "version": company.version, "role": role.value if role else ""}
    return {**told, "updated_at": company.updated_at if company.version else None}


def company_fact(company: Company, *, ended: bool = False) -> dict[str, Any]:
    told = {name: getattr(company.profile, name) for name in Profile.__slots__}
    members = [{"account_id": member.account_id, "role": member.role.value} for member in company.members]
    return {**told, "company_id": company.id, "members": members, "ended": ended}


def _taken() -> Invalid:
    return Invalid.field("email", "This address has an account already. Sign in, or reset its password.")


@functools.cache
def _operators(emails: tuple[str, ...]) -> frozenset[str]:
    return frozenset(normalised(email) for email in emails)


class Passwords:
    """argon2id, worked out in a native thread, so that other calls go on meanwhile."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._nobodys = ""

    def hash(self, password: str) -> str:
        return _aside(self._hasher.hash, password)

    def matches(self, password_hash: str, password: str) -> bool:
        """The same work where there is no hash: the time taken does not tell which addresses have an account."""
        if not self._nobodys:
            self._nobodys = self.hash("the password of an account that does not exist")
        try:
            _aside(self._hasher.verify, password_hash or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)


def _aside(work: Callable[..., T], *arguments: Any) -> T:
    result: T = tpool.execute(work, *arguments)
    return result


@functools.cache
def passwords(memory_kib: int, time_cost: int, parallelism: int) -> Passwords:
    return Passwords(PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism))
