"""What a service holds of people, declared with each collection: whose it is, and what becomes of it when their account
is deleted.

A collection says `personal = Held(...)` or `personal = NothingPersonal("why")`; a test fails for one that says neither.
From the same declarations come the export of all that an account's owner is held of, and the deletion.

    removed   with the account
    masked    stays, since it is somebody else's as well; names and words of the person go
    kept      stays as it is, since the law asks for it; names go when KEPT_FOR is over
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.platform.storage import Database, Document

GONE = "Deleted account"
"""What takes the place of a name, or of a person's words."""
AGAIN_AFTER = timedelta(days=1)
"""When the deletion is done once more, for what was on its way; and the history of events forgets, too."""
KEPT_YEARS = 10
"""From the end of the year of the deletion: books and what they rest on (Italian Civil Code, article 2220)."""


class Fate(StrEnum):
    REMOVED = "removed"
    MASKED = "masked"
    KEPT = "kept"


@dataclass(frozen=True)
class Mask:
    """`fields` that speak of the person whose account's id stands at `at`, where the document also is `where`."""

    at: str
    fields: tuple[str, ...]
    where: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Held:
    """`of`: where the ids of the accounts stand whose it is. `about`: where ids of others stand that go with it, who do
    not get it in their export. `secret` fields are not exported. `later`: not before the second run."""

    of: tuple[str, ...]
    about: tuple[str, ...] = ()
    fate: Fate = Fate.REMOVED
    masks: tuple[Mask, ...] = ()
    secret: tuple[str, ...] = ()
    later: bool = False


@dataclass(frozen=True)
class NothingPersonal:
    """`why` one need not look there."""

    why: str


Personal = Held | NothingPersonal


def _of(paths: tuple[str, ...], account_id: str) -> Document:
    return {"$or": [{path: account_id} for path in paths]}


# -- taking along ------------------------------------------------------------------------------------------------------


def export(store: Database, account_id: str) -> Iterator[tuple[str, list[Document]]]:
    """Names of collections, and what is in them of the account, as JSON."""
    for kind in store.collections().values():
        held = kind.personal
        if isinstance(held, Held) and held.of:
            found = store.raw[kind.name].find(_of(held.of, account_id), session=store.session).sort("_id", 1)
            shown = kind(store.raw, store.session).taken_along
            yield kind.name, [_plain(shown(document, account_id), held.secret) for document in found]


def _plain(document: Document, secret: tuple[str, ...]) -> Document:
    fields_ = {name: value for name, value in document.items() if name not in secret and name != "_schema"}
    fields_["id"] = fields_.pop("_id")
    plain: Document = _json(fields_)
    return plain


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


# -- deletion ----------------------------------------------------------------------------------------------------------


def erase(tx: Database, account_id: str, *, later: bool = False) -> int:
    """Removes and masks, in `tx`'s transaction. May be run again. Gives the number of documents it touched."""
    touched = 0
    for kind in tx.collections().values():
        held = kind.personal
        if not isinstance(held, Held) or (held.later and not later):
            continue
        raw = tx.raw[kind.name]
        if held.fate is Fate.REMOVED:
            gone = raw.delete_many(_of((*held.of, *held.about), account_id), session=tx.session)
            touched += gone.deleted_count
        elif held.fate is Fate.MASKED:
            touched += _mask(raw, held.masks, account_id, tx.session)
    answers = {"_id": {"$gte": f"{account_id}:", "$lt": f"{account_id};"}}
    touched += tx.answers.raw.delete_many(answers, session=tx.session).deleted_count
    for waiting in (tx.parked, tx.dead_letters):
        mentions = [f"event.data.{path}" for held in tx.facts.values() for path in _paths(held)]
        mentions += [f"event.data.{name}" for name in ("account_id", "client_id", "assistant_id", "owner_id")]
        query = _of(("event.aggregate_id", *mentions), account_id)
        touched += waiting.raw.delete_many(query, session=tx.session).deleted_count
    return touched


def redact(tx: Database, account_id: str) -> int:
    """Takes the person out of the history of events, once everybody has handled it: a replay tells of nobody."""
    touched = 0
    events = tx.events.raw
    for beginning, held in tx.facts.items():
        if not isinstance(held, Held):
            continue
        named = {"name": {"$gte": beginning, "$lt": f"{beginning}\uffff"}}
        if held.fate is Fate.REMOVED:
            paths = tuple(f"data.{path}" for path in (*held.of, *held.about))
            query = {**named, **_of(paths, account_id)}
            touched += events.delete_many(query, session=tx.session).deleted_count
        elif held.fate is Fate.MASKED:
            masks = tuple(_within("data", mask) for mask in held.masks)
            touched += _mask(events, masks, account_id, tx.session, named)
    return touched


def end_keeping(tx: Database, account_id: str) -> int:
    """The time is over for which the law asked: the names go from what was kept, and from its history."""
    touched = 0
    for kind in tx.collections().values():
        if isinstance(kind.personal, Held) and kind.personal.fate is Fate.KEPT:
            touched += _mask(tx.raw[kind.name], kind.personal.masks, account_id, tx.session)
    for beginning, held in tx.facts.items():
        if isinstance(held, Held) and held.fate is Fate.KEPT:
            named = {"name": {"$gte": beginning, "$lt": f"{beginning}\uffff"}}
            masks = tuple(_within("data", mask) for mask in held.masks)
            touched += _mask(tx.events.raw, masks, account_id, tx.session, named)
    return touched


def keeps_something(store: type[Database]) -> bool:
    """Whether the service has anything that the law asks to keep."""
    declared = [kind.personal for kind in store.collections().values()]
    return any(isinstance(held, Held) and held.fate is Fate.KEPT for held in declared)


def kept_until(at: datetime) -> datetime:
    """The end of the tenth year after the one of the deletion."""
    return at.replace(year=at.year + KEPT_YEARS + 1, month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def _paths(held: Personal) -> tuple[str, ...]:
    return (*held.of, *held.about, *(mask.at for mask in held.masks)) if isinstance(held, Held) else ()


def _within(part: str, mask: Mask) -> Mask:
    return Mask(
        at=f"{part}.{mask.at}",
        fields=tuple(f"{part}.{name}" for name in mask.fields),
        where={f"{part}.{name}": value for name, value in mask.where.items()},
    )


def _mask(
    raw: Any, masks: tuple[Mask, ...], account_id: str, session: Any, named: Mapping[str, Any] | None = None
) -> int:
    touched = 0
    for mask in masks:
        for name in mask.fields:
            query = {**(named or {}), **mask.where, mask.at: account_id, name: {"$nin": [None, "", GONE]}}
            touched += raw.update_many(query, {"$set": {name: GONE}}, session=session).modified_count
    return touched
