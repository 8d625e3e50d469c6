"""The form of a rate card: prices and rules, each put together from the fields that its kind names (kinds.py).

The form never loses what was typed: adding, removing and moving are posts of the whole form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from gateway import formats
from gateway.forms import KEY, MORE, Choose, ChooseSome, Field, Form, Hidden, Rows, new_key
from gateway.rates import sentences
from gateway.rates.kinds import PRICES, RULES, Amount, Json, blank, currencies
from shared.contracts import rate_cards as c
from shared.platform.errors import Text as Sentence
from shared.platform.money import EXPONENTS

DO = "_do"
SAVE, SAVE_ON = "save", "save-on"
"""What the button of a finished form asks for: to save, or to save and go on to the next step."""
MOST_PRICES, MOST_RULES = 20, 60


# -- one price or rule of the form ----------------------------------------------------------------------------------


class Piece:
    """A price or a rule: its kind's fields, bound at a place of the form."""

    def __init__(self, side: str, number: int, kind: str, currency: str) -> None:
        self.side, self.code = side, kind
        self.kind = (PRICES if side == "prices" else RULES)[kind]
        self.schema = c.Price if side == "prices" else c.RULES[kind]
        self.fields: dict[str, Field] = {name: each.bound() for name, each in self.kind.fields.items()}
        self.currency = currency
        self.id = ""
        self.reach: ChooseSome | None = None
        self.new = False
        self.unreadable = False
        for name, each in self.fields.items():
            each.name = name
            if isinstance(each, Amount):
                each.use(currency)
            if isinstance(each, Rows):
                each.redraws = "editor"
        self.number = number
        self.place(number)

    def place(self, number: int) -> None:
        """Its position in the list: names in the form and paths in the contract go by it."""
        self.number = number
        for name, each in [*self.fields.items(), *([("prices", self.reach)] if self.reach else [])]:
            each.prefix = f"{self.side}-{number}-"
            each.path = f"{self.side}.{number}.{name}"
            if isinstance(each, Rows):
                each.renumber()

    def show(self, values: Mapping[str, Any]) -> None:
        for name, each in self.fields.items():
            each.show(values.get(name, each.default))
        self.id = str(values.get("id", ""))

    def take(self, data: MultiDict[str, str]) -> None:
        for each in self.fields.values():
            each.take(data)
        self.id = data.get(f"{self.side}-{self.number}-id", "")[:80]
        for name, each in self.fields.items():
            if not self.matters(name):
                each.errors = []
        self.unreadable = any(each.errors for each in self.fields.values())

    def hold_for(self, chosen: Sequence[str], prices: Sequence[Piece], names: Mapping[str, str]) -> None:
        """Which prices the rule holds for, to choose where there is a choice."""
        suited = [p.id for p in prices if not self.kind.suits or p.code in self.kind.suits or p.id in chosen]
        choices = [(id, names[id]) for id in suited]
        reach = ChooseSome(_("Holds for"), choices, optional=True, hint=_("None chosen: for all that it can hold for."))
        self.reach = reach
        reach.name = "prices"
        reach.show([id for id in chosen if id in suited])
        self.place(self.number)

    @property
    def choosable(self) -> bool:
        return self.reach is not None and (len(self.reach.choices) > 1 or bool(self.reach.value))

    def matters(self, name: str) -> bool:
        """Whether the field has a meaning beside what is chosen elsewhere in the piece."""
        for other, values in self.kind.when.get(name, {}).items():
            if not self.matters(other):
                return False
            held = self.fields[other].value
            if not set(values) & set(held if isinstance(held, list) else [held]):
                return False
        return True

    def css(self, name: str) -> str:
        """Classes by which the page shows the field only while it matters (rates.css)."""
        conditions = self.kind.when.get(name, {})
        if not conditions:
            return ""
        other, values = list(conditions.items())[-1]
        return " ".join(["when", *(f"when--{other}-{value}" for value in values)])

    @property
    def plain(self) -> list[str]:
        return [name for name in self.fields if name not in self.kind.more]

    @property
    def noun(self) -> str:
        """As the buttons call it."""
        return self.side.removesuffix("s")

    @property
    def more_titles(self) -> str:
        return ", ".join(str(self.fields[name].label) for name in self.kind.more[:3])

    @property
    def more_open(self) -> bool:
        """Whether the rarely needed fields are in use."""
        rare = [self.fields[name] for name in self.kind.more]
        return any(bool(each.errors or (each.value and each.value != each.default)) for each in rare)

    @property
    def open(self) -> bool:
        """Whether its fields are to be seen at once."""
        wrong = any(each.errors for each in self.fields.values()) or bool(self.reach and self.reach.errors)
        return self.new or wrong or not self.finished

    @property
    def finished(self) -> bool:
        """Whether everything that it needs is there and could be read."""
        if self.unreadable:
            return False
        asked = [each for name, each in self.fields.items() if each.required and self.matters(name)]
        return all(each.value not in (None, "", []) for each in asked)

    @property
    def values(self) -> Json:
        """As the contract takes it: fields that do not matter are left to their defaults."""
        values: Json = {name: each.value for name, each in self.fields.items() if self.matters(name)}
        values["kind"] = self.code
        if self.side == "prices":
            values["id"] = self.id
        else:
            values["prices"] = list(self.reach.value) if self.reach else []
        return values

    @property
    def draft(self) -> Json:
        """As the contract shows it, with defaults for what is not there yet."""
        return {**blank(self.schema, self.code), **{k: v for k, v in self.values.items() if v is not None}}


