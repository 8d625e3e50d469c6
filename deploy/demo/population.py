"""Invented assistants: skewed as real ones are, each with a text of her own. Pure, and the same every time."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from deploy.demo import words
from deploy.demo.names import COUNTRIES, Country
from shared.contracts.taxonomy import INDUSTRIES, SKILLS, label

T = TypeVar("T")
Json = dict[str, Any]

POPULARITY = {
    "calendar": 30,
    "correspondence": 28,
    "documents": 24,
    "travel": 16,
    "meetings": 15,
    "social_media": 14,
    "bookkeeping": 13,
    "customer_care": 12,
    "research": 11,
    "newsletters": 9,
    "website": 9,
    "sales_support": 9,
    "presentations": 9,
    "translation": 8,
    "project": 8,
    "phone": 7,
    "events": 6,
    "errands": 5,
    "online_profiles": 5,
    "recruiting": 4,
}
FURTHER = {
    "executive": 9,
    "hr_admin": 6,
    "ecommerce": 9,
    "graphics": 8,
    "video": 5,
    "podcasts": 3,
    "copywriting": 9,
    "advertising": 4,
    "automation": 7,
    "data": 9,
    "legal_support": 4,
    "medical": 4,
    "real_estate_support": 4,
    "holiday_lets": 4,
    "purchasing": 4,
    "tech_setup": 5,
    "courses": 5,
    "publishing": 3,
    "tenders": 3,
    "public_offices": 4,
}
"""What some offer besides: up to two of these, in a few of their skills."""
COMMON = {
    "calendar.management": 0.5,
    "mail.inbox": 0.4,
    "mail.business_writing": 0.4,
    "docs.word": 0.5,
    "docs.excel": 0.45,
    "docs.filing": 0.3,
    "docs.data_entry": 0.25,
    "mail.outlook": 0.3,
    "mail.gmail": 0.3,
    "meetings.zoom": 0.3,
    "calendar.google": 0.3,
    "travel.booking": 0.2,
    "meetings.minutes": 0.15,
    "research.web": 0.25,
}
"""What many can do besides the services that they offer."""
TOOLS = frozenset(
    [
        "calendar.google",
        "calendar.outlook",
        "calendar.calendly",
        "mail.gmail",
        "mail.outlook",
        "docs.word",
        "docs.excel",
        "docs.notion",
        "docs.google_workspace",
        "meetings.zoom",
        "newsletter.mailchimp",
        "newsletter.brevo",
        "web.wordpress",
        "web.shopify",
        "web.wix",
        "social.canva",
        "books.quickbooks",
        "books.xero",
        "care.zendesk",
        "sales.hubspot",
        "sales.salesforce",
        "project.asana",
        "project.trello",
        "project.monday",
        "slides.powerpoint",
    ]
)
USUAL, RARE = 8, 0.08
"""How many of a service's skills, the first ones, nearly everybody who offers it has; the chance of each other."""
WEEK = ("mon", "tue", "wed", "thu", "fri")
ITALIAN = ("it", "ti")
FAR = ("ph", "in")
"""Countries whose assistants often work their clients' hours instead of the local ones."""


@dataclass(frozen=True, slots=True)
class Invented:
    """What ImportAccounts and ImportProfiles take (the profile without its `assistant_id`)."""

    account: Json
    profile: Json


def invent(count: int, seed: int = 20) -> list[Invented]:
    """Shuffled, so that neighbours come from anywhere."""
    rng = random.Random(seed)  # noqa: S311 - the same people every time
    weights = {code: country.share for code, country in COUNTRIES.items()}
    used: set[str] = set()
    return [_Person(rng, code, used).invented() for code in rng.choices(list(weights), list(weights.values()), k=count)]


