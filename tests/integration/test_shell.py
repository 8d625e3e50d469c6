"""The service shell on a real broker and a real database: commands, idempotency, events, retries, dead letters,
timers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import eventlet
import pytest

from deploy import services as list_of_services
from deploy.database import DatabaseProcess
from deploy.in_process import InProcess
from shared.contracts import operations
from shared.platform.clock import utc_now
from shared.platform.consumer import Received
from shared.platform.context import Context
from shared.platform.errors import Conflict, Forbidden, Internal, Invalid, NotFound, Unavailable
from shared.platform.ids import new_id
from shared.platform.outbox import replay_history
from shared.platform.run import provider_of
from shared.platform.sessions import FORGOTTEN, end_forgotten
from tests.support import toy
from tests.support.services import actor, running

ANNA = actor("anna", "client")
OPERATOR = actor("olga", "operator")


@pytest.fixture
def world(amqp_uri: str, mongo_uri: str, database_prefix: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[InProcess]:
    monkeypatch.setitem(list_of_services.SERVICES, "shop", "tests.support.toy:ShopService")
    monkeypatch.setitem(list_of_services.SERVICES, "stock", "tests.support.toy:StockService")
    monkeypatch.setattr(toy.StockService, "broken", set())
    with running(["shop", "stock"], amqp_uri, mongo_uri, database_prefix) as started:
        yield started


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        eventlet.sleep(0.02)


def sell(world: InProcess, id: str, amount: int, key: str = "") -> dict:
    answer: dict = world.call(toy.Sell, {"id": id, "amount": amount}, ANNA, key=key)
    return answer


def count(world: InProcess, id: str) -> dict:
    answer: dict = world.call(toy.GetCount, {"id": id})
    return answer


def test_a_command_answers_with_its_result_and_its_event_arrives(world: InProcess) -> None:
    id = new_id()

    answer = sell(world, id, 5)
    world.settle()

    assert (answer["amount"], answer["version"]) == (5, 1)
    assert count(world, id)["total"] == 5


def test_events_of_one_aggregate_arrive_in_order(world: InProcess) -> None:
    id = new_id()

    for amount in range(20, 40):
        sell(world, id, amount)
    world.settle()

    assert count(world, id)["seen"] == list(range(1, 21))


def test_the_same_key_gives_the_same_answer_and_acts_once(world: InProcess) -> None:
    id = new_id()

    first = sell(world, id, 5, key="k")
    pile = eventlet.GreenPile()
    for _ in range(5):
        pile.spawn(sell, world, id, 5, key="k")
    again = list(pile)
    world.settle()

    assert again == [first] * 5
    assert count(world, id)["total"] == 5


def test_the_same_key_at_the_same_instant_acts_once(world: InProcess) -> None:
    id = new_id()

    pile = eventlet.GreenPile()
    for _ in range(8):
        pile.spawn(sell, world, id, 5, key="at once")
    answers = list(pile)
    world.settle()

    assert answers == [answers[0]] * 8
    assert count(world, id)["total"] == 5


def test_a_key_used_for_another_request_is_a_conflict(world: InProcess) -> None:
    sell(world, new_id(), 5, key="once")

    with pytest.raises(Conflict):
        sell(world, new_id(), 6, key="once")


def test_keys_of_two_people_do_not_meet(world: InProcess) -> None:
    id = new_id()

    world.call(toy.Sell, {"id": id, "amount": 1}, actor("anna"), key="k2")
    world.call(toy.Sell, {"id": id, "amount": 1}, actor("berta"), key="k2")
    world.settle()

    assert count(world, id)["total"] == 2


def test_calls_at_once_on_one_entity_are_all_counted(world: InProcess) -> None:
    id = new_id()
    sell(world, id, 1)

    pile = eventlet.GreenPile()
    for _ in range(15):
        pile.spawn(sell, world, id, 1)
    list(pile)
    world.settle()

    assert world.call(toy.GetSale, {"id": id})["amount"] == 16
    assert count(world, id) == {"total": 16, "seen": list(range(1, 17))}


def test_errors_arrive_as_they_were_raised_without_a_traceback(world: InProcess) -> None:
    with pytest.raises(Forbidden, match="Not 13") as refused:
        sell(world, new_id(), 13)
    with pytest.raises(Internal) as broken:
        sell(world, new_id(), 99)
    with pytest.raises(NotFound):
        world.call(toy.GetSale, {"id": "nothing"})
    with pytest.raises(Invalid) as wrong:
        world.call(toy.Sell, {"id": "x"}, ANNA)

    assert refused.value.text.template == "Not %(amount)s."
    assert "recipe" not in str(broken.value)
    assert list(wrong.value.fields) == ["amount"]


def test_a_failed_command_leaves_no_event(world: InProcess) -> None:
    id = new_id()

    with pytest.raises(Conflict):
        sell(world, id, 17)
    world.settle()

    assert count(world, id)["total"] == 0


def test_a_message_that_comes_twice_has_its_effect_once(world: InProcess) -> None:
    id = new_id()
    sell(world, id, 5)
    world.settle()

    assert replay_history(provider_of(world.containers["shop"]).database) >= 1
    world.settle()

    assert count(world, id)["total"] == 5


def test_what_is_published_is_no_longer_pending_and_secrets_are_forgotten(world: InProcess) -> None:
    id = new_id()
    sell(world, id, 7)
    world.settle()

    events = provider_of(world.containers["shop"]).database.events.raw
    assert events.find_one({"aggregate_id": id, "pending": True}) is None
    assert events.find_one({"aggregate_id": id}) is not None
    assert events.find_one({"name": "shop.secret"}) is None


def test_a_failing_event_is_tried_again_and_succeeds(world: InProcess) -> None:
    id = new_id()
    toy.StockService.broken.add(5)
    sell(world, id, 5)
    sell(world, id, 6)
    stock = provider_of(world.containers["stock"]).database
    until(lambda: stock.parked.count() > 0)

    toy.StockService.broken.clear()
    world.settle()

    assert count(world, id) == {"total": 11, "seen": [1, 2]}
    assert stock.dead_letters.count() == 0


def test_an_event_that_fails_for_good_is_a_dead_letter_and_can_be_replayed(world: InProcess) -> None:
    id, other = new_id(), new_id()
    toy.StockService.broken.add(5)
    sell(world, id, 5)
    sell(world, other, 6)
    stock = provider_of(world.containers["stock"]).database
    until(lambda: stock.dead_letters.count() == 1)

    assert count(world, other)["total"] == 6
    with pytest.raises(Forbidden):
        world.call(operations.list_dead_letters("stock"), {}, ANNA)
    letter = world.call(operations.list_dead_letters("stock"), {}, OPERATOR)["items"][0]
    assert letter["reason"] == "ValueError: cannot count 5"
    assert "on_sold" in letter["traceback"]
    assert letter["attempts"] == 4
    assert letter["event"]["data"] == {"id": id, "amount": 5}

    toy.StockService.broken.clear()
    assert world.call(operations.replay_dead_letters("stock"), {}, OPERATOR) == {"count": 1}
    world.settle()

    assert count(world, id)["total"] == 5
    assert stock.dead_letters.count() == 0


def hold(world: InProcess, id: str) -> tuple[AbstractContextManager[Any], toy.StockStore]:
    """A transaction of another process that has written the stock's count of `id` and gets no further; its database."""
    stock = provider_of(world.containers["stock"]).database
    database = toy.StockStore(stock.client, stock.prefix)
    transaction = database.begin()
    tx = transaction.__enter__()
    tx.counts.put(toy.Count(id, total=1000))
    return transaction, database


