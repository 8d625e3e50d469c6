"""The services there are. The only list of them: the local run, the containers' topology and the tests read it."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

SERVICES = {
    "accounts": "services.accounts.service:AccountsService",
    "profiles": "services.profiles.service:ProfilesService",
    "requests": "services.requests.service:RequestsService",
    "matching": "services.matching.service:MatchingService",
    "work": "services.work.service:WorkService",
    "billing": "services.billing.service:BillingService",
    "messaging": "services.messaging.service:MessagingService",
}


def load_service(path: str) -> Any:
    """`package.module:Class` as the class."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


@cache
def subscriptions(path: str) -> tuple[str, ...]:
    """Names of the events that the service handles."""
    service = load_service(path)
    methods = (getattr(service, name) for name in dir(service))
    return tuple(sorted({event.name for method in methods for event in getattr(method, "events", ())}))
