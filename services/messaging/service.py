"""The messaging service: conversations and notifications, what other services' facts mean for them, the post office."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, cast

import structlog
from nameko.extensions import DependencyProvider

from services.messaging.domain import steps
from services.messaging.domain.choices import Choices
from services.messaging.domain.conversation import Conversation, Message
from services.messaging.domain.conversation import Reader as Place
from services.messaging.domain.kinds import SECURITY, Channel, Kind, kinds
from services.messaging.domain.mail import Mail
from services.messaging.domain.notification import Notification
from services.messaging.domain.parties import Side
from services.messaging.domain.person import Face, Person
from services.messaging.domain.steps import Notice
from services.messaging.domain.team import Member, Team
from services.messaging.mails import unsubscribe
from services.messaging.mails.compose import letter, line
from services.messaging.mails.formats import Reader
from services.messaging.mails.smtp import Courier, Server, wrong_url
from services.messaging.mails.words import DEXTRA
from services.messaging.store import MessagingStore
from shared.contracts import accounts, billing, companies, matching, profiles, requests, vocabulary, work
from shared.contracts import messaging as c
from shared.platform.errors import Conflict, Forbidden
from shared.platform.sealing import Sealer, SealingSettings
from shared.platform.service import IMPORTED, Call, Received, Service, StoreProvider, command, now, query, subscribe
from shared.platform.settings import at_least, setting

log = structlog.get_logger(__name__)
Request = dict[str, Any]

LONGEST_PAUSE = 60.0
MOST_MESSAGES = 200


def _no_address(value: str) -> str | None:
    return None if "@" in parseaddr(value)[1] else "must look like Dextra <no-reply@example.com>"


@dataclass(frozen=True, kw_only=True)
class MessagingSettings(SealingSettings):
    smtp_url: str = setting(
        "SMTP_URL",
        "the server that takes e-mails: smtp://user:password@host:587; empty: they are kept, not sent",
        "",
        secret=True,
        check=wrong_url,
    )
    mail_from: str = setting("MAIL_FROM", "sender of e-mails", "Dextra <no-reply@localhost>", check=_no_address)
    public_url: str = setting("PUBLIC_URL", "address of the gateway, for links", "http://localhost:8000")
    mailbox: bool = setting("MAILBOX", "1 shows every e-mail to everybody: for a local run only", default=False)
    mail_poll_seconds: float = setting(
        "MAIL_POLL_SECONDS", "how often due e-mails are looked for", 1.0, check=at_least(0.05)
    )


class PostOffice(DependencyProvider):  # type: ignore[misc]
    """Sends queued e-mails, as long as a server is set. Several may work side by side: each mail is leased to one."""

    def setup(self) -> None:
        self._stop = threading.Event()

    def start(self) -> None:
        provider = next(one for one in self.container.dependencies if isinstance(one, StoreProvider))
        self._database = cast("MessagingStore", provider.database)
        self._settings = cast("MessagingSettings", provider.settings)
        if self._settings.smtp_url:
            self.container.spawn_managed_thread(self._run, identifier="post office")

    def stop(self) -> None:
        self._stop.set()

    def kill(self) -> None:
        self.stop()

    def _run(self) -> None:
        """Until stopped. Waits longer and longer while the server, or the database, does not answer."""
        pause = self._settings.mail_poll_seconds
        while not self._stop.is_set():
            try:
                well = self.send_due()
            except Exception as error:  # noqa: BLE001 - whatever it was: the mails are still there
                log.warning("mails.failed", error=type(error).__name__)
                well = False
            pause = self._settings.mail_poll_seconds if well else min(pause * 2, LONGEST_PAUSE)
            self._stop.wait(pause)

    def send_due(self) -> bool:
        """Sends what is due. Says whether the server was there."""
        with Courier(Server.at(self._settings.smtp_url), self._settings.mail_from) as courier:
            while not self._stop.is_set():
                mail = self._database.mails.lease(now())
                if mail is None:
                    return True
                self._settle(mail, courier)
                if not courier.is_connected:
                    return False
        return True

    def _settle(self, mail: Mail, courier: Courier) -> None:
        outcome, problem = courier.deliver(mail)
        tried = mail.tried(outcome, now(), problem)
        log.info("mail.tried", mail=mail.id, kind=mail.kind, state=tried.state.value, problem=problem)
        try:
            self._database.mails.save(tried)
        except Conflict:
            log.warning("mail.lease_ran_out", mail=mail.id)


class MessagingService(Service):
    name = "messaging"
    settings_class = MessagingSettings
    store = StoreProvider(MessagingStore)
    post_office = PostOffice()

    # -- conversations -------------------------------------------------------------------------------------------

    @query(c.ListConversations)
    def list_conversations(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        page = self.store.conversations.of_member(
            call.actor.party_id, request["limit"], request["cursor"], client_only=bool(call.actor.acting_for)
        )
        photos = self.store.faces.photos(each.parties.assistant_id for each in page.items)
        return {"items": [_shown(conversation, call, photos) for conversation in page.items], "next": page.next}

    @query(c.ReadConversation)
    def read_conversation(self, call: Call, request: Request) -> dict[str, Any]:
        conversation = _readable(call, self.store, request["conversation_id"])
        limit = min(max(request["limit"], 1), MOST_MESSAGES)
        page = self.store.messages.of_conversation(conversation.id, limit, request["cursor"])
        messages = [_in_words(message, call.locale) for message in reversed(page.items)]
        photos = self.store.faces.photos([conversation.parties.assistant_id])
        return {"conversation": _shown(conversation, call, photos), "messages": messages, "earlier": page.next}

    @command(c.MarkConversationSeen)
    def mark_conversation_seen(self, call: Call, request: Request) -> None:
        conversation = _readable(call, call.tx, request["conversation_id"])
        side = conversation.parties.side_of(call.actor.party_id)
        if side is None or conversation.reader(side) == Place():
            return
        call.tx.conversations.save(conversation.seen_by(call.actor.party_id))
        call.tx.notifications.mark_read(call.actor.account_id, call.now, path=f"/conversations/{conversation.id}")

    @command(c.PostMessage)
    def post_message(self, call: Call, request: Request) -> Message:
        call.actor.require()
        conversation = call.tx.conversations.get(request["conversation_id"])
        call.actor.require_affair(conversation.parties.client_id)
        posted, message = conversation.post(
            call.actor.party_id,
            request["body"],
            call.now,
            by=_colleague(call),
            by_name=call.actor.name,
            locale=call.locale,
        )
        side = posted.side_of(message.author_id).other
        call.tx.messages.save(message)
        if posted.needs_telling(side):
            posted = posted.telling(side)
            self._notify_all(call, steps.notice_of_message(posted, message, side), message.id)
        call.tx.conversations.save(posted)
        recipient = posted.parties.id_of(side)
        fact = {"message_id": message.id, "conversation_id": posted.id, "author_id": message.author_id}
        call.emit(c.MessagePosted, posted.id, {**fact, "recipient_id": recipient, "sent_at": message.sent_at})
        return message

    # -- notifications -------------------------------------------------------------------------------------------

    @query(c.ListNotifications)
    def list_notifications(self, call: Call, request: Request) -> Any:
        call.actor.require()
        return self.store.notifications.of_account(call.actor.account_id, request["limit"], request["cursor"])

    @command(c.MarkNotificationsRead)
    def mark_notifications_read(self, call: Call, request: Request) -> None:
        call.actor.require()
        call.tx.notifications.mark_read(call.actor.account_id, call.now)

    @query(c.GetCounts)
    def get_counts(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        return {
            "photo_id": self.store.faces.photos([call.actor.account_id]).get(call.actor.account_id, ""),
            "notifications": self.store.notifications.unread(call.actor.account_id),
            "messages": self.store.conversations.unread(call.actor.party_id, client_only=bool(call.actor.acting_for)),
        }

    # -- choices -------------------------------------------------------------------------------------------------

    @query(c.GetChoices)
    def get_choices(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        return _listed(self.store.choices.of(call.actor.account_id))

    @command(c.SaveChoices)
    def save_choices(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        held = chosen = call.tx.choices.of(call.actor.account_id)
        known = kinds()
        for wish in request["items"]:
            kind = known.get(wish["kind"])
            if kind is not None and not kind.fixed:
                for channel in kind.channels:
                    chosen = chosen.choosing(kind, channel, on=wish[channel.value])
        return _listed(chosen if chosen == held else call.tx.choices.save(chosen))

    @query(c.LookAtUnsubscribe)
    def look_at_unsubscribe(self, call: Call, request: Request) -> dict[str, Any]:
        account_id, kind = self._of_link(request["token"])
        return _choice(self.store.choices.of(account_id), kind)

    @command(c.Unsubscribe)
    def unsubscribe(self, call: Call, request: Request) -> dict[str, Any]:
        """The link is the authority; it can turn its one kind off and on and nothing else."""
        account_id, kind = self._of_link(request["token"])
        held = call.tx.choices.of(account_id)
        chosen = held.choosing(kind, Channel.MAIL, on=request["on"])
        return _choice(chosen if chosen == held else call.tx.choices.save(chosen), kind)

    def _of_link(self, token: str) -> tuple[str, Kind]:
        account_id, code = unsubscribe.read(self._marks, token)
        return account_id, kinds().get(code) or Kind(code, "", (Channel.MAIL,))

    # -- the mailbox of a local run ------------------------------------------------------------------------------

    @query(c.ListMails)
    def list_mails(self, call: Call, request: Request) -> Any:
        self._require_mailbox()
        return self.store.mails.newest(request["to"].strip().lower(), request["limit"], request["cursor"])

    @query(c.GetMail)
    def get_mail(self, call: Call, request: Request) -> Mail:
        self._require_mailbox()
        mail: Mail = self.store.mails.get(request["mail_id"])
        return mail

    def _require_mailbox(self) -> None:
        if not self.settings.mailbox:
            raise Forbidden("E-mails are shown in a local run only.")

    # -- facts ---------------------------------------------------------------------------------------------------

    @subscribe(accounts.AccountRegistered, accounts.AccountChanged)
    def on_account(self, call: Call, event: Received) -> None:
        names = ("email", "name", "locale", "time_zone")
        person = Person(id=event.data["account_id"], **{name: event.data[name] for name in names})
        call.tx.people.put_if_newer(person, event.sequence)

    @subscribe(profiles.ProfilePublished, profiles.ProfileChanged)
    def on_profile(self, call: Call, event: Received) -> None:
        call.tx.faces.put_if_newer(Face(event.data["assistant_id"], event.data["photo_id"]), event.sequence)

    @subscribe(profiles.ProfileUnpublished)
    def on_profile_withdrawn(self, call: Call, event: Received) -> None:
        call.tx.faces.put_if_newer(Face(event.data["assistant_id"], ""), event.sequence)

    @subscribe(accounts.AccountsImported)
    def on_accounts_imported(self, call: Call, event: Received) -> None:
        names = ("email", "name", "locale", "time_zone")
        told = event.data["accounts"]
        people = [Person(id=each["account_id"], **{name: each[name] for name in names}) for each in told]
        call.tx.people.put_all_if_newer(people, IMPORTED)

    @subscribe(companies.CompanyChanged)
    def on_company(self, call: Call, event: Received) -> None:
        members = tuple(Member(**member) for member in event.data["members"])
        call.tx.teams.put_if_newer(Team(event.data["company_id"], members), event.sequence)

    @subscribe(companies.ColleagueInvited)
    def on_colleague_invited(self, call: Call, event: Received) -> None:
        """To somebody who need not have an account yet."""
        fact = event.data
        to = Person(
            id=f"invitation:{fact['invitation_id']}",
            email=fact["email"],
            name=fact["email"],
            locale=fact["locale"],
            time_zone="UTC",
        )
        params = {name: steps.plain(fact[name]) for name in ("company_name", "inviter_name", "expires_at")}
        notice = Notice(account_id=to.id, kind=event.name, params=params, path=f"/join/{fact['token']}")
        self._write(call, to, notice, event.id, secret=True)

    @subscribe(accounts.SecurityNoted)
    def on_secured(self, call: Call, event: Received) -> None:
        """To the address that the fact names: of one that was changed, the old one."""
        fact = event.data
        notice = Notice(
            account_id=fact["account_id"],
            kind=event.name,
            form=fact["what"],
            params={"state": fact["what"], "detail": fact["detail"], "at": steps.plain(fact["at"])},
            path="/account/security",
        )
        call.tx.notifications.save(Notification.of(notice, event.id, call.now))
        self._write(call, self._as_told(call, fact), notice, event.id)

    def _as_told(self, call: Call, fact: Request) -> Person:
        known = call.tx.people.find_one(id=fact["account_id"])
        names = {name: fact[name] for name in ("email", "name", "locale")}
        return Person(id=fact["account_id"], time_zone=known.time_zone if known else "UTC", **names)

    @subscribe(
        accounts.ConfirmationRequested,
        accounts.ResetRequested,
        accounts.NewAddressRequested,
        accounts.ClosingRequested,
    )
    def on_link_requested(self, call: Call, event: Received) -> None:
        fact = event.data
        person = self._as_told(call, fact)
        page = LINK_PAGES[event.name]
        notice = Notice(
            account_id=person.id,
            kind=event.name,
            params={"expires_at": steps.plain(fact["expires_at"])},
            path=f"/{page}/{fact['token']}",
        )
        self._write(call, person, notice, event.id, secret=True)

    @subscribe(
        matching.OfferSent,
        matching.OfferAccepted,
        matching.OfferDeclined,
        matching.OfferWithdrawn,
        matching.OfferExpiring,
        matching.OfferExpired,
        matching.ContractStarted,
        matching.ContractChanged,
        matching.ContractEnded,
    )
    def on_negotiation(self, call: Call, event: Received) -> None:
        self._record(call, event)
        self._tell(call, event)

    @subscribe(
        work.TimesheetSubmitted,
        work.TimesheetApproved,
        work.TimesheetDisputed,
        work.TimesheetReviewDue,
        billing.InvoiceIssued,
        billing.InvoicePaid,
        billing.InvoiceOverdue,
        billing.InvoiceCredited,
        billing.InvoiceWrittenOff,
        requests.BriefExpiring,
        requests.BriefEnded,
        matching.SearchFound,
        vocabulary.ProposalDecided,
        matching.ReviewOpened,
        matching.ReviewWritten,
        matching.ReviewClosing,
        matching.ReviewRevealed,
        matching.ReviewReplied,
        matching.ReviewHidden,
        matching.CheckGranted,
        matching.CheckRefused,
        matching.CheckRevoked,
    )
    def on_step(self, call: Call, event: Received) -> None:
        self._tell(call, event)

    # -- parts ---------------------------------------------------------------------------------------------------

    def _record(self, call: Call, event: Received) -> None:
        """Brings the step into the conversation: a line, and what the author of an offer wrote to go with it."""
        fact, line_id, message_id = event.data, f"{event.id}.0", f"{event.id}.1"
        conversation = call.tx.conversations.find_one(id=fact["thread_id"]) or Conversation(
            id=fact["thread_id"],
            title=fact["brief_title"],
            parties=steps.parties_of(fact),
            touched_at=event.occurred_at,
        )
        if call.tx.messages.find_one(id=line_id) is not None:  # the history is being read again
            return
        kind = steps.line_of(event.name, fact)
        if kind:
            params = steps.params_of(event.name, fact)
            conversation, message = conversation.note(kind, params, event.occurred_at, line_id)
            call.tx.messages.save(message)
        if event.name == matching.OfferSent.name and fact.get("message", "").strip():
            side = Side(fact["by"])
            author = conversation.parties.id_of(side)
            conversation, message = conversation.post(
                author,
                fact["message"],
                event.occurred_at,
                message_id,
                by_name=fact.get("by_name", ""),
                locale=fact.get("message_locale", ""),
            )
            conversation = conversation.telling(side.other)  # the offer's own e-mail quotes it
            call.tx.messages.save(message)
        contract_id = fact["id"] if event.name.startswith("contract.") else fact.get("contract_id", "")
        if contract_id:
            conversation = conversation.carried_on_by(contract_id)
        call.tx.conversations.save(conversation)

    def _tell(self, call: Call, event: Received) -> None:
        acting = event.context.get("acting_for") or event.context.get("actor") or ""
        for notice in steps.notices(event.name, event.data, acting):
            self._notify_all(call, notice, event.id)

    def _notify_all(self, call: Call, notice: Notice, event_id: str) -> None:
        """The side that is meant: the account alone, or those of its company whom it concerns."""
        team = call.tx.teams.find_one(id=notice.account_id) if notice.side is Side.CLIENT else None
        for each in steps.for_colleagues(notice, team):
            self._notify(call, each, event_id)

    def _notify(self, call: Call, notice: Notice, event_id: str) -> None:
        """Once for each event and recipient, however often the event comes, on the channels that they have chosen.

        Raises NotFound while the recipient's account has not been heard of: the event is then tried again later.
        """
        if call.tx.notifications.find_one(event_id=event_id, account_id=notice.account_id) is not None:
            return
        kind = kinds().get(notice.kind) or Kind(notice.kind, "", tuple(Channel))
        choices: Choices = call.tx.choices.of(notice.account_id)
        if choices.wants(kind, Channel.APP):
            call.tx.notifications.save(Notification.of(notice, event_id, call.now))
        if notice.by_mail and choices.wants(kind, Channel.MAIL):
            self._write(call, call.tx.people.get(notice.account_id), notice, event_id)

    def _write(self, call: Call, to: Person, notice: Notice, event_id: str, *, secret: bool = False) -> None:
        if call.tx.mails.find_one(event_id=event_id, account_id=to.id) is not None:
            return
        home = self.settings.public_url.rstrip("/")
        may_end = not secret and notice.kind != SECURITY
        stop = f"{home}/unsubscribe/{unsubscribe.token(self._marks, to.id, notice.kind)}" if may_end else ""
        made = letter(
            notice.words,
            notice.params,
            reader=Reader(to.locale, to.time_zone),
            to_name=to.name,
            url=f"{home}{notice.path}" + (f"?for={notice.company_id}" if notice.company_id else ""),
            home=home,
            quote=notice.quote,
            unsubscribe=stop,
        )
        mail = Mail.of(
            made,
            to,
            event_id=event_id,
            kind=notice.kind,
            at=call.now,
            may_leave=bool(self.settings.smtp_url),
            secret=secret,
            unsubscribe=stop,
        )
        call.tx.mails.save(mail)

    @property
    def _marks(self) -> Sealer:
        return _sealer(self.settings.sealing_keys)


LINK_PAGES = {
    accounts.ConfirmationRequested.name: "confirm",
    accounts.ResetRequested.name: "reset",
    accounts.NewAddressRequested.name: "new-address",
    accounts.ClosingRequested.name: "keep-account",
}


@functools.cache
def _sealer(keys: tuple[str, ...]) -> Sealer:
    return Sealer(keys, unsubscribe.PURPOSE)


def _choice(choices: Choices, kind: Kind) -> dict[str, Any]:
    """As the contract says it."""
    told = {channel.value: choices.wants(kind, channel) for channel in Channel}
    there = {f"has_{channel.value}": channel in kind.channels for channel in Channel}
    return {"kind": kind.code, "group": kind.group, "fixed": kind.fixed, **told, **there}


def _listed(choices: Choices) -> dict[str, Any]:
    return {"items": [_choice(choices, kind) for kind in kinds().values()]}


def _colleague(call: Call) -> str:
    return call.actor.account_id if call.actor.acting_for else ""


def _readable(call: Call, store: Any, conversation_id: str) -> Conversation:
    """The conversation, for its sides and for operators. Raises Forbidden for others."""
    call.actor.require()
    conversation: Conversation = store.conversations.get(conversation_id)
    if not call.actor.has("operator"):
        conversation.side_of(call.actor.party_in(conversation.parties.client_id))
    return conversation


def _shown(conversation: Conversation, call: Call, photos: dict[str, str]) -> dict[str, Any]:
    """As the contract says it, for the caller."""
    parties, last = conversation.parties, conversation.last
    return {
        "id": conversation.id,
        "title": conversation.title,
        "client_id": parties.client_id,
        "client_name": parties.client_name,
        "assistant_id": parties.assistant_id,
        "assistant_name": parties.assistant_name,
        "assistant_photo_id": photos.get(parties.assistant_id, ""),
        "contract_id": conversation.contract_id,
        "last_message_at": last.sent_at if last else None,
        "last_body": _in_words(last, call.locale)["body"] if last else "",
        "unread": conversation.unread_of(call.actor.party_id),
    }


def _in_words(message: Message, locale: str) -> dict[str, Any]:
    """A message as it is, a line in the reader's language."""
    body, author = message.body, message.author_name
    if message.line:
        body, author = line(message.line, message.params, Reader(locale)), DEXTRA
    names = ("id", "author_id", "written_by", "sent_at")
    shown = {name: getattr(message, name) for name in names}
    return {**shown, "author_name": author, "body": body}
