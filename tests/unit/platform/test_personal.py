"""What services hold of people is declared, all of it."""

from __future__ import annotations

import importlib
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.services import SERVICES, load_service
from shared.platform import personal
from shared.platform.contract import Event
from shared.platform.personal import Fate, Held, NothingPersonal


def database(service: str) -> Any:
    return load_service(SERVICES[service]).store.database_class


@pytest.mark.parametrize("service", SERVICES)
def test_every_collection_says_whose_it_is_or_why_it_is_nobodys(service: str) -> None:
    """A new collection fails here until it says `personal = Held(of=("owner_id",))` (where the ids of accounts stand,
    and by `fate` what becomes of it when an account is deleted) or `personal = NothingPersonal("why")`: see
    shared/platform/personal.py."""
    for kind in database(service).collections().values():
        assert isinstance(kind.personal, Held | NothingPersonal), f"{service}.{kind.name} says nothing"


@pytest.mark.parametrize("service", SERVICES)
def test_the_history_says_it_too(service: str) -> None:
    """A new event fails here until its name, or its beginning, is in the `facts` of its service's store."""
    facts = database(service).facts
    modules = [importlib.import_module(f"shared.contracts.{service}")]
    if service == "profiles":
        modules.append(importlib.import_module("shared.contracts.rate_cards"))
    for module in modules:
        for event in vars(module).values():
            if isinstance(event, Event) and event.service == service and not event.transient:
                assert any(event.name.startswith(beginning) for beginning in facts), f"{event.name} is not declared"


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_masked_or_found_exists(service: str) -> None:
    """Paths are those of the entity: a mistyped one would find nothing and delete nothing."""
    beside = {"_id", "sides", "members"}
    for kind in database(service).collections().values():
        held = kind.personal
        if not isinstance(held, Held) or not is_dataclass(getattr(kind, "entity", None)):
            continue
        names = {field.name for field in fields(kind.entity)} | beside
        masks = [path for mask in held.masks for path in (mask.at, *mask.fields, *mask.where)]
        for path in (*held.of, *held.about, *held.secret, *masks):
            assert path.partition(".")[0] in names, f"{service}.{kind.name}: {path}"
        assert held.of or held.about
        assert held.fate is not Fate.MASKED or held.masks


def test_books_are_kept_to_the_end_of_the_tenth_year() -> None:
    assert personal.kept_until(datetime(2026, 3, 4, 9, tzinfo=UTC)) == datetime(2037, 1, 1, tzinfo=UTC)
    assert personal.kept_until(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2039, 1, 1, tzinfo=UTC)
    kept = {name for name in SERVICES if personal.keeps_something(database(name))}
    assert kept == {"matching", "work", "billing"}


@pytest.mark.parametrize(("mine", "others"), [("client", "assistant"), ("assistant", "client")])
def test_a_sealed_review_is_not_read_by_way_of_the_export(mine: str, others: str) -> None:
    from services.matching.store import Reviews

    reviews = Reviews({"reviews": None})
    kept = {"client_id": "client", "assistant_id": "assistant", "by_client": "c", "by_assistant": "a"}

    sealed = reviews.taken_along({**kept, "revealed_at": None}, mine)
    assert (sealed[f"by_{mine}"], sealed[f"by_{others}"]) == (mine[0], None)
    assert reviews.taken_along({**kept, "revealed_at": "now"}, mine)[f"by_{others}"] == others[0]
