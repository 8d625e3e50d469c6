"""What is charged, in words: the lines, invoices and hours that billing works out on a rate card
(shared/contracts/charging.py), in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, ngettext

from gateway import formats, labels
from gateway.rates.sentences import Reading
from shared.platform.money import Money

Json = Mapping[str, Any]


def _(template: str, **params: Any) -> str:
    return str(gettext(template, **params))


class Words:
    """The words of one card's charges."""

    def __init__(self, card: Json) -> None:
        self.reading = Reading(card, "")
        self.card = card

    def money(self, amount: int) -> str:
        return formats.money(Money(amount, str(self.card["currency"])))

    def title(self, line: Json) -> str:
        """The name of the price that a line is for."""
        price = self.reading.prices.get(line["price_id"])
        return str(self.reading.title(price)) if price else ""

    def of_line(self, line: Json) -> str:
        say = LINES.get(line["code"])
        return say(self, line) if say else str(line["code"]).replace("_", " ")


def _time(line: Json) -> str:
    return formats.duration(round(line["seconds"] / 60))


def _percent(params: Json, name: str = "percent") -> str:
    value = float(params.get(name) or 0) / (100 if name.endswith("_bp") else 1)
    return _("%(number)s%%", number=formats.number(value, 2))


def _fee(words: Words, line: Json) -> str:
    params, plan = line["params"], words.title(line)
    if "of" in params:
        return _("%(plan)s, part %(part)s of %(of)s", plan=plan, part=params["part"], of=params["of"])
    if "of_days" in params:
        return _("%(plan)s, %(days)s of %(of_days)s days", plan=plan, days=params["days"], of_days=params["of_days"])
    return plan or _("Fee")


def _hours(words: Words, line: Json) -> str:
    rate = words.money(line["unit_amount"])
    if line["seconds"] != line["worked_seconds"]:
        worked = formats.duration(round(line["worked_seconds"] / 60))
        return _("%(time)s at %(rate)s (worked: %(worked)s)", time=_time(line), rate=rate, worked=worked)
    return _("%(time)s at %(rate)s", time=_time(line), rate=rate)


def _minimum(_words: Words, line: Json) -> str:
    return _("%(time)s, up to the minimum", time=_time(line))


def _overage(words: Words, line: Json) -> str:
    return _("Beyond the plan: %(time)s at %(rate)s", time=_time(line), rate=words.money(line["unit_amount"]))


def _surcharge(_words: Words, line: Json) -> str:
    params = line["params"]
    causes = formats.listed([labels.label(cause, "cause") for cause in params.get("causes", ())])
    if not line["seconds"]:
        return _("Surcharge (%(causes)s)", causes=causes)
    if params.get("percent"):
        return _(
            "Surcharge of %(percent)s on %(time)s (%(causes)s)",
            percent=_percent(params),
            time=_time(line),
            causes=causes,
        )
    return _("Surcharge on %(time)s (%(causes)s)", time=_time(line), causes=causes)


def _surcharge_flat(_words: Words, line: Json) -> str:
    causes = formats.listed([labels.label(cause, "cause") for cause in line["params"].get("causes", ())])
    return str(
        ngettext("Surcharge, once (%(causes)s)", "Surcharge, %(num)s times (%(causes)s)", line["count"], causes=causes)
    )


def _piece(words: Words, line: Json) -> str:
    unit = str(line["params"].get("unit", ""))
    return _(
        "%(count)s × %(unit)s at %(amount)s", count=line["count"], unit=unit, amount=words.money(line["unit_amount"])
    )


def _stage(_words: Words, line: Json) -> str:
    params = line["params"]
    if params.get("text"):
        return _("%(percent)s at “%(milestone)s”", percent=_percent(params), milestone=params["text"])
    when = labels.label(params.get("when", ""), "stage")
    return _("%(percent)s of the project, %(when)s", percent=_percent(params), when=when)


def _discount(_words: Words, line: Json) -> str:
    params = line["params"]
    why = labels.label(params.get("when", ""), "discount")
    if params.get("percent"):
        return _("Discount of %(percent)s %(why)s", percent=_percent(params), why=why)
    return _("Discount %(why)s", why=why)


def _expense(_words: Words, line: Json) -> str:
    what = str(line["params"].get("text") or "") or _("Expense")
    if line["params"].get("percent"):
        return _("%(what)s, with %(percent)s on top", what=what, percent=_percent(line["params"]))
    return what


def _late_fee(_words: Words, line: Json) -> str:
    number = line["params"].get("invoice", "")
    return str(
        ngettext(
            "Late fee on invoice %(number)s",
            "Late fees on invoice %(number)s (%(num)s times)",
            line["count"] or 1,
            number=number,
        )
    )


def _payment_fee(_words: Words, line: Json) -> str:
    params = line["params"]
    method = labels.label(params.get("method", ""), "method_by")
    return _("Fee for payment of invoice %(number)s by %(method)s", number=params.get("invoice", ""), method=method)


def _set_up_fee(_words: Words, line: Json) -> str:
    text = str(line["params"].get("text") or "")
    return _("Setting up: %(what)s", what=text) if text else _("Setting up")


def _plain(template: Callable[[], str]) -> Callable[[Words, Json], str]:
    return lambda _words, _line: template()


LINES: dict[str, Callable[[Words, Json], str]] = {
    "fee": _fee,
    "hours": _hours,
    "minimum": _minimum,
    "minimum_amount": _plain(lambda: _("Up to the least amount")),
    "estimate": lambda _words, line: _("%(time)s estimated ahead", time=_time(line)),
    "estimate_settled": _plain(lambda: _("Estimate that was paid ahead")),
    "block": lambda words, line: words.title(line),
    "piece": _piece,
    "stage": _stage,
    "overage": _overage,
    "surcharge": _surcharge,
    "surcharge_flat": _surcharge_flat,
    "trial": lambda _words, line: _("Trial: %(percent)s of the price", percent=_percent(line["params"])),
    "discount": _discount,
    "set_up_fee": _set_up_fee,
    "expense": _expense,
    "deposit": _plain(lambda: _("Deposit")),
    "deposit_returned": _plain(lambda: _("Deposit that comes back")),
    "deposit_kept": _plain(lambda: _("Part of the deposit that is kept")),
    "deposit_set_off": _plain(lambda: _("Deposit, set off")),
    "late_fee": _late_fee,
    "payment_fee": _payment_fee,
    "paid_early": lambda _words, line: _("%(percent)s for early payment", percent=_percent(line["params"])),
    "absence_credit": _plain(lambda: _("Credit for days away")),
    "pause_credit": _plain(lambda: _("Credit for a pause")),
    "change_credit": _plain(lambda: _("Credit for the old plan")),
    "end_credit": _plain(lambda: _("Credit for days after the end")),
    "unused_credit": lambda _words, line: _("Unused hours paid back: %(time)s", time=_time(line)),
    "early_exit": lambda _words, line: _(
        "For leaving early: %(percent)s of what is left", percent=_percent(line["params"])
    ),
    "trial_refund": _plain(lambda: _("Trial: money back")),
    "credit": lambda _words, line: str(line["params"].get("text") or "") or _("Credit"),
}
"""By the line's code."""
