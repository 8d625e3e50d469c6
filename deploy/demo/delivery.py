"""Events handed over straight from the outboxes to their handlers, many in one transaction.

What the relays and the broker do one by one, done at once: a thousand imported profiles are five thousand deliveries.
The effect is the same: each event once, in its order, with its id in the receiver's inbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any

from eventlet import GreenPile
from eventlet.semaphore import Semaphore

from deploy.in_process import InProcess
from shared.platform.clock import utc_now
from shared.platform.consumer import Received
from shared.platform.context import Actor, Context
from shared.platform.contract import Event
from shared.platform.outbox import append
from shared.platform.run import provider_of
from shared.platform.service import Call

BATCH = 100
"""Events in one transaction."""
CLAIMED_FOR = timedelta(minutes=10)
PATIENT = frozenset({"messaging"})
"""Services that only tell of what happened: nobody waits for them but their own readers, so they are given much at
once."""
Document = dict[str, Any]
Handler = tuple[Event, Callable[..., None]]


class Delivery:
    """Takes the relays' place while `in_place` lasts."""

    def __init__(self, world: InProcess) -> None:
        self.world = world
        self._written: set[str] = set()
        """Services that have committed something since their outbox was last looked into."""
        self._waiting: list[Document] = []
        self._turn = Semaphore()

    @contextmanager
    def in_place(self) -> Iterator[Delivery]:
        """Holds the claims of all relays; `settle` and `advance` of the world deliver through here."""
        claim = {"_id": "outbox", "by": "demo", "until": datetime.now(UTC) + CLAIMED_FOR}
        relays = {name: provider_of(container).relay for name, container in self.world.containers.items()}
        for name, relay in relays.items():
            self._database(name).relay_claims.raw.replace_one({"_id": "outbox"}, claim, upsert=True)
            relay.wake = partial(self._written.add, name)  # type: ignore[method-assign]
        settle = self.world.settle
        self.world.settle = self.settle  # type: ignore[method-assign]
        try:
            yield self
            self.catch_up()
        finally:
            self.world.settle = settle  # type: ignore[method-assign]
            for name, relay in relays.items():
                del relay.wake
                self._database(name).relay_claims.raw.delete_one({"_id": "outbox", "by": "demo"})
                relay.wake()

    def settle(self, timeout: float = 0) -> None:  # noqa: ARG002 - as the world's
        """Delivers what there is, and what handlers cause by that, to all but the patient."""
        with self._turn:
            self._deliver()

    def catch_up(self) -> None:
        """Delivers to the patient as well."""
        with self._turn:
            self._deliver()
            events, self._waiting = self._waiting, []
            for name in PATIENT:
                self._hand_over(name, events)

    def _deliver(self) -> None:
        while self._written:
            names = sorted(self._written)
            self._written.clear()
            events = sorted((event for name in names for event in self._take(name)), key=lambda event: event["_id"])
            self._waiting += events
            side_by_side = GreenPile()
            for name in self._handlers.keys() - PATIENT:
                side_by_side.spawn(self._hand_over, name, events)
            list(side_by_side)

    def _take(self, name: str) -> list[Document]:
        """What is pending in the service's outbox. It counts as published from now on."""
        outbox = self._database(name).events.raw
        events = list(outbox.find({"pending": True}).sort("_id", 1))
        transient = [event["_id"] for event in events if event.get("transient")]
        kept = [event["_id"] for event in events if not event.get("transient")]
        if kept:
            outbox.update_many({"_id": {"$in": kept}}, {"$unset": {"pending": ""}})
        if transient:
            outbox.delete_many({"_id": {"$in": transient}})
        return events

    def _hand_over(self, name: str, events: list[Document]) -> None:
        """Of these events, those that the service listens to."""
        wanted = [event for event in events if event["name"] in self._handlers[name]]
        for start in range(0, len(wanted), BATCH):
            self._apply(name, wanted[start : start + BATCH])

    def _apply(self, name: str, events: list[Document]) -> None:
        """Has the service handle the events in one transaction, each as of the instant at which it happened."""
        provider = provider_of(self.world.containers[name])
        service = provider.container.service_cls()
        service.store, service.provider = provider.database, provider

        def effect(tx: Any) -> None:
            at = utc_now()
            tx.inbox.raw.insert_many([{"_id": event["_id"], "at": at} for event in events], session=tx.session)
            facts: list[Document] = []
            for event in events:
                contract, handler = self._handlers[name][event["name"]]
                received = _received(event, contract)
                cause = Context.from_headers(received.context)
                context = Context(Actor.system(name), cause.request_id, cause.traceparent, cause.locale)
                call = Call(tx, context, received.occurred_at)
                handler(service, call, received)
                facts += call.facts
            append(tx, facts)

        provider.transact(effect)

    @cached_property
    def _handlers(self) -> dict[str, dict[str, Handler]]:
        """For each service the events that it handles, by name."""
        found: dict[str, dict[str, Handler]] = {}
        for name, container in self.world.containers.items():
            service = container.service_cls
            entries = [getattr(service, attribute) for attribute in dir(service)]
            found[name] = {
                event.name: (event, entry.handler) for entry in entries for event in getattr(entry, "events", ())
            }
        return found

    def _database(self, name: str) -> Any:
        return provider_of(self.world.containers[name]).database


def _received(event: Document, contract: Event) -> Received:
    return Received(
        id=event["_id"],
        name=event["name"],
        version=event["version"],
        aggregate_id=event["aggregate_id"],
        sequence=event["sequence"],
        occurred_at=event["occurred_at"],
        context=event["context"],
        data=contract.load(event["data"]),
    )
