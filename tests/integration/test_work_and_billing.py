"""Work and billing on a real broker and database: time, a week's way to its invoice, silence, retainers, the ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import eventlet
import pytest

from deploy.in_process import InProcess
from services.billing.domain.period import period
from services.work.domain.week import review_due, submit_due, week_of
from shared.contracts import billing, matching, work
from shared.platform.clock import utc_now
from shared.platform.context import Actor, Context
from shared.platform.contract import Event
from shared.platform.errors import Conflict, DextraError, Forbidden, Invalid, NotFound, Unavailable
from shared.platform.ids import new_id
from shared.platform.outbox import Publisher
from shared.platform.run import provider_of
from shared.platform.service import set_clock
from tests.support.services import actor, running

Json = dict[str, Any]
EUR = {"currency": "EUR"}
OPERATOR = actor("olga", "operator")


class Stage:
    """The two services; what matching would tell them is published as it would."""

    def __init__(self, world: InProcess, amqp_uri: str) -> None:
        self.world = world
        self.publisher = Publisher(amqp_uri)
        self.sequences: Counter[str] = Counter()

    def store(self, name: str) -> Any:
        return provider_of(self.world.containers[name]).database

    def call(self, contract: Any, payload: Json, by: str | Actor = "", key: str = "") -> Any:
        who = by if isinstance(by, Actor) else actor(by, "client", "assistant") if by else Actor()
        return self.world.call(contract, payload, who, key=key)

    def tell(self, event: Event, aggregate_id: str, data: Json, *, to: tuple[str, ...], sequence: int = 0) -> Json:
        """Publishes a fact and waits until it has had its effect."""
        self.sequences[aggregate_id] += 1
        message = {
            "id": new_id(),
            "name": event.name,
            "version": event.version,
            "aggregate_id": aggregate_id,
            "sequence": sequence or self.sequences[aggregate_id],
            "occurred_at": utc_now().isoformat(),
            "context": Context().to_headers(),
            "data": event.dump(event.load(data)),
        }
        self.publish(message, to)
        return message

    def publish(self, message: Json, to: tuple[str, ...]) -> None:
        self.publisher.publish([(message["name"], json.dumps(message))])
        for name in to:
            until(lambda name=name: self.store(name).inbox.raw.find_one({"_id": message["id"]}) is not None)  # type: ignore[misc]

    def contract(self, event: Event = matching.ContractStarted, **changes: Any) -> Json:
        """A contract that began with last week's Monday."""
        made = a_contract(**changes)
        self.tell(event, made["id"], made, to=("work", "billing"))
        return made

    def log(self, contract: Json, started_at: datetime, minutes: int, by: str | Actor = "", key: str = "") -> Json:
        ended_at = started_at + timedelta(minutes=minutes)
        times = {"started_at": started_at.isoformat(), "ended_at": ended_at.isoformat()}
        payload = {"contract_id": contract["id"], **times, "memo": "Mail and calendar"}
        entry: Json = self.call(work.LogTime, payload, by or contract["assistant_id"], key)
        return entry

    def submitted(self, contract: Json, minutes: int = 90) -> Json:
        """Last week's timesheet, with the client now."""
        entry = self.log(contract, last_week("tue", 9), minutes)
        payload = {"timesheet_id": entry["timesheet_id"]}
        sheet: Json = self.call(work.SubmitTimesheet, payload, contract["assistant_id"])
        return sheet

    def approve(self, sheet: Json, by: str = "") -> Json:
        payload = {"timesheet_id": sheet["id"]}
        approved: Json = self.call(work.ApproveTimesheet, payload, by or sheet["client_id"])
        return approved

    def sheet(self, id: str, by: str | Actor = OPERATOR) -> Json:
        sheet: Json = self.call(work.GetTimesheet, {"id": id}, by)
        return sheet

    def invoices(self, contract: Json, by: str = "") -> list[Json]:
        """Oldest first, once everything that is under way is through."""
        self.world.settle()
        payload = {"contract_id": contract["id"], "limit": 100}
        items: list[Json] = self.call(billing.ListInvoices, payload, by or contract["client_id"])["items"]
        return sorted(items, key=lambda invoice: str(invoice["number"]))

    def issued(self, minutes: int = 90) -> tuple[Json, Json]:
        """A contract with one invoice."""
        contract = self.contract()
        self.approve(self.submitted(contract, minutes))
        (invoice,) = self.invoices(contract)
        return contract, invoice

    def told(self, service: str, aggregate_id: str) -> list[str]:
        events = self.store(service).events.raw.find({"aggregate_id": aggregate_id}).sort("sequence", 1)
        return [event["name"] for event in events]

    def trial_balance(self) -> Json:
        balance: Json = self.call(billing.GetTrialBalance, {}, OPERATOR)
        return balance

    def balance(self, account: str) -> int:
        rows = self.trial_balance()["balances"]
        return next((int(row["balance"]["amount"]) for row in rows if row["account"] == account), 0)


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    with eventlet.Timeout(seconds):
        while not holds():
            eventlet.sleep(0.01)


