"""A second, naive way to charge plain contracts (tests/load/contracts.py): minute by minute, by the words of the rules
and without the engine's code. Slow; what it comes to must be what the engine does."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from services.billing.domain.charging.happenings import Spent, Worked
from services.billing.public_holidays import public_holidays
from tests.load.contracts import Contract

WEEKEND = (5, 6)
Minute = tuple[str, date, bool, tuple[int, ...]]
"""Entry, its day, whether it was agreed to, and the places of the surcharges that hold for it."""


def rounded(value: Fraction) -> int:
    return int(value + Fraction(1, 2)) if value >= 0 else -int(-value + Fraction(1, 2))


def month_start(anchor: int, number: int) -> date:
    year, month = divmod(number, 12)
    return date(year, month + 1, min(anchor, monthrange(year, month + 1)[1]))


class Naive:
    def __init__(self, of: Contract) -> None:
        self.of = of
        self.main, self.other = of.content["prices"][:2]
        self.rules: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for place, rule in enumerate(of.content["rules"]):
            if not rule["prices"] or "main" in rule["prices"]:
                self.rules[rule["kind"]].append({**rule, "place": place})
        self.lots: list[list[Any]] = []
        self.weeks: dict[date, int] = defaultdict(int)
        self.deferred = 0
        self.included = self.main["kind"] == "retainer"

    def one(self, kind: str) -> dict[str, Any] | None:
        return next(iter(self.rules[kind]), None)

    def total(self) -> int:
        """Of all invoices up to the contract's `until`."""
        start, until = self.of.agreement.start_on, self.of.until
        anchor = start.day if self.one("billing")["anchor"] == "signing" else 1  # type: ignore[index]
        number = start.year * 12 + start.month - 1
        if month_start(anchor, number) > start:
            number -= 1
        total = sum(rule["amount"] for rule in self.rules["set_up_fee"])
        invoiced = start if self.included or total else date.min
        count = 0
        begin = start
        while begin <= until:
            whole, end = month_start(anchor, number), month_start(anchor, number + 1)
            part = Fraction((end - begin).days, (end - whole).days)
            if self.included:
                fee = rounded(self.main["amount"] * part)
                total += fee - self.off(fee, count)
                invoiced = max(invoiced, begin)
                self.grant(begin, end, part)
            charges = self.month(begin, min(end, until + timedelta(days=1)))
            if end <= until:
                spent = sum(charges)
                total += spent - self.off(spent, count)
                if charges:
                    invoiced = max(invoiced, end)
            if end <= until + timedelta(days=1):
                self.turn(end)
            begin, number, count = end, number + 1, count + 1
        return total + self.expenses(invoiced)

    def off(self, amount: int, count: int) -> int:
        """Of the discounts in their order, each of the whole."""
        return sum(
            rounded(Fraction(amount * rule["percent"], 100))
            for rule in self.rules["discount"]
            if (rule["when"] == "first_periods" and count < rule["count"])
            or (rule["when"] == "agreed" and self.of.agreement.agreed)
        )

    def expenses(self, invoiced: date) -> int:
        rule = self.one("expenses") or {"approval": "written", "markup": 0}
        return sum(
            rounded(Fraction(spent.amount * (100 + rule["markup"]), 100))
            for spent in self.of.happenings
            if isinstance(spent, Spent) and spent.on <= invoiced and (spent.agreed or rule["approval"] == "none")
        )

    # -- included time -------------------------------------------------------------------------------------------------

    def grant(self, begin: date, end: date, part: Fraction) -> None:
        seconds = int(self.main["minutes"] * 60 * part)
        taken = min(seconds, self.deferred)
        self.deferred -= taken
        self.lots.append([end, begin, seconds - taken, True])

    def turn(self, end: date) -> None:
        if not self.included:
            return
        rule = self.one("rollover")
        fresh = next(lot for lot in self.lots if lot[3] and lot[0] == end)
        unused, fresh[2] = fresh[2], 0
        if rule is None:
            return
        carry = unused * rule["percent"] // 100
        if rule["most_minutes"]:
            alive = sum(lot[2] for lot in self.lots if not lot[3] and lot[0] > end)
            carry = min(carry, max(rule["most_minutes"] * 60 - alive, 0))
        expires = date.max
        if rule["periods"]:
            anchor = self.of.agreement.start_on.day if self.one("billing")["anchor"] == "signing" else 1  # type: ignore[index]
            expires = month_start(anchor, end.year * 12 + end.month - 1 + rule["periods"])
        self.lots.append([expires, end, carry, False])

    # -- one month -----------------------------------------------------------------------------------------------------

    def month(self, begin: date, end: date) -> list[int]:
        zone = self.of.agreement.zone
        entries = sorted(
            (one for one in self.of.happenings if isinstance(one, Worked)), key=lambda one: (one.start, one.id)
        )
        mine = [one for one in entries if begin <= one.start.astimezone(zone).date() < end]
        walked = [self.minutes(one) for one in mine]
        self.round([one.start.astimezone(zone).date() for one in mine], walked)
        return self.price([minute for minutes in walked for minute in minutes])

    def minutes(self, one: Worked) -> list[Minute]:
        zone = self.of.agreement.zone
        day = one.start.astimezone(zone).date()
        found = []
        for number in range(one.seconds // 60):
            local = (one.start + timedelta(minutes=number)).astimezone(zone)
            holding = tuple(rule["place"] for rule in self.rules["surcharge"] if self.holds(rule, one, local))
            found.append((one.id, day, one.agreed, holding))
        return found

    def holds(self, rule: dict[str, Any], one: Worked, local: datetime) -> bool:
        clock = local.strftime("%H:%M")
        short = one.asked_at is not None and one.start - one.asked_at < timedelta(hours=rule["hours"])
        return (
            ("short_notice" in rule["causes"] and short)
            or ("evening" in rule["causes"] and (clock >= rule["evening_from"] or clock < rule["morning_until"]))
            or ("weekend" in rule["causes"] and local.weekday() in WEEKEND)
            or ("holiday" in rule["causes"] and local.date() in public_holidays(rule["country"], "", local.year))
        )

    def round(self, days: list[date], walked: list[list[Minute]]) -> None:
        step = self.one("increment")
        whole = [list(minutes) for minutes in walked]
        if step and step["per"] == "entry":
            for minutes, as_worked in zip(walked, whole, strict=True):
                self.fit([minutes], self.stepped(step, len(minutes)), as_worked)
        for rule in self.rules["minimum"]:
            if rule["per"] == "entry":
                for minutes, as_worked in zip(walked, whole, strict=True):
                    self.fit([minutes], max(len(minutes), rule["minutes"]), as_worked)
        if step and step["per"] == "period" and walked:
            self.fit(walked, self.stepped(step, sum(map(len, walked))), whole[-1])
        groups: dict[date, list[list[Minute]]] = defaultdict(list)
        last: dict[date, list[Minute]] = {}
        for day, minutes, as_worked in zip(days, walked, whole, strict=True):
            groups[day].append(minutes)
            last[day] = as_worked
        for day, group in groups.items():
            if step and step["per"] == "day":
                self.fit(group, self.stepped(step, sum(map(len, group))), last[day])
            for rule in self.rules["minimum"]:
                if rule["per"] == "day":
                    self.fit(group, max(sum(map(len, group)), rule["minutes"]), last[day])

    def stepped(self, step: dict[str, Any], minutes: int) -> int:
        size = step["minutes"]
        add = {"up": size - 1, "down": 0, "nearest": Fraction(size, 2)}[step["rounding"]]
        return int((minutes + add) // size) * size

    def fit(self, group: list[list[Minute]], wanted: int, as_worked: list[Minute]) -> None:
        """Takes minutes from the end; or goes on with the last entry, first as it was worked, then as it ended."""
        change = wanted - sum(map(len, group))
        for minutes in reversed(group):
            while minutes and change < 0:
                minutes.pop()
                change += 1
        for _ in range(change):
            group[-1].append(as_worked[min(len(group[-1]), len(as_worked) - 1)])

    # -- money ---------------------------------------------------------------------------------------------------------

    def price(self, minutes: list[Minute]) -> list[int]:
        sums: dict[tuple[str, int, Fraction], int] = defaultdict(int)
        rule = self.one("overage") or {
            "treatment": "asked",
            "rate": "plan",
            "percent": 100,
            "amount": 0,
            "free_minutes": 0,
        }
        own = (
            Fraction(self.main["amount"] * 60, self.main["minutes"]) if self.included else Fraction(self.main["amount"])
        )
        beyond = {"plan": own, "hourly": Fraction(self.hourly()), "amount": Fraction(rule["amount"])}[rule["rate"]]
        beyond = beyond * rule["percent"] / 100
        free = rule["free_minutes"] * 60
        total = sum(self.hour_seconds(minutes))
        done = 0
        limit = self.main["weekly_limit_minutes"] * 60
        for _, day, agreed, holding in minutes:
            week = day - timedelta(days=day.weekday())
            within = min(60, max(limit - self.weeks[week], 0)) if limit else 60
            self.weeks[week] += within
            if self.included:
                covered = self.burn(day, within)
                self.add(sums, None, own, covered, holding)
                left = 60 - covered
            else:
                self.add_hours(sums, within, done, total, holding)
                done += within
                left = 60 - within
            gift = min(free, left)
            free -= gift
            left -= gift
            if left and (agreed or rule["treatment"] == "charged"):
                self.add(sums, ("overage", 0), beyond, left, holding)
            elif left and rule["treatment"] == "deferred" and self.included:
                self.deferred += left
                self.add(sums, None, own, left, holding)
        return [
            rounded(self.worth(kind, place, hour) * seconds / 3600) for (kind, place, hour), seconds in sums.items()
        ]

    def hourly(self) -> int:
        """The first price by the hour on the card."""
        first: int = self.main["amount"] if self.main["kind"] == "hourly" else self.other["amount"]
        return first

    def hour_seconds(self, minutes: list[Minute]) -> list[int]:
        """Seconds of each minute that are charged by the hour."""
        limit = self.main["weekly_limit_minutes"] * 60
        weeks = dict(self.weeks)
        found = []
        for _, day, _, _ in minutes:
            week = day - timedelta(days=day.weekday())
            within = min(60, max(limit - weeks.get(week, 0), 0)) if limit else 60
            weeks[week] = weeks.get(week, 0) + within
            found.append(within)
        return found

    def burn(self, day: date, seconds: int) -> int:
        covered = 0
        for lot in sorted(self.lots, key=lambda lot: (lot[0], lot[1])):
            if lot[0] > day:
                taken = min(lot[2], seconds - covered)
                lot[2] -= taken
                covered += taken
        return covered

    def add_hours(self, sums: dict[Any, int], seconds: int, done: int, total: int, holding: tuple[int, ...]) -> None:
        tier = self.one("tiers")
        base = Fraction(self.main["amount"])
        if tier is None:
            return self.add(sums, ("hours", 0), base, seconds, holding)
        begins = tier["from_minutes"] * 60
        cheap = Fraction(tier["amount"])
        if tier["all_hours"]:
            return self.add(sums, ("hours", 0), cheap if total >= begins else base, seconds, holding)
        before = min(seconds, max(begins - done, 0))
        self.add(sums, ("hours", 0), base, before, holding)
        return self.add(sums, ("hours", 1), cheap, seconds - before, holding)

    def add(
        self, sums: dict[Any, int], key: tuple[str, int] | None, hour: Fraction, seconds: int, holding: tuple[int, ...]
    ) -> None:
        if not seconds:
            return
        if key is not None:
            sums[(*key, hour)] += seconds
        rules = [self.of.content["rules"][place] | {"place": place} for place in holding]
        others = [rule for rule in rules if not rule["add"]]
        counting = [rule for rule in rules if rule["add"]] + (
            [max(others, key=lambda r: r["percent"])] if others else []
        )
        for rule in counting:
            sums["surcharge", rule["place"], hour] += seconds

    def worth(self, kind: str, place: int, hour: Fraction) -> Fraction:
        return hour * self.of.content["rules"][place]["percent"] / 100 if kind == "surcharge" else hour
