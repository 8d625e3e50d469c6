"""Storage on a real database: versions, transactions, indexes, pages, races."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

import eventlet
import pytest

from shared.platform.errors import Conflict, Invalid, NotFound
from shared.platform.ids import new_id
from shared.platform.money import Money
from shared.platform.storage import Collection, Database, Duplicate, Index, connect, is_transient


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Thing:
    id: str
    owner: str
    colour: Colour = Colour.RED
    price: Money | None = None
    on: date | None = None
    at: datetime | None = None
    tags: frozenset[str] = frozenset()
    parts: tuple[Money, ...] = ()
    version: int = 0


class Things(Collection[Thing]):
    name = "things"
    entity = Thing
    schema_version = 2
    indexes = (Index("owner", "-at"), Index("owner", "colour", unique=True, where={"colour": "blue"}))

    def upgrade(self, document: dict) -> dict:
        return {**document, "colour": document.pop("hue", "red"), "_schema": 2}


class ShopStore(Database):
    service = "shop"
    things = Things


@pytest.fixture
def store(mongo_uri: str, database_prefix: str) -> ShopStore:
    made = ShopStore(connect(mongo_uri), database_prefix)
    made.ensure_indexes()
    made.ensure_indexes()
    return made


def test_an_entity_comes_back_as_it_was_saved(store: ShopStore) -> None:
    thing = Thing(
        new_id(),
        "anna",
        Colour.BLUE,
        Money(1250, "EUR"),
        date(2026, 11, 23),
        datetime(2026, 11, 23, 12, tzinfo=UTC),
        frozenset({"a", "b"}),
        (Money(1, "EUR"), Money(2, "EUR")),
    )

    saved = store.things.save(thing)

    assert saved == replace(thing, version=1)
    assert store.things.get(thing.id) == saved


def test_what_is_not_there_is_not_found(store: ShopStore) -> None:
    with pytest.raises(NotFound):
        store.things.get("nobody")


def test_a_lost_race_is_a_conflict(store: ShopStore) -> None:
    first = store.things.save(Thing(new_id(), "anna"))
    store.things.save(replace(first, owner="berta"))

    with pytest.raises(Conflict):
        store.things.save(replace(first, owner="carla"))

    assert store.things.get(first.id).owner == "berta"


def test_a_unique_index_names_itself_and_holds_only_where_it_applies(store: ShopStore) -> None:
    store.things.save(Thing(new_id(), "anna", Colour.BLUE))
    store.things.save(Thing(new_id(), "anna", Colour.RED))
    store.things.save(Thing(new_id(), "anna", Colour.RED))

    with pytest.raises(Duplicate) as refused:
        store.things.save(Thing(new_id(), "anna", Colour.BLUE))

    assert refused.value.index == "owner_colour"


def test_nothing_of_a_failed_transaction_stays(store: ShopStore) -> None:
    id = new_id()

    with pytest.raises(RuntimeError), store.begin() as tx:
        tx.things.save(Thing(id, "anna"))
        assert tx.things.get(id).owner == "anna"
        raise RuntimeError

    assert store.things.find_one(id=id) is None


def test_writers_at_once_lose_no_update(store: ShopStore) -> None:
    id = store.things.save(Thing(new_id(), "0")).id

    def add() -> None:
        while True:
            try:
                with store.begin() as tx:
                    thing = tx.things.get(id)
                    tx.things.save(replace(thing, owner=str(int(thing.owner) + 1)))
                return
            except Exception as error:
                if not is_transient(error):
                    raise
                eventlet.sleep(0.001)

    pile = eventlet.GreenPile()
    for _ in range(20):
        pile.spawn(add)
    list(pile)

    assert store.things.get(id).owner == "20"
    assert store.things.get(id).version == 21


def test_pages_are_stable_while_others_are_added(store: ShopStore) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = [store.things.save(Thing(new_id(), "anna", at=at.replace(day=day // 2 + 1))) for day in range(10)]
    sort = [("at", -1)]

    first = store.things.page({"owner": "anna"}, sort=sort, limit=4)
    store.things.save(Thing(new_id(), "anna", at=at.replace(day=28)))
    second = store.things.page({"owner": "anna"}, sort=sort, limit=4, cursor=first.next or "")
    third = store.things.page({"owner": "anna"}, sort=sort, limit=4, cursor=second.next or "")

    seen = [thing.id for thing in [*first.items, *second.items, *third.items]]
    assert seen == [thing.id for thing in reversed(made)]
    assert third.next is None


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "bm9uc2Vuc2U",
        "eyJhIjoxfQ",
        "W3siJGd0IjogMX0sIDJd",
        urlsafe_b64encode(b'[{"$regex": "a", "$options": ""}]').decode(),
        urlsafe_b64encode(b"[1%040d]" % 0).decode(),
        urlsafe_b64encode(rb'["\ud800"]').decode(),
    ],
)
def test_a_bad_cursor_is_refused(store: ShopStore, cursor: str) -> None:
    with pytest.raises(Invalid):
        store.things.page(cursor=cursor)


def test_an_older_document_is_upgraded_when_read(store: ShopStore) -> None:
    store.things.raw.insert_one({"_id": "old", "owner": "anna", "hue": "blue", "version": 3, "_schema": 1})

    assert store.things.get("old") == Thing("old", "anna", Colour.BLUE, version=3)


def test_a_copy_is_put_only_when_it_is_newer(store: ShopStore) -> None:
    assert store.things.put_if_newer(Thing("copy", "second"), 2)
    assert not store.things.put_if_newer(Thing("copy", "first"), 1)
    assert not store.things.put_if_newer(Thing("copy", "second again"), 2)

    assert store.things.get("copy").owner == "second"
