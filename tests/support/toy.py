"""Two small services, only for the platform's own tests: `shop` sells, `stock` counts what was sold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from marshmallow import fields

from shared.platform.contract import Command, Event, Message, Query
from shared.platform.errors import Conflict, Forbidden
from shared.platform.service import Call, Service, StoreProvider, command, query, subscribe, timer
from shared.platform.storage import Collection, Database, Index


class SaleRequest(Message):
    id = fields.String(required=True)
    amount = fields.Integer(required=True)


class SaleResult(Message):
    id = fields.String()
    amount = fields.Integer()
    version = fields.Integer()
    at = fields.AwareDateTime()


class CountRequest(Message):
    id = fields.String(required=True)


class CountResult(Message):
    total = fields.Integer()
    seen = fields.List(fields.Integer())


class SoldFact(Message):
    id = fields.String(required=True)
    amount = fields.Integer(required=True)


Sell = Command("shop", "sell", SaleRequest, SaleResult)
Remind = Command("shop", "remind", SaleRequest, SaleResult)
GetSale = Query("shop", "get_sale", CountRequest, SaleResult)
Sold = Event("shop", "shop.sold", SoldFact)
Secret = Event("shop", "shop.secret", SoldFact, transient=True)
GetCount = Query("stock", "get_count", CountRequest, CountResult)


@dataclass(frozen=True, slots=True)
class Sale:
    id: str
    amount: int
    at: datetime
    version: int = 0


class Sales(Collection[Sale]):
    name = "sales"
    entity = Sale


class ShopStore(Database):
    service = "shop"
    sales = Sales


class ShopService(Service):
    name = "shop"
    store = StoreProvider(ShopStore)

    @command(Sell)
    def sell(self, call: Call, request: dict[str, Any]) -> Sale:
        if request["amount"] == 13:
            raise Forbidden("Not %(amount)s.", amount=13)
        if request["amount"] == 99:
            raise RuntimeError("the secret recipe")
        held = call.tx.sales.find_one(id=request["id"])
        sale = replace(held, amount=held.amount + request["amount"]) if held else Sale(**request, at=call.now)
        sale = call.tx.sales.save(sale)
        call.emit(Sold, sale.id, request)
        if request["amount"] == 7:
            call.emit(Secret, sale.id + "-secret", request)
        if request["amount"] == 17:
            raise Conflict("After the event was written.")
        return sale

    @command(Remind)
    def remind(self, call: Call, request: dict[str, Any]) -> Sale:
        call.set_timer("shop.reminder", request["id"], call.now + timedelta(seconds=request["amount"]))
        return Sale(request["id"], 0, call.now)

    @timer("shop.reminder")
    def reminder(self, call: Call, entity_id: str) -> None:
        if entity_id == "broken":
            raise RuntimeError("broken timer")
        call.emit(Sold, entity_id, {"id": entity_id, "amount": 1000})

    @query(GetSale)
    def get_sale(self, call: Call, request: dict[str, Any]) -> Sale:
        sale: Sale = self.store.sales.get(request["id"])
        return sale


@dataclass(frozen=True, slots=True)
class Count:
    id: str
    total: int = 0
    seen: tuple[int, ...] = ()
    version: int = 0


class Counts(Collection[Count]):
    name = "counts"
    entity = Count
    indexes = (Index("total"),)


class StockStore(Database):
    service = "stock"
    counts = Counts


class StockService(Service):
    name = "stock"
    store = StoreProvider(StockStore)
    broken: set[int] = set()
    """Amounts whose handling fails at present."""

    @subscribe(Sold)
    def on_sold(self, call: Call, event: Any) -> None:
        count = call.tx.counts.find_one(id=event.aggregate_id) or Count(event.aggregate_id)
        amount = event.data["amount"]
        call.tx.counts.save(replace(count, total=count.total + amount, seen=(*count.seen, event.sequence)))
        if amount in self.broken:
            raise ValueError(f"cannot count {amount}")

    @query(GetCount)
    def get_count(self, call: Call, request: dict[str, Any]) -> Count:
        return self.store.counts.find_one(id=request["id"]) or Count(request["id"])