def monday() -> date:
    """Of last week."""
    return week_of(utc_now()) - timedelta(days=7)


def last_week(day: str, hour: int, minute: int = 0) -> datetime:
    number = ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day)
    return datetime.combine(monday() + timedelta(days=number), datetime.min.time(), UTC).replace(
        hour=hour, minute=minute
    )


def a_contract(**changes: Any) -> Json:
    terms = {
        "engagement": "hourly",
        "rate": {"amount": 4000, **EUR},
        "weekly_minutes": 600,
        "included_minutes": 0,
        "start_on": monday().isoformat(),
        "notice_days": 14,
        "payment_days": 14,
        "scope": "",
        **changes.pop("terms", {}),
    }
    return {
        "id": new_id(),
        "offer_id": new_id(),
        "thread_id": new_id(),
        "brief_id": new_id(),
        "brief_title": "My right hand",
        "client_id": new_id(),
        "client_name": "Clara",
        "assistant_id": new_id(),
        "assistant_name": "Anna",
        "time_zone": "UTC",
        "terms": terms,
        "state": "active",
        "reason": "",
        "created_at": utc_now().isoformat(),
        "trial_ends_at": utc_now().isoformat(),
        "ends_on": None,
        "version": 1,
        **changes,
    }


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    with running(["work", "billing"], amqp_uri, mongo_uri, f"t{new_id()[-6:]}_", TIMER_POLL_SECONDS="3600") as started:
        yield started


@pytest.fixture
def stage(world: InProcess, amqp_uri: str) -> Iterator[Stage]:
    yield Stage(world, amqp_uri)
    set_clock(None)
    world._offset_to = None


# -- time --------------------------------------------------------------------------------------------------------------


def test_time_becomes_a_week_a_timesheet_and_an_invoice(stage: Stage) -> None:
    contract = stage.contract()
    stage.log(contract, last_week("mon", 9), 90)
    entry = stage.log(contract, last_week("wed", 14, 30), 45)
    sheet = stage.sheet(entry["timesheet_id"], contract["client_id"])
    assert (sheet["minutes"], sheet["state"], sheet["week_start"]) == (135, "open", monday().isoformat())
    assert [one["minutes"] for one in sheet["entries"]] == [90, 45]

    submitted = stage.call(work.SubmitTimesheet, {"timesheet_id": sheet["id"]}, contract["assistant_id"])
    assert datetime.fromisoformat(submitted["review_due_at"]) >= utc_now() + timedelta(hours=47)
    approved = stage.approve(submitted)
    assert (approved["state"], approved["approved_by"]) == ("approved", "client")

    (invoice,) = stage.invoices(contract)
    assert invoice["total"] == {"amount": 9000, **EUR}
    assert invoice["number"] == f"{utc_now().year}-0001"
    assert [(line["minutes"], line["amount"]["amount"]) for line in invoice["lines"]] == [(135, 9000)]
    assert invoice["lines"][0]["cause"] == f"timesheet:{sheet['id']}"
    assert stage.told("work", sheet["id"]) == ["timesheet.submitted", "timesheet.approved"]
    assert stage.told("billing", invoice["id"]) == ["invoice.issued"]