def test_documents_that_somebody_holds_are_waited_for_and_no_failure_of_the_event(world: InProcess) -> None:
    id = new_id()
    stock = provider_of(world.containers["stock"]).database
    transaction, _ = hold(world, id)
    sell(world, id, 5)
    until(lambda: stock.parked.count() > 0, 20)

    parked = stock.parked.find()[0]
    transaction.__exit__(Conflict, Conflict("rolled back"), None)
    world.settle()

    assert (parked["attempts"], parked["held_up"]) == (0, 1)
    assert count(world, id)["total"] == 5
    assert stock.dead_letters.count() == 0


def test_what_a_killed_process_has_locked_is_set_free(world: InProcess) -> None:
    id = new_id()
    stock = provider_of(world.containers["stock"]).database
    _transaction, _database = hold(world, id)
    sell(world, id, 5)

    stock.transaction_sessions.raw.update_many({}, {"$set": {"at": utc_now() - 2 * FORGOTTEN}})  # also the live ones
    world.settle()

    assert count(world, id)["total"] == 5
    assert stock.dead_letters.count() == 0


def test_a_transaction_that_takes_long_is_left_alone(world: InProcess) -> None:
    id = new_id()
    stock = provider_of(world.containers["stock"]).database
    transaction, database = hold(world, id)

    eventlet.sleep(1.1)  # a note is not renewed more often than once a second
    before = utc_now()
    database.own_sessions.renew()
    end_forgotten(stock.transaction_sessions.raw)
    notes = stock.transaction_sessions.find(at={"$gte": before})
    transaction.__exit__(None, None, None)

    assert len(notes) == 1
    assert count(world, id)["total"] == 1000


