"""Declares the exchanges and every service's event queues, so that no event is lost before its first reader has
started.

Run once before the services (docker-compose.yml does): `python -m deploy.topology`. It may run again at any time.
"""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import sys
import time

from kombu import Connection

from deploy.services import SERVICES, subscriptions
from shared.platform.consumer import DEAD_EXCHANGE, dead_queue, event_queue
from shared.platform.outbox import EXCHANGE
from shared.platform.settings import ServiceSettings, load_settings


def declare(amqp_uri: str) -> int:
    """Declares everything; gives the number of queues."""
    declared = 0
    with Connection(amqp_uri) as connection:
        channel = connection.channel()
        EXCHANGE(channel).declare()
        DEAD_EXCHANGE(channel).declare()
        for name, path in SERVICES.items():
            names = subscriptions(path)
            if names:
                dead_queue(name)(channel).declare()
                event_queue(name, list(names))(channel).declare()
                declared += 2
    return declared


def main() -> None:
    settings = load_settings(ServiceSettings)
    for attempt in range(30):
        try:
            print(f"{declare(settings.amqp_uri)} queues declared")
            return
        except OSError as error:
            if attempt == 29:
                sys.exit(f"The broker does not answer: {error}")
            time.sleep(2)


if __name__ == "__main__":
    main()