def test_a_day_cannot_be_sold_twice_not_even_to_two_clients(stage: Stage) -> None:
    first = stage.contract()
    second = stage.contract(assistant_id=first["assistant_id"])
    stage.log(first, last_week("mon", 9), 60)

    with pytest.raises(Conflict, match="already"):
        stage.log(second, last_week("mon", 9, 30), 60)
    stage.log(second, last_week("mon", 10), 60)


def test_the_same_time_from_many_windows_at_once_is_logged_once(stage: Stage) -> None:
    contract = stage.contract()
    pile = eventlet.GreenPile()
    for _ in range(8):
        pile.spawn(attempt, stage.log, contract, last_week("thu", 9), 60)
    outcomes = Counter(pile)

    assert outcomes["ok"] == 1
    assert outcomes["Conflict"] + outcomes["Unavailable"] == 7
    sheets = stage.call(work.ListTimesheets, {"contract_id": contract["id"]}, contract["client_id"])["items"]
    assert [sheet["minutes"] for sheet in sheets] == [60]


def test_many_entries_at_once_make_one_week_and_keep_its_limit(stage: Stage) -> None:
    contract = stage.contract(terms={"weekly_minutes": 180})
    pile = eventlet.GreenPile()
    for number in range(8):
        pile.spawn(persist, stage.log, contract, last_week("fri", 8 + number), 60)
    outcomes = Counter(pile)

    assert outcomes == {"ok": 3, "Invalid": 5}
    (sheet,) = stage.call(work.ListTimesheets, {"contract_id": contract["id"]}, contract["client_id"])["items"]
    assert sheet["minutes"] == 180 == sum(entry["minutes"] for entry in sheet["entries"])


def attempt(do: Callable[..., Any], *args: Any) -> str:
    try:
        do(*args)
    except DextraError as error:
        return type(error).__name__
    return "ok"


def persist(do: Callable[..., Any], *args: Any) -> str:
    """As the gateway's client would: what was not done because of others is tried again."""
    for _ in range(40):
        outcome = attempt(do, *args)
        if outcome != "Unavailable":
            return outcome
        eventlet.sleep(0.05)
    return "gave up"


def test_the_same_key_logs_once(stage: Stage) -> None:
    contract = stage.contract()

    entries = [stage.log(contract, last_week("mon", 9), 60, key=f"key-{contract['id']}") for _ in range(3)]

    assert len({entry["id"] for entry in entries}) == 1
    assert stage.sheet(entries[0]["timesheet_id"])["minutes"] == 60


def test_entries_are_corrected_and_removed_until_the_client_has_them(stage: Stage) -> None:
    contract = stage.contract()
    mine = contract["assistant_id"]
    entry = stage.log(contract, last_week("mon", 9), 60)
    edited = {
        "entry_id": entry["id"],
        "started_at": last_week("mon", 9).isoformat(),
        "ended_at": last_week("mon", 11).isoformat(),
        "memo": "Mail, longer",
    }

    assert stage.call(work.EditTime, edited, mine)["minutes"] == 120
    assert stage.sheet(entry["timesheet_id"])["minutes"] == 120
    other = stage.log(contract, last_week("tue", 9), 30)
    stage.call(work.DeleteTime, {"entry_id": other["id"]}, mine)
    assert stage.sheet(entry["timesheet_id"])["minutes"] == 120
    now = utc_now().replace(second=0, microsecond=0)
    started_at, ended_at = (now - timedelta(minutes=5)).isoformat(), now.isoformat()
    moved = {**edited, "started_at": started_at, "ended_at": ended_at}
    with pytest.raises(Conflict, match="another week"):
        stage.call(work.EditTime, moved, mine)
    for call, payload in ((work.EditTime, edited), (work.DeleteTime, {"entry_id": entry["id"]})):
        with pytest.raises(NotFound):
            stage.call(call, payload, contract["client_id"])

    stage.call(work.SubmitTimesheet, {"timesheet_id": entry["timesheet_id"]}, mine)
    for call, payload in ((work.EditTime, edited), (work.DeleteTime, {"entry_id": entry["id"]})):
        with pytest.raises(Conflict):
            stage.call(call, payload, mine)
    with pytest.raises(Conflict):
        stage.log(contract, last_week("wed", 9), 30)


