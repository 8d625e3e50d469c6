"""Rate cards for tests: as the contract shows them, and as strategies that make any valid one."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from marshmallow import fields as ma
from marshmallow import missing

from shared.contracts import rate_cards as c

Json = dict[str, Any]


def price(kind: str, amount: int, id: str = "p1", **more: Any) -> Json:
    shown: Json = c.Price().dump(c.Price().load({"id": id, "kind": kind, "amount": amount, **more}))
    return shown


def rule(kind: str, **more: Any) -> Json:
    schema = c.RULES[kind]()
    shown: Json = schema.dump(schema.load({"kind": kind, **more}))
    return shown


def card(*prices: Json, rules: tuple[Json, ...] = (), currency: str = "EUR", **more: Any) -> Json:
    return {"currency": currency, "prices": list(prices), "rules": list(rules), "version": 0, **more}


# -- any card --------------------------------------------------------------------------------------------------------

LISTS = {
    "services": st.just([]),
    "causes": st.lists(st.sampled_from(c.CAUSES), min_size=1, max_size=5, unique=True),
    "methods": st.lists(st.sampled_from(c.METHODS), min_size=1, max_size=6, unique=True),
    "weekend": st.lists(st.sampled_from(["fri", "sat", "sun"]), min_size=1, unique=True),
    "days": st.lists(st.integers(1, 31), max_size=2),
    "percents": st.lists(st.integers(0, 100), max_size=7),
    "refunds": st.lists(
        st.fixed_dictionaries({"notice_days": st.integers(0, 366), "percent": st.integers(0, 100)}), max_size=3
    ),
    "stages": st.lists(
        st.fixed_dictionaries(
            {
                "percent": st.integers(1, 100),
                "when": st.sampled_from(c.STAGES),
                "text": st.text("ab %()é“", max_size=9),
                "days": st.integers(0, 1000),
            }
        ),
        max_size=3,
    ),
}
CHOICES = {
    "rounding": c.ROUNDINGS,
    "every": c.BILLED,
    "timing": c.TIMINGS,
    "anchor": c.ANCHORS,
    "treatment": c.OVERAGES,
    "rate": c.OVERAGE_RATES,
    "on_included": c.ON_INCLUDED,
    "first": c.PRORATIONS,
    "last": c.LAST_PRORATIONS,
    "repeats": c.REPEATS,
    "approval": c.APPROVALS,
    "downgrade": ("", *c.PLAN_CHANGES),
    "period": c.PERIODS,
    "weekday": ("", "mon", "fri", "sun"),
    "country": ("", "IT", "DE", "US"),
    "region": ("", "BZ"),
    "evening_from": ("18:00", "20:30"),
    "morning_until": ("08:00", "24:00"),
}
OF_KIND = {
    ("increment", "per"): c.PER_INCREMENT,
    ("minimum", "per"): c.PER_MINIMUM,
    ("discount", "when"): c.DISCOUNTS,
    ("plan_change", "when"): c.PLAN_CHANGES,
}


def _values(kind: str, name: str, field: ma.Field[Any]) -> st.SearchStrategy[Any]:
    """Numbers around the edges of what the contract takes, and every code."""
    if (kind, name) in OF_KIND:
        return st.sampled_from(OF_KIND[kind, name])
    if name in CHOICES:
        return st.sampled_from(CHOICES[name])
    if isinstance(field, ma.List):
        return LISTS[name]
    if isinstance(field, ma.Boolean):
        return st.booleans()
    if isinstance(field, ma.Integer):
        least = 1 if field.load_default is missing and name != "days" else 0
        return st.sampled_from([least, 1, 2, 15, 30, 60])
    return st.text("ab %()<é“", max_size=9)


def _of(kind: str, schema: type[Any], /, **fixed: Any) -> st.SearchStrategy[Json]:
    drawn = {name: _values(kind, name, each) for name, each in schema().fields.items() if name not in fixed}
    return st.fixed_dictionaries({**drawn, **{name: st.just(value) for name, value in fixed.items()}})


def _rules() -> st.SearchStrategy[Json]:
    some = st.lists(st.sampled_from(["p1", "p2"]), unique=True)
    any_kind = st.one_of([_of(kind, schema, kind=kind, prices=[]) for kind, schema in c.RULES.items()])
    return st.builds(_for_prices, any_kind, some)


def _for_prices(made: Json, ids: list[str]) -> Json:
    return {**made, "prices": ids}


def any_card() -> st.SearchStrategy[Json]:
    """What the contract takes, whether it makes sense or not."""
    prices = [st.one_of([_of(kind, c.Price, kind=kind, id=id) for kind in c.PRICE_KINDS]) for id in ("p1", "p2")]
    return st.builds(
        lambda one, two, rules, currency: card(one, two, rules=tuple(rules), currency=currency),
        *prices,
        st.lists(_rules(), max_size=4),
        st.sampled_from(["EUR", "JPY"]),
    )
