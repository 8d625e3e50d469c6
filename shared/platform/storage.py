"""Storage: one database a service, collections of entities, transactions, indexes, optimistic concurrency.

A service's `store.py` declares its collections as classes and names them in one `Database`. Entities are frozen
dataclasses with an `id` and, where they are edited, a `version` that grows by one with every save.
"""

from __future__ import annotations

import contextlib
import dataclasses
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import NoneType
from typing import Any, ClassVar, Generic, Self, TypeVar

import bson
from bson import json_util
from pymongo import ASCENDING, DESCENDING, IndexModel, MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.platform import personal as people
from shared.platform.documents import from_document, to_document
from shared.platform.errors import Conflict, Invalid, NotFound
from shared.platform.personal import NothingPersonal, Personal
from shared.platform.sessions import OwnSessions

E = TypeVar("E")
Document = dict[str, Any]
Sort = Sequence[tuple[str, int]]
NEWEST_FIRST: Sort = (("_id", DESCENDING),)
CURSOR_VALUES = (str, int, float, datetime, NoneType)
"""What a page may be sorted by. Anything else in a cursor was put there by hand, to be run as part of a query."""
SCHEMA = "_schema"


class Duplicate(Conflict):
    """A unique index refused the document. `index` is the index's name."""

    index: str = ""


DUPLICATE_KEY = 11000
PASSING_CODES = frozenset({24, 43, 91, 112, 189, 246, 251, 10107, 11600, 11602, 13435, 13436})
"""MongoDB's codes for what passes by itself: locks and write conflicts, cursors and transactions that a restart ended,
a server that is shutting down or no longer the primary."""


def is_transient(error: BaseException) -> bool:
    """The transaction may be run again from its beginning: a write conflict, a lost connection, a server that
    restarted."""
    if isinstance(error, PyMongoError) and error.has_error_label("TransientTransactionError"):
        return True
    if isinstance(error, OperationFailure) and error.code in PASSING_CODES:
        return True
    return isinstance(error, ConnectionFailure)


def is_outage(error: BaseException) -> bool:
    """The database does not answer: the failure says nothing about the document or the handler."""
    return isinstance(error, ConnectionFailure)


@dataclasses.dataclass(frozen=True)
class Index:
    """An index over `fields` ("-name" for descending), `unique` or not, `where` it applies, `ttl` seconds after the
    field."""

    fields: tuple[str, ...]
    unique: bool = False
    where: Mapping[str, Any] | None = None
    ttl: int | None = None

    def __init__(
        self, *fields: str, unique: bool = False, where: Mapping[str, Any] | None = None, ttl: int | None = None
    ) -> None:
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "unique", unique)
        object.__setattr__(self, "where", where)
        object.__setattr__(self, "ttl", ttl)

    @property
    def name(self) -> str:
        return "_".join(field.replace("-", "desc_").replace(".", "_") for field in self.fields)

    def model(self) -> IndexModel:
        keys = [(f.removeprefix("-"), DESCENDING if f.startswith("-") else ASCENDING) for f in self.fields]
        options: dict[str, Any] = {"name": self.name}
        if self.unique:
            options["unique"] = True
        if self.where is not None:
            options["partialFilterExpression"] = dict(self.where)
        if self.ttl is not None:
            options["expireAfterSeconds"] = self.ttl
        return IndexModel(keys, **options)


@dataclasses.dataclass(frozen=True)
class PageOf(Generic[E]):
    """A part of a list, and the cursor of the next part (None at the end)."""

    items: list[E]
    next: str | None


