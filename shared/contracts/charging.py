"""What billing charges on a rate card: from its terms and what happened, the invoices in their order, line by line.

Amounts are whole minor units of the card's currency, time is whole seconds. Days are of the practice's time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from shared.contracts.fields import Id, Instant, between, fail, items, known_work, known_zone, length, one_of, optional
from shared.contracts.fields import plausible_day as plausible
from shared.contracts.rate_cards import METHODS, MONEY_LIMIT, RateCardContent
from shared.platform.contract import Message, Query

SERVICE = "billing"

INVOICE_KINDS = ("charges", "deposit", "expenses", "credit")
LINES = (
    "fee",
    "hours",
    "minimum",
    "minimum_amount",
    "estimate",
    "estimate_settled",
    "block",
    "piece",
    "stage",
    "overage",
    "surcharge",
    "surcharge_flat",
    "trial",
    "discount",
    "set_up_fee",
    "expense",
    "deposit",
    "deposit_returned",
    "deposit_kept",
    "deposit_set_off",
    "late_fee",
    "payment_fee",
    "paid_early",
    "absence_credit",
    "pause_credit",
    "change_credit",
    "end_credit",
    "unused_credit",
    "early_exit",
    "trial_refund",
    "credit",
)
"""What a line is, for a page to put into words with its `params`."""
HELD = ("asked", "stopped", "recorded", "expense")
LOTS = ("fee", "carried", "block", "gift")
LONGEST_PREVIEW_DAYS = 366 * 3
MAX_HAPPENINGS = 1_000

lasting = between(0, 7 * 24 * 60 * 60)


class Happening(Message):
    """Something that happened. `id` is the caller's, once each; lines name the ones that they came from."""

    kind = fields.String(required=True)
    id = Id()


class Worked(Happening):
    """An entry of work. `asked_at`: when it was asked for (none: with notice enough). `agreed`: the client agreed to it
    also beyond what is included. `price_id`: what it is charged by, where it is not the contract's own price."""

    start = Instant(required=True)
    seconds = fields.Integer(required=True, validate=lasting)
    service = fields.String(load_default="", validate=optional(known_work))
    asked_at = Instant(load_default=None, allow_none=True)
    agreed = fields.Boolean(load_default=False)
    price_id = fields.String(load_default="", validate=length(0, 80))
    author = fields.String(load_default="", validate=length(0, 80))


class Cancelled(Happening):
    """An agreed appointment of `seconds` from `start`, cancelled (or not kept: at its start)."""

    start = Instant(required=True)
    seconds = fields.Integer(required=True, validate=lasting)
    cancelled_at = Instant(required=True)
    service = fields.String(load_default="", validate=optional(known_work))
    price_id = fields.String(load_default="", validate=length(0, 80))


class Spent(Happening):
    """An expense; `agreed` in writing by both."""

    on = fields.Date(required=True, validate=plausible)
    amount = fields.Integer(required=True, validate=between(1, MONEY_LIMIT))
    agreed = fields.Boolean(load_default=False)
    text = fields.String(load_default="", validate=length(0, 120))


class Delivered(Happening):
    """`count` pieces, asked for at `asked_at` for `on` (none: with notice enough)."""

    on = fields.Date(required=True, validate=plausible)
    count = fields.Integer(load_default=1, validate=between(1, 100_000))
    price_id = fields.String(load_default="", validate=length(0, 80))
    asked_at = Instant(load_default=None, allow_none=True)


class Bought(Happening):
    """Another block."""

    on = fields.Date(required=True, validate=plausible)
    price_id = fields.String(required=True, validate=length(1, 80))


class StageReached(Happening):
    """`stage`: its place in the project's list, from 0; of a project without stages 0 is its completion."""

    on = fields.Date(required=True, validate=plausible)
    stage = fields.Integer(required=True, validate=between(0, 11))


class Paid(Happening):
    """`invoice`: its place among the invoices, from 1 (0: the oldest that is unpaid). `amount` 0: all that is due."""

    on = fields.Date(required=True, validate=plausible)
    invoice = fields.Integer(load_default=0, validate=between(0, 10_000))
    amount = fields.Integer(load_default=0, validate=between(0, MONEY_LIMIT))
    method = fields.String(load_default="bank_transfer", validate=one_of(METHODS))


