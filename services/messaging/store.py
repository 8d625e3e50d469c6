"""Documents of people (copies), conversations, messages, notifications, choices about them, and e-mails."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pymongo import ReturnDocument

from services.messaging.domain.choices import Choices
from services.messaging.domain.conversation import Conversation, Message
from services.messaging.domain.mail import LEASE, Mail, MailState
from services.messaging.domain.notification import Notification
from services.messaging.domain.parties import Side
from services.messaging.domain.person import Face, Person
from services.messaging.domain.team import Team
from shared.platform.personal import GONE, Fate, Held, Mask, Personal
from shared.platform.storage import Collection, Database, Document, Index, PageOf

MAILS_KEPT = timedelta(days=90)


class People(Collection[Person]):
    name = "people"
    entity = Person
    personal = Held(of=("_id",))


class Teams(Collection[Team]):
    name = "teams"
    entity = Team
    personal = Held(of=("_id",))


class Faces(Collection[Face]):
    """Copies of assistants' photos, by account."""

    name = "faces"
    entity = Face
    personal = Held(of=("_id",))

    def photos(self, account_ids: Iterable[str]) -> dict[str, str]:
        """Of those who have one."""
        found = self.find({"_id": {"$in": list(account_ids)}})
        return {face.id: face.photo_id for face in found if face.photo_id}


class Conversations(Collection[Conversation]):
    """Beside the entity: `members`, the ids of both sides, and `waiting`, the ids of those with something unread."""

    name = "conversations"
    entity = Conversation
    personal = Held(
        of=("members",),
        fate=Fate.MASKED,
        masks=(
            Mask("parties.client_id", ("parties.client_name",)),
            Mask("parties.assistant_id", ("parties.assistant_name",)),
            Mask("last.author_id", ("last.author_name", "last.body")),
            Mask("last.written_by", ("last.author_name", "last.body")),
        ),
    )
    indexes = (Index("members", "-touched_at"), Index("waiting"))

    def to_document(self, entity: Conversation) -> Document:
        parties = entity.parties
        waiting = [parties.id_of(side) for side in Side if entity.reader(side).unread]
        return {**super().to_document(entity), "members": [parties.id_of(side) for side in Side], "waiting": waiting}

    def of_member(self, account_id: str, limit: int, cursor: str, *, client_only: bool = False) -> PageOf[Conversation]:
        """The latest touched first; `client_only`: those alone in which the account is the client."""
        return self.page(
            {"members": account_id, **_as_client(account_id, client_only=client_only)},
            sort=[("touched_at", -1)],
            limit=limit,
            cursor=cursor,
        )

    def unread(self, account_id: str, *, client_only: bool = False) -> int:
        """Messages that wait for the account, in all its conversations, or in those of which it is the client."""
        waiting = self.find({"waiting": account_id, **_as_client(account_id, client_only=client_only)})
        return sum(conversation.unread_of(account_id) for conversation in waiting)


def _as_client(account_id: str, *, client_only: bool) -> Document:
    return {"parties.client_id": account_id} if client_only else {}


class Messages(Collection[Message]):
    name = "messages"
    entity = Message
    personal = Held(
        of=("author_id", "written_by"),
        fate=Fate.MASKED,
        masks=(Mask("author_id", ("author_name", "body")), Mask("written_by", ("author_name", "body"))),
    )
    indexes = (Index("conversation_id", "-sent_at", "-_id"),)

    def of_conversation(self, conversation_id: str, limit: int, cursor: str) -> PageOf[Message]:
        """The latest first."""
        query = {"conversation_id": conversation_id}
        return self.page(query, sort=[("sent_at", -1)], limit=limit, cursor=cursor)