class Collection(Generic[E]):
    """Entities of one kind. Subclasses say `name`, `entity`, `schema_version` and `indexes`."""

    name: ClassVar[str]
    entity: ClassVar[type[Any]]
    schema_version: ClassVar[int] = 1
    indexes: ClassVar[tuple[Index, ...]] = ()
    personal: ClassVar[Personal | None] = None
    """Whose it is, and what becomes of it with their account (personal.py). Every collection says it."""

    def __init__(self, database: Any, session: ClientSession | None = None) -> None:
        self.raw = database[self.name]
        self.session = session

    # -- documents -----------------------------------------------------------------------------------------------

    def to_document(self, entity: E) -> Document:
        return {**to_document(entity), SCHEMA: self.schema_version}

    def from_document(self, document: Document) -> E:
        if document.get(SCHEMA, 1) != self.schema_version:
            document = self.upgrade(document)
        entity: E = from_document(self.entity, document)
        return entity

    def upgrade(self, document: Document) -> Document:
        """A document of an older schema version as one of today's. Collections that changed override it."""
        return document

    def taken_along(self, document: Document, account_id: str) -> Document:
        """A document as its owner's export shows it. Collections with something to hide from one side override it."""
        return document

    # -- reading -------------------------------------------------------------------------------------------------

    def get(self, id: str) -> E:
        """Raises NotFound."""
        found = self.find_one({"_id": id})
        if found is None:
            raise NotFound("This does not exist, or not any more.")
        return found

    def find_one(self, query: Mapping[str, Any] | None = None, **equal: Any) -> E | None:
        document = self.raw.find_one(_query(query, equal), session=self.session)
        return None if document is None else self.from_document(document)

    def find(
        self, query: Mapping[str, Any] | None = None, *, sort: Sort | None = None, limit: int = 0, **equal: Any
    ) -> list[E]:
        cursor = self.raw.find(_query(query, equal), session=self.session, limit=limit)
        if sort:
            cursor = cursor.sort(list(sort))
        return [self.from_document(document) for document in cursor]

    def count(self, query: Mapping[str, Any] | None = None, **equal: Any) -> int:
        return int(self.raw.count_documents(_query(query, equal), session=self.session))

    def page(
        self,
        query: Mapping[str, Any] | None = None,
        *,
        sort: Sort = NEWEST_FIRST,
        limit: int = 20,
        cursor: str = "",
    ) -> PageOf[E]:
        """A page that stays stable while others are added: the cursor names the last row seen. Raises Invalid for a bad
        one."""
        order = list(sort) if any(field == "_id" for field, _ in sort) else [*sort, ("_id", sort[-1][1])]
        conditions = dict(query or {})
        if cursor:
            conditions = {"$and": [conditions, _after(order, _decode_cursor(cursor, len(order)))]}
        documents = list(self.raw.find(conditions, session=self.session).sort(order).limit(limit + 1))
        following = None
        if len(documents) > limit:
            documents = documents[:limit]
            following = _encode_cursor([_at(documents[-1], field) for field, _ in order])
        return PageOf([self.from_document(document) for document in documents], following)

    # -- writing -------------------------------------------------------------------------------------------------

    def save(self, entity: E) -> E:
        """Inserts at version 0, else replaces what has the entity's version; returns it one version on.

        Raises Conflict when somebody else saved first, Duplicate when a unique index refuses it.
        """
        version: int = entity.version  # type: ignore[attr-defined]
        saved: E = dataclasses.replace(entity, version=version + 1)  # type: ignore[type-var]
        document = self.to_document(saved)
        with self._duplicates():
            if version == 0:
                self.raw.insert_one(document, session=self.session)
                return saved
            result = self.raw.replace_one({"_id": document["_id"], "version": version}, document, session=self.session)
        if result.matched_count == 0:
            raise Conflict("Somebody else changed this in the meantime. Look at it again, then repeat your change.")
        return saved

    def insert_all(self, entities: Sequence[E]) -> list[E]:
        """New ones, all at once; returns them at version 1. Raises Duplicate when a unique index refuses one."""
        saved: list[E] = [dataclasses.replace(entity, version=1) for entity in entities]  # type: ignore[type-var]
        if saved:
            with self._duplicates():
                self.raw.insert_many([self.to_document(entity) for entity in saved], session=self.session)
        return saved

    def put(self, entity: E) -> E:
        """Inserts or replaces without a version check: for copies of what others own."""
        document = self.to_document(entity)
        with self._duplicates():
            self.raw.replace_one({"_id": document["_id"]}, document, upsert=True, session=self.session)
        return entity

    def put_if_newer(self, entity: E, sequence: int) -> bool:
        """Like `put`, unless what is there has the same or a higher `sequence`. Says whether it was put."""
        document = {**self.to_document(entity), "sequence": sequence}
        held = self.raw.find_one({"_id": document["_id"]}, {"sequence": 1}, session=self.session)
        if held is not None and held.get("sequence", 0) >= sequence:
            return False
        with self._duplicates():
            self.raw.replace_one({"_id": document["_id"]}, document, upsert=True, session=self.session)
        return True

    def put_all_if_newer(self, entities: Sequence[E], sequence: int) -> list[E]:
        """`put_if_newer` for many at once; gives those that were put."""
        documents = {entity.id: {**self.to_document(entity), "sequence": sequence} for entity in entities}  # type: ignore[attr-defined]
        query = {"_id": {"$in": list(documents)}}
        held = {
            row["_id"]: row.get("sequence", 0) for row in self.raw.find(query, {"sequence": 1}, session=self.session)
        }
        newer = {id: document for id, document in documents.items() if held.get(id, -1) < sequence}
        fresh = [document for id, document in newer.items() if id not in held]
        with self._duplicates():
            if fresh:
                self.raw.insert_many(fresh, session=self.session)
            for id in newer.keys() & held.keys():
                self.raw.replace_one({"_id": id}, newer[id], session=self.session)
        return [entity for entity in entities if entity.id in newer]  # type: ignore[attr-defined]

    def delete(self, id: str) -> bool:
        return bool(self.raw.delete_one({"_id": id}, session=self.session).deleted_count)

    @contextlib.contextmanager
    def _duplicates(self) -> Iterator[None]:
        try:
            yield
        except (DuplicateKeyError, BulkWriteError) as error:
            written = (error.details or {}).get("writeErrors", [])
            if isinstance(error, BulkWriteError) and not any(row.get("code") == DUPLICATE_KEY for row in written):
                raise
            duplicate = Duplicate("This exists already.")
            message = str(written[0].get("errmsg") if written else (error.details or {}).get("errmsg", error))
            known = [index.name for index in self.indexes if index.name in message]
            duplicate.index = max(known, key=len, default="_id_")
            raise duplicate from error