class Away(Happening):
    """Days on which the practice does not work, both included."""

    first = fields.Date(required=True, validate=plausible)
    last = fields.Date(required=True, validate=plausible)


class Paused(Away):
    """Days on which the client pauses the contract, both included."""

    told_on = fields.Date(required=True, validate=plausible)


class PlanChanged(Happening):
    told_on = fields.Date(required=True, validate=plausible)
    price_id = fields.String(required=True, validate=length(1, 80))


class PriceChanged(Happening):
    """The practice says that a price will be `amount` from `from_on` on; the lock and its notice may make it later and
    less. It holds from the first period that begins then."""

    told_on = fields.Date(required=True, validate=plausible)
    from_on = fields.Date(required=True, validate=plausible)
    price_id = fields.String(required=True, validate=length(1, 80))
    amount = fields.Integer(required=True, validate=between(1, MONEY_LIMIT))


class NoticeGiven(Happening):
    """`last`: the wished last day; the terms may make it later."""

    told_on = fields.Date(required=True, validate=plausible)
    by = fields.String(load_default="client", validate=one_of(("client", "practice")))
    last = fields.Date(load_default=None, allow_none=True, validate=plausible)


class Credited(Happening):
    """A credit outside the rules: an `amount`, with the next invoice, or `seconds` to use until `last` (none: to the
    contract's end)."""

    on = fields.Date(required=True, validate=plausible)
    amount = fields.Integer(load_default=0, validate=between(0, MONEY_LIMIT))
    seconds = fields.Integer(load_default=0, validate=between(0, 60 * 60 * 1000))
    last = fields.Date(load_default=None, allow_none=True, validate=plausible)
    text = fields.String(load_default="", validate=length(0, 120))


HAPPENINGS: dict[str, type[Happening]] = {
    "worked": Worked,
    "cancelled": Cancelled,
    "spent": Spent,
    "delivered": Delivered,
    "bought": Bought,
    "stage_reached": StageReached,
    "paid": Paid,
    "away": Away,
    "paused": Paused,
    "plan_changed": PlanChanged,
    "price_changed": PriceChanged,
    "notice_given": NoticeGiven,
    "credited": Credited,
}