def test_a_dispute_goes_back_and_forth_and_is_invoiced_as_corrected(stage: Stage) -> None:
    contract = stage.contract()
    wrong = stage.log(contract, last_week("mon", 9), 120)
    stage.log(contract, last_week("tue", 9), 60)
    sheet_id = wrong["timesheet_id"]
    stage.call(work.SubmitTimesheet, {"timesheet_id": sheet_id}, contract["assistant_id"])
    dispute = {"timesheet_id": sheet_id, "entry_ids": [wrong["id"]], "reason": "We did not meet"}

    with pytest.raises(Forbidden):
        stage.call(work.DisputeTimesheet, dispute, contract["assistant_id"])
    with pytest.raises(NotFound):
        stage.call(work.DisputeTimesheet, dispute, "stranger")
    with pytest.raises(Invalid):
        stage.call(work.DisputeTimesheet, {**dispute, "entry_ids": ["other"]}, contract["client_id"])
    disputed = stage.call(work.DisputeTimesheet, dispute, contract["client_id"])
    assert [entry["disputed"] for entry in disputed["entries"]] == [True, False]

    corrected = {
        "entry_id": wrong["id"],
        "started_at": last_week("mon", 9).isoformat(),
        "ended_at": last_week("mon", 10).isoformat(),
        "memo": "Mail",
    }
    stage.call(work.EditTime, corrected, contract["assistant_id"])
    stage.call(work.SubmitTimesheet, {"timesheet_id": sheet_id}, contract["assistant_id"])
    stage.approve({"id": sheet_id, "client_id": contract["client_id"]})
    (invoice,) = stage.invoices(contract)
    assert invoice["total"]["amount"] == 8000


def test_a_disputed_week_can_be_approved_after_all(stage: Stage) -> None:
    contract = stage.contract()
    sheet = stage.submitted(contract, 120)
    dispute = {"timesheet_id": sheet["id"], "entry_ids": [sheet["entries"][0]["id"]], "reason": "Hm"}
    stage.call(work.DisputeTimesheet, dispute, contract["client_id"])

    stage.approve(sheet)

    (invoice,) = stage.invoices(contract)
    assert invoice["total"]["amount"] == 8000


@pytest.mark.parametrize(("who", "error"), [("assistant", Forbidden), ("stranger", NotFound), ("", DextraError)])
def test_nobody_approves_but_the_client(stage: Stage, who: str, error: type[DextraError]) -> None:
    contract = stage.contract()
    sheet = stage.submitted(contract)

    with pytest.raises(error):
        stage.call(work.ApproveTimesheet, {"timesheet_id": sheet["id"]}, contract.get(f"{who}_id", who))
    assert stage.sheet(sheet["id"])["state"] == "submitted"


def test_what_is_not_yours_is_not_there(stage: Stage) -> None:
    contract, invoice = stage.issued()
    sheet_id = invoice["lines"][0]["cause"].removeprefix("timesheet:")
    for call, payload in (
        (work.GetTimesheet, {"id": sheet_id}),
        (billing.GetInvoice, {"id": invoice["id"]}),
        (billing.RecordPayment, payment_of(invoice, 1)),
        (billing.CreditInvoice, {"invoice_id": invoice["id"], "reason": "x"}),
        (billing.WriteOffInvoice, {"invoice_id": invoice["id"], "reason": "x"}),
    ):
        with pytest.raises(NotFound):
            stage.call(call, payload, "stranger")
    assert stage.call(work.ListTimesheets, {"contract_id": contract["id"]}, "stranger")["items"] == []
    assert stage.call(billing.ListInvoices, {"contract_id": contract["id"]}, "stranger")["items"] == []
    with pytest.raises(Forbidden):
        stage.call(billing.GetTrialBalance, {}, contract["client_id"])


def test_time_waits_for_its_contract_to_arrive(stage: Stage) -> None:
    with pytest.raises(Unavailable, match="still being set up"):
        stage.log(a_contract(), last_week("mon", 9), 60, by="anna")


