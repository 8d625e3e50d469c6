"""Billing on real parts, the harder cases: facts told twice at once, races, numbers, retainers of uneven months."""

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
from shared.contracts import billing, charging, matching, work
from shared.platform.clock import utc_now
from shared.platform.context import Context
from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from shared.platform.ids import new_id
from shared.platform.service import set_clock
from tests.integration.test_work_and_billing import (
    EUR,
    OPERATOR,
    RETAINER,
    Json,
    Stage,
    a_contract,
    monday,
    noon,
    payment_of,
    persist,
    until,
)
from tests.support.services import running


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    with running(["billing"], amqp_uri, mongo_uri, f"t{new_id()[-6:]}_", TIMER_POLL_SECONDS="3600") as started:
        yield started


@pytest.fixture
def stage(world: InProcess, amqp_uri: str) -> Iterator[Stage]:
    """After each test: the books balance, and no event or timer has failed."""
    stage = Stage(world, amqp_uri)
    yield stage
    set_clock(None)
    world._offset_to = None
    assert stage.trial_balance()["balanced"]
    assert stage.store("billing").dead_letters.count() == 0
    timers = stage.store("billing").timers.raw
    assert timers.count_documents({"attempts": {"$gt": 0}}) == 0
    timers.delete_many({})  # retainers of this test would go on in the next ones that move the clock


def approved(contract: Json, minutes: tuple[int, ...] = (90,), disputed: tuple[int, ...] = (), **changes: Any) -> Json:
    """What work tells of an approved week; the entries of `disputed` minutes are still open questions."""
    sheet_id = new_id()
    common = {"contract_id": contract["id"], "timesheet_id": sheet_id, "assistant_id": contract["assistant_id"]}
    started_at = datetime.combine(monday(), datetime.min.time(), UTC)
    entries = [
        {
            **common,
            "id": new_id(),
            "started_at": started_at.isoformat(),
            "ended_at": (started_at + timedelta(minutes=length)).isoformat(),
            "minutes": length,
            "memo": "Mail",
            "disputed": number >= len(minutes),
            "reason": "",
            "version": 1,
        }
        for number, length in enumerate((*minutes, *disputed))
    ]
    sides = ("brief_title", "client_id", "client_name", "assistant_id", "assistant_name", "terms")
    return {
        "id": sheet_id,
        "contract_id": contract["id"],
        **{name: contract[name] for name in sides},
        "week_start": monday().isoformat(),
        "state": "approved",
        "approved_by": "client",
        "minutes": sum((*minutes, *disputed)),
        "weekly_limit_minutes": contract["terms"]["weekly_minutes"],
        "submit_due_at": utc_now().isoformat(),
        "review_due_at": None,
        "submitted_at": utc_now().isoformat(),
        "approved_at": utc_now().isoformat(),
        "entries": entries,
        "version": 3,
        **changes,
    }


def tell(stage: Stage, sheet: Json) -> None:
    stage.tell(work.TimesheetApproved, sheet["id"], sheet, to=("billing",))


def message_of(sheet: Json) -> Json:
    return {
        "id": new_id(),
        "name": work.TimesheetApproved.name,
        "version": work.TimesheetApproved.version,
        "aggregate_id": sheet["id"],
        "sequence": 2,
        "occurred_at": utc_now().isoformat(),
        "context": Context().to_headers(),
        "data": work.TimesheetApproved.dump(work.TimesheetApproved.load(sheet)),
    }


def contract_of(stage: Stage, **changes: Any) -> Json:
    made = a_contract(**changes)
    stage.tell(matching.ContractStarted, made["id"], made, to=("billing",))
    return made


def invoiced(stage: Stage, contract: Json | None = None, minutes: int = 90) -> Json:
    """The invoice of a week."""
    contract = contract or contract_of(stage)
    sheet = approved(contract, (minutes,))
    tell(stage, sheet)
    invoices = stage.invoices(contract)
    return next(one for one in invoices if one["lines"][0]["cause"] == f"timesheet:{sheet['id']}")


def pay(stage: Stage, invoice: Json, amount: int, key: str = "") -> Json:
    paid: Json = stage.call(billing.RecordPayment, payment_of(invoice, amount), invoice["issuer_id"], key)
    return paid


def credit(stage: Stage, invoice: Json) -> Json:
    payload = {"invoice_id": invoice["id"], "reason": "Wrong week"}
    note: Json = stage.call(billing.CreditInvoice, payload, invoice["issuer_id"])
    return note