class HappeningField(fields.Field[dict[str, Any]]):
    """A happening of any kind: `kind` says by which schema the rest is read."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise fail("Choose one of the list.")
        schema = HAPPENINGS.get(str(value.get("kind", "")))
        if schema is None:
            raise ValidationError({"kind": fail("Choose one of the list.").messages})
        loaded: dict[str, Any] = schema().load(value)
        return loaded

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None or value.get("kind") not in HAPPENINGS:
            return value
        return HAPPENINGS[value["kind"]]().dump(value)


class PreviewRequest(Message):
    """A contract on a card, and what happens in it; charged through `until`, or for `periods` billing periods.

    `signed_on` is `start_on` where it is not said. `ends_on`: the last day of a contract for a fixed time.
    `prepaid_periods`, `commitment_months`: what the client chose beyond what rules demand (0: nothing); `agreed`:
    discounts for whom they are agreed with hold. `pays_on_time`: invoices that no happening pays are paid on their due
    day, by `method`; otherwise they stay unpaid.
    """

    card = fields.Nested(RateCardContent, required=True)
    price_id = Id()
    start_on = fields.Date(required=True, validate=plausible)
    signed_on = fields.Date(load_default=None, allow_none=True, validate=plausible)
    ends_on = fields.Date(load_default=None, allow_none=True, validate=plausible)
    time_zone = fields.String(load_default="UTC", validate=known_zone)
    until = fields.Date(load_default=None, allow_none=True, validate=plausible)
    periods = fields.Integer(load_default=1, validate=between(1, 60))
    prepaid_periods = fields.Integer(load_default=0, validate=between(0, 60))
    commitment_months = fields.Integer(load_default=0, validate=between(0, 60))
    agreed = fields.Boolean(load_default=False)
    pays_on_time = fields.Boolean(load_default=True)
    method = fields.String(load_default="bank_transfer", validate=one_of(METHODS))
    happenings = fields.List(HappeningField(), load_default=list, validate=items(0, MAX_HAPPENINGS))


class ChargeLine(Message):
    """One charge and where it comes from.

    `rule` is the kind of rule that made it and `rule_index` its place on the card; `price` with -1 where it is the
    price alone. `code` is one of LINES, `params` what its sentence needs besides the line's own numbers: `percent`,
    `percent_bp`, `text`, `name`, `minutes`, `days`, `of_days`, `method`, `invoice`, `when`.
    `seconds` are what is charged, `worked_seconds` what was worked of it; `count` pieces or times. `unit_amount`: an
    hour's or one's price, rounded to be shown; `amount` is exact to its last rounding. `entries`: ids of happenings.
    """

    code = fields.String()
    rule = fields.String()
    rule_index = fields.Integer()
    price_id = fields.String()
    params = fields.Dict(keys=fields.String(), values=fields.Raw())
    start = fields.Date(allow_none=True)
    end = fields.Date(allow_none=True)
    seconds = fields.Integer()
    worked_seconds = fields.Integer()
    count = fields.Integer()
    unit_amount = fields.Integer()
    amount = fields.Integer()
    entries = fields.List(fields.String())


class ChargedInvoice(Message):
    """`number` counts from 1. A `credit` has a negative total. `paid_on` is None while something is due."""

    number = fields.Integer()
    kind = fields.String()
    period_start = fields.Date()
    period_end = fields.Date()
    issued_on = fields.Date()
    due_on = fields.Date()
    lines = fields.List(fields.Nested(ChargeLine))
    total = fields.Integer()
    paid_on = fields.Date(allow_none=True)


class HoursLot(Message):
    """Minutes that were paid for or given, and what became of them. `expires_on` is the first day on which they are
    no longer there (None: no such day)."""

    kind = fields.String()
    price_id = fields.String()
    granted_on = fields.Date()
    expires_on = fields.Date(allow_none=True)
    seconds = fields.Integer()
    used_seconds = fields.Integer()
    carried_seconds = fields.Integer()
    lapsed_seconds = fields.Integer()
    left_seconds = fields.Integer()


class HeldBack(Message):
    """What is not charged as long as the client has not agreed (`asked`, `expense`), or at all."""

    entry = fields.String()
    reason = fields.String()
    seconds = fields.Integer()
    amount = fields.Integer()


class HeldDeposit(Message):
    """`left` is what is still held."""

    amount = fields.Integer()
    held_on = fields.Date()
    returned = fields.Integer()
    set_off = fields.Integer()
    kept = fields.Integer()
    left = fields.Integer()


class TimeSums(Message):
    """Where each second that was worked went; `logged` is the sum of the others."""

    logged = fields.Integer()
    covered = fields.Integer()
    hours = fields.Integer()
    overage = fields.Integer()
    deferred = fields.Integer()
    asked = fields.Integer()
    stopped = fields.Integer()
    recorded = fields.Integer()
    free = fields.Integer()
    rounded_off = fields.Integer()
    open = fields.Integer()


class Charges(Message):
    """`open`: charges that the next invoice will hold. `total`: of all invoices, deposits apart. `ends_on`: the
    contract's last day, where it is known. `work_may_stop_on`: days from which on an overdue invoice allows it."""

    currency = fields.String()
    invoices = fields.List(fields.Nested(ChargedInvoice))
    open = fields.List(fields.Nested(ChargeLine))
    lots = fields.List(fields.Nested(HoursLot))
    held = fields.List(fields.Nested(HeldBack))
    deposits = fields.List(fields.Nested(HeldDeposit))
    time = fields.Nested(TimeSums)
    total = fields.Integer()
    ends_on = fields.Date(allow_none=True)
    charged_until = fields.Date()
    work_may_stop_on = fields.List(fields.Date())


# Anyone who is signed in; nothing is kept.
PreviewCharges = Query(SERVICE, "preview_charges", PreviewRequest, Charges)
