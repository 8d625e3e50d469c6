"""What every service answers besides its own methods: dead letters, for the operator's console; what it holds of the
caller."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import Id, Instant, Page
from shared.platform.contract import Command, Message, Query


class DeadLetter(Message):
    id = fields.String()
    event_name = fields.String()
    aggregate_id = fields.String()
    reason = fields.String()
    traceback = fields.String()
    attempts = fields.Integer()
    first_failed_at = Instant()
    last_failed_at = Instant()
    event = fields.Dict()


class DeadLetters(Message):
    items = fields.List(fields.Nested(DeadLetter))
    next = fields.String(allow_none=True)


class ReplayRequest(Message):
    """`id` of one dead letter, or empty for all of them."""

    id = Id(required=False, load_default="")


class Replayed(Message):
    count = fields.Integer()


class StatusRequest(Message):
    pass


class Status(Message):
    """`outbox` events wait for the relay, `parked` ones for another try; `lag_seconds` is the oldest's age."""

    service = fields.String()
    ready = fields.Boolean()
    outbox = fields.Integer()
    parked = fields.Integer()
    dead_letters = fields.Integer()
    lag_seconds = fields.Float()


class ExportRequest(Message):
    pass


class ExportedPart(Message):
    """One collection's documents, as they are kept, without secrets."""

    name = fields.String()
    items = fields.List(fields.Dict(keys=fields.String()))


class Exported(Message):
    service = fields.String()
    parts = fields.List(fields.Nested(ExportedPart))


def export_account(service: str) -> Query:
    """All that the service holds of the caller's account."""
    return Query(service, "export_account", ExportRequest, Exported)


def list_dead_letters(service: str) -> Query:
    return Query(service, "list_dead_letters", Page, DeadLetters)


def replay_dead_letters(service: str) -> Command:
    return Command(service, "replay_dead_letters", ReplayRequest, Replayed)


def get_status(service: str) -> Query:
    return Query(service, "get_status", StatusRequest, Status)