class _Person:
    def __init__(self, rng: random.Random, code: str, used: set[str]) -> None:
        self.rng = rng
        self.code = code
        self.country: Country = COUNTRIES[code]
        self.locale = "it" if code in ITALIAN else "en"
        self.woman = rng.random() < 0.82
        self.name, self.email = self._name(used)
        self.city, self.zone = rng.choice(self.country.cities)
        self.currency = self.country.currency
        if code in FAR:  # they put their rates in the currency of the market that they serve
            self.currency = rng.choices(("USD", "GBP", "EUR"), (7, 2, 1))[0]
        self.level = "executive" if rng.random() < 0.27 else "administrative"
        self.years = min(2 + int(rng.expovariate(1 / 7)), 28) + (4 if self.level == "executive" else 0)
        self.services = self._services()
        self.further = self._further()
        self.languages = self._languages()
        self.skills = self._skills()
        self.trade = rng.choice(words.TRADES_IT if self.locale == "it" else words.TRADES_EN)

    def invented(self) -> Invented:
        hours = self._hours()
        worked = sum(_minutes(entry["end"]) - _minutes(entry["start"]) for entry in hours)
        capacity = max(round(worked * self.rng.choice((0.4, 0.55, 0.7, 0.85, 1.0)) / 60) * 60, 300)
        minimum = self.rng.choice((0, 0, 0, 0, 60, 120, 120, 180, 240, 300))
        rate = self._rate()
        return Invented(
            account={
                "email": self.email,
                "name": self.name,
                "roles": ["assistant"],
                "locale": self.locale,
                "time_zone": self.zone,
            },
            profile={
                "display_name": self.name,
                "headline": self._headline(),
                "story": self._story(),
                "story_locale": self.locale,
                "level": self.level,
                "services": [*self.services, *self.further],
                "skills": [{"code": code, "level": level} for code, level in self._all_skills().items()],
                "languages": [{"code": code, "cefr": cefr} for code, cefr in self.languages.items()],
                "time_zone": self.zone,
                "working_hours": hours,
                "capacity_minutes": min(capacity, 45 * 60),
                "minimum_weekly_minutes": min(minimum, capacity),
                "hourly_rate": {"amount": rate, "currency": self.currency},
                "retainer": self._retainer(rate),
                **self._market(),
            },
        )

    def _market(self) -> dict[str, Any]:
        """Whom she works for best, and how soon; drawn apart, so that the others stay who they are."""
        rng = random.Random(self.email)  # noqa: S311
        liked = rng.sample(sorted(INDUSTRIES), rng.randint(1, 3)) if rng.random() < 0.45 else []
        return {"target_industries": liked, "notice_days": rng.choice((0, 0, 0, 0, 7, 7, 14, 30))}

    # -- who -----------------------------------------------------------------------------------------------------

    def _name(self, used: set[str]) -> tuple[str, str]:
        while True:
            first = self.rng.choice(self.country.women if self.woman else self.country.men)
            name = f"{first} {self.rng.choice(self.country.surnames)}"
            email = f"{address_of(name)}@assistants.example"
            if email not in used:
                used.add(email)
                return name, email

    def _services(self) -> list[str]:
        weights = dict(POPULARITY)
        if self.level == "executive":
            for code in ("calendar", "correspondence", "meetings", "travel", "project"):
                weights[code] *= 2
        count = self.rng.choices((2, 3, 4, 5, 6, 7), (5, 18, 28, 25, 15, 9))[0]
        chosen: list[str] = []
        while len(chosen) < count:
            code = self.rng.choices(list(weights), list(weights.values()))[0]
            chosen.append(code)
            del weights[code]
        return chosen

    def _further(self) -> dict[str, dict[str, int]]:
        """Services and skills in them with levels; by chances of their own, so that all else stays as it was."""
        rng = random.Random(self.email)  # noqa: S311 - the same person every time
        weights = {code: weight for code, weight in FURTHER.items() if code != "public_offices" or self.code == "it"}
        chosen: dict[str, dict[str, int]] = {}
        for _ in range(rng.choices((0, 1, 2), (45, 38, 17))[0]):
            service = rng.choices(list(weights), list(weights.values()))[0]
            codes = [code for code, skill in SKILLS.items() if skill["service"] == service]
            taken = rng.sample(codes, min(rng.randint(4, 8), len(codes)))
            chosen[service] = {code: rng.choices((1, 2, 3, 4), (8, 32, 42, 18))[0] for code in taken}
        return chosen

    def _languages(self) -> dict[str, str]:
        rng = self.rng
        spoken = dict.fromkeys(self.country.languages, "C2")
        if "en" not in spoken and rng.random() < 0.93:
            fluent = ("C2", "C1", "B2") if self.code in (*FAR, "nl", "se") else ("C1", "B2", "B1")
            spoken["en"] = rng.choices(fluent, (3, 5, 3))[0]
        chances = {"it": 0.14, "fr": 0.17, "es": 0.16, "de": 0.11, "pt": 0.03, "ru": 0.02, "ar": 0.02, "zh": 0.01}
        if self.code in ("ch", "ti"):
            chances |= {"fr": 0.6, "it": 0.35, "de": 0.6}
        for code, chance in chances.items():
            if code not in spoken and rng.random() < chance:
                spoken[code] = rng.choices(("A2", "B1", "B2", "C1"), (2, 3, 4, 2))[0]
        return spoken

    def _skills(self) -> dict[str, int]:
        rng = self.rng
        top = (3, 20, 45, 32) if self.years > 7 else (9, 38, 39, 14)
        held: dict[str, int] = {}
        for place, service in enumerate(self.services):
            codes = [code for code, skill in SKILLS.items() if skill["service"] == service and self._can(code)]
            share = 0.92 if place == 0 else 0.74
            for number, code in enumerate(codes):
                if rng.random() < (share if number < USUAL else RARE):
                    held[code] = rng.choices((1, 2, 3, 4), top)[0]
        for code, share in COMMON.items():
            if code not in held and rng.random() < share:
                held[code] = rng.choices((1, 2, 3, 4), top)[0]
        if self.level == "executive":
            held["exec.confidentiality"] = rng.choice((3, 3, 4))
            if rng.random() < 0.75:
                held["exec.decisions"] = rng.choice((2, 3, 3, 4))
        return held or {"docs.data_entry": 2}

    def _all_skills(self) -> dict[str, int]:
        """At most as many as a profile takes."""
        further = {code: level for skills in self.further.values() for code, level in skills.items()}
        return dict(list({**further, **self.skills}.items())[:80])

    def _can(self, code: str) -> bool:
        if code.startswith("exec."):
            return False
        if code == "books.e_invoicing":
            return self.code == "it"
        if code == "translate.it_en":
            return {self.languages.get("it"), self.languages.get("en")} <= {"B2", "C1", "C2"}
        if code == "translate.other":
            return len(self.languages) > 2
        return True

    # -- when and for how much -----------------------------------------------------------------------------------

    def _hours(self) -> list[Json]:
        rng = self.rng
        if self.code in FAR and rng.random() < 0.65:
            return _every(WEEK, rng.choice((("14:00", "23:00"), ("15:00", "24:00"), ("13:00", "22:00"))))
        pattern = rng.random()
        if pattern < 0.38:
            return _every(WEEK, ("09:00", "13:00"), ("14:00", "18:00"))
        if pattern < 0.55:
            return _every(WEEK, rng.choice((("08:00", "16:00"), ("08:30", "17:00"), ("09:00", "17:00"))))
        if pattern < 0.70:
            return _every(WEEK, rng.choice((("08:30", "13:30"), ("09:00", "14:00"), ("08:00", "12:30"))))
        if pattern < 0.78:
            return _every(WEEK, ("14:00", "20:00"))
        if pattern < 0.88:
            return _every(rng.sample(WEEK, 4), ("09:00", "18:00"))
        if pattern < 0.95:
            return [*_every(WEEK, ("09:00", "18:30")), {"day": "sat", "start": "09:00", "end": "13:00"}]
        return _every(WEEK, ("08:00", "11:30"), ("17:00", "21:00"))

    def _rate(self) -> int:
        low, high = self.country.rates
        at = min(self.rng.betavariate(2, 4) + (0.16 if self.level == "executive" else 0), 1)
        whole = low + (high - low) * at
        step = 10 if self.currency == "SEK" else 1
        return int(round(whole / step) * step * 100) + (50 if step == 1 and self.rng.random() < 0.2 else 0)

    def _retainer(self, rate: int) -> Json | None:
        if self.rng.random() > (0.75 if self.level == "executive" else 0.48):
            return None
        hours = self.rng.choice((10, 10, 15, 20, 20, 30, 40, 60))
        fee = rate * hours * self.rng.choice((88, 90, 92, 95, 97)) // 100
        fee = round(fee / 1000) * 1000
        return {"fee": {"amount": fee, "currency": self.currency}, "included_minutes": hours * 60}

    # -- in her words --------------------------------------------------------------------------------------------

    def _headline(self) -> str:
        italian = self.locale == "it"
        parts = [words.WORK[code].it if italian else words.WORK[code].en for code in self.services[:2]]
        first, second = (self.rng.choice(part) for part in parts)
        templates = (words.HEADLINES_IT if italian else words.HEADLINES_EN)[self.level]
        return self._said(self.rng.choice(templates), first=first, second=second, First=first[0].upper() + first[1:])

    def _story(self) -> str:
        """Two or three paragraphs: who she is and what she does; how she works; a last word."""
        rng, italian = self.rng, self.locale == "it"
        opening = rng.choice((words.OPENINGS_IT if italian else words.OPENINGS_EN)[self.level])
        work = [words.WORK[code].story_it if italian else words.WORK[code].story_en for code in self.services[:3]]
        done = [rng.choice(lines) for lines in work[: rng.choice((2, 2, 3))]]
        ways = rng.sample(words.WAYS_IT if italian else words.WAYS_EN, rng.choice((1, 2, 2)))
        closing = rng.choice(words.CLOSINGS_IT if italian else words.CLOSINGS_EN)
        second = [*self._with_tools(), *ways, *self._with_languages()]
        if rng.random() < 0.35:
            rng.shuffle(second)
        paragraphs = [" ".join([opening, *done]), " ".join(second), closing]
        if rng.random() < 0.5:
            paragraphs[1:] = [" ".join(paragraphs[1:])]
        return self._said("\n\n".join(paragraphs))

    def _with_tools(self) -> Iterator[str]:
        known = sorted((code for code in self.skills if code in TOOLS), key=lambda code: -self.skills[code])
        if len(known) > 1:
            line = self.rng.choice(words.TOOLS_IT if self.locale == "it" else words.TOOLS_EN)
            yield line.format(tools=self._listed([label(code, self.locale) for code in known[:3]]))

    def _with_languages(self) -> Iterator[str]:
        good = [code for code, cefr in self.languages.items() if cefr in ("B2", "C1", "C2")]
        if len(good) > 1 and self.rng.random() < 0.6:
            line = self.rng.choice(words.LANGUAGES_IT if self.locale == "it" else words.LANGUAGES_EN)
            names = [label(code, self.locale) for code in good]
            if self.locale == "it":
                names = [name.lower() for name in names]
            yield line.format(languages=self._listed(names))

    def _listed(self, names: Sequence[str]) -> str:
        last = " e " if self.locale == "it" else " and "
        return last.join([", ".join(names[:-1]), names[-1]])

    def _said(self, text: str, **more: str) -> str:
        ending, article = ("a", "un'") if self.woman else ("o", "un ")
        said = text.format(years=self.years, trade=self.trade, city=self.city, o=ending, un=article.strip(), **more)
        return said.replace("un' ", "un'")


def _every(days: Sequence[str], *spans: tuple[str, str]) -> list[Json]:
    ordered = [day for day in WEEK if day in days]
    return [{"day": day, "start": start, "end": end} for day in ordered for start, end in spans]


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def address_of(name: str) -> str:
    """The part of an e-mail address before the @: `Łucja D'Angelo` as `lucja.dangelo`."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("ł", "l").replace("ß", "ss").replace("ø", "o"))
    letters = "".join(sign for sign in plain if sign.isascii() and (sign.isalnum() or sign in " -"))
    return letters.replace(" ", ".")