def write_off(stage: Stage, invoice: Json) -> Json:
    payload = {"invoice_id": invoice["id"], "reason": "Insolvent"}
    lost: Json = stage.call(billing.WriteOffInvoice, payload, invoice["issuer_id"])
    return lost


def kept(stage: Stage, invoice: Json) -> Json:
    found: Json = stage.call(billing.GetInvoice, {"id": invoice["id"]}, invoice["client_id"])
    return found


def numbers(stage: Stage, issuer_id: str) -> list[str]:
    """Of all that a practice has issued, in their order."""
    documents = stage.call(billing.ListInvoices, {"limit": 100}, issuer_id)["items"]
    return sorted(document["number"] for document in documents)


def at_once(*acts: Callable[[], str]) -> Counter[str]:
    """What came of acts that were begun together."""
    pile = eventlet.GreenPile()
    for act in acts:
        pile.spawn(act)
    return Counter(pile)


# -- from hours to an invoice ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "minutes", "disputed", "amount"),
    [
        (4000, (90,), (), 6000),
        (2501, (90,), (), 3752),  # 37.515
        (1000, (20, 20, 20), (), 1000),  # the week is rounded, not each entry: 3 × 3.33 would be 9.99
        (2999, (1,), (), 50),
        (4000, (60,), (30,), 4000),
        (4000, (600, 100), (), 40000),  # never more than the agreed ten hours
        (4000, (550,), (100,), 36667),
    ],
)
def test_a_week_is_charged_once_rounded_and_within_its_limit(
    stage: Stage, rate: int, minutes: tuple[int, ...], disputed: tuple[int, ...], amount: int
) -> None:
    contract = contract_of(stage, terms={"rate": {"amount": rate, **EUR}})

    tell(stage, approved(contract, minutes, disputed))

    (invoice,) = stage.invoices(contract)
    assert invoice["total"] == invoice["due"] == {"amount": amount, **EUR}
    (line,) = invoice["lines"]
    assert (line["amount"]["amount"], line["minutes"]) == (amount, min(sum(minutes), 600))
    assert (line["period_start"], line["period_end"]) == (
        monday().isoformat(),
        (monday() + timedelta(days=6)).isoformat(),
    )
    assert stage.balance(f"receivable:{invoice['issuer_id']}:{invoice['client_id']}") == amount


def test_a_week_with_nothing_to_charge_takes_no_number(stage: Stage) -> None:
    contract = contract_of(stage)

    tell(stage, approved(contract, (), (90,)))
    tell(stage, approved(contract, ()))
    first = invoiced(stage, contract)

    assert [one["id"] for one in stage.invoices(contract)] == [first["id"]]
    assert first["number"] == f"{utc_now().year}-0001"


def test_an_approval_told_many_times_at_once_is_one_invoice_and_one_number(stage: Stage) -> None:
    contract = contract_of(stage)
    sheet = approved(contract)
    messages = [message_of(sheet) for _ in range(6)]
    messages += messages[:2]

    stage.publisher.publish([(message["name"], json.dumps(message)) for message in messages])
    ids = sorted({message["id"] for message in messages})
    until(lambda: stage.store("billing").inbox.raw.count_documents({"_id": {"$in": ids}}) == len(ids), 20)

    (invoice,) = stage.invoices(contract)
    assert stage.told("billing", invoice["id"]) == ["invoice.issued"]
    assert stage.balance(f"revenue:{contract['assistant_id']}") == -6000
    assert invoiced(stage, contract)["number"] == f"{utc_now().year}-0002"


# -- numbers -----------------------------------------------------------------------------------------------------------


def test_what_is_refused_takes_no_number(stage: Stage) -> None:
    contract = contract_of(stage)
    invoice = invoiced(stage, contract)
    pay(stage, invoice, 6000)

    for _ in range(3):
        with pytest.raises(Conflict, match="Nothing is due"):
            credit(stage, invoice)
    invoiced(stage, contract)

    year = utc_now().year
    assert numbers(stage, contract["assistant_id"]) == [f"{year}-0001", f"{year}-0002"]


