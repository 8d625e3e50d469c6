"""Several services in this process, on a broker and a database that are given: for the local run, demo data and tests.

The process must run under `eventlet.monkey_patch()`. `settle` waits until nothing is under way any more; `advance`
moves the clock and lets timers fire, which is how demo data comes by a past.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import eventlet
from kombu import Connection
from kombu.exceptions import OperationalError
from nameko.containers import ServiceContainer

from deploy.services import SERVICES, subscriptions
from shared.platform.clock import to_millis
from shared.platform.consumer import EventConsumer, queue_name
from shared.platform.context import Actor, Context
from shared.platform.contract import Call
from shared.platform.rpc_client import RpcClient
from shared.platform.run import load_service, make_container, provider_of
from shared.platform.service import set_clock
from shared.platform.service import status as service_status


class InProcess:
    """The named services (all by default), started by `start` and stopped by `stop`."""

    def __init__(self, environ: Mapping[str, str], names: list[str] | None = None) -> None:
        self.environ = {**os.environ, **environ}
        self.names = names if names is not None else list(SERVICES)
        self.containers: dict[str, ServiceContainer] = {}
        self.rpc = RpcClient(self.environ["AMQP_URI"])
        self._offset_to: datetime | None = None
        self._received_to: dict[str, str] = {}

    def start(self) -> None:
        self.containers = {name: make_container(load_service(SERVICES[name]), self.environ) for name in self.names}
        pile = eventlet.GreenPile()
        for container in self.containers.values():
            pile.spawn(container.start)
        list(pile)
        deadline = time.monotonic() + 20
        while not all(self.status(name).get("ready") for name in self.names):
            if time.monotonic() > deadline:
                raise RuntimeError(f"not ready: {[self.status(name) for name in self.names]}")
            eventlet.sleep(0.02)

    def status(self, name: str) -> dict[str, Any]:
        return service_status(provider_of(self.containers[name]))

    def stop(self) -> None:
        pile = eventlet.GreenPile()
        for container in self.containers.values():
            pile.spawn(container.stop)
        with eventlet.Timeout(8, False):
            list(pile)
        self.rpc.close()
        set_clock(None)

    def kill(self, name: str) -> None:
        """Ends one service without letting it finish anything."""
        self.containers[name].kill()

    def restart(self, name: str) -> None:
        self.containers[name] = make_container(load_service(SERVICES[name]), self.environ)
        self.containers[name].start()

    # -- calls ---------------------------------------------------------------------------------------------------

    def call(
        self,
        contract: Call,
        payload: Mapping[str, Any] | None = None,
        actor: Actor | None = None,
        *,
        key: str = "",
        timeout: float = 20.0,
    ) -> Any:
        """The contract's answer as plain JSON data. Raises the error that the service raised."""
        context = Context(actor=actor or Actor())
        headers = {**context.to_headers(), **({"idempotency_key": key} if key else {})}
        return self.rpc.call(
            contract.service,
            contract.name,
            dict(payload or {}),
            headers=headers,
            timeout=timeout,
            safe=contract.safe or bool(key),
        )

    # -- time ----------------------------------------------------------------------------------------------------

    def advance(self, to: datetime) -> None:
        """Sets the clock to an instant and lets everything that is due by then happen, in the order in which it is
        due."""
        target = to.astimezone(UTC)
        while due := self._due_by(target):
            moment = max(min(due.values()), self._offset_to or min(due.values()))
            self._set(moment)
            for name in (name for name, at in due.items() if at <= moment):
                while provider_of(self.containers[name]).fire_due():
                    pass
            self.settle()
        self._set(target)

    def _due_by(self, target: datetime) -> dict[str, datetime]:
        """The services that have something due by then, and when its first."""
        due: dict[str, datetime] = {}
        for name, container in self.containers.items():
            if container.service_cls.timer_handlers():
                timers = provider_of(container).database.timers.raw
                first = timers.find_one({"due_at": {"$lte": target}}, {"due_at": 1}, sort=[("due_at", 1)])
                if first is not None:
                    due[name] = first["due_at"]
        return due

    def _set(self, moment: datetime) -> None:
        self._offset_to = moment
        started = time.monotonic()
        set_clock(lambda: to_millis(moment + timedelta(seconds=time.monotonic() - started)))

    def settle(self, timeout: float = 60.0) -> None:
        """Waits until every event has been published and handled."""
        deadline = time.monotonic() + timeout
        quiet = 0
        while quiet < 2:
            if time.monotonic() > deadline:
                raise TimeoutError(f"still busy: {[self.status(name) for name in self.names]}")
            quiet = quiet + 1 if self.idle() else 0
            eventlet.sleep(0.01 if quiet else 0.03)

    @property
    def published(self) -> int:
        """How many events have been published since the start."""
        return sum(provider_of(container).relay.published for container in self.containers.values())

    def idle(self) -> bool:
        """Whether no event waits in an outbox, in a queue, in a handler or for another try."""
        for container in self.containers.values():
            database = provider_of(container).database
            consumers = [e for e in container.extensions if isinstance(e, EventConsumer)]
            if any(consumer.busy for consumer in consumers):
                return False
            if database.events.raw.find_one({"pending": True}, {"_id": 1}) is not None:
                return False
            if database.parked.raw.find_one({}, {"_id": 1}) is not None:
                return False
        return self._queues_empty() and self._all_received()

    def _all_received(self) -> bool:
        """Whether every event that a service here listens to has had its effect there.

        Asks for events since the last one known to have arrived everywhere, less a margin for transactions that commit
        late.
        """
        for publisher, container in self.containers.items():
            known = self._received_to.get(publisher)
            query = {"_id": {"$gt": known}} if known else {}
            events = list(
                provider_of(container).database.events.raw.find(query, {"name": 1, "occurred_at": 1}).sort("_id", 1)
            )
            for name, names in self._subscribed.items():
                wanted = [event["_id"] for event in events if event["name"] in names]
                inbox = provider_of(self.containers[name]).database.inbox.raw
                dead = provider_of(self.containers[name]).database.dead_letters.raw
                for start in range(0, len(wanted), 500):
                    some = {"_id": {"$in": wanted[start : start + 500]}}
                    if inbox.count_documents(some) + dead.count_documents(some) < len(wanted[start : start + 500]):
                        return False
            if len(events) > 200:
                self._received_to[publisher] = events[-200]["_id"]
        return True

    @property
    def _subscribed(self) -> dict[str, set[str]]:
        return {name: set(subscriptions(SERVICES[name])) for name in self.containers}

    def _queues_empty(self) -> bool:
        with Connection(self.environ["AMQP_URI"]) as connection:
            for name, container in self.containers.items():
                if not any(isinstance(e, EventConsumer) for e in container.extensions):
                    continue
                try:
                    channel = connection.channel()
                    if channel.queue_declare(queue_name(name), passive=True).message_count:
                        return False
                except (OperationalError, *connection.channel_errors):
                    continue
        return True
