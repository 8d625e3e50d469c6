"""The service shell: what turns a class with decorated methods into a service.

`@command` runs a method in one transaction together with its events and its idempotency key; `@query` without one;
`@subscribe` handles events, once each; `@timer` handles stored timers. All get a `Call`: who acts, when, in which
transaction. nameko is used here, in the messaging modules beside this one, and nowhere else.
"""

from __future__ import annotations

import functools
import hashlib
import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

import structlog
from eventlet import sleep
from nameko.extensions import DependencyProvider

from shared.contracts import accounts, operations
from shared.platform import clock as real_clock
from shared.platform import consumer, outbox, personal, timers
from shared.platform.clock import Clock
from shared.platform.consumer import EventConsumer, Received, Subscription
from shared.platform.context import Actor, Context
from shared.platform.contract import SECRET_FIELDS, Command, Event, Query
from shared.platform.errors import Conflict, DextraError, Invalid, Unavailable, key_used
from shared.platform.logs import log_fields, outline
from shared.platform.rpc_server import Incoming, LightRpc
from shared.platform.sessions import RENEW_SECONDS, end_forgotten
from shared.platform.settings import ServiceSettings, load_settings
from shared.platform.storage import Database, Document, Duplicate, connect, is_outage, is_transient

log = structlog.get_logger(__name__)
F = TypeVar("F", bound=Callable[..., Any])

TRIES = 30
ANSWERS_KEPT = timedelta(days=7)
SECRET_ANSWERS_KEPT = timedelta(minutes=10)

IMPORTED = 0
"""The `sequence` of copies of what was imported together: whatever is told of one of them alone is newer."""

ERASE_AGAIN = "person.erase_again"
KEPT_LONG_ENOUGH = "person.kept_long_enough"
"""Timers about accounts that were deleted."""

_clock: Clock = real_clock.utc_now


def set_clock(clock: Clock | None) -> None:
    """Replaces the process's clock (tests and the making of demo data), or puts the real one back with None."""
    global _clock
    _clock = clock or real_clock.utc_now


def now() -> datetime:
    """The present instant by the process's clock, in UTC."""
    return _clock()


@dataclass
class Call:
    """What a handler needs to know. `tx` is the store bound to the transaction (for a query: the store itself)."""

    tx: Any
    context: Context
    now: datetime
    idempotency_key: str = ""
    facts: list[Document] = field(default_factory=list)
    """What was emitted and is written into the outbox when the handler is done."""
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    """What a command does in this process once its transaction is committed, before it answers; not if it fails."""

    @property
    def actor(self) -> Actor:
        return self.context.actor

    @property
    def locale(self) -> str:
        return self.context.locale

    @property
    def request_id(self) -> str:
        return self.context.request_id

    def emit(self, event: Event, aggregate_id: str, data: Any) -> None:
        """Writes a fact into the outbox. `data` is an entity or a mapping that the event's schema dumps."""
        self.facts.append(outbox.fact(event, aggregate_id, data, self.context, self.now))

    def tell(self) -> None:
        """Writes what was emitted, in one go. The shell calls it when a handler is done."""
        outbox.append(self.tx, self.facts)
        self.facts = []

    def set_timer(self, event: str, entity_id: str, due_at: datetime) -> None:
        timers.set_timer(self.tx, event, entity_id, due_at)

    def clear_timer(self, event: str, entity_id: str) -> None:
        timers.clear_timer(self.tx, event, entity_id)