@pytest.mark.parametrize("state", ["paused", "terminated"])
def test_no_time_on_a_contract_that_does_not_run(stage: Stage, state: str) -> None:
    contract = stage.contract()
    stage.tell(
        matching.ContractChanged,
        contract["id"],
        {**contract, "state": state, "ends_on": monday().isoformat() if state == "terminated" else None},
        to=("work", "billing"),
    )

    with pytest.raises(Conflict):
        stage.log(contract, last_week("wed", 9), 60)


def test_an_older_word_about_a_contract_changes_nothing(stage: Stage) -> None:
    contract = stage.contract()
    stage.tell(
        matching.ContractChanged, contract["id"], {**contract, "state": "paused"}, to=("work", "billing"), sequence=5
    )
    stage.tell(
        matching.ContractChanged, contract["id"], {**contract, "state": "active"}, to=("work", "billing"), sequence=4
    )

    with pytest.raises(Conflict, match="paused"):
        stage.log(contract, last_week("wed", 9), 60)


# -- silence -----------------------------------------------------------------------------------------------------------


def test_a_week_is_submitted_on_monday_noon_and_approved_by_silence(stage: Stage) -> None:
    set_clock(lambda: last_week("sun", 20))
    stage.world._offset_to = last_week("sun", 20)
    contract = stage.contract()
    entry = stage.log(contract, last_week("fri", 9), 60)
    sheet_id = entry["timesheet_id"]

    stage.world.advance(submit_due(monday()) - timedelta(minutes=1))
    assert stage.sheet(sheet_id)["state"] == "open"
    stage.world.advance(submit_due(monday()) + timedelta(minutes=1))
    assert stage.sheet(sheet_id)["state"] == "submitted"
    assert stage.invoices(contract) == []

    due = review_due(monday(), submit_due(monday()))
    stage.world.advance(due - timedelta(minutes=1))
    assert stage.sheet(sheet_id)["state"] == "submitted"
    assert stage.told("work", sheet_id).count("timesheet.review_due") == 2
    stage.world.advance(due + timedelta(minutes=1))

    sheet = stage.sheet(sheet_id)
    assert (sheet["state"], sheet["approved_by"]) == ("approved", "silence")
    (invoice,) = stage.invoices(contract)
    assert invoice["total"]["amount"] == 4000


def test_an_answer_ends_the_silence(stage: Stage) -> None:
    contract = stage.contract()
    sheet = stage.submitted(contract)
    stage.approve(sheet)

    stage.world.advance(datetime.fromisoformat(sheet["review_due_at"]) + timedelta(days=2))

    assert stage.told("work", sheet["id"]) == ["timesheet.submitted", "timesheet.approved"]
    assert len(stage.invoices(contract)) == 1


# -- invoices ----------------------------------------------------------------------------------------------------------


def test_the_same_approval_delivered_again_invoices_nothing_more(stage: Stage) -> None:
    contract, invoice = stage.issued()
    sheet_id = invoice["lines"][0]["cause"].removeprefix("timesheet:")
    row = stage.store("work").events.raw.find_one({"aggregate_id": sheet_id, "name": "timesheet.approved"})
    message = {
        "id": row["_id"],
        **{name: row[name] for name in ("name", "version", "aggregate_id", "sequence", "context", "data")},
        "occurred_at": row["occurred_at"].isoformat(),
    }
    stage.publish(message, ("billing",))
    stage.publish({**message, "id": new_id()}, ("billing",))

    assert [one["id"] for one in stage.invoices(contract)] == [invoice["id"]]


def test_many_clicks_at_once_approve_and_invoice_once(stage: Stage) -> None:
    contract = stage.contract()
    sheet = stage.submitted(contract)
    pile = eventlet.GreenPile()
    for _ in range(6):
        pile.spawn(persist, stage.approve, sheet)
    outcomes = Counter(pile)

    assert outcomes == {"ok": 1, "Conflict": 5}
    assert len(stage.invoices(contract)) == 1


