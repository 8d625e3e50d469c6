"""Billing: invoices of assistants' practices to their clients, and the ledger behind them."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import ById, Id, Instant, MoneyField, Page, length, one_of, plausible_day
from shared.platform.contract import Command, Event, Message, Query

SERVICE = "billing"
INVOICE_STATES = ("draft", "issued", "credited", "written_off")
PAYMENT_STATES = ("unpaid", "partly_paid", "paid", "refunded")
KINDS = ("invoice", "credit_note")


class InvoiceLine(Message):
    """`minutes` is 0 for a flat fee. `cause` names the timesheet or the period it came from."""

    description = fields.String()
    kind = fields.String()
    minutes = fields.Integer()
    rate = MoneyField()
    amount = MoneyField(signed=True)
    cause = fields.String()
    period_start = fields.Date()
    period_end = fields.Date()


class Invoice(Message):
    """An issued document never changes; a credit note (`kind`) corrects it and names it in `credits_invoice_id`.

    `number` is gapless per issuer and year: `2026-0007`. `overdue` is worked out at the moment of asking.
    """

    id = fields.String()
    kind = fields.String()
    number = fields.String()
    contract_id = fields.String()
    issuer_id = fields.String()
    issuer_name = fields.String()
    client_id = fields.String()
    client_name = fields.String()
    subject = fields.String()
    lines = fields.List(fields.Nested(InvoiceLine))
    total = MoneyField(signed=True)
    paid = MoneyField(signed=True)
    due = MoneyField(signed=True)
    state = fields.String()
    payment_state = fields.String()
    overdue = fields.Boolean()
    issued_at = Instant(allow_none=True)
    due_on = fields.Date(allow_none=True)
    credits_invoice_id = fields.String()
    reason = fields.String()
    version = fields.Integer()


class ListInvoicesRequest(Page):
    contract_id = fields.String(load_default="")
    kind = fields.String(load_default="", validate=one_of(("", *KINDS)))
    payment_states = fields.List(fields.String(validate=one_of(PAYMENT_STATES)), load_default=list)


class Invoices(Message):
    items = fields.List(fields.Nested(Invoice))
    next = fields.String(allow_none=True)


class PaymentRequest(Message):
    """The issuer (or an operator) records money that arrived outside Dextra."""

    invoice_id = Id()
    amount = MoneyField(required=True)
    received_on = fields.Date(required=True, validate=plausible_day)
    reference = fields.String(load_default="", validate=length(0, 140))


class CorrectionRequest(Message):
    invoice_id = Id()
    reason = fields.String(required=True, validate=length(1, 500))


class Posting(Message):
    """`amount` is positive for a debit, negative for a credit."""

    account = fields.String()
    amount = MoneyField(signed=True)


class Balance(Message):
    account = fields.String()
    balance = MoneyField(signed=True)


class TrialBalance(Message):
    """All accounts with their balances; they sum to nothing in each currency. `balanced` says so."""

    balances = fields.List(fields.Nested(Balance))
    balanced = fields.Boolean()
    entries = fields.Integer()


class TrialBalanceRequest(Message):
    pass


ListInvoices = Query(SERVICE, "list_invoices", ListInvoicesRequest, Invoices)
GetInvoice = Query(SERVICE, "get_invoice", ById, Invoice)
RecordPayment = Command(SERVICE, "record_payment", PaymentRequest, Invoice)
# Credits the whole of what is left; returns the credit note.
CreditInvoice = Command(SERVICE, "credit_invoice", CorrectionRequest, Invoice)
WriteOffInvoice = Command(SERVICE, "write_off_invoice", CorrectionRequest, Invoice)
# Operators.
GetTrialBalance = Query(SERVICE, "get_trial_balance", TrialBalanceRequest, TrialBalance)


class InvoiceFact(Invoice):
    """The whole document; `timesheet_id` is empty for a retainer's period. `received_on`: the day on which the last of
    the money arrived, of one that was paid."""

    timesheet_id = fields.String(load_default="")
    received_on = fields.Date(load_default=None, allow_none=True)


InvoiceIssued = Event(SERVICE, "invoice.issued", InvoiceFact)
InvoicePaid = Event(SERVICE, "invoice.paid", InvoiceFact)
InvoiceOverdue = Event(SERVICE, "invoice.overdue", InvoiceFact)
InvoiceCredited = Event(SERVICE, "invoice.credited", InvoiceFact)
InvoiceWrittenOff = Event(SERVICE, "invoice.written_off", InvoiceFact)
