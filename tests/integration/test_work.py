"""Work on real parts, the harder cases: late time, clicks at once, disputes and silence, whole weeks at random."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import eventlet
import pytest

from deploy.in_process import InProcess
from services.work.domain.week import submit_due
from shared.contracts import matching, work
from shared.platform.context import Actor
from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound
from shared.platform.ids import new_id
from shared.platform.service import set_clock
from tests.integration.test_work_and_billing import RETAINER, Json, Stage, attempt, last_week, monday, persist
from tests.support.services import actor, running


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    with running(["work", "billing"], amqp_uri, mongo_uri, f"t{new_id()[-6:]}_", TIMER_POLL_SECONDS="3600") as started:
        yield started


@pytest.fixture
def stage(world: InProcess, amqp_uri: str) -> Iterator[Stage]:
    yield Stage(world, amqp_uri)
    set_clock(None)
    world._offset_to = None


def at(stage: Stage, moment: datetime) -> None:
    """Sets the clock, also back, and lets no timer fire."""
    stage.world._set(moment)


def submit(stage: Stage, sheet_id: str, by: str) -> Json:
    submitted: Json = stage.call(work.SubmitTimesheet, {"timesheet_id": sheet_id}, by)
    return submitted


def dispute(stage: Stage, sheet: Json, *entries: Json) -> Json:
    payload = {"timesheet_id": sheet["id"], "entry_ids": [entry["id"] for entry in entries], "reason": "Not agreed"}
    disputed: Json = stage.call(work.DisputeTimesheet, payload, sheet["client_id"])
    return disputed


def at_once(*acts: Callable[[], str]) -> Counter[str]:
    """What came of acts that were begun together."""
    pile = eventlet.GreenPile()
    for act in acts:
        pile.spawn(act)
    return Counter(pile)


# -- late time ---------------------------------------------------------------------------------------------------------


def test_time_logged_after_monday_noon_waits_twelve_hours_for_corrections(stage: Stage) -> None:
    noon = submit_due(monday())
    at(stage, noon + timedelta(hours=3))
    contract = stage.contract()
    first = stage.log(contract, last_week("mon", 9), 60)
    stage.world.advance(noon + timedelta(hours=5))

    stage.log(contract, last_week("tue", 9), 30)
    assert stage.sheet(first["timesheet_id"])["state"] == "open"
    stage.world.advance(noon + timedelta(hours=16))
    assert stage.sheet(first["timesheet_id"])["state"] == "open"
    stage.world.advance(noon + timedelta(hours=17, minutes=1))

    sheet = stage.sheet(first["timesheet_id"])
    assert (sheet["state"], sheet["minutes"]) == ("submitted", 90)


def test_a_week_that_was_empty_on_monday_noon_can_still_be_filled(stage: Stage) -> None:
    noon = submit_due(monday())
    at(stage, noon - timedelta(days=1))
    contract = stage.contract()
    entry = stage.log(contract, last_week("mon", 9), 60)
    stage.call(work.DeleteTime, {"entry_id": entry["id"]}, contract["assistant_id"])
    stage.world.advance(noon + timedelta(hours=1))
    assert stage.sheet(entry["timesheet_id"])["state"] == "open"

    stage.log(contract, last_week("tue", 9), 45)
    stage.world.advance(noon + timedelta(hours=14))

    sheet = stage.sheet(entry["timesheet_id"])
    assert (sheet["state"], sheet["minutes"]) == ("submitted", 45)


# -- disputes and silence ----------------------------------------------------------------------------------------------


def test_a_dispute_stops_the_clock_and_a_correction_starts_it_again(stage: Stage) -> None:
    at(stage, submit_due(monday()) - timedelta(hours=3))
    contract = stage.contract()
    sheet = stage.submitted(contract, 120)
    assert datetime.fromisoformat(sheet["review_due_at"]) == submit_due(monday()) + timedelta(days=4, hours=12)
    stage.world.advance(submit_due(monday()) + timedelta(days=1))
    assert dispute(stage, sheet, sheet["entries"][0])["review_due_at"] is None

    stage.world.advance(submit_due(monday()) + timedelta(days=20))
    assert stage.sheet(sheet["id"])["state"] == "disputed"
    assert stage.invoices(contract) == []

    entry = sheet["entries"][0]
    shorter = {
        "entry_id": entry["id"],
        "started_at": entry["started_at"],
        "ended_at": last_week("tue", 10).isoformat(),
        "memo": "Less of it",
    }
    stage.call(work.EditTime, shorter, contract["assistant_id"])
    again = submit(stage, sheet["id"], contract["assistant_id"])
    due = datetime.fromisoformat(again["review_due_at"])
    assert due - datetime.fromisoformat(again["submitted_at"]) == timedelta(hours=48)
    stage.world.advance(due - timedelta(minutes=1))
    assert stage.sheet(sheet["id"])["state"] == "submitted"
    stage.world.advance(due + timedelta(minutes=1))

    assert stage.sheet(sheet["id"])["approved_by"] == "silence"
    (invoice,) = stage.invoices(contract)
    assert invoice["total"]["amount"] == 4000


def test_silence_charges_nothing_that_is_still_disputed(stage: Stage) -> None:
    contract = stage.contract()
    stage.log(contract, last_week("mon", 9), 60)
    sheet = stage.submitted(contract, 90)
    (disputed, _) = dispute(stage, sheet, sheet["entries"][0])["entries"]
    assert disputed["reason"] == "Not agreed"

    again = submit(stage, sheet["id"], contract["assistant_id"])
    stage.world.advance(datetime.fromisoformat(again["review_due_at"]) + timedelta(minutes=1))

    (invoice,) = stage.invoices(contract)
    assert [line["minutes"] for line in invoice["lines"]] == [90]


def test_reminders_come_twice_and_end_with_the_answer(stage: Stage) -> None:
    at(stage, submit_due(monday()) - timedelta(hours=3))
    contract = stage.contract()
    sheet = stage.submitted(contract)
    due = datetime.fromisoformat(sheet["review_due_at"])

    stage.world.advance(due - timedelta(hours=47))
    assert stage.told("work", sheet["id"]) == ["timesheet.submitted", "timesheet.review_due"]
    dispute(stage, stage.sheet(sheet["id"]), *sheet["entries"])
    assert stage.store("work").timers.count({"entity_id": sheet["id"]}) == 0
    stage.world.advance(due + timedelta(days=3))

    assert stage.told("work", sheet["id"]) == ["timesheet.submitted", "timesheet.review_due", "timesheet.disputed"]


# -- at once -----------------------------------------------------------------------------------------------------------


def test_approving_and_disputing_at_once_lets_one_word_count(stage: Stage) -> None:
    contract = stage.contract()
    sheet = stage.submitted(contract)

    outcomes = at_once(
        lambda: persist(stage.approve, sheet),
        lambda: persist(dispute, stage, sheet, *sheet["entries"]),
        lambda: persist(stage.approve, sheet),
    )

    kept = stage.sheet(sheet["id"])
    told = stage.told("work", sheet["id"])[1:]
    assert set(outcomes) <= {"ok", "Conflict"}
    assert len(told) == outcomes["ok"]
    assert kept["state"] == "approved"  # a disputed week can be approved after all, an approved one not disputed
    assert told in (["timesheet.approved"], ["timesheet.disputed", "timesheet.approved"])
    assert [entry["disputed"] for entry in kept["entries"]] == [False]
    assert len(stage.invoices(contract)) == 1


def test_what_is_logged_while_the_week_is_submitted_is_in_it_or_refused(stage: Stage) -> None:
    contract = stage.contract()
    sheet_id = stage.log(contract, last_week("mon", 9), 60)["timesheet_id"]
    mine = contract["assistant_id"]

    outcomes = at_once(
        *(lambda hour=hour: persist(stage.log, contract, last_week("tue", hour), 60) for hour in (8, 9)),  # type: ignore[misc]
        lambda: persist(submit, stage, sheet_id, mine),
        *(lambda hour=hour: persist(stage.log, contract, last_week("tue", hour), 60) for hour in (10, 11)),  # type: ignore[misc]
    )

    sheet = stage.sheet(sheet_id)
    assert set(outcomes) <= {"ok", "Conflict"}
    assert sheet["state"] == "submitted"
    assert sheet["minutes"] == sum(entry["minutes"] for entry in sheet["entries"]) == 60 * outcomes["ok"]
    stage.approve(sheet)
    (invoice,) = stage.invoices(contract)
    assert invoice["lines"][0]["minutes"] == sheet["minutes"]


def test_the_same_hour_sold_to_many_clients_at_once_is_logged_once(stage: Stage) -> None:
    assistant_id = new_id()
    contracts = [stage.contract(assistant_id=assistant_id) for _ in range(6)]
    apart = [stage.log(contract, last_week("mon", 6 + n), 60) for n, contract in enumerate(contracts)]

    outcomes = at_once(*(lambda on=on: persist(stage.log, on, last_week("tue", 9), 60) for on in contracts))  # type: ignore[misc]
    assert outcomes == {"ok": 1, "Conflict": 5}

    together = {"started_at": last_week("wed", 9).isoformat(), "ended_at": last_week("wed", 10).isoformat()}
    edits = [{"entry_id": entry["id"], **together, "memo": "Moved"} for entry in apart]
    outcomes = at_once(*(lambda edit=edit: persist(stage.call, work.EditTime, edit, assistant_id) for edit in edits))  # type: ignore[misc]
    assert outcomes == {"ok": 1, "Conflict": 5}


def test_two_windows_submit_once(stage: Stage) -> None:
    contract = stage.contract()
    sheet_id = stage.log(contract, last_week("mon", 9), 60)["timesheet_id"]

    outcomes = at_once(*(lambda: persist(submit, stage, sheet_id, contract["assistant_id"]) for _ in range(5)))

    assert outcomes == {"ok": 1, "Conflict": 4}
    assert stage.told("work", sheet_id) == ["timesheet.submitted"]


# -- whose it is -------------------------------------------------------------------------------------------------------


def test_an_entry_is_not_there_for_others_and_not_logged_for_others(stage: Stage) -> None:
    contract, other = stage.contract(), stage.contract()
    entry = stage.log(contract, last_week("mon", 9), 60)
    edited = {
        "entry_id": entry["id"],
        "started_at": entry["started_at"],
        "ended_at": entry["ended_at"],
        "memo": "Mine now",
    }

    for stranger in (other["assistant_id"], other["client_id"], contract["client_id"]):
        with pytest.raises(NotFound):
            stage.log(contract, last_week("tue", 9), 60, by=stranger)
        with pytest.raises(NotFound):
            stage.call(work.EditTime, edited, stranger)
        with pytest.raises(NotFound):
            stage.call(work.DeleteTime, {"entry_id": entry["id"]}, stranger)
    for stranger in (other["assistant_id"], other["client_id"]):
        with pytest.raises(NotFound):
            submit(stage, entry["timesheet_id"], stranger)
        with pytest.raises(NotFound):
            stage.sheet(entry["timesheet_id"], stranger)
    (kept,) = stage.sheet(entry["timesheet_id"])["entries"]
    assert (kept["memo"], kept["version"]) == ("Mail and calendar", 1)


def test_a_colleague_of_the_client_may_answer_for_it(stage: Stage) -> None:
    contract = stage.contract()
    sheet = stage.submitted(contract)
    colleague = Actor(account_id=new_id(), roles=frozenset({"client"}))

    with pytest.raises(NotFound):
        stage.call(work.ApproveTimesheet, {"timesheet_id": sheet["id"]}, colleague)
    viewer = replace(colleague, acting_for=contract["client_id"], acting_as="viewer", name="Dora")
    with pytest.raises(Forbidden):
        stage.call(work.ApproveTimesheet, {"timesheet_id": sheet["id"]}, viewer)
    approver = replace(viewer, acting_as="approver")
    approved = stage.call(work.ApproveTimesheet, {"timesheet_id": sheet["id"]}, approver)
    assert (approved["state"], approved["approved_by_name"]) == ("approved", "Dora")


def test_an_operator_reads_a_week_and_answers_nothing(stage: Stage) -> None:
    sheet = stage.submitted(stage.contract())
    olga = actor("olga", "operator")

    assert stage.sheet(sheet["id"], olga)["id"] == sheet["id"]
    with pytest.raises(NotFound):
        stage.call(work.ApproveTimesheet, {"timesheet_id": sheet["id"]}, olga)


# -- whole weeks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_a_week_is_the_sum_of_entries_that_do_not_overlap(stage: Stage, seed: int) -> None:
    rng = random.Random(seed)
    assistant_id = new_id()
    contracts = [
        stage.contract(assistant_id=assistant_id, terms={"weekly_minutes": 500}),
        stage.contract(assistant_id=assistant_id, terms=RETAINER),
    ]
    entries: list[str] = []

    def times() -> tuple[datetime, int]:
        return last_week("mon", 8) + timedelta(minutes=15 * rng.randrange(80)), 15 * rng.randint(1, 10)

    def step() -> None:
        started_at, minutes = times()
        chosen = rng.choice(entries) if entries else ""
        act = rng.choice(("log", "log", "log", "edit", "delete"))
        if act == "log" or not chosen:
            entries.append(stage.log(rng.choice(contracts), started_at, minutes)["id"])
        elif act == "edit":
            ended_at = started_at + timedelta(minutes=minutes)
            changed = {"started_at": started_at.isoformat(), "ended_at": ended_at.isoformat(), "memo": "Moved"}
            stage.call(work.EditTime, {"entry_id": chosen, **changed}, assistant_id)
        else:
            stage.call(work.DeleteTime, {"entry_id": chosen}, assistant_id)
            entries.remove(chosen)

    outcomes = Counter(attempt(step) for _ in range(45))

    assert outcomes["ok"] > 10
    assert outcomes["Conflict"] > 3
    sheets = stage.call(work.ListTimesheets, {}, assistant_id)["items"]
    for sheet in sheets:
        assert sheet["minutes"] == sum(entry["minutes"] for entry in sheet["entries"])
        assert sheet["minutes"] <= (sheet["weekly_limit_minutes"] or 10_000)
    logged = sorted(
        (entry["started_at"], entry["ended_at"], entry["id"]) for sheet in sheets for entry in sheet["entries"]
    )
    assert sorted(id for _, _, id in logged) == sorted(entries)
    assert all(before[1] <= after[0] for before, after in pairwise(logged))


def test_weeks_are_listed_newest_first_page_by_page(stage: Stage) -> None:
    first_day = monday() - timedelta(days=28)
    contract = stage.contract(terms={"start_on": first_day.isoformat()})
    mine = contract["assistant_id"]
    for week in range(4):
        stage.log(contract, last_week("mon", 9) - timedelta(days=7 * week), 60)
    submit(stage, stage.call(work.ListTimesheets, {"limit": 1}, mine)["items"][0]["id"], mine)

    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = stage.call(work.ListTimesheets, {"limit": 3, "cursor": cursor}, mine)
        seen += [sheet["week_start"] for sheet in page["items"]]
        cursor = page["next"]

    assert seen == [(monday() - timedelta(days=7 * week)).isoformat() for week in range(4)]
    submitted = stage.call(work.ListTimesheets, {"states": ["submitted"]}, contract["client_id"])["items"]
    assert [sheet["week_start"] for sheet in submitted] == [monday().isoformat()]


def test_time_ends_with_the_contracts_last_day(stage: Stage) -> None:
    contract = stage.contract()
    last = monday() + timedelta(days=2)
    ended = {**contract, "state": "ended", "ends_on": last.isoformat()}
    stage.tell(matching.ContractEnded, contract["id"], ended, to=("work", "billing"))

    stage.log(contract, last_week("wed", 23), 60)
    with pytest.raises(Conflict, match="ended"):
        stage.log(contract, last_week("thu", 0), 60)
    with pytest.raises(Conflict, match="starts on"):
        stage.log(contract, last_week("mon", 0) - timedelta(minutes=30), 30)


def test_the_future_is_not_logged(stage: Stage) -> None:
    contract = stage.contract()
    at(stage, last_week("wed", 12))

    stage.log(contract, last_week("wed", 11), 60)
    with pytest.raises(Invalid) as refused:
        stage.log(contract, last_week("wed", 12), 30)
    assert list(refused.value.fields) == ["ended_at"]


def test_a_colleague_has_no_part_in_what_the_founder_does_as_an_assistant(stage: Stage) -> None:
    """A company's id is its founder's account id."""
    contract = stage.contract()
    sheet = stage.submitted(contract)
    founder = contract["assistant_id"]
    colleague = Actor(new_id(), frozenset({"client"}), acting_for=founder, acting_as="owner", name="Dora")

    assert stage.call(work.ListTimesheets, {}, founder)["items"]
    assert stage.call(work.ListTimesheets, {}, colleague)["items"] == []
    with pytest.raises(NotFound):
        stage.sheet(sheet["id"], colleague)
    with pytest.raises((NotFound, Forbidden)):
        stage.log(contract, last_week("wed", 9), 60, colleague)
    with pytest.raises(NotFound):
        stage.call(work.DeleteTime, {"entry_id": sheet["entries"][0]["id"]}, colleague)
