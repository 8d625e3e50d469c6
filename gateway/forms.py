"""Forms: typed fields that read what people type, keep it when something is wrong, and show each problem at its field.

    class SignUpForm(Form):
        name = Text(_l("Your name"), autocomplete="name", most=120)
        rate = MoneyInput(_l("Hourly rate"), path="terms.rate")

    form = SignUpForm(initial={...})            # reads the request's form when it was posted
    if form.valid:
        with form.catching():                   # the service's errors land beside the fields
            caller.command(c.SignUp, form.payload, key=form.key)
            return redirect(...)
    return form.page("auth/sign_up.html")       # 200, or the status of what is wrong, 422 first of all

A field's `path` is its place in the contract's request (its name, unless said otherwise); `form.payload` is the
request.
"""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import available_timezones

from flask import g, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from gateway import formats, i18n, labels
from gateway.formats import Unreadable
from gateway.web import page
from shared.contracts import practice_files, taxonomy
from shared.contracts.fields import COUNTRIES, DAYS
from shared.contracts.taxonomy import search as taxonomy_search
from shared.platform.errors import Conflict, DextraError, Invalid, TooMany, Unavailable
from shared.platform.errors import Text as Sentence
from shared.platform.money import EXPONENTS

Choice = tuple[str, str]
Choices = Sequence[Any] | Callable[[], Sequence[Any]]
FILL_IN = "Please fill this in."
KEY = "_key"
MORE = "_more"
PICK = "-pick"
AGAIN = ("_copy", "_preview")
"""Buttons that bring the same form again, with everything that was typed."""


def new_key() -> str:
    """An idempotency key: what is submitted twice with it is done once."""
    return secrets.token_urlsafe(18)


def posted_key() -> str:
    """The key of the form that was posted, for actions without fields (macro `action`)."""
    return request.form.get(KEY, "") or new_key()


class Field:
    """One input. As a class attribute of a Form it is the declaration; each form has a copy with what was typed."""

    widget: ClassVar[str] = "input"
    input_type: ClassVar[str] = "text"

    def __init__(
        self,
        label: Any,
        *,
        hint: Any = "",
        path: str = "",
        optional: bool = False,
        default: Any = None,
        autocomplete: str = "",
        placeholder: Any = "",
        css: str = "",
    ) -> None:
        self.label = label
        self.hint = hint
        self.path = path
        self.optional = optional
        self.default = default
        self.autocomplete = autocomplete
        self.placeholder = placeholder
        self.css = css
        self.name = ""
        self.prefix = ""
        self.value: Any = None
        self.typed: str = ""
        self.errors: list[Sentence] = []

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    @property
    def html_name(self) -> str:
        return self.prefix + self.name

    @property
    def id(self) -> str:
        return f"f-{self.html_name}"

    @property
    def required(self) -> bool:
        return not self.optional

    @property
    def described_by(self) -> str:
        """Ids of the hint and of the problem, for `aria-describedby`."""
        ids = [f"{self.id}-hint" if self.hint else "", f"{self.id}-error" if self.errors else ""]
        return " ".join(filter(None, ids))

    def bound(self, prefix: str = "") -> Field:
        """A copy for one form."""
        field = copy(self)
        field.prefix = prefix
        field.errors = []
        return field

    def show(self, value: Any) -> None:
        """Takes a value to begin with."""
        self.value = value
        self.typed = "" if value is None else self.write(value)

    def take(self, data: MultiDict[str, str]) -> None:
        """Reads what was typed; what is wrong goes to `errors`."""
        self.typed = data.get(self.html_name, "")
        self.value = None
        stripped = self.typed.strip()
        if not stripped:
            self.value = self.empty()
            if self.required:
                self.errors.append(Sentence(FILL_IN))
            return
        try:
            self.value = self.read(stripped)
        except Unreadable as problem:
            self.errors.append(problem.text)

    def pairs(self) -> list[tuple[str, str]]:
        """Names and texts of its inputs as a browser would send them: what was typed can be kept, and given back."""
        return [(self.html_name, self.typed)]

    def empty(self) -> Any:
        """What an empty optional field means."""
        return self.default

    def read(self, typed: str) -> Any:
        return typed

    def write(self, value: Any) -> str:
        return str(value)

    def problem(self, text: Sentence) -> None:
        self.errors.append(text)