class Raw(Collection[Any]):
    """A collection of plain documents, for the platform's own bookkeeping."""

    def to_document(self, entity: Any) -> Document:
        return dict(entity)

    def from_document(self, document: Document) -> Any:
        return document


class Events(Raw):
    """The history of all facts, and the outbox: `pending` ones still have to be published."""

    name = "events"
    personal = NothingPersonal("its own table says it: `facts` of the database")
    indexes = (
        Index("aggregate_id", "sequence", unique=True),
        Index("pending", "_id", where={"pending": True}),
        Index("name", "_id"),
    )


class RelayClaims(Raw):
    """Aggregates whose events a relay is publishing now."""

    name = "relay_claims"
    personal = NothingPersonal("which process works")


class Inbox(Raw):
    """Ids of events whose effect is in this database."""

    name = "inbox"
    personal = NothingPersonal("ids of events")
    indexes = (Index("at", ttl=180 * 24 * 3600),)


class Parked(Raw):
    """Events that failed and will be tried again."""

    name = "parked"
    personal = NothingPersonal("events on their way; those of a deleted account go with it")
    indexes = (Index("next_at"), Index("aggregate_id"))


class DeadLetters(Raw):
    """Events that failed for good, with the reason, the traceback and the original."""

    name = "dead_letters"
    personal = NothingPersonal("events that failed; those of a deleted account go with it")
    indexes = (Index("last_failed_at"),)


class Timers(Raw):
    """What is to happen when: (event, entity, due_at)."""

    name = "timers"
    personal = NothingPersonal("ids and times")
    indexes = (Index("due_at"), Index("entity_id"))


class Answers(Raw):
    """What commands with an idempotency key answered."""

    name = "answers"
    personal = NothingPersonal("repeated answers, for days; those of a deleted account go with it")
    indexes = (Index("expires_at", ttl=0),)


class TransactionSessions(Raw):
    """Which database sessions each process runs its transactions in (shared/platform/sessions.py)."""

    name = "transaction_sessions"
    personal = NothingPersonal("which process works")