# -- the whole ------------------------------------------------------------------------------------------------------


class CardForm(Form):
    """`card`: as the service shows it; `data`: what was posted. `names` of the prices are those that they are read
    under."""

    currency = Choose(_l("Currency"), currencies, default="EUR")
    version = Hidden(_l("Version"), optional=True)

    def __init__(self, card: Mapping[str, Any] | None = None, *, data: MultiDict[str, str] | None = None) -> None:
        self.posted = data is not None
        self.key = (data.get(KEY) if data else None) or new_key()
        self.status = 200
        self.alerts: list[Sentence] = []
        self.fields: dict[str, Field] = {}
        self.prices: list[Piece] = []
        self.rules: list[Piece] = []
        self.more = data is not None and (bool(data.get(MORE)) or data.get(DO, SAVE) not in (SAVE, SAVE_ON))
        """Only the form is to change: nothing is to be done yet, and no problems shown."""
        for name, declaration in self.declared.items():
            bound = declaration.bound()
            bound.path = name
            self.fields[name] = bound
            setattr(self, name, bound)
        if data is None:
            self.fill(card or {})
        else:
            self._take(data)
        if self.more:
            self.forget_errors()
        elif self.posted and self.errors:
            self.status = 422

    def fill(self, card: Mapping[str, Any]) -> None:
        self.currency.show(card.get("currency", "EUR"))
        self.version.show(card.get("version", 0))
        self.prices, self.rules = [], []
        for price in card.get("prices", ()):
            self._add("prices", price["kind"]).show(price)
        held = [rule for rule in card.get("rules", ()) if rule["kind"] in RULES]
        for rule in held:
            self._add("rules", rule["kind"]).show(rule)
        self._reach([rule.get("prices", ()) for rule in held])

    def _take(self, data: MultiDict[str, str]) -> None:
        self.currency.take(data)
        self.version.take(data)
        chosen = []
        for side, kinds in (("prices", PRICES), ("rules", RULES)):
            for number in _numbers(data, side):
                code = data.get(f"{side}-{number}-kind", "")
                if code not in kinds:
                    continue
                piece = self._add(side, code, number)
                piece.take(data)
                if side == "rules":
                    chosen.append(data.getlist(f"rules-{number}-prices"))
        self._mend_ids()
        self._renumber()
        self._reach(chosen)

    def _add(self, side: str, kind: str, number: int | None = None) -> Piece:
        listed: list[Piece] = getattr(self, side)
        piece = Piece(side, len(listed) if number is None else number, kind, self.card_currency)
        listed.append(piece)
        return piece

    def _mend_ids(self) -> None:
        """Every price has an id of its own, whatever was sent."""
        taken: set[str] = set()
        for price in self.prices:
            if not price.id or price.id in taken:
                price.id = next(id for id in (f"p{n}" for n in range(1, 100)) if id not in self._ids() | taken)
            taken.add(price.id)

    def _ids(self) -> set[str]:
        return {price.id for price in self.prices}

    def _renumber(self) -> None:
        for listed in (self.prices, self.rules):
            for number, piece in enumerate(listed):
                piece.place(number)

    def _reach(self, chosen: Sequence[Sequence[str]]) -> None:
        reading = sentences.Reading(self._bare, "")
        names = {price.id: str(reading.title(price.draft)) for price in self.prices}
        for rule, ids in zip(self.rules, chosen, strict=True):
            rule.hold_for(ids, self.prices, names)

    @property
    def card_currency(self) -> str:
        return self.currency.value if self.currency.value in EXPONENTS else "EUR"

    # -- changes without saving ------------------------------------------------------------------------------------

    def change(self, wish: str, templates: Mapping[str, Callable[[CardForm], Json]]) -> str:
        """Does what a button asked: `add-price:hourly`, `remove-rule:2`, `up-price:1`, `template:plans`. Gives what is
        to be said about it, if anything."""
        what, _separator, which = wish.partition(":")
        if what == "template" and which in templates:
            made = templates[which](self)
            self.fill({**made, "version": self.version.value or 0, "currency": self.card_currency})
            return str(_("This is a start: change what is not yours. Nothing is saved yet."))
        if what == "add-price" and which in PRICES and len(self.prices) < MOST_PRICES:
            self._added("prices", which)
        elif what == "add-rule" and which in RULES and len(self.rules) < MOST_RULES:
            self._added("rules", which)
        elif which.isdecimal() and len(which) <= 3:
            return self._moved(what, int(which))
        return ""

    def _added(self, side: str, kind: str) -> None:
        piece = self._add(side, kind)
        piece.show({})
        piece.new = True
        self._mend_ids()
        self._reach([self._chosen(rule) for rule in self.rules])

    def _moved(self, what: str, number: int) -> str:
        side = "prices" if what.endswith("-price") else "rules"
        listed: list[Piece] = getattr(self, side)
        if number >= len(listed):
            return ""
        if what.startswith("up-") and number:
            listed[number - 1], listed[number] = listed[number], listed[number - 1]
        elif what.startswith("remove-"):
            return self._removed(side, listed.pop(number))
        self._renumber()
        return ""

    def _removed(self, side: str, gone: Piece) -> str:
        """A rule that held only for a price that goes, goes with it: it would hold for all others else."""
        said = ""
        if side == "prices":
            orphans = [rule for rule in self.rules if self._chosen(rule) == [gone.id]]
            self.rules = [rule for rule in self.rules if rule not in orphans]
            if orphans:
                titles = formats.listed([str(rule.kind.title) for rule in orphans])
                said = str(_("With this price went what held only for it: %(rules)s.", rules=titles))
        self._renumber()
        ids = self._ids()
        self._reach([[id for id in self._chosen(rule) if id in ids] for rule in self.rules])
        return said

    def _chosen(self, rule: Piece) -> list[str]:
        return list(rule.reach.value) if rule.reach else []

    # -- what forms have -------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Field]:
        yield from self.fields.values()
        for piece in [*self.prices, *self.rules]:
            yield from piece.fields.values()
            if piece.reach is not None:
                yield piece.reach

    @property
    def payload(self) -> Json:
        return {
            "currency": self.card_currency,
            "version": formats.read_whole(self.version.value),
            "prices": [price.values for price in self.prices],
            "rules": [rule.values for rule in self.rules],
        }

    @property
    def _bare(self) -> Json:
        return {"currency": self.card_currency, "prices": [price.draft for price in self.prices], "rules": []}

    @property
    def draft(self) -> Json:
        """The card as far as it is written: what has no problem of its own."""
        return {
            "currency": self.card_currency,
            "prices": [price.draft for price in self.prices if price.finished],
            "rules": [rule.draft for rule in self.rules if rule.finished],
        }

    @property
    def unfinished(self) -> list[str]:
        """Titles of what still lacks something."""
        return [str(piece.kind.title) for piece in [*self.prices, *self.rules] if not piece.finished]

    def _place(self, path: str, text: Sentence) -> None:
        side, _separator, rest = path.partition(".")
        number, _separator, name = rest.partition(".")
        listed: list[Piece] = getattr(self, side) if side in ("prices", "rules") else []
        if not number.isdigit() or int(number) >= len(listed):
            self.alerts.append(text)
            return
        piece = listed[int(number)]
        head, _separator, inner = name.partition(".")
        found = piece.reach if head == "prices" and side == "rules" else piece.fields.get(head)
        if isinstance(found, Rows) and inner:
            found.problem_at(inner, text)
        else:
            (found or next(iter(piece.fields.values()))).problem(text)


def _numbers(data: MultiDict[str, str], side: str) -> list[int]:
    """Places that the form had, in order."""
    pattern = re.compile(rf"^{side}-(\d{{1,3}})-kind$")
    most = MOST_PRICES if side == "prices" else MOST_RULES
    return sorted({int(match[1]) for name in data if (match := pattern.match(name))})[:most]