class StoreProvider(DependencyProvider):  # type: ignore[misc]
    """Gives handlers the service's database; keeps its relay and its timers going."""

    relay: outbox.Relay

    def __init__(self, database_class: type[Database]) -> None:
        self.database_class = database_class
        self._stop = threading.Event()

    def setup(self) -> None:
        config = self.container.config
        service = self.container.service_cls
        if "settings" not in config:
            config["settings"] = load_settings(service.settings_class, config.get("environ"))
        self.settings: ServiceSettings = load_settings(service.settings_class, config.get("environ"))
        config["event_workers"] = self.settings.event_workers
        self.database = self.database_class(connect(self.settings.mongo_uri), self.settings.database_prefix)
        self.database.ensure_indexes()
        self.relay = outbox.Relay(self.database, self.settings.amqp_uri, self.settings.relay_poll_seconds)
        self._stop = threading.Event()

    def start(self) -> None:
        self.container.spawn_managed_thread(self.relay.run, identifier="relay")
        self.container.spawn_managed_thread(self._run_timers, identifier="timers")
        self.container.spawn_managed_thread(self._watch_sessions, identifier="sessions")
        self.container.service_cls.on_start(self.database, self.settings)

    def stop(self) -> None:
        self._stop.set()
        if hasattr(self, "relay"):  # else the set-up failed before
            self.relay.stop()
        sleep(0)

    def kill(self) -> None:
        self.stop()

    def get_dependency(self, worker_ctx: Any) -> Database:
        worker_ctx.service.provider = self
        return self.database

    # -- transactions --------------------------------------------------------------------------------------------

    def transact(self, effect: Callable[[Any], Any]) -> Any:
        """Runs `effect` in a transaction, again from its start when a race was lost. Wakes the relay afterwards."""
        for attempt in range(TRIES):
            try:
                with self.database.begin() as tx:
                    result = effect(tx)
            except Exception as error:
                if is_outage(error):
                    raise Unavailable("The database does not answer just now. Please try again in a moment.") from error
                if attempt == TRIES - 1 and is_transient(error):
                    raise Unavailable("Too many people are changing this at once. Please try again.") from error
                twin = attempt == 0 and isinstance(error, Duplicate)  # perhaps of the same request: its answer is there
                if not (twin or _lost_a_race(error)):
                    raise
                sleep(random.uniform(0, min(0.002 * 2**attempt, 0.2)))  # noqa: S311 - apart, or they meet again
            else:
                self.relay.wake()
                return result
        raise AssertionError("unreachable")

    def _watch_sessions(self) -> None:
        """Keeps the note about long transactions fresh; now and then sets free what a killed process has locked."""
        next_look = 0.0
        while not self._stop.is_set():
            try:
                self.database.own_sessions.renew()
                if time.monotonic() >= next_look:
                    next_look = time.monotonic() + self.settings.relay_poll_seconds
                    end_forgotten(self.database.transaction_sessions.raw)
            except Exception as error:
                log.warning("sessions.failed", error=type(error).__name__)
            self._stop.wait(RENEW_SECONDS)

    # -- timers --------------------------------------------------------------------------------------------------

    def _run_timers(self) -> None:
        handlers = self.container.service_cls.timer_handlers()
        if not handlers:
            return
        while not self._stop.is_set():
            try:
                fired = self.fire_due()
            except Exception as error:
                log.warning("timers.failed", error=type(error).__name__)
                fired = 0
            if not fired:
                self._stop.wait(self.settings.timer_poll_seconds)

    def fire_due(self) -> int:
        """Fires what is due by the clock now. Gives the number of timers taken."""
        handlers = self.container.service_cls.timer_handlers()
        rows = timers.claim_due(self.database, now)
        for row in rows:
            handler = handlers.get(row["event"])
            if handler is None:
                log.error("timer.unknown", timer=row["event"])
                continue

            def run(tx: Database, entity_id: str, handler: Callable[..., Any] = handler, row: Any = row) -> None:
                service = self.container.service_cls()
                service.store, service.provider = self.database, self
                context = Context(actor=Actor.system(self.container.service_name))
                call = Call(tx, context, now())
                handler(service, call, entity_id)
                call.tell()

            timers.fire(self.database, row, run, self.transact)
        return len(rows)


def _lost_a_race(error: BaseException) -> bool:
    """Worth running again: a write conflict, or a key that another transaction inserted first."""
    from pymongo.errors import DuplicateKeyError

    if is_transient(error) or isinstance(error, DuplicateKeyError):
        return True
    cause = error.__cause__
    return isinstance(error, Conflict) and cause is not None and is_transient(cause)


def _context(incoming: Incoming) -> Context:
    return Context.from_headers(incoming.headers)


def command(contract: Command, *, before: Callable[..., Any] | None = None) -> Callable[[F], F]:
    """The method answers this command: `method(self, call, request) -> result`, in one transaction.

    `before(self, call, request)` is work too long for a transaction: it is done first, outside of any, and the method
    gets what it gave as its third argument. It may be done again for the same key, so it must not mind.
    """

    def decorate(method: F) -> F:
        @functools.wraps(method)
        def entry(self: Any, incoming: Incoming) -> Any:
            context = _context(incoming)
            if contract.personal:
                context = replace(context, actor=context.actor.alone())
            with _logged(contract, context):
                context.actor.require_colleague(*contract.colleagues)
                request = contract.load_request(incoming.payload)
                answers = _Answers(contract, context, incoming)
                given: tuple[Any, ...] = ()
                if before is not None and answers.find(self.store) is None:
                    with _outages():
                        given = (before(self, Call(self.store, context, now(), answers.key), request),)

                committed: list[Callable[[], None]] = []

                def effect(tx: Any) -> Any:
                    committed.clear()  # of an earlier try that lost a race
                    known = answers.find(tx)
                    if known is not None:
                        return known["answer"]
                    call = Call(tx, context, now(), answers.key)
                    answer = contract.dump_result(method(self, call, request, *given))
                    call.tell()
                    answers.keep(tx, answer)
                    committed.extend(call.afterwards)
                    return answer

                answer = self.provider.transact(effect)
                for do in committed:
                    do()
                return answer

        return _entry_point(contract, method, entry)

    return decorate