def test_a_database_that_restarts_costs_no_event_and_no_dead_letter(
    amqp_uri: str, own_database: DatabaseProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(list_of_services.SERVICES, "shop", "tests.support.toy:ShopService")
    monkeypatch.setitem(list_of_services.SERVICES, "stock", "tests.support.toy:StockService")
    ids = [new_id() for _ in range(40)]

    def sell_all(world: InProcess) -> None:
        for id in ids:
            while True:
                try:
                    sell(world, id, 5, key=id)
                    break
                except Unavailable:
                    eventlet.sleep(0.1)

    with running(["shop", "stock"], amqp_uri, own_database.uri, "restart_") as world:
        selling = eventlet.spawn(sell_all, world)
        until(lambda: bool(count(world, ids[3])["total"]))
        own_database.kill()
        eventlet.sleep(1)
        own_database.start()
        selling.wait()
        world.settle()
        stock = provider_of(world.containers["stock"]).database

        assert [count(world, id)["total"] for id in ids] == [5] * len(ids)
        assert stock.dead_letters.count() == 0


def test_a_service_that_was_away_catches_up(world: InProcess) -> None:
    id = new_id()
    world.kill("stock")
    sell(world, id, 5)
    sell(world, id, 6)

    world.restart("stock")
    world.settle()

    assert count(world, id)["total"] == 11


def test_timers_fire_once_and_a_broken_one_does_not_hold_up_others(world: InProcess) -> None:
    id = new_id()
    world.call(toy.Remind, {"id": "broken", "amount": 0}, ANNA)
    world.call(toy.Remind, {"id": id, "amount": 0}, ANNA)
    world.call(toy.Remind, {"id": id, "amount": 0}, ANNA)

    until(lambda: count(world, id)["total"] == 1000)
    world.settle()
    eventlet.sleep(0.5)

    assert count(world, id)["total"] == 1000


def test_status_says_what_waits(world: InProcess) -> None:
    state = world.call(operations.get_status("stock"))

    assert state == {
        "service": "stock",
        "ready": True,
        "outbox": 0,
        "parked": 0,
        "dead_letters": 0,
        "lag_seconds": 0.0,
    }


def test_a_field_that_a_newer_publisher_added_is_ignored() -> None:
    body = {
        "id": "1",
        "name": "shop.sold",
        "version": 1,
        "aggregate_id": "a",
        "sequence": 1,
        "occurred_at": "2026-11-23T10:00:00+00:00",
        "context": Context().to_headers(),
        "data": {"id": "a", "amount": 1, "colour": "blue"},
        "colour": "blue",
    }

    assert Received.of(json.loads(json.dumps(body)), toy.Sold).data == {"id": "a", "amount": 1}
