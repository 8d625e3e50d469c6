"""Conversations: what the two sides of a negotiation, and then of a contract, write to each other.

Besides messages there are lines: steps of the negotiation, kept as a kind and parameters and put into words for each
reader. Lines are read in passing; only messages count as unread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.messaging.domain.parties import Parties, Side
from shared.platform.errors import Forbidden, Invalid
from shared.platform.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """By one of the sides; or a line, which has no author and no body but a `line` (its kind) with `params`."""

    id: str
    conversation_id: str
    sent_at: datetime
    author_id: str = ""
    author_name: str = ""
    written_by: str = ""
    """The account of the colleague who wrote it for the client's company; empty for the side's own."""
    body: str = ""
    locale: str = ""
    """The language that its author had chosen; empty where that is not known."""
    line: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """A side's place: how many of the other's messages came since it last looked, and whether a mail told of them."""

    unread: int = 0
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    id: str
    title: str
    parties: Parties
    touched_at: datetime
    contract_id: str = ""
    last: Message | None = None
    client: Reader = Reader()
    assistant: Reader = Reader()
    version: int = 0

    def reader(self, side: Side) -> Reader:
        return self.client if side is Side.CLIENT else self.assistant

    def side_of(self, account_id: str) -> Side:
        """Raises Forbidden for a stranger."""
        side = self.parties.side_of(account_id)
        if side is None:
            raise Forbidden("A conversation belongs to its two sides.")
        return side

    def post(
        self, author_id: str, body: str, at: datetime, id: str = "", by: str = "", by_name: str = "", locale: str = ""
    ) -> tuple[Conversation, Message]:
        """A message from one side, unread by the other; `by_name` and `by` say which colleague wrote it.

        Raises Forbidden for a stranger, Invalid when it is empty.
        """
        side = self.side_of(author_id)
        if not body.strip():
            raise Invalid.field("body", "Write something first.")
        message = Message(
            id=id or new_id(),
            conversation_id=self.id,
            sent_at=at,
            author_id=author_id,
            author_name=by_name or self.parties.name_of(side),
            written_by=by,
            body=body.strip(),
            locale=locale,
        )
        recipient = self.reader(side.other)
        posted = self._reading(side.other, replace(recipient, unread=recipient.unread + 1))
        return _last(posted, message), message

    def note(self, line: str, params: Mapping[str, Any], at: datetime, id: str) -> tuple[Conversation, Message]:
        """A line: a step that both sides see."""
        message = Message(id=id, conversation_id=self.id, sent_at=at, line=line, params=dict(params))
        return _last(self, message), message

    def needs_telling(self, side: Side) -> bool:
        """Whether something is unread of which no e-mail told: one e-mail tells of all until the side has looked."""
        reader = self.reader(side)
        return reader.unread > 0 and not reader.told

    def telling(self, side: Side) -> Conversation:
        """An e-mail about what is unread is on its way to the side."""
        return self._reading(side, replace(self.reader(side), told=True))

    def seen_by(self, account_id: str) -> Conversation:
        return self._reading(self.side_of(account_id), Reader())

    def unread_of(self, account_id: str) -> int:
        side = self.parties.side_of(account_id)
        return 0 if side is None else self.reader(side).unread

    def carried_on_by(self, contract_id: str) -> Conversation:
        return replace(self, contract_id=contract_id)

    def _reading(self, side: Side, reader: Reader) -> Conversation:
        return replace(self, client=reader) if side is Side.CLIENT else replace(self, assistant=reader)


def _last(conversation: Conversation, message: Message) -> Conversation:
    """Events come late at times: an older message does not become the last one."""
    if conversation.last is not None and message.sent_at < conversation.last.sent_at:
        return conversation
    return replace(conversation, last=message, touched_at=max(conversation.touched_at, message.sent_at))