def query(contract: Query) -> Callable[[F], F]:
    """The method answers this query: `method(self, call, request) -> result`."""

    def decorate(method: F) -> F:
        @functools.wraps(method)
        def entry(self: Any, incoming: Incoming) -> Any:
            context = _context(incoming)
            with _logged(contract, context):
                request = contract.load_request(incoming.payload)
                with _outages():
                    return contract.dump_result(method(self, Call(self.store, context, now()), request))

        return _entry_point(contract, method, entry)

    return decorate


@contextmanager
def _outages() -> Iterator[None]:
    """Outside of a transaction: a database that is away is said to be so."""
    try:
        yield
    except Exception as error:
        if is_transient(error):
            raise Unavailable("The database does not answer just now. Please try again in a moment.") from error
        raise


def _entry_point(contract: Command | Query, method: F, entry: Callable[..., Any]) -> F:
    entry.contract = contract  # type: ignore[attr-defined]
    entry.handler = method  # type: ignore[attr-defined]
    wire_name = contract.name if contract.version == 1 else f"{contract.name}.v{contract.version}"
    decorated: F = LightRpc.decorator(wire_name)(entry)
    return decorated


def subscribe(*events: Event) -> Callable[[F], F]:
    """The method handles these events: `method(self, call, event)`, once each, in one transaction."""
    by_name = {event.name: event for event in events}

    def decorate(method: F) -> F:
        @functools.wraps(method)
        def entry(self: Any, body: dict[str, Any]) -> None:
            event = by_name[body["name"]]
            if body["version"] > event.version:
                log.info("event.newer", event_name=event.name, version=body["version"])
            received = Received.of(body, event)
            arrived = Context.from_headers(received.context)
            context = Context(Actor.system(self.name), arrived.request_id, arrived.child().traceparent, arrived.locale)

            def effect(tx: Any) -> None:
                call = Call(tx, context, now())
                method(self, call, received)
                call.tell()

            if consumer.apply_once(self.store, body, effect):
                self.provider.relay.wake()
            log.debug("event.handled", event_name=event.name, event_id=received.id, **log_fields(context))

        entry.handler = method  # type: ignore[attr-defined]
        entry.events = events  # type: ignore[attr-defined]
        decorated: F = Subscription.decorator(*events)(entry)
        return decorated

    return decorate


def timer(event: str) -> Callable[[F], F]:
    """The method handles the stored timers of this name: `method(self, call, entity_id)`, in one transaction."""

    def decorate(method: F) -> F:
        method.timer_event = event  # type: ignore[attr-defined]
        return method

    return decorate


class _Answers:
    """The answer kept under a command's idempotency key: the same key gives the same answer."""

    def __init__(self, contract: Command, context: Context, incoming: Incoming) -> None:
        self.key = str(incoming.headers.get("idempotency_key") or "")
        self.secret = contract.secret
        self.id = f"{context.actor.account_id}:{contract.name}:{self.key}"
        if context.actor.acting_for:
            self.id = f"{context.actor.acting_for}:{self.id}"
        told = {name: value for name, value in incoming.payload.items() if name not in SECRET_FIELDS}
        self.digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def find(self, tx: Any) -> Any:
        if not self.key:
            return None
        known = tx.answers.raw.find_one({"_id": self.id}, session=tx.session)
        if known is not None and known["digest"] != self.digest:
            raise key_used()
        return known

    def keep(self, tx: Any, answer: Any) -> None:
        if not self.key:
            return
        at = real_clock.utc_now()
        expires = at + (SECRET_ANSWERS_KEPT if self.secret else ANSWERS_KEPT)
        document = {"_id": self.id, "digest": self.digest, "answer": answer, "at": at, "expires_at": expires}
        tx.answers.raw.insert_one(document, session=tx.session)


class _logged:
    """A line about each call: what, how long, how it ended. Never its content."""

    def __init__(self, contract: Command | Query, context: Context) -> None:
        self.contract = contract
        self.context = context

    def __enter__(self) -> None:
        self.started = time.perf_counter()

    def __exit__(self, kind: Any, error: Any, _traceback: Any) -> None:
        outcome = "ok" if error is None else error.code if isinstance(error, DextraError) else "internal"
        write = log.info if isinstance(self.contract, Command) else log.debug
        if outcome == "internal" and isinstance(error, Exception):
            write = functools.partial(log.error, exception=outline(error))
        write(
            "call",
            method=f"{self.contract.service}.{self.contract.name}",
            ms=round((time.perf_counter() - self.started) * 1000, 1),
            outcome=outcome,
            **log_fields(self.context),
        )


