"""Rebuilds what one service copied from another: forgets that it saw those events, then sends it the history again.

`python -m deploy.rebuild READER PUBLISHER`, with AMQP_URI and MONGO_URI set as for the services. Run it while READER is
stopped; copies that its events make (see the `copies` of its store) are cleared first. Documents that READER owns stay:
its handlers see the events as new and their unique keys keep effects single.
"""

from __future__ import annotations

import sys

from kombu import Connection, Producer

from deploy.services import SERVICES, load_service, subscriptions
from shared.platform.consumer import queue_name
from shared.platform.outbox import to_message
from shared.platform.settings import ServiceSettings, load_settings
from shared.platform.storage import Database, connect


def database_of(name: str, settings: ServiceSettings) -> Database:
    """The named service's database."""
    kind: type[Database] = load_service(SERVICES[name]).store.database_class
    return kind(connect(settings.mongo_uri), settings.database_prefix)


def rebuild(reader: str, publisher: str, settings: ServiceSettings) -> int:
    """Clears the reader's copies of the publisher's facts and sends them again; gives the number of events sent."""
    target, source = database_of(reader, settings), database_of(publisher, settings)
    names = sorted(set(subscriptions(SERVICES[reader])) & set(source.events.raw.distinct("name")))
    for collection, of in target.copies.items():
        if of == publisher:
            target.raw[collection].delete_many({})
    sent = 0
    with Connection(settings.amqp_uri, transport_options={"confirm_publish": True}) as connection:
        producer = Producer(connection.channel(), auto_declare=False)
        for event in source.events.raw.find({"name": {"$in": names}}).sort("_id", 1):
            target.inbox.raw.delete_one({"_id": event["_id"]})
            producer.publish(
                to_message(event),
                exchange="",
                routing_key=queue_name(reader),
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode=2,
            )
            sent += 1
    return sent


def main(arguments: list[str]) -> None:
    if len(arguments) != 2 or not set(arguments) <= set(SERVICES):
        sys.exit(f"Usage: python -m deploy.rebuild READER PUBLISHER, each one of {', '.join(SERVICES)}")
    reader, publisher = arguments
    print(f"{rebuild(reader, publisher, load_settings(ServiceSettings))} events sent")


if __name__ == "__main__":
    main(sys.argv[1:])
