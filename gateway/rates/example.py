"""An example month on a rate card: typical happenings that the assistant may change, what billing makes of them, and
that in words.

The month is the next one (or the next with a public holiday, where one is asked for), so that nothing has a fixed date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from gateway import formats, i18n
from gateway.forms import Choose, Field, named
from gateway.rates.kinds import Amount, Count, Length
from gateway.rates.lines import Words
from shared.platform.clock import utc_now

Json = dict[str, Any]
HOUR = 60
DAY = timedelta(days=1)
WEEKS = 4
ENTRY_MINUTES = 150
"""About how long a piece of usual work is."""
UNEVEN = 7
"""By so many minutes pieces are longer and shorter in turns: work does not last quarters of an hour."""
LATE_DAYS = 56
"""After the month's first day a late payer pays."""
MOST_PAYMENTS = 12
NO_CHARGE = ("deposit", "deposit_set_off", "deposit_returned")
FOLLOWING = ("late_fee", "payment_fee", "paid_early")
"""Codes of lines that an invoice of the month brings to a later one."""


def _pays() -> list[tuple[str, str]]:
    return [("on_time", _("On time")), ("late", _("Too late"))]


FIELDS: dict[str, Field] = {
    "minutes": Length(_l("Hours of usual work"), optional=True),
    "count": Count(_l("Pieces"), optional=True),
    "rushed": Length(_l("A job asked for an hour before"), optional=True),
    "evening": Length(_l("An evening"), optional=True),
    "weekend": Length(_l("At the weekend"), optional=True),
    "holiday": Length(_l("On a public holiday"), optional=True),
    "expense": Amount(_l("An expense"), optional=True),
    "pays": Choose(_l("The client pays"), _pays, default="on_time"),
    "method": Choose(_l("By"), named("method"), default="bank_transfer"),
}


