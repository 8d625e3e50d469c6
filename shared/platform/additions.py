"""What operators added to the taxonomy, kept in a service's own database, and put into force in each of its processes.

A service that checks codes or knows names keeps the collection from the event `taxonomy.extended` and calls `watched`
at its start. A process looks at it again before it refuses a code it does not know, and where names matter `fresh()` is
asked: the look is one read of what is newer than the last.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from shared.contracts import taxonomy
from shared.contracts.taxonomy.entries import Entry
from shared.platform.personal import NothingPersonal
from shared.platform.storage import Collection, Index

log = structlog.get_logger(__name__)
PAUSE = 0.05
"""Seconds between two looks: a stream of nonsense codes costs no more."""


@dataclass(frozen=True, slots=True)
class Added:
    """`id` is the code; `number` grows with every change of any of them."""

    id: str
    number: int
    kind: str
    service: str
    labels: dict[str, str]
    synonyms: dict[str, tuple[str, ...]]
    descriptions: dict[str, str]

    @classmethod
    def told(cls, data: Mapping[str, Any]) -> Added:
        """As the event says it."""
        synonyms = {locale: tuple(names) for locale, names in data["synonyms"].items()}
        return cls(
            data["code"], data["number"], data["kind"], data["service"],
            dict(data["labels"]), synonyms, dict(data["descriptions"]),
        )  # fmt: skip

    def entry(self) -> Entry:
        return Entry(
            code=self.id,
            kind=self.kind,
            service=self.service,
            labels=self.labels,
            synonyms=self.synonyms,
            descriptions=self.descriptions,
            added=True,
        )


class TaxonomyAdditions(Collection[Added]):
    name = "taxonomy_additions"
    entity = Added
    personal = NothingPersonal("names of services, skills and tools")
    indexes = (Index("number"),)

    def since(self, number: int) -> list[Added]:
        """What changed after a number, in its order."""
        return self.find({"number": {"$gt": number}}, sort=[("number", 1)])

    def keep(self, data: Mapping[str, Any]) -> None:
        """A copy of what an event says, unless a newer one is held."""
        added = Added.told(data)
        self.put_if_newer(added, added.number)


class Watch:
    """Takes up what is new in the collection. Never fails: what could not be read is read next time."""

    def __init__(self, additions: TaxonomyAdditions) -> None:
        self._additions = additions
        self._seen: set[tuple[str, int]] = set()
        self._looked_at = float("-inf")
        self._looking = threading.Lock()

    def look(self) -> None:
        """What other processes put there counts from now on. Copies may arrive out of order, so all are compared."""
        if time.monotonic() - self._looked_at < PAUSE or not self._looking.acquire(blocking=False):
            return
        try:
            self._looked_at = time.monotonic()
            found = self._additions.find()
            taxonomy.take_up(added.entry() for added in found if (added.id, added.number) not in self._seen)
            self._seen = {(added.id, added.number) for added in found}
        except Exception as error:
            log.warning("taxonomy.not_read", error=type(error).__name__)
        finally:
            self._looking.release()

    def fresh(self) -> int:
        """The version of the taxonomy in force, after a look."""
        self.look()
        return taxonomy.version()


def watched(additions: TaxonomyAdditions) -> Watch:
    """Takes up what is there and looks again whenever a code is not known."""
    watch = Watch(additions)
    watch.look()
    taxonomy.look_with(watch.look)
    return watch