class Text(Field):
    """`lang` is the language of what is typed, where that is not the page's."""

    def __init__(self, label: Any, *, most: int = 0, lang: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.most = most
        self.lang = lang

    def empty(self) -> Any:
        return "" if self.default is None else self.default


class LongText(Text):
    widget = "textarea"

    def __init__(self, label: Any, *, rows: int = 6, **options: Any) -> None:
        super().__init__(label, **options)
        self.rows = rows


class Email(Text):
    input_type = "email"


class Password(Text):
    input_type = "password"

    def take(self, data: MultiDict[str, str]) -> None:
        super().take(data)
        if self.value:
            self.value = self.typed  # spaces of a password are kept
        self.typed = ""  # and it is never sent back


class Hidden(Text):
    widget = "hidden"


class Number(Field):
    """A whole number."""

    widget = "input"
    inputmode = "numeric"

    def read(self, typed: str) -> int:
        try:
            return int(re.sub(r"[\s.,](?=\d{3}\b)", "", typed))
        except ValueError as error:
            raise Unreadable("Enter a whole number.") from error


class Decimal(Field):
    """A number with decimals, after a comma or a point."""

    inputmode = "decimal"

    def read(self, typed: str) -> float:
        try:
            return float(typed.replace(",", ".").replace(" ", ""))
        except ValueError as error:
            raise Unreadable("Enter a number, such as 12 or 12.5.") from error

    def write(self, value: float) -> str:
        return formats.number(value, 4)


class Hours(Field):
    """A length of time typed as `12` or `12:30`, kept in minutes."""

    inputmode = "text"
    suffix = "h"

    def read(self, typed: str) -> int:
        return formats.read_minutes(typed)

    def write(self, value: int) -> str:
        return formats.typed_minutes(value)


class MoneyInput(Field):
    """An amount in the reader's notation, and its currency beside it (`<name>_currency`)."""

    widget = "money"
    inputmode = "decimal"

    def __init__(
        self, label: Any, *, suffix: Any = "", currency: str = "EUR", fixed: bool = False, **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.suffix = suffix
        self.currency = currency
        self.fixed = fixed
        """The currency is given and cannot be chosen."""

    @property
    def currencies(self) -> list[Choice]:
        return [(code, code) for code in EXPONENTS]

    def show(self, value: Any) -> None:
        if isinstance(value, Mapping) and "amount" not in value:  # not said yet, but in which currency it will be
            self.currency, value = value["currency"], None
        amount = formats.as_money(value)
        if amount is not None:
            self.currency = amount.currency
        super().show(amount)

    def pairs(self) -> list[tuple[str, str]]:
        return [(self.html_name, self.typed), (f"{self.html_name}_currency", self.currency)] if self.typed else []

    def take(self, data: MultiDict[str, str]) -> None:
        self.currency = data.get(f"{self.html_name}_currency", self.currency)
        super().take(data)

    def read(self, typed: str) -> Any:
        return formats.read_money(typed, self.currency)

    def write(self, value: Any) -> str:
        return formats.typed_money(value)


class Date(Field):
    input_type = "date"

    def __init__(self, label: Any, *, least: date | None = None, most: date | None = None, **options: Any) -> None:
        super().__init__(label, **options)
        self.least, self.most = least, most

    def read(self, typed: str) -> date:
        return formats.read_date(typed)

    def write(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()


class Time(Field):
    """A wall clock's time, as `HH:MM`. `step` is in minutes."""

    input_type = "time"

    def __init__(self, label: Any, *, step: int = 1, **options: Any) -> None:
        super().__init__(label, **options)
        self.step = step

    def read(self, typed: str) -> str:
        return f"{formats.read_time(typed):%H:%M}"


class Moment(Field):
    """A day and a time in the reader's zone, kept as an instant in UTC."""

    input_type = "datetime-local"

    def read(self, typed: str) -> datetime:
        day, _separator, clock = typed.replace(" ", "T").partition("T")
        if not clock:
            raise Unreadable("Enter a time, such as 09:30.")
        return formats.local_instant(formats.read_date(day), formats.read_time(clock))

    def write(self, value: datetime | str) -> str:
        return f"{formats.instant(value).astimezone(i18n.zone()):%Y-%m-%dT%H:%M}"


class Choose(Field):
    """One of a list: a select, or radio buttons. Choices are (code, name), or in groups (heading, [(code, name)])."""

    widget = "select"

    def __init__(self, label: Any, choices: Choices, *, radios: bool = False, blank: Any = "", **options: Any) -> None:
        super().__init__(label, **options)
        self._choices = choices
        self.blank = blank
        if radios:
            self.widget = "radios"  # type: ignore[misc]

    @property
    def choices(self) -> list[Any]:
        return list(self._choices() if callable(self._choices) else self._choices)

    @property
    def groups(self) -> list[tuple[str, list[Choice]]]:
        """Choices under their headings; a list without headings is one group called ''."""
        choices: list[Any] = self.choices
        plain = [choice for choice in choices if isinstance(choice[1], str)]
        grouped = [choice for choice in choices if not isinstance(choice[1], str)]
        return ([("", plain)] if plain else []) + grouped

    def codes(self) -> set[str]:
        return {code for _heading, choices in self.groups for code, _name in choices}

    def empty(self) -> Any:
        if self.default is None:
            return ""
        self.typed = str(self.default)
        return self.default

    def read(self, typed: str) -> Any:
        if typed not in self.codes():
            raise Unreadable("Choose one of the list.")
        return typed


class ChooseNumber(Choose):
    """One of a list whose codes are numbers."""

    def read(self, typed: str) -> int:
        return int(super().read(typed))


class Toggle(Field):
    """A check box: yes or no."""

    widget = "toggle"

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, **{"optional": True, "default": False, **options})

    def take(self, data: MultiDict[str, str]) -> None:
        self.value = self.html_name in data
        self.typed = "1" if self.value else ""
        if self.required and not self.value:
            self.errors.append(Sentence("Please tick this to go on."))

    def write(self, value: Any) -> str:
        return "1" if value else ""


class ChooseSome(Choose):
    """Any of a list: check boxes. The value is a list of codes."""

    widget = "checks"

    def show(self, value: Any) -> None:
        self.value = list(value or [])
        self.typed = ""

    def pairs(self) -> list[tuple[str, str]]:
        return [(self.html_name, code) for code in self.value]

    def take(self, data: MultiDict[str, str]) -> None:
        known = self.codes()
        self.value = [code for code in data.getlist(self.html_name) if code in known]
        if self.required and not self.value:
            self.errors.append(Sentence("Choose at least one."))


class FileInput(Field):
    """A file. Its form is sent as multipart; nobody can put a file back into it, so the view must keep what came."""

    widget = "file"

    def __init__(self, label: Any, *, purpose: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.most = practice_files.LARGEST[purpose]
        self.accept = ACCEPTED[purpose]

    def take(self, data: MultiDict[str, str]) -> None:  # noqa: ARG002 - files are not among what was typed
        file = request.files.get(self.html_name)
        self.value = file if file and file.filename else None
        self.typed = ""
        if self.value is None and self.required:
            self.errors.append(Sentence("Choose a file."))


ACCEPTED = {
    "photo": "image/jpeg,image/png,image/webp",
    "sample": "application/pdf,image/jpeg,image/png,image/webp",
}


class SkillName(Field):
    """A skill or tool, chosen by typing its name: the browser offers the names (a datalist), and any synonym is
    understood. What is nearly one is asked back: `near` are the codes to choose from, by the button `<name>-pick`."""

    widget = "skill"
    kinds: ClassVar[tuple[str, ...]] = ("skill", "tool")

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, **options)
        self.near: list[str] = []

    def take(self, data: MultiDict[str, str]) -> None:
        picked = data.get(f"{self.html_name}{PICK}", "")
        if picked and (code := taxonomy_search.meant(picked, self.kinds)):
            self.show(code)
        else:
            super().take(data)

    def read(self, typed: str) -> str:
        code = self._meant(typed)
        if not code:
            self.near = taxonomy_search.like(typed, self.kinds, limit=5)
            raise Unreadable("“%(typed)s” is not in the list. Choose what comes near, or clear it.", typed=typed[:60])
        self.typed = self.write(code)
        return code

    def _meant(self, typed: str) -> str:
        """Looks once more for what was added a moment ago."""
        code = taxonomy_search.meant(typed, self.kinds)
        if not code:
            taxonomy.fresh()
            code = taxonomy_search.meant(typed, self.kinds)
        return code

    def write(self, value: str) -> str:
        return taxonomy.label(value, i18n.current_locale())


class WorkName(SkillName):
    """Any service, skill or tool, by its name."""

    kinds = ("service", "skill", "tool")


class Rows(Field):
    """A list of small groups of fields, such as skills with their levels.

    `columns` are its fields by name. Rows left empty are dropped; `spare` empty ones are shown, and the button named
    `_more` asks for further ones, so that it works without scripts.
    """

    widget = "rows"

    def __init__(
        self, label: Any, columns: Mapping[str, Field], *, spare: int = 1, most: int = 80, add: Any = "", **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.columns = columns
        self.spare = spare
        self.most = most
        self.add = add
        self.redraws = ""
        """The id of what htmx draws anew when another row is asked for; else the page is loaded."""
        self.rows: list[dict[str, Field]] = []

    def _row(self, number: int) -> dict[str, Field]:
        row = {}
        for name, column in self.columns.items():
            row[name] = column.bound(f"{self.html_name}-{number}-")
            row[name].name = name
            row[name].path = column.path or name
        return row

    def _fill(self, values: Sequence[Mapping[str, Any]]) -> None:
        self.rows = []
        for number, value in enumerate(values):
            row = self._row(number)
            for name, field in row.items():
                field.show(value.get(field.path, self.columns[name].default))
            self.rows.append(row)
        self._spare()

    def _spare(self, more: int = 0) -> None:
        for _ in range(min(self.spare + more, self.most - len(self.rows))):
            row = self._row(len(self.rows))
            for name, field in row.items():
                field.show(self.columns[name].default)
            self.rows.append(row)

    def show(self, value: Any) -> None:
        self.value = list(value or [])
        self._fill(self.value)

    def take(self, data: MultiDict[str, str]) -> None:
        pattern = re.compile(rf"^{re.escape(self.html_name)}-([0-9]{{1,6}})-")
        numbers = sorted({int(match[1]) for key in data if (match := pattern.match(key))})[: self.most]
        self.value, self.rows = [], []
        first = next(iter(self.columns))
        for number in numbers:
            row = self._row(number)
            if not data.get(row[first].html_name, "").strip() or f"{self.html_name}-{number}-remove" in data:
                continue
            for field in row.values():
                field.take(data)
            self.value.append({field.path: field.value for field in row.values()})
            self.rows.append(row)
        if any(field.errors for row in self.rows for field in row.values()):
            self.errors.append(Sentence("Please look at what is marked here."))
        elif self.required and not self.value:
            self.errors.append(Sentence("Add at least one."))
        self.renumber()
        self._spare(2 if data.get(MORE) == self.html_name else 0)

    @property
    def readable(self) -> list[dict[str, Any]]:
        """The value without the rows that lack something, or hold what could not be read."""
        needed = [column.path or name for name, column in self.columns.items() if column.required]
        return [row for row in self.value if all(row[path] not in (None, "") for path in needed)]

    def renumber(self) -> None:
        for number, row in enumerate(self.rows):
            for field in row.values():
                field.prefix = f"{self.html_name}-{number}-"

    def pairs(self) -> list[tuple[str, str]]:
        """Of the rows that are not left empty."""
        first = next(iter(self.columns))
        used = [row for row in self.rows if row[first].typed.strip()]
        return [pair for row in used for field in row.values() for pair in field.pairs()]

    def drop(self, unwanted: Callable[[dict[str, Field]], bool]) -> None:
        """Leaves out rows; the others keep what was typed."""
        self.rows = [row for row in self.rows if not unwanted(row)]
        self.renumber()
        if not self.rows:
            self._spare()

    def problem_at(self, rest: str, text: Sentence) -> None:
        number, _separator, name = rest.partition(".")
        if number.isdigit() and int(number) < len(self.rows):
            row = self.rows[int(number)]
            field = next((field for field in row.values() if field.path == name), next(iter(row.values())))
            field.errors.append(text)
            if not self.errors:
                self.errors.append(Sentence("Please look at what is marked here."))
        else:
            self.errors.append(text)


class Week(Field):
    """Working hours by weekday, several spans a day: a row a day, a pair of times a span (`<name>-mon-0-start`).

    An end at 00:00 is the day's end. The buttons `_more` (another span) and `_copy` (a day's hours to Monday to Friday)
    bring the page again with what was typed, so that they work without scripts. The value is a list of `day`, `start`,
    `end`, all days alike in order of time.
    """

    widget = "week"
    SPANS = 1
    MOST_SPANS = 4

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, **options)
        self.days: dict[str, list[dict[str, str]]] = {}
        self.wrong: dict[tuple[str, int], Sentence] = {}
        """Problems by day and number of the span."""

    def bound(self, prefix: str = "") -> Week:
        field = super().bound(prefix)
        assert isinstance(field, Week)
        field.days, field.wrong = {}, {}
        return field

    def show(self, value: Any) -> None:
        self.value = list(value or [])
        self.days = {day: [] for day in DAYS}
        for entry in sorted(self.value, key=lambda entry: str(entry["start"])):
            end = "00:00" if entry["end"] == "24:00" else entry["end"]
            self.days[entry["day"]].append({"start": entry["start"], "end": end})
        for spans in self.days.values():
            self._spare(spans, self.SPANS)

    def take(self, data: MultiDict[str, str]) -> None:
        copied = data.get("_copy", "")
        self.value, self.days = [], {}
        for day in DAYS:
            source = copied if copied in DAYS and day in DAYS[:5] else day
            typed = [self._typed(data, source, number) for number in range(self.MOST_SPANS)]
            filled = [span for span in typed if span["start"] or span["end"]]
            self.days[day] = filled
            for number, span in enumerate(filled):
                self._read(day, number, span)
            self._spare(filled, len(filled) + 1 if data.get(MORE) == f"{self.html_name}-{day}" else self.SPANS)
        if self.wrong:
            self.errors.append(Sentence("Please look at what is marked here."))
        elif self.required and not self.value:
            self.errors.append(Sentence("Add at least one."))

    def _typed(self, data: MultiDict[str, str], day: str, number: int) -> dict[str, str]:
        name = f"{self.html_name}-{day}-{number}"
        return {end: data.get(f"{name}-{end}", "").strip() for end in ("start", "end")}

    def _read(self, day: str, number: int, span: dict[str, str]) -> None:
        try:
            start, end = (
                f"{formats.read_time(span[name].replace('24:00', '00:00')):%H:%M}" for name in ("start", "end")
            )
        except Unreadable as problem:
            self.wrong[day, number] = problem.text
            return
        self.value.append({"day": day, "start": start, "end": "24:00" if end == "00:00" else end})

    def _spare(self, spans: list[dict[str, str]], count: int) -> None:
        while len(spans) < min(count, self.MOST_SPANS):
            spans.append({"start": "", "end": ""})

    def problem_at(self, rest: str, text: Sentence) -> None:
        """At `3.end`: the fourth entry of the value."""
        number = rest.partition(".")[0]
        if number.isdigit() and int(number) < len(self.value):
            day = self.value[int(number)]["day"]
            before = [entry for entry in self.value[: int(number)] if entry["day"] == day]
            self.wrong[day, len(before)] = text
            if not self.errors:
                self.errors.append(Sentence("Please look at what is marked here."))
        else:
            self.errors.append(text)

    @property
    def minutes(self) -> int:
        """Of all spans that could be read."""
        return sum(_clock_minutes(entry["end"]) - _clock_minutes(entry["start"]) for entry in self.value)


def _clock_minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


class Form:
    """A set of fields. `posted`: the request carries it; `valid`: it was posted and nothing is wrong."""

    declared: ClassVar[dict[str, Field]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        cls.declared = {**cls.declared, **own}

    def __init__(
        self,
        initial: Mapping[str, Any] | None = None,
        *,
        data: MultiDict[str, str] | None = None,
        without: Sequence[str] = (),
        posted: bool = True,
    ) -> None:
        """`initial`: values by the fields' paths, as services give them. `data`: what was typed, else the request's.

        Not `posted`: what the request posts is another form.
        """
        if data is None and posted and request.method == "POST":
            data = request.form
        self.posted = data is not None
        self.key = (data.get(KEY) if data else None) or new_key()
        self.status = 200
        self.alerts: list[Sentence] = []
        self.fields: dict[str, Field] = {}
        again = bool(data and (data.get(MORE) or any(data.get(name) for name in AGAIN)))
        self.more = again or bool(data and any(key.endswith(("-remove", PICK)) for key in data))
        """Only another row or a look was asked for: nothing is to be done yet, and no problems shown."""
        for name, declaration in self.declared.items():
            if name in without:
                continue
            field = declaration.bound()
            field.path = declaration.path or name
            self.fields[name] = field
            setattr(self, name, field)
            if data is None:
                found = _at(initial or {}, field.path)
                field.show(field.default if found is None else found)
            else:
                field.take(data)
        if self.more:
            self.forget_errors()
        elif self.posted:
            self.check()
            if self.errors:
                self.status = 422

    def check(self) -> None:
        """For subclasses: rules between fields. Use `self.wrong(field, sentence)`."""

    def wrong(self, field: Field, template: str, /, **params: Any) -> None:
        field.errors.append(Sentence(template, **params))
        self.status = 422

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields.values())

    def __getitem__(self, name: str) -> Field:
        return self.fields[name]

    @property
    def errors(self) -> list[tuple[Field, Sentence]]:
        """Every problem with its field, for the summary at the top."""
        listed = [(field, text) for field in self for text in field.errors]
        inner = [
            (field, text)
            for rows in self
            if isinstance(rows, Rows)
            for row in rows.rows
            for field in row.values()
            for text in field.errors
        ]
        return listed + inner

    @property
    def valid(self) -> bool:
        return self.posted and not self.more and not self.errors and not self.alerts

    @property
    def values(self) -> dict[str, Any]:
        """Typed values by the fields' names."""
        return {name: field.value for name, field in self.fields.items()}

    @property
    def payload(self) -> dict[str, Any]:
        """The contract's request: typed values at the fields' paths. Fields whose path is `-` stay out."""
        nested: dict[str, Any] = {}
        for field in self:
            if field.path == "-":
                continue
            place = nested
            *parents, last = field.path.split(".")
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = field.value
        return nested

    @contextmanager
    def catching(self) -> Iterator[None]:
        """What a service finds wrong is shown on the form, with everything that was typed still in it."""
        try:
            yield
        except Invalid as error:
            self.take_errors(error)
        except (Conflict, TooMany, Unavailable) as error:
            self.alerts.append(error.text)
            self.status = error.status
            if not isinstance(error, Unavailable):
                self.key = new_key()

    def take_errors(self, error: DextraError) -> None:
        """Puts each field's errors beside that field; those of fields that the form lacks go to the top."""
        self.status = error.status
        self.key = new_key()
        for path, texts in error.fields.items():
            for text in texts:
                self._place(path, text)
        if not error.fields:
            self.alerts.append(error.text)

    def _place(self, path: str, text: Sentence) -> None:
        for field in self:
            if field.path == path:
                field.problem(text)
                return
        for field in self:
            if path.startswith(field.path + "."):
                if isinstance(field, Rows | Week):
                    field.problem_at(path.removeprefix(field.path + "."), text)
                else:
                    field.problem(text)
                return
        self.alerts.append(text)

    def pairs(self, *but: str) -> list[tuple[str, str]]:
        """All that was typed, except into the fields named; `BriefForm(data=MultiDict(form.pairs()))` has it again."""
        return [pair for name, field in self.fields.items() if name not in but for pair in field.pairs() if pair[1]]

    def forget_errors(self) -> None:
        for field in self:
            field.errors = []
            if isinstance(field, Rows):
                for row in field.rows:
                    for cell in row.values():
                        cell.errors = []
            elif isinstance(field, Week):
                field.wrong = {}

    def page(self, template: str, **context: Any) -> Response:
        """The page with the form as `form`, and the status of what is wrong."""
        return page(template, status=self.status, form=self, **context)


def _at(data: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(data, Mapping) or part not in data:
            return None
        data = data[part]
    return data


# -- choices that several forms offer ----------------------------------------------------------------------------------


@functools.cache
def time_zones() -> list[Choice]:
    """Zones of the world, those of Europe and America first."""
    zones = sorted(name for name in available_timezones() if name.split("/")[0] in _CONTINENTS and name.count("/") >= 1)
    ordered = sorted(zones, key=lambda name: (_CONTINENTS.index(name.split("/")[0]), name))
    return [("UTC", "UTC"), *((name, name.replace("_", " ").replace("/", " / ")) for name in ordered)]


_CONTINENTS = ("Europe", "America", "Africa", "Asia", "Australia", "Atlantic", "Indian", "Pacific")


def services() -> list[Choice]:
    return _taxa(taxonomy.SERVICES)


def languages() -> list[Choice]:
    return _taxa(taxonomy.LANGUAGES)


def countries() -> list[Choice]:
    return sorted(((code, formats.country_name(code)) for code in COUNTRIES), key=lambda pair: pair[1].casefold())


def industries() -> list[Choice]:
    return _taxa(taxonomy.INDUSTRIES)


def _taxa(entries: Mapping[str, Any]) -> list[Choice]:
    locale = i18n.current_locale()
    return sorted(((code, taxonomy.label(code, locale)) for code in entries), key=lambda pair: pair[1].casefold())


def skill_names(kinds: Sequence[str] = SkillName.kinds) -> Sequence[tuple[str, str]]:
    """Names of skills and tools with that of the service they belong to, for a datalist."""
    return _names(taxonomy.version(), i18n.current_locale(), tuple(kinds))


@functools.lru_cache(maxsize=8)
def _names(_version: int, locale: str, kinds: tuple[str, ...]) -> Sequence[tuple[str, str]]:
    listed = [
        (entry.label(locale), taxonomy.label(entry.service, locale))
        for entry in taxonomy.ENTRIES.values()
        if entry.kind in kinds
    ]
    return tuple(sorted(listed, key=lambda pair: pair[0].casefold()))


def first_time(name: str) -> bool:
    """Whether this page asks for the first time: what several fields share is drawn once."""
    drawn: set[str] = g.setdefault("drawn_once", set())
    if name in drawn:
        return False
    drawn.add(name)
    return True


def named(kind: str, *codes: str) -> Callable[[], list[Choice]]:
    """Choices from the names of codes: `named("level")`."""
    return lambda: labels.choices(kind, codes or None)


def half_hours() -> list[Choice]:
    """00:00 to 24:00."""
    clocks = [f"{half // 2:02}:{half % 2 * 30:02}" for half in range(49)]
    return list(zip(clocks, clocks, strict=True))