class Happenings:
    """What the assistant says happens; fields left empty are taken as typical of the chosen price."""

    def __init__(self, card: Json, data: Mapping[str, str]) -> None:
        self.card = card
        typed = MultiDict(data)
        prices = card["prices"]
        chosen = [price for price in prices if price["id"] == typed.get("ex-price")]
        self.price: Json | None = next(iter([*chosen, *prices]), None)
        self.typed = any(data.get(f"ex-{name}", "").strip() for name in _SAID)
        """Whether anything was changed from what is usual."""
        self._sign = typed.get("ex-sign", "")
        self.fields: dict[str, Field] = {}
        for name, declared in FIELDS.items():
            field = declared.bound("ex-")
            field.name = name
            if isinstance(field, Amount):
                field.use(card["currency"])
            if f"ex-{name}" in typed:
                field.take(typed)
            else:
                field.show(field.default)
            self.fields[name] = field
        for name, usual in self._usual().items():
            field = self.fields[name]
            field.placeholder = field.write(usual) if usual else ""
            if not field.typed.strip():
                field.value = usual

    def _causes(self) -> set[str]:
        return {cause for rule in self._rules("surcharge") for cause in rule["causes"]}

    def _rules(self, kind: str) -> Iterator[Json]:
        """Those that hold for the chosen price."""
        chosen = self.price["id"] if self.price else ""
        for rule in self.card["rules"]:
            if rule["kind"] == kind and (not rule["prices"] or chosen in rule["prices"]):
                yield rule

    def _usual(self) -> dict[str, int]:
        causes = self._causes()
        return {
            "minutes": self._usual_minutes(),
            "count": 4 if self.price and self.price["kind"] == "piece" else 0,
            "rushed": HOUR if "short_notice" in causes else 0,
            "evening": HOUR if "evening" in causes else 0,
            "weekend": 2 * HOUR if "weekend" in causes else 0,
            "holiday": 2 * HOUR if "holiday" in causes else 0,
            "expense": 4000 if any(True for _rule in self._rules("expenses")) else 0,
        }

    def _usual_minutes(self) -> int:
        if self.price is None or self.price["kind"] in ("project", "piece"):
            return 0
        included = int(self.price["minutes"])
        if self.price["kind"] == "hourly" or not included:
            return 20 * HOUR
        if any(True for _rule in self._rules("rollover")):
            return included - included // 5
        if any(True for _rule in self._rules("overage")):
            return included + max(HOUR, included // 10)
        return included - included // 10

    def __getitem__(self, name: str) -> Any:
        return self.fields[name].value or 0

    @property
    def shown(self) -> list[Field]:
        """The fields that mean something for the chosen price."""
        kind = self.price["kind"] if self.price else ""
        timed, causes = kind in ("hourly", "block", "retainer"), self._causes()
        hidden = {
            "minutes": not timed,
            "count": kind != "piece",
            "rushed": not (timed or "short_notice" in causes),
            "evening": not timed,
            "weekend": not timed,
            "holiday": not timed or "holiday" not in causes,
        }
        return [field for name, field in self.fields.items() if not hidden.get(name)]

    @property
    def sign(self) -> str:
        """Changes with the fields that are shown and with what is usual in them."""
        return ";".join(f"{field.name}={field.placeholder}" for field in self.shown)

    @property
    def other(self) -> bool:
        """Whether the fields on the page are not these any more."""
        return self.sign != self._sign

    def in_words(self, words: Words) -> str:
        """`With 20 h of usual work and 1 h in the evening.`"""
        said = [say(self[name], words) for name, say in _SAID.items() if self[name] and self.fields[name] in self.shown]
        return _("With %(happenings)s.", happenings=formats.listed(said)) if said else ""

    @property
    def prices(self) -> Choose:
        """Which price the example is of."""
        titles = Words(self.card).reading
        choices = [(price["id"], str(titles.title(price))) for price in self.card["prices"]]
        field = Choose(_("For a client with"), choices)
        field.name, field.prefix = "price", "ex-"
        field.show(self.price["id"] if self.price else None)
        return field

    # -- as billing is asked -------------------------------------------------------------------------------------------

    def asked(self) -> Json | None:
        """The request of a preview; None while there is no price."""
        if self.price is None:
            return None
        start, end = self.month
        late = self.fields["pays"].value == "late"
        return {
            "card": {name: self.card[name] for name in ("currency", "prices", "rules")},
            "price_id": self.price["id"],
            "start_on": start,
            "time_zone": i18n.current_zone(),
            "until": _month_after(end) if end.day == 1 else end + timedelta(days=31),
            "pays_on_time": not late,
            "method": self.fields["method"].value,
            "happenings": [
                *self._work(start, end),
                *self._others(start, end),
                *(self._payments(start) if late else ()),
            ],
        }

    def _happenings(self, start: date, end: date, *, late: bool) -> Iterator[Json]:
        yield from self._work(start, end)
        yield from self._others(start, end)
        if late:
            yield from self._payments(start)

    @property
    def month(self) -> tuple[date, date]:
        """From the next month's first day, or of four weeks from its first Monday; the end is the day after."""
        today = utc_now().astimezone(i18n.zone()).date()
        start = _month_after(today.replace(day=1))
        if self["holiday"]:
            start = next((m for m in _months(start) if self._holiday_in(m, _month_after(m))), start)
        if self.price and self.price["kind"] == "retainer" and self.price["period"] in ("week", "two_weeks"):
            start += timedelta(days=-start.weekday() % 7)
            return start, start + timedelta(weeks=WEEKS)
        return start, _month_after(start)

    def _holiday_in(self, start: date, end: date) -> date | None:
        """The first public holiday of the card's country in the month, on a working day if there is one."""
        rule = next((r for r in self._rules("surcharge") if "holiday" in r["causes"] and r["country"]), None)
        if rule is None:
            return None
        try:
            years = (start.year, end.year)
            known = holidays.country_holidays(rule["country"], subdiv=rule["region"] or None, years=years)
        except NotImplementedError:
            return None
        found = [day for day in _days(start, end) if day in known]
        return next((day for day in found if day.weekday() < 5), found[0] if found else None)

    def _work(self, start: date, end: date) -> Iterator[Json]:
        working = [day for day in _days(start, end) if day.weekday() < 5]
        rest = next(day for day in _days(start, end) if _code(day) in self._weekend())
        festive = self._holiday_in(start, end) if self["holiday"] else None
        rushed, late = working[7], working[11]
        usual = [day for day in working if day not in (rushed, late, festive)]
        yield from self._usual_work(usual)
        if self["rushed"] and self.price and self.price["kind"] != "piece":
            yield self._entry("rushed", rushed, time(14), self["rushed"], asked_before=timedelta(hours=1))
        if self["evening"]:
            yield self._entry("evening", late, self._evening(), self["evening"])
        if self["weekend"]:
            yield self._entry("weekend", rest, time(10), self["weekend"])
        if festive:
            yield self._entry("holiday", festive, time(10), self["holiday"])

    def _usual_work(self, days: list[date]) -> Iterator[Json]:
        """Spread over the days, in pieces that are not quarters of an hour."""
        minutes = self["minutes"]
        pieces = min(max(1, round(minutes / ENTRY_MINUTES)), len(days)) if minutes else 0
        for number in range(pieces):
            each = minutes * (number + 1) // pieces - minutes * number // pieces
            uneven = UNEVEN if number % 2 == 0 else -UNEVEN
            if pieces % 2 and number == pieces - 1:
                uneven = 0
            lasts = each + uneven if each > 2 * UNEVEN else each
            yield self._entry(f"work{number}", days[number * len(days) // pieces], time(9), lasts)

    def _weekend(self) -> set[str]:
        found = {day for rule in self._rules("surcharge") if "weekend" in rule["causes"] for day in rule["weekend"]}
        return found or {"sat", "sun"}

    def _evening(self) -> time:
        begins = [rule["evening_from"] for rule in self._rules("surcharge") if "evening" in rule["causes"]]
        hour = int(begins[0][:2]) if begins else 20
        return time(min(hour + 1, 23))

    def _entry(self, id: str, on: date, at: time, minutes: int, asked_before: timedelta | None = None) -> Json:
        start = datetime.combine(on, at, ZoneInfo(i18n.current_zone()))
        made = {"kind": "worked", "id": id, "start": start, "seconds": min(minutes, 24 * HOUR) * 60}
        return {**made, "asked_at": start - asked_before} if asked_before else made

    def _others(self, start: date, end: date) -> Iterator[Json]:
        middle = start + timedelta(days=10)
        if self["expense"]:
            spent = {"kind": "spent", "id": "spent", "on": middle, "amount": self["expense"], "agreed": True}
            yield {**spent, "text": _("Train ticket")}
        if self.price is None:
            return
        if self.price["kind"] == "piece" and self["count"]:
            yield {"kind": "delivered", "id": "pieces", "on": middle, "count": self["count"]}
        if self.price["kind"] == "project":
            stages = self.price["stages"] or [{"when": "completion"}]
            for number, stage in enumerate(stages):
                if stage["when"] in ("milestone", "completion"):
                    on = end - DAY if stage["when"] == "completion" else middle + number * DAY
                    yield {"kind": "stage_reached", "id": f"stage{number}", "on": on, "stage": number}

    def _payments(self, start: date) -> Iterator[Json]:
        for number in range(MOST_PAYMENTS):
            made = {"kind": "paid", "id": f"paid{number}", "on": start + timedelta(days=LATE_DAYS)}
            yield {**made, "method": self.fields["method"].value}


_SAID: dict[str, Any] = {
    "minutes": lambda value, _words: _("%(time)s of usual work", time=formats.duration(value)),
    "count": lambda value, _words: str(ngettext("%(num)s piece", "%(num)s pieces", value)),
    "rushed": lambda value, _words: _("%(time)s asked for an hour before", time=formats.duration(value)),
    "evening": lambda value, _words: _("%(time)s in the evening", time=formats.duration(value)),
    "weekend": lambda value, _words: _("%(time)s at the weekend", time=formats.duration(value)),
    "holiday": lambda value, _words: _("%(time)s on a public holiday", time=formats.duration(value)),
    "expense": lambda value, words: _("an expense of %(amount)s", amount=words.money(value)),
}
"""What happens, as a list of it says."""


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _months(start: date) -> Iterator[date]:
    for _number in range(12):
        yield start
        start = _month_after(start)


def _days(start: date, end: date) -> Iterator[date]:
    while start < end:
        yield start
        start += DAY


def _code(day: date) -> str:
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]


# -- what billing answered --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A line in words; `minor`: its amount in minor units."""

    code: str
    text: str
    amount: str
    minor: int

    @property
    def negative(self) -> bool:
        return self.minor < 0


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice of the example, as far as it is about the month."""

    title: str
    when: str
    rows: tuple[Row, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Example:
    """In words, all of one language. `total`, called `all`: what the month costs, deposits apart. `notes`: what carries
    over, lapses, is held or not charged. `nothing`: said where there are no bills."""

    heading: str
    happening: str
    bills: tuple[Bill, ...]
    all: str
    total: str
    notes: tuple[str, ...]
    nothing: str


def of_charges(asked: Happenings, charges: Json) -> Example:
    start, end = asked.month
    words = Words(asked.card)
    bills: list[Bill] = []
    total, numbers = 0, set[int]()
    for invoice in charges["invoices"]:
        lines = [line for line in invoice["lines"] if _is_of(line, invoice, end, numbers)]
        if not lines:
            continue
        if len(lines) == len(invoice["lines"]):
            numbers.add(invoice["number"])
        total += _sum(lines, without=NO_CHARGE)
        bills.append(_bill(invoice, lines, words))
    waiting = [line for line in charges["open"] if line["start"] and date.fromisoformat(line["start"]) < end]
    if waiting:
        total += _sum(waiting, without=NO_CHARGE)
        rows = tuple(_row(line, words) for line in waiting)
        bills.append(Bill(_("On a later invoice"), "", rows, words.money(_sum(waiting))))
    return Example(
        heading=_("What that comes to, for example in %(month)s", month=formats.format_date(start, "MMMM y")),
        happening=asked.in_words(words),
        bills=tuple(bills),
        all=_("In all"),
        total=words.money(total),
        notes=tuple(_notes(charges, asked, words)),
        nothing=_("No invoice in this month."),
    )


def _is_of(line: Json, invoice: Json, end: date, numbers: set[int]) -> bool:
    """Whether a line is about the month, or follows from one of its invoices."""
    if line["code"] in FOLLOWING:
        return line["params"].get("invoice") in numbers
    if line["start"]:
        return date.fromisoformat(line["start"]) < end
    return date.fromisoformat(invoice["issued_on"]) <= end


def _sum(lines: list[Json], without: tuple[str, ...] = ()) -> int:
    return sum(line["amount"] for line in lines if line["code"] not in without)


def _row(line: Json, words: Words) -> Row:
    return Row(line["code"], words.of_line(line), words.money(line["amount"]), line["amount"])


def _bill(invoice: Json, lines: list[Json], words: Words) -> Bill:
    titles = {
        "deposit": _("Deposit"),
        "expenses": _("Invoice %(number)s, for expenses", number=invoice["number"]),
        "credit": _("Credit %(number)s", number=invoice["number"]),
    }
    title = titles.get(invoice["kind"], _("Invoice %(number)s", number=invoice["number"]))
    issued, due = formats.format_date(invoice["issued_on"], "d MMM"), formats.format_date(invoice["due_on"], "d MMM")
    when = _("%(issued)s, due on receipt", issued=issued)
    if invoice["due_on"] != invoice["issued_on"]:
        when = _("%(issued)s, due %(due)s", issued=issued, due=due)
    return Bill(title, when, tuple(_row(line, words) for line in lines), words.money(_sum(lines)))


def _notes(charges: Json, asked: Happenings, words: Words) -> Iterator[str]:
    _start, end = asked.month
    lots = [lot for lot in charges["lots"] if date.fromisoformat(lot["granted_on"]) < end]
    yield from _of_lots([lot for lot in lots if lot["kind"] == "fee"], lots)
    # Nothing is worked after the month: what is used of later hours was worked beyond the month's.
    later = [lot for lot in charges["lots"] if lot["kind"] == "fee" and lot not in lots]
    if deferred := sum(lot["used_seconds"] for lot in later) + charges["time"]["deferred"]:
        yield _("%(time)s are taken off the next period's hours.", time=_seconds(deferred))
    for deposit in charges["deposits"]:
        if deposit["left"]:
            yield _("A deposit of %(amount)s is held.", amount=words.money(deposit["left"]))
    held: dict[str, int] = {}
    for one in charges["held"]:
        held[one["reason"]] = held.get(one["reason"], 0) + one["seconds"]
    for reason, say in _HELD.items():
        if held.get(reason):
            yield say() % {"time": _seconds(held[reason])}
    if charges["time"]["free"]:
        yield _("%(time)s are free.", time=_seconds(charges["time"]["free"]))
    if charges["work_may_stop_on"]:
        day = formats.format_date(charges["work_may_stop_on"][0], "d MMMM")
        yield _("From %(day)s on work may stop, because an invoice is overdue.", day=day)


def _of_lots(fees: list[Json], lots: list[Json]) -> Iterator[str]:
    carried = sum(lot["carried_seconds"] for lot in fees)
    lapsed = sum(lot["lapsed_seconds"] for lot in fees)
    if carried:
        yield _("%(time)s carry over to the next period.", time=_seconds(carried))
    if lapsed:
        yield _("%(time)s are not used and lapse.", time=_seconds(lapsed))
    left = sum(lot["left_seconds"] for lot in lots if lot["kind"] == "block")
    if left:
        yield _("%(time)s of the block are left.", time=_seconds(left))


_HELD: dict[str, Any] = {
    "asked": lambda: _("%(time)s wait for the client's consent."),
    "stopped": lambda: _("%(time)s beyond the plan would not be worked."),
    "recorded": lambda: _("%(time)s beyond the plan are recorded and not charged."),
}


def _seconds(seconds: int) -> str:
    return formats.duration(round(seconds / 60))