class Database:
    """A service's database. Attributes that are Collection classes become bound collections on every instance."""

    service: ClassVar[str]
    copies: ClassVar[Mapping[str, str]] = {}
    """Collections that hold nothing but what another service's events said, and that service: they can be rebuilt."""
    facts: ClassVar[Mapping[str, Personal]] = {}
    """What the history tells of people, by the beginning of the events' names; paths are those of the events' data."""
    events = Events
    relay_claims = RelayClaims
    inbox = Inbox
    parked = Parked
    dead_letters = DeadLetters
    timers = Timers
    answers = Answers
    transaction_sessions = TransactionSessions

    def __init__(
        self, client: MongoClient[Document], prefix: str = "dextra_", session: ClientSession | None = None
    ) -> None:
        self.client = client
        self.prefix = prefix
        self.session = session
        self.raw = client.get_database(f"{prefix}{self.service}")
        for name, kind in self.collections().items():
            setattr(self, name, kind(self.raw, session))
        self.own_sessions = OwnSessions(self.transaction_sessions.raw)

    @classmethod
    def collections(cls) -> dict[str, type[Collection[Any]]]:
        found: dict[str, type[Collection[Any]]] = {}
        for base in reversed(cls.__mro__):
            for name, value in vars(base).items():
                if isinstance(value, type) and issubclass(value, Collection):
                    found[name] = value
        return found

    def ensure_indexes(self) -> None:
        """Makes the collections and the indexes that are declared and not there yet. Safe to run from several
        processes."""
        existing = set(self.raw.list_collection_names())
        for kind in self.collections().values():
            if kind.name not in existing:
                with contextlib.suppress(OperationFailure):  # another process was first
                    self.raw.create_collection(kind.name)
            if kind.indexes:
                self.raw[kind.name].create_indexes([index.model() for index in kind.indexes])

    @contextlib.contextmanager
    def begin(self) -> Iterator[Self]:
        """A transaction: yields this database bound to it; commits at the end, or aborts when something is raised."""
        with self.client.start_session() as session, self.own_sessions.using(session.session_id):
            session.start_transaction(read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority"))
            try:
                yield type(self)(self.client, self.prefix, session)
            except BaseException:
                with contextlib.suppress(PyMongoError, InvalidOperation):
                    session.abort_transaction()
                raise
            _commit(session)

    # -- people --------------------------------------------------------------------------------------------------

    def erase(self, account_id: str, *, later: bool = False) -> int:
        """Takes a deleted account out of the collections; `later`: once more, a day after. Gives how much it touched.

        Stores with something that declarations cannot say add to it.
        """
        return people.erase(self, account_id, later=later)

    def redact(self, account_id: str) -> int:
        """Takes a deleted account out of the history of events."""
        return people.redact(self, account_id)

    def ping(self) -> bool:
        """Whether the database answers now."""
        try:
            self.client.admin.command("ping")
        except PyMongoError:
            return False
        return True


def _commit(session: ClientSession) -> None:
    """Commits; where the answer was lost, asks again (a commit may be repeated)."""
    for attempt in range(5):
        try:
            session.commit_transaction()
            return
        except PyMongoError as error:
            if not error.has_error_label("UnknownTransactionCommitResult") or attempt == 4:
                raise


@lru_cache(maxsize=8)
def connect(uri: str) -> MongoClient[Document]:
    """The process's client for `uri`: instants come back aware, in UTC."""
    return MongoClient(uri, tz_aware=True, appname="dextra", serverSelectionTimeoutMS=5000, retryWrites=True)


def _query(query: Mapping[str, Any] | None, equal: Mapping[str, Any]) -> dict[str, Any]:
    conditions = {**(query or {}), **equal}
    if "id" in conditions:
        conditions["_id"] = conditions.pop("id")
    return conditions


def _at(document: Mapping[str, Any], path: str) -> Any:
    value: Any = document
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _after(order: Sort, values: Sequence[Any]) -> dict[str, Any]:
    """The condition for rows that come after one with `values` in `order`."""
    branches = []
    for position, (field, direction) in enumerate(order):
        equal = {name: values[i] for i, (name, _) in enumerate(order[:position])}
        branches.append({**equal, field: {"$gt" if direction == ASCENDING else "$lt": values[position]}})
    return {"$or": branches}


def _encode_cursor(values: Sequence[Any]) -> str:
    return urlsafe_b64encode(json_util.dumps(list(values)).encode()).decode().rstrip("=")


def _decode_cursor(cursor: str, length: int) -> list[Any]:
    try:
        options = json_util.JSONOptions(tz_aware=True)
        values = json_util.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), json_options=options)
        bson.encode({"values": values})  # raises for numbers and text that no document can hold
    except Exception as error:
        raise Invalid("This page of the list is not there any more. Start again from the first one.") from error
    if (
        not isinstance(values, list)
        or len(values) != length
        or not all(isinstance(value, CURSOR_VALUES) for value in values)
    ):
        raise Invalid("This page of the list is not there any more. Start again from the first one.")
    return values