def test_invoices_and_credit_notes_at_once_share_one_row_of_numbers(stage: Stage) -> None:
    issuer = new_id()
    contracts = [contract_of(stage, assistant_id=issuer) for _ in range(4)]
    invoices = [invoiced(stage, contract) for contract in contracts]

    messages = [message_of(approved(contract)) for contract in contracts]
    stage.publisher.publish([(message["name"], json.dumps(message)) for message in messages])
    outcomes = at_once(*(lambda one=one: persist(credit, stage, one) for one in invoices for _ in range(2)))  # type: ignore[misc]
    stage.world.settle()

    assert outcomes == {"ok": 4, "Conflict": 4}
    assert numbers(stage, issuer) == [f"{utc_now().year}-{number:04d}" for number in range(1, 13)]


def test_every_practice_and_every_year_counts_from_one(stage: Stage) -> None:
    contract, other = contract_of(stage), contract_of(stage)
    year = utc_now().year + 1
    stage.world._set(datetime(year, 12, 31, 23, 30, tzinfo=UTC))
    old = [invoiced(stage, contract)["number"], invoiced(stage, contract)["number"], invoiced(stage, other)["number"]]

    stage.world._set(datetime(year + 1, 1, 1, 0, 30, tzinfo=UTC))
    new = [invoiced(stage, contract)["number"], invoiced(stage, other)["number"]]

    assert old == [f"{year}-0001", f"{year}-0002", f"{year}-0001"]
    assert new == [f"{year + 1}-0001", f"{year + 1}-0001"]


# -- payments and corrections ------------------------------------------------------------------------------------------


