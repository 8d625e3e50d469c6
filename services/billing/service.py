"""nameko entry points of billing: invoices from what was approved, payments and corrections of them, the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from services.billing.domain import ledger
from services.billing.domain.charging import preview
from services.billing.domain.charging.engine import charge
from services.billing.domain.charging.statement import Statement
from services.billing.domain.charging.terms import Card
from services.billing.domain.invoice import Invoice, Line, Parties, fee_line, hours_line
from services.billing.domain.period import period
from services.billing.public_holidays import countries, public_holidays
from services.billing.store import BilledContract, BillingStore, Payment
from shared.contracts import billing as c
from shared.contracts import charging, matching, work
from shared.platform.aside import aside
from shared.platform.ids import new_id
from shared.platform.service import Call, Received, Service, StoreProvider, command, query, subscribe, timer

Request = dict[str, Any]


class BillingService(Service):
    name = "billing"
    store = StoreProvider(BillingStore)

    # -- what is charged -----------------------------------------------------------------------------------------

    @subscribe(work.TimesheetApproved)
    def on_timesheet_approved(self, call: Call, event: Received) -> None:
        """An hourly week becomes an invoice, once. A retainer's hours are in its fee."""
        sheet = event.data
        terms = sheet["terms"]
        cause = f"timesheet:{sheet['id']}"
        minutes = sum(entry["minutes"] for entry in sheet["entries"] if not entry["disputed"])
        minutes = min(minutes, terms["weekly_minutes"])
        if terms["engagement"] != "hourly" or call.tx.invoices.of_cause(cause) is not None:
            return
        line = hours_line(
            minutes=minutes,
            rate=terms["rate"],
            cause=cause,
            description=sheet["brief_title"],
            start=sheet["week_start"],
            end=sheet["week_start"] + timedelta(days=6),
        )
        if line.amount.amount == 0:
            return
        parties = Parties(
            contract_id=sheet["contract_id"],
            issuer_id=sheet["assistant_id"],
            issuer_name=sheet["assistant_name"],
            client_id=sheet["client_id"],
            client_name=sheet["client_name"],
            subject=sheet["brief_title"],
        )
        _issue(call, parties, (line,), terms["payment_days"], timesheet_id=sheet["id"])

    @subscribe(matching.ContractStarted, matching.ContractChanged, matching.ContractEnded)
    def on_contract(self, call: Call, event: Received) -> None:
        """The first word of a retainer sets its months going, whichever event that is: they may come out of order."""
        contract = _copy_of(event.data)
        known = call.tx.contracts.find_one(id=contract.id)
        call.tx.contracts.put_if_newer(contract, event.sequence)
        if known is not None or contract.engagement != "retainer":
            return
        call.set_timer("retainer.period", f"{contract.id}:0", max(call.now, period(contract.start_on, 0).starts_at))

    @timer("retainer.period")
    def invoice_period(self, call: Call, entity_id: str) -> None:
        """A month of a retainer is invoiced when it begins, or as soon after as billing runs again."""
        contract_id, _, number = entity_id.rpartition(":")
        contract: BilledContract = call.tx.contracts.get(contract_id)
        month = period(contract.start_on, int(number))
        if not contract.owes(month):
            return
        cause = f"retainer:{contract.id}:{month.start.isoformat()}"
        if call.tx.invoices.of_cause(cause) is None:
            line = fee_line(
                fee=contract.rate,
                cause=cause,
                description=contract.brief_title,
                start=month.start,
                end=month.end,
            )
            _issue(call, _parties(contract), (line,), contract.payment_days)
        following = period(contract.start_on, int(number) + 1)
        call.set_timer("retainer.period", f"{contract.id}:{following.number}", following.starts_at)

    @timer("invoice.overdue")
    def note_overdue(self, call: Call, entity_id: str) -> None:
        invoice: Invoice = call.tx.invoices.get(entity_id)
        if invoice.is_overdue(call.now):
            call.emit(c.InvoiceOverdue, invoice.id, shown(invoice, call.now))

    # -- payments and corrections --------------------------------------------------------------------------------

    @command(c.RecordPayment)
    def record_payment(self, call: Call, request: Request) -> dict[str, Any]:
        invoice = _issued(call, request["invoice_id"])
        paid = call.tx.invoices.save(invoice.record_payment(request["amount"]))
        payment = Payment(
            id=new_id(),
            invoice_id=invoice.id,
            amount=request["amount"],
            received_on=request["received_on"],
            reference=request["reference"].strip(),
            recorded_by=call.actor.account_id,
            recorded_at=call.now,
        )
        call.tx.payments.save(payment)
        call.tx.ledger.save(ledger.of_payment(new_id(), paid, payment.amount, payment.id, call.now))
        if paid.due.amount == 0:
            call.clear_timer("invoice.overdue", paid.id)
            call.emit(c.InvoicePaid, paid.id, {**shown(paid, call.now), "received_on": payment.received_on})
        return shown(paid, call.now)

    @command(c.CreditInvoice)
    def credit_invoice(self, call: Call, request: Request) -> dict[str, Any]:
        invoice = _issued(call, request["invoice_id"])
        number = call.tx.numbers.take(invoice.parties.issuer_id, call.now.year)
        credited, note = invoice.credit(id=new_id(), number=number, at=call.now, reason=request["reason"].strip())
        credited, note = call.tx.invoices.save(credited), call.tx.invoices.save(note)
        call.tx.ledger.save(ledger.of_credit(new_id(), credited, note, call.now))
        call.clear_timer("invoice.overdue", credited.id)
        call.emit(c.InvoiceCredited, credited.id, shown(credited, call.now))
        return shown(note, call.now)

    @command(c.WriteOffInvoice)
    def write_off_invoice(self, call: Call, request: Request) -> dict[str, Any]:
        invoice = _issued(call, request["invoice_id"])
        due = invoice.due
        lost = call.tx.invoices.save(invoice.write_off(request["reason"].strip()))
        call.tx.ledger.save(ledger.of_write_off(new_id(), lost, due, call.now))
        call.clear_timer("invoice.overdue", lost.id)
        call.emit(c.InvoiceWrittenOff, lost.id, shown(lost, call.now))
        return shown(lost, call.now)

    # -- reading -------------------------------------------------------------------------------------------------

    @query(c.GetInvoice)
    def get_invoice(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        invoice = self.store.invoices.get(request["id"])
        if not call.actor.has("operator"):
            invoice.require_reader(call.actor.party_in(invoice.parties.client_id))
        return shown(invoice, call.now)

    @query(c.ListInvoices)
    def list_invoices(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        conditions: dict[str, Any] = {"sides": call.actor.party_id}
        if call.actor.acting_for:
            conditions["parties.client_id"] = call.actor.acting_for
        if request["contract_id"]:
            conditions["parties.contract_id"] = request["contract_id"]
        if request["kind"]:
            conditions["kind"] = request["kind"]
        if request["payment_states"]:
            conditions["payment_state"] = {"$in": request["payment_states"]}
        page = self.store.invoices.page(conditions, limit=request["limit"], cursor=request["cursor"])
        return {"items": [shown(invoice, call.now) for invoice in page.items], "next": page.next}

    @query(charging.PreviewCharges)
    def preview_charges(self, call: Call, request: Request) -> dict[str, Any]:
        """What a rate card comes to; nothing is kept."""
        call.actor.require()
        preview.check(request, countries(), charging.LONGEST_PREVIEW_DAYS)
        card, agreement = Card.of(request["card"]), preview.agreement_of(request)
        until = request["until"] or preview.through(card, agreement, request["periods"])
        until = preview.at_most(until, agreement.start_on, charging.LONGEST_PREVIEW_DAYS)
        happenings = preview.happenings_of(request)
        return shown_charges(aside(charge, card, agreement, happenings, until, public_holidays))

    @query(c.GetTrialBalance)
    def get_trial_balance(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require("operator")
        balances = self.store.ledger.balances()
        totals = ledger.sums(ledger.Posting(row["account"], row["balance"]) for row in balances)
        return {"balances": balances, "balanced": not any(totals.values()), "entries": self.store.ledger.count()}


def shown(invoice: Invoice, at: datetime) -> dict[str, Any]:
    """The document as its contract shows it."""
    own = {name: getattr(invoice, name) for name in Invoice.__slots__ if name not in ("parties", "credited")}
    parties = {name: getattr(invoice.parties, name) for name in Parties.__slots__}
    return {
        **own,
        **parties,
        "kind": invoice.kind.value,
        "state": invoice.state.value,
        "payment_state": invoice.payment_state.value,
        "due": invoice.due,
        "overdue": invoice.is_overdue(at),
    }


def shown_charges(statement: Statement) -> dict[str, Any]:
    """The statement as its contract shows it."""
    lots = [
        {
            **{name: getattr(lot, name) for name in ("kind", "price_id", "granted_on", "expires_on", "seconds")},
            "used_seconds": lot.used,
            "carried_seconds": lot.carried,
            "lapsed_seconds": lot.lapsed,
            "left_seconds": lot.left,
        }
        for lot in statement.lots
    ]
    own = {name: getattr(statement, name) for name in Statement.__slots__}
    return {**own, "lots": lots, "total": statement.total}


def _issued(call: Call, invoice_id: str) -> Invoice:
    """An invoice that the caller may correct: its issuer, or an operator."""
    call.actor.require()
    invoice: Invoice = call.tx.invoices.get(invoice_id)
    if not call.actor.has("operator"):
        invoice.require_issuer(call.actor.practice_id)
    return invoice


def _issue(
    call: Call, parties: Parties, lines: tuple[Line, ...], payment_days: int, *, timesheet_id: str = ""
) -> Invoice:
    """Number, document, ledger and event in one transaction."""
    number = call.tx.numbers.take(parties.issuer_id, call.now.year)
    issued = Invoice.issue(
        id=new_id(), number=number, parties=parties, lines=lines, at=call.now, payment_days=payment_days
    )
    saved: Invoice = call.tx.invoices.save(issued)
    call.tx.ledger.save(ledger.of_issue(new_id(), saved, call.now))
    call.set_timer("invoice.overdue", saved.id, datetime.combine(saved.due_on + timedelta(days=1), time(), UTC))
    call.emit(c.InvoiceIssued, saved.id, {**shown(saved, call.now), "timesheet_id": timesheet_id})
    return saved


def _copy_of(data: Request) -> BilledContract:
    terms = data["terms"]
    names = ("id", "brief_title", "client_id", "client_name", "assistant_id", "assistant_name", "state")
    return BilledContract(
        **{name: data[name] for name in names},
        ends_on=data.get("ends_on"),
        engagement=terms["engagement"],
        rate=terms["rate"],
        payment_days=terms["payment_days"],
        start_on=terms["start_on"],
    )


def _parties(contract: BilledContract) -> Parties:
    return Parties(
        contract_id=contract.id,
        issuer_id=contract.assistant_id,
        issuer_name=contract.assistant_name,
        client_id=contract.client_id,
        client_name=contract.client_name,
        subject=contract.brief_title,
    )