def test_numbers_of_a_practice_have_no_gap_however_many_weeks_are_approved_at_once(stage: Stage) -> None:
    assistant_id = new_id()
    contracts = [stage.contract(assistant_id=assistant_id) for _ in range(6)]
    sheets = []
    for number, contract in enumerate(contracts):
        entry = stage.log(contract, last_week("tue", 8 + number), 60)
        sheets.append(stage.call(work.SubmitTimesheet, {"timesheet_id": entry["timesheet_id"]}, assistant_id))
    pile = eventlet.GreenPile()
    for sheet in sheets:
        pile.spawn(persist, stage.approve, sheet)
    assert set(pile) == {"ok"}
    stage.world.settle()

    mine = stage.call(billing.ListInvoices, {"limit": 100}, assistant_id)["items"]
    year = utc_now().year
    assert sorted(one["number"] for one in mine) == [f"{year}-{number:04d}" for number in range(1, 7)]
    assert stage.trial_balance()["balanced"]


def payment_of(invoice: Json, amount: int) -> Json:
    received = utc_now().date().isoformat()
    return {"invoice_id": invoice["id"], "amount": {"amount": amount, **EUR}, "received_on": received}


def test_payments_are_recorded_by_the_issuer_and_booked(stage: Stage) -> None:
    contract, invoice = stage.issued(90)
    issuer, client = contract["assistant_id"], contract["client_id"]

    with pytest.raises(Forbidden):
        stage.call(billing.RecordPayment, payment_of(invoice, 100), client)
    part = stage.call(billing.RecordPayment, payment_of(invoice, 2500), issuer)
    assert (part["payment_state"], part["due"]["amount"]) == ("partly_paid", 3500)
    with pytest.raises(Invalid):
        stage.call(billing.RecordPayment, payment_of(invoice, 3501), issuer)
    whole = stage.call(billing.RecordPayment, payment_of(invoice, 3500), issuer)
    assert whole["payment_state"] == "paid"

    assert stage.told("billing", invoice["id"]) == ["invoice.issued", "invoice.paid"]
    assert stage.balance(f"receivable:{issuer}:{client}") == 0
    assert stage.balance(f"cash:{issuer}") == 6000
    assert stage.balance(f"revenue:{issuer}") == -6000


def test_payments_at_once_never_take_more_than_is_due(stage: Stage) -> None:
    contract, invoice = stage.issued(90)
    pile = eventlet.GreenPile()
    for _ in range(5):
        pile.spawn(
            persist_conflicts, stage.call, billing.RecordPayment, payment_of(invoice, 4000), contract["assistant_id"]
        )
    outcomes = Counter(pile)

    assert outcomes["ok"] == 1
    kept = stage.call(billing.GetInvoice, {"id": invoice["id"]}, contract["client_id"])
    assert kept["paid"]["amount"] == 4000
    assert stage.balance(f"cash:{contract['assistant_id']}") == 4000


def persist_conflicts(do: Callable[..., Any], *args: Any) -> str:
    """A lost race is tried again, as a person would who reloads the page."""
    for _ in range(40):
        outcome = attempt(do, *args)
        if outcome not in ("Unavailable", "Conflict"):
            return outcome
        eventlet.sleep(0.05)
    return "gave up"


def test_a_credit_note_has_its_own_number_and_settles_the_invoice(stage: Stage) -> None:
    contract, invoice = stage.issued(90)
    issuer = contract["assistant_id"]

    note = stage.call(billing.CreditInvoice, {"invoice_id": invoice["id"], "reason": "Wrong week"}, issuer)

    assert (note["kind"], note["number"], note["total"]["amount"]) == ("credit_note", f"{utc_now().year}-0002", -6000)
    kept = stage.call(billing.GetInvoice, {"id": invoice["id"]}, contract["client_id"])
    assert (kept["state"], kept["due"]["amount"], kept["total"]["amount"]) == ("credited", 0, 6000)
    assert stage.balance(f"receivable:{issuer}:{contract['client_id']}") == 0
    with pytest.raises(Conflict):
        stage.call(billing.RecordPayment, payment_of(invoice, 1), issuer)