class Notifications(Collection[Notification]):
    name = "notifications"
    entity = Notification
    personal = Held(of=("account_id",))
    indexes = (
        Index("event_id", "account_id", unique=True),
        Index("account_id", "-created_at"),
        Index("account_id", "read_at"),
    )

    def of_account(self, account_id: str, limit: int, cursor: str) -> PageOf[Notification]:
        """The latest first."""
        return self.page({"account_id": account_id}, sort=[("created_at", -1)], limit=limit, cursor=cursor)

    def unread(self, account_id: str) -> int:
        return self.count(account_id=account_id, read_at=None)

    def mark_read(self, account_id: str, at: datetime, path: str = "") -> None:
        """All of the account, or those that lead to `path`."""
        query = {"account_id": account_id, "read_at": None, **({"path": path} if path else {})}
        self.raw.update_many(query, {"$set": {"read_at": at}}, session=self.session)


class Mails(Collection[Mail]):
    name = "mails"
    entity = Mail
    personal = Held(of=("account_id",))
    indexes = (
        Index("event_id", "account_id", unique=True),
        Index("state", "due_at"),
        Index("to", "-created_at"),
        Index("created_at", ttl=int(MAILS_KEPT.total_seconds())),
    )

    def newest(self, to: str, limit: int, cursor: str) -> PageOf[Mail]:
        return self.page({"to": to} if to else {}, sort=[("created_at", -1)], limit=limit, cursor=cursor)

    def lease(self, now: datetime) -> Mail | None:
        """A mail that is due, for the caller alone until the lease runs out. The try is counted at once."""
        found = self.raw.find_one_and_update(
            {"state": MailState.QUEUED.value, "due_at": {"$lte": now}},
            {"$set": {"due_at": now + LEASE}, "$inc": {"attempts": 1, "version": 1}},
            sort=[("due_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return None if found is None else self.from_document(found)


class ChoicesOf(Collection[Choices]):
    name = "choices"
    entity = Choices
    personal = Held(of=("_id",))

    def of(self, account_id: str) -> Choices:
        """Those of somebody who has not chosen are empty."""
        return self.find_one(id=account_id) or Choices(id=account_id)


class MessagingStore(Database):
    service = "messaging"
    facts: ClassVar[dict[str, Personal]] = {"message.": Held(of=("author_id", "recipient_id"), fate=Fate.KEPT)}
    people = People
    teams = Teams
    faces = Faces
    conversations = Conversations
    messages = Messages
    notifications = Notifications
    mails = Mails
    choices = ChoicesOf
    copies: ClassVar[dict[str, str]] = {People.name: "accounts", Teams.name: "accounts", Faces.name: "profiles"}

    def erase(self, account_id: str, *, later: bool = False) -> int:
        """Besides: the name in lines of conversations, and in what the other sides were told."""
        touched = 0
        known = self.people.find_one(id=account_id)
        name = known.name if known else ""
        if name:
            found = {"kind": "search.found", "params.names": {"$regex": re.escape(name)}}
            update = {"$set": {"params.names": GONE}}
            touched += self.notifications.raw.update_many(found, update, session=self.session).modified_count
        for conversation in self.conversations.find({"members": account_id}):
            parties = conversation.parties
            side = parties.side_of(account_id)
            if side is None:
                continue
            names = {name, parties.name_of(side)} - {"", GONE}
            query = {"conversation_id": conversation.id, "line": {"$ne": ""}}
            touched += self._mask_params(self.messages.raw, query, names)
            touched += self._mask_params(self.conversations.raw, {"_id": conversation.id}, names, "last.")
            touched += self._mask_params(self.notifications.raw, {"account_id": parties.id_of(side.other)}, names)
        return touched + super().erase(account_id, later=later)

    def _mask_params(self, raw: Any, query: Document, names: set[str], within: str = "") -> int:
        touched = 0
        for param in ("name", "client_name", "assistant_name", "author_name", "recipient_name", "names"):
            field = f"{within}params.{param}"
            asked = {**query, field: {"$in": list(names)}}
            touched += raw.update_many(asked, {"$set": {field: GONE}}, session=self.session).modified_count
        return touched