def status(provider: StoreProvider) -> dict[str, Any]:
    """Whether the service can work now, and how much waits."""
    database = provider.database
    container = provider.container
    if not database.ping():
        return {"service": container.service_name, "ready": False}
    pending = database.events.raw.find_one({"pending": True}, {"occurred_at": 1}, sort=[("_id", 1)])
    lag = (now() - pending["occurred_at"]).total_seconds() if pending else 0.0
    consumers = [extension for extension in container.extensions if isinstance(extension, EventConsumer)]
    connected = all(extension.connected for extension in consumers)
    return {
        "service": container.service_name,
        "ready": connected and container.service_cls.is_ready(),
        "outbox": database.events.raw.count_documents({"pending": True}) if pending else 0,
        "parked": database.parked.raw.count_documents({}),
        "dead_letters": database.dead_letters.raw.count_documents({}),
        "lag_seconds": max(lag, 0.0),
    }


class Service:
    """Base of all services. Subclasses say `name`, `store` and, where they have more settings, `settings_class`."""

    name: ClassVar[str]
    settings_class: ClassVar[type[ServiceSettings]] = ServiceSettings
    store: Any
    provider: StoreProvider

    @classmethod
    def on_start(cls, store: Any, settings: Any) -> None:
        """Called once the database is there, before the first call. Long work belongs into a thread of its own."""

    @classmethod
    def is_ready(cls) -> bool:
        """Whether calls can be answered: a service that builds something in memory says so here."""
        return True

    @classmethod
    def timer_handlers(cls) -> dict[str, Callable[..., Any]]:
        return {
            method.timer_event: method
            for method in (getattr(cls, name) for name in dir(cls))
            if callable(method) and hasattr(method, "timer_event")
        }

    @property
    def settings(self) -> Any:
        return self.provider.settings

    @query(operations.get_status("*"))
    def get_status(self, call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
        return status(self.provider)

    @query(operations.export_account("*"))
    def export_account(self, call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
        call.actor.require()
        parts = personal.export(self.store, call.actor.account_id)
        return {"service": self.name, "parts": [{"name": name, "items": items} for name, items in parts]}

    @query(operations.list_dead_letters("*"))
    def list_dead_letters(self, call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
        call.actor.require("operator", "system")
        page = self.store.dead_letters.page(
            sort=[("last_failed_at", -1)], limit=request["limit"], cursor=request["cursor"]
        )
        return {"items": [{**item, "id": item["_id"]} for item in page.items], "next": page.next}

    # -- people who leave ----------------------------------------------------------------------------------------

    @subscribe(accounts.AccountDeleted)
    def on_account_deleted(self, call: Call, event: Received) -> None:
        self.forget(call, event.data["account_id"])

    def forget(self, call: Call, account_id: str) -> None:
        """Removes or masks what the collections say, and does so again a day later, for what was on its way."""
        touched = call.tx.erase(account_id)
        call.set_timer(ERASE_AGAIN, account_id, call.now + personal.AGAIN_AFTER)
        log.info("person.erased", service=self.name, account=account_id, documents=touched)

    @timer(ERASE_AGAIN)
    def erase_again(self, call: Call, account_id: str) -> None:
        """Everybody has handled the deletion by now: the history forgets the person, too."""
        touched = call.tx.erase(account_id, later=True) + call.tx.redact(account_id)
        if personal.keeps_something(type(self.store)):
            call.set_timer(KEPT_LONG_ENOUGH, account_id, personal.kept_until(call.now))
        log.info("person.erased_again", service=self.name, account=account_id, documents=touched)

    @timer(KEPT_LONG_ENOUGH)
    def end_keeping(self, call: Call, account_id: str) -> None:
        touched = personal.end_keeping(call.tx, account_id)
        log.info("person.kept_long_enough", service=self.name, account=account_id, documents=touched)

    @command(operations.replay_dead_letters("*"))
    def replay_dead_letters(self, call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
        call.actor.require("operator", "system")
        return {"count": consumer.replay_dead_letters(self.store, request["id"])}


__all__ = [
    "ERASE_AGAIN",
    "KEPT_LONG_ENOUGH",
    "Call",
    "Invalid",
    "Received",
    "Service",
    "StoreProvider",
    "command",
    "now",
    "query",
    "set_clock",
    "status",
    "subscribe",
    "timer",
]