def test_an_invoice_is_overdue_the_day_after_and_can_be_written_off(stage: Stage) -> None:
    contract, invoice = stage.issued(90)
    due_on = date.fromisoformat(invoice["due_on"])

    stage.world.advance(datetime.combine(due_on + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=1))

    late = stage.call(billing.GetInvoice, {"id": invoice["id"]}, contract["client_id"])
    assert late["overdue"]
    assert stage.told("billing", invoice["id"]) == ["invoice.issued", "invoice.overdue"]
    lost = stage.call(
        billing.WriteOffInvoice, {"invoice_id": invoice["id"], "reason": "Insolvent"}, contract["assistant_id"]
    )
    assert (lost["state"], lost["overdue"], lost["due"]["amount"]) == ("written_off", False, 0)
    assert stage.trial_balance()["balanced"]


# -- retainers ---------------------------------------------------------------------------------------------------------

RETAINER = {"engagement": "retainer", "rate": {"amount": 90000, **EUR}, "included_minutes": 1200}


def noon(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=12)


def test_a_retainer_is_invoiced_month_by_month_from_its_first_day(stage: Stage) -> None:
    start = utc_now().date() + timedelta(days=3)
    contract = stage.contract(terms={**RETAINER, "start_on": start.isoformat()})

    assert stage.invoices(contract) == []
    stage.world.advance(noon(start + timedelta(days=70)))

    invoices = stage.invoices(contract)
    starts = [one["lines"][0]["period_start"] for one in invoices]
    assert len(invoices) == 3
    assert starts[0] == start.isoformat()
    assert all(one["total"] == {"amount": 90000, **EUR} for one in invoices)
    ends = [date.fromisoformat(one["lines"][0]["period_end"]) + timedelta(days=1) for one in invoices]
    assert [end.isoformat() for end in ends[:-1]] == starts[1:]


def test_a_retainer_that_has_ended_is_not_invoiced_again(stage: Stage) -> None:
    start = utc_now().date() + timedelta(days=1)
    contract = stage.contract(terms={**RETAINER, "start_on": start.isoformat()})
    stage.world.advance(noon(start))
    assert len(stage.invoices(contract)) == 1
    ended = {**contract, "state": "ended", "ends_on": (start + timedelta(days=20)).isoformat()}
    stage.tell(matching.ContractEnded, contract["id"], ended, to=("work", "billing"))

    stage.world.advance(noon(start + timedelta(days=100)))

    assert len(stage.invoices(contract)) == 1


def test_months_that_began_before_the_end_are_invoiced_late_when_billing_was_away(stage: Stage) -> None:
    start = utc_now().date() - timedelta(days=40)
    terms = {**RETAINER, "start_on": start.isoformat()}
    ended = a_contract(terms=terms, state="ended", ends_on=(start + timedelta(days=35)).isoformat())

    stage.tell(matching.ContractEnded, ended["id"], ended, to=("billing",))
    stage.world.advance(utc_now() + timedelta(days=100))

    assert [one["lines"][0]["period_start"] for one in stage.invoices(ended)] == [
        start.isoformat(),
        period(start, 1).start.isoformat(),
    ]


def test_a_retainers_hours_are_in_its_fee(stage: Stage) -> None:
    contract = stage.contract(terms={**RETAINER, "start_on": monday().isoformat()})
    stage.world.settle()
    stage.approve(stage.submitted(contract, 120))

    assert [one["lines"][0]["kind"] for one in stage.invoices(contract) if one["lines"][0]["kind"] == "hours"] == []


def test_a_retainer_begins_with_whatever_is_heard_of_it_first(stage: Stage) -> None:
    start = utc_now().date() + timedelta(days=2)
    contract = a_contract(terms={**RETAINER, "start_on": start.isoformat()})
    both = ("work", "billing")
    stage.tell(matching.ContractChanged, contract["id"], contract, to=both, sequence=2)
    stage.tell(matching.ContractStarted, contract["id"], {**contract, "state": "trial"}, to=both, sequence=1)

    stage.world.advance(noon(start + timedelta(days=1)))

    assert len(stage.invoices(contract)) == 1