def test_a_payment_sent_twice_with_its_key_is_recorded_once(stage: Stage) -> None:
    invoice = invoiced(stage)

    answers = [pay(stage, invoice, 1000, key=f"pay-{invoice['id']}") for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert kept(stage, invoice)["paid"]["amount"] == 1000
    assert stage.store("billing").payments.count({"invoice_id": invoice["id"]}) == 1
    assert stage.balance(f"cash:{invoice['issuer_id']}") == 1000


def test_paying_crediting_and_writing_off_at_once_settles_once(stage: Stage) -> None:
    invoice = invoiced(stage)

    outcomes = at_once(
        lambda: persist(pay, stage, invoice, 6000),
        lambda: persist(credit, stage, invoice),
        lambda: persist(write_off, stage, invoice),
    )

    assert outcomes == {"ok": 1, "Conflict": 2}
    settled = kept(stage, invoice)
    assert settled["due"]["amount"] == 0
    assert stage.balance(f"receivable:{invoice['issuer_id']}:{invoice['client_id']}") == 0
    (_, answer) = stage.told("billing", invoice["id"])
    assert (
        answer
        == {"issued": "invoice.paid", "credited": "invoice.credited", "written_off": "invoice.written_off"}[
            settled["state"]
        ]
    )


def test_a_credit_after_a_part_payment_takes_back_the_rest(stage: Stage) -> None:
    invoice = invoiced(stage)
    pay(stage, invoice, 2500)

    note = credit(stage, invoice)

    after = kept(stage, invoice)
    assert (note["total"]["amount"], note["credits_invoice_id"]) == (-3500, invoice["id"])
    assert (after["due"]["amount"], after["paid"]["amount"], after["state"]) == (0, 2500, "credited")
    assert stage.balance(f"credit_notes:{invoice['issuer_id']}") == 3500
    assert {name: after[name] for name in ("number", "total", "lines", "issued_at", "due_on")} == {
        name: invoice[name] for name in ("number", "total", "lines", "issued_at", "due_on")
    }
    for act in (credit, write_off):
        with pytest.raises(Conflict):
            act(stage, note)


@pytest.mark.parametrize("settle", [lambda s, i: pay(s, i, 6000), credit, write_off], ids=["paid", "credited", "lost"])
def test_what_is_settled_is_never_overdue(stage: Stage, settle: Callable[[Stage, Json], Json]) -> None:
    invoice, open_one = invoiced(stage), invoiced(stage)
    settle(stage, invoice)
    assert stage.store("billing").timers.count({"entity_id": invoice["id"]}) == 0

    stage.world.advance(noon(date.fromisoformat(invoice["due_on"])))
    assert "invoice.overdue" not in stage.told("billing", open_one["id"])
    stage.world.advance(noon(date.fromisoformat(invoice["due_on"]) + timedelta(days=1)))

    assert "invoice.overdue" in stage.told("billing", open_one["id"])
    assert "invoice.overdue" not in stage.told("billing", invoice["id"])
    assert (kept(stage, open_one)["overdue"], kept(stage, invoice)["overdue"]) == (True, False)


def test_a_part_payment_does_not_stop_the_reminder(stage: Stage) -> None:
    invoice = invoiced(stage)
    pay(stage, invoice, 5999)

    stage.world.advance(noon(date.fromisoformat(invoice["due_on"]) + timedelta(days=1)))
    assert stage.told("billing", invoice["id"]) == ["invoice.issued", "invoice.overdue"]
    last = pay(stage, invoice, 1)

    assert (last["payment_state"], last["overdue"]) == ("paid", False)


def test_money_of_another_currency_is_refused(stage: Stage) -> None:
    invoice = invoiced(stage)
    dollars = {**payment_of(invoice, 6000), "amount": {"amount": 6000, "currency": "USD"}}

    with pytest.raises(Invalid) as refused:
        stage.call(billing.RecordPayment, dollars, invoice["issuer_id"])

    assert [str(text) for text in refused.value.fields["amount"]] == ["This invoice is in EUR."]
    assert kept(stage, invoice)["paid"]["amount"] == 0


def test_who_may_correct_what(stage: Stage) -> None:
    invoice, other = invoiced(stage), invoiced(stage)
    requests = (
        (billing.RecordPayment, payment_of(invoice, 100)),
        (billing.CreditInvoice, {"invoice_id": invoice["id"], "reason": "x"}),
        (billing.WriteOffInvoice, {"invoice_id": invoice["id"], "reason": "x"}),
    )

    for contract, payload in requests:
        for who, error in (
            (invoice["client_id"], Forbidden),
            (other["issuer_id"], NotFound),
            (other["client_id"], NotFound),
            ("", Unauthenticated),
        ):
            with pytest.raises(error):
                stage.call(contract, payload, who)
    assert kept(stage, invoice) == invoice
    assert stage.call(billing.RecordPayment, payment_of(invoice, 100), OPERATOR)["paid"]["amount"] == 100


def test_documents_are_found_by_kind_state_and_page(stage: Stage) -> None:
    contract = contract_of(stage)
    invoices = [invoiced(stage, contract) for _ in range(4)]
    pay(stage, invoices[0], 6000)
    pay(stage, invoices[1], 1)
    note = credit(stage, invoices[2])

    def ids(**request: Any) -> list[str]:
        page = stage.call(billing.ListInvoices, {"contract_id": contract["id"], **request}, contract["client_id"])
        return [one["id"] for one in page["items"]]

    newest_first = [note["id"], *(one["id"] for one in reversed(invoices))]
    assert ids() == newest_first
    assert ids(kind="credit_note") == [note["id"]]
    assert ids(kind="invoice", payment_states=["paid"]) == [invoices[0]["id"]]
    assert ids(kind="invoice", payment_states=["partly_paid", "refunded"]) == [invoices[2]["id"], invoices[1]["id"]]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = stage.call(billing.ListInvoices, {"limit": 2, "cursor": cursor}, contract["assistant_id"])
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert seen == newest_first


# -- retainers ---------------------------------------------------------------------------------------------------------


def next_31st_of_january() -> date:
    today = utc_now().date()
    this_year = date(today.year, 1, 31)
    return this_year if this_year > today else date(today.year + 1, 1, 31)


def test_a_retainer_of_the_31st_is_invoiced_on_the_last_day_of_short_months(stage: Stage) -> None:
    start = next_31st_of_january()
    contract = contract_of(stage, terms={**RETAINER, "start_on": start.isoformat()})

    stage.world.advance(noon(date(start.year, 5, 1)))

    months = [(one["lines"][0]["period_start"], one["lines"][0]["period_end"]) for one in stage.invoices(contract)]
    leap = start.year % 4 == 0
    february = 29 if leap else 28
    assert months == [
        (f"{start.year}-01-31", f"{start.year}-02-{february - 1}"),
        (f"{start.year}-02-{february}", f"{start.year}-03-30"),
        (f"{start.year}-03-31", f"{start.year}-04-29"),
        (f"{start.year}-04-30", f"{start.year}-05-30"),
    ]
    issued = [one["issued_at"][:10] for one in stage.invoices(contract)]
    assert issued == [start for start, _ in months]


def test_a_retainer_heard_of_late_is_caught_up_month_by_month(stage: Stage) -> None:
    start = utc_now().date() - timedelta(days=70)
    contract = contract_of(stage, terms={**RETAINER, "start_on": start.isoformat()})

    stage.world.advance(utc_now() + timedelta(minutes=1))

    starts = [one["lines"][0]["period_start"] for one in stage.invoices(contract)]
    assert starts == [period(start, number).start.isoformat() for number in range(3)]


def test_a_month_whose_timer_fires_again_is_not_invoiced_again(stage: Stage) -> None:
    start = utc_now().date()
    contract = contract_of(stage, terms={**RETAINER, "start_on": start.isoformat()})
    stage.world.advance(utc_now() + timedelta(minutes=1))
    (first,) = stage.invoices(contract)
    timers = stage.store("billing").timers.raw
    for number in range(2):
        row = {"_id": f"retainer.period:{contract['id']}:0", "event": "retainer.period", "attempts": 0}
        timers.insert_one({**row, "entity_id": f"{contract['id']}:0", "due_at": utc_now()})
        stage.world.advance(utc_now() + timedelta(minutes=2 + number))

    assert [one["id"] for one in stage.invoices(contract)] == [first["id"]]
    assert timers.count_documents({"entity_id": {"$regex": contract["id"]}}) == 1


def test_a_retainer_under_notice_is_invoiced_to_its_last_day_and_never_after(stage: Stage) -> None:
    start = utc_now().date() + timedelta(days=1)
    contract = contract_of(stage, terms={**RETAINER, "start_on": start.isoformat()})
    stage.world.advance(noon(start))
    last = period(start, 2).start - timedelta(days=1)
    under_notice = {**contract, "state": "notice", "ends_on": last.isoformat()}
    stage.tell(matching.ContractChanged, contract["id"], under_notice, to=("billing",))

    stage.world.advance(noon(start + timedelta(days=150)))

    starts = [one["lines"][0]["period_start"] for one in stage.invoices(contract)]
    assert starts == [start.isoformat(), period(start, 1).start.isoformat()]


def test_a_new_fee_counts_from_the_next_month(stage: Stage) -> None:
    start = utc_now().date() + timedelta(days=1)
    contract = contract_of(stage, terms={**RETAINER, "start_on": start.isoformat()})
    stage.world.advance(noon(start))
    dearer = {**contract, "terms": {**contract["terms"], "rate": {"amount": 95000, **EUR}}}
    stage.tell(matching.ContractChanged, contract["id"], dearer, to=("billing",))

    stage.world.advance(noon(period(start, 1).start))

    assert [one["total"]["amount"] for one in stage.invoices(contract)] == [90000, 95000]


def test_a_retainer_heard_of_many_times_at_once_has_one_invoice_a_month(stage: Stage) -> None:
    start = utc_now().date() + timedelta(days=1)
    contract = a_contract(terms={**RETAINER, "start_on": start.isoformat()})
    facts = [
        {
            "id": new_id(),
            "name": event.name,
            "version": event.version,
            "aggregate_id": contract["id"],
            "sequence": sequence,
            "occurred_at": utc_now().isoformat(),
            "context": Context().to_headers(),
            "data": event.dump(event.load({**contract, "state": state})),
        }
        for sequence, (event, state) in enumerate(
            ((matching.ContractStarted, "trial"), *((matching.ContractChanged, "active"),) * 4), start=1
        )
    ]
    stage.publisher.publish([(fact["name"], json.dumps(fact)) for fact in reversed(facts)])
    ids = [fact["id"] for fact in facts]
    until(lambda: stage.store("billing").inbox.raw.count_documents({"_id": {"$in": ids}}) == len(ids), 20)

    stage.world.advance(noon(period(start, 1).start))

    assert len(stage.invoices(contract)) == 2


def test_anyone_signed_in_may_see_what_a_rate_card_comes_to(stage: Stage) -> None:
    plan = {"id": "p", "kind": "retainer", "amount": 60_000, "minutes": 900}
    request = {
        "card": {"currency": "EUR", "prices": [plan], "rules": []},
        "price_id": "p",
        "start_on": "2026-01-31",
        "time_zone": "Europe/Rome",
    }

    found = stage.call(charging.PreviewCharges, request, by=new_id())

    assert [(one["issued_on"], one["total"]) for one in found["invoices"]] == [
        ("2026-01-31", 60_000),
        ("2026-02-28", 60_000),
    ]
    with pytest.raises(Unauthenticated):
        stage.call(charging.PreviewCharges, request)
    with pytest.raises(Invalid):
        stage.call(charging.PreviewCharges, {**request, "price_id": "q"}, by=new_id())
