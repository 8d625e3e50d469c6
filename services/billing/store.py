"""Documents of invoices, payments and the ledger; numbers without a gap; copies of retainer contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from services.billing.domain.invoice import Invoice
from services.billing.domain.ledger import Group
from services.billing.domain.period import Period
from shared.platform.money import Money
from shared.platform.personal import Fate, Held, Mask, NothingPersonal, Personal
from shared.platform.storage import Collection, Database, Document, Index, Raw

NAMES = (Mask("client_id", ("client_name",)), Mask("assistant_id", ("assistant_name",)))
ON_INVOICES = (Mask("issuer_id", ("issuer_name",)), Mask("client_id", ("client_name",)))
IN_PARTIES = (
    Mask("parties.issuer_id", ("parties.issuer_name",)),
    Mask("parties.client_id", ("parties.client_name",)),
)
OVER = ("ended", "terminated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that arrived outside Dextra, as the issuer recorded it."""

    id: str
    invoice_id: str
    amount: Money
    received_on: date
    reference: str
    recorded_by: str
    recorded_at: datetime
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledContract:
    """A copy of matching's contract."""

    id: str
    brief_title: str
    client_id: str
    client_name: str
    assistant_id: str
    assistant_name: str
    engagement: str
    rate: Money
    payment_days: int
    start_on: date
    state: str
    ends_on: date | None = None

    def owes(self, month: Period) -> bool:
        """Whether a month began while the contract ran; that it has ended since does not matter."""
        if self.ends_on is not None:
            return month.start <= self.ends_on
        return self.state not in OVER


class Invoices(Collection[Invoice]):
    name = "invoices"
    entity = Invoice
    personal = Held(of=("sides",), fate=Fate.KEPT, masks=IN_PARTIES)
    indexes = (
        Index("causes", unique=True, where={"kind": "invoice"}),
        Index("parties.issuer_id", "number", unique=True),
        Index("sides", "-_id"),
        Index("parties.contract_id", "-_id"),
    )

    def to_document(self, entity: Invoice) -> Document:
        document = super().to_document(entity)
        return {
            **document,
            "sides": [entity.parties.issuer_id, entity.parties.client_id],
            "causes": [line.cause for line in entity.lines],
            "issuer_id": entity.parties.issuer_id,
            "payment_state": entity.payment_state.value,
        }

    def of_cause(self, cause: str) -> Invoice | None:
        return self.find_one(causes=cause, kind="invoice")


class Numbers(Raw):
    """The last number of each issuer and year."""

    name = "numbers"
    personal = NothingPersonal("the last number of each practice and year")

    def take(self, issuer_id: str, year: int) -> str:
        """The next number, in the transaction that uses it: none is lost when that rolls back."""
        key = f"{issuer_id}:{year}"
        self.raw.update_one({"_id": key}, {"$inc": {"last": 1}}, upsert=True, session=self.session)
        row = self.raw.find_one({"_id": key}, session=self.session)
        last: int = row["last"] if row else 1
        return f"{year}-{last:04d}"


class Payments(Collection[Payment]):
    name = "payments"
    entity = Payment
    personal = Held(of=("recorded_by",), fate=Fate.KEPT)
    indexes = (Index("invoice_id"),)


class Ledger(Collection[Group]):
    name = "ledger"
    entity = Group
    personal = NothingPersonal("amounts by accounts that are named by ids; each has its invoice, which is exported")
    indexes = (Index("cause", unique=True), Index("postings.account"))

    def balances(self) -> list[dict[str, Any]]:
        """Every account with its balance in each currency, in the order of their names."""
        rows = self.raw.aggregate(
            [
                {"$unwind": "$postings"},
                {
                    "$group": {
                        "_id": {"account": "$postings.account", "currency": "$postings.amount.currency"},
                        "amount": {"$sum": "$postings.amount.amount"},
                    }
                },
                {"$sort": {"_id.account": 1, "_id.currency": 1}},
            ]
        )
        return [
            {"account": row["_id"]["account"], "balance": Money(row["amount"], row["_id"]["currency"])} for row in rows
        ]


class Contracts(Collection[BilledContract]):
    """Copies of matching's contracts."""

    name = "contracts"
    entity = BilledContract
    personal = Held(of=("client_id", "assistant_id"), fate=Fate.KEPT, masks=NAMES)


class BillingStore(Database):
    service = "billing"
    facts: ClassVar[dict[str, Personal]] = {
        "invoice.": Held(of=("issuer_id", "client_id"), fate=Fate.KEPT, masks=ON_INVOICES)
    }
    copies: ClassVar[dict[str, str]] = {"contracts": "matching"}
    invoices = Invoices
    numbers = Numbers
    payments = Payments
    ledger = Ledger
    contracts = Contracts
