"""Read models are rebuilt from the history of the services whose facts they copy, and nothing happens twice by that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from deploy.in_process import InProcess
from deploy.rebuild import main, rebuild
from shared.contracts import (
    accounts,
    billing,
    companies,
    matching,
    messaging,
    profiles,
    requests,
    taxonomy,
    vocabulary,
    work,
)
from shared.platform.clock import utc_now
from shared.platform.context import Actor
from shared.platform.run import provider_of
from shared.platform.settings import ServiceSettings, load_settings
from tests.support.services import actor, running

EVERYBODY = ["accounts", "profiles", "requests", "matching", "work", "billing", "messaging"]
PASSWORD = "four plain words here"
STAMPS = ("changed_at", "change", "version")
"""That a document was written again, with the same content, is no difference."""


def signed_up(world: InProcess, name: str, role: str) -> Actor:
    request = {"email": f"{name}@example.com", "password": PASSWORD, "name": name, "roles": [role], "locale": "en"}
    answer = world.call(accounts.SignUp, {**request, "time_zone": "UTC"})
    account_id = answer["account"]["id"]
    world.settle()
    messaging: Any = provider_of(world.containers["messaging"]).database
    mail = messaging.mails.find_one(to=request["email"])
    token = mail.text.split("/confirm/")[1].split()[0]
    world.call(accounts.ConfirmEmail, {"token": token})
    return actor(account_id, role)


def hired(world: InProcess) -> None:
    """A client, an assistant, a contract, an hour of work, and its invoice."""
    assistant, client = signed_up(world, "anna", "assistant"), signed_up(world, "clara", "client")
    taxonomy.forget_added()  # what an earlier marketplace of this process added
    labels = {"en": "Orchard Diary", "it": "Orchard Diary"}
    added = {"kind": "tool", "service": "calendar", "labels": labels, "descriptions": labels}
    world.call(vocabulary.AddWork, added, actor("operator", "operator"))
    eur = {"currency": "EUR"}
    profile = {
        "display_name": "Anna",
        "headline": "Calendars",
        "level": "executive",
        "services": ["calendar"],
        "skills": [{"code": "calendar.management", "level": 3}],
        "languages": [{"code": "en", "cefr": "C1"}],
        "time_zone": "UTC",
        "working_hours": [
            {"day": day, "start": "08:00", "end": "18:00"} for day in ("mon", "tue", "wed", "thu", "fri")
        ],
        "capacity_minutes": 1800,
        "hourly_rate": {"amount": 4000, **eur},
    }
    world.call(profiles.SaveProfile, profile, assistant)
    world.settle()
    world.call(profiles.PublishProfile, {}, assistant)
    away = (utc_now() + timedelta(days=30)).date().isoformat()
    world.call(profiles.AddException, {"kind": "away", "first_on": away}, assistant)
    world.call(companies.SaveCompany, {"name": "Clara & Co."}, client)
    brief = {
        "title": "Calendar",
        "level": "executive",
        "engagement": "hourly",
        "weekly_minutes": 600,
        "budget": {"amount": 5000, **eur},
        "time_zone": "UTC",
        "start_on": utc_now().date().isoformat(),
    }
    saved = world.call(requests.SaveBrief, brief, client)
    world.call(requests.PublishBrief, {"id": saved["id"]}, client)
    world.settle()
    terms = {
        "engagement": "hourly",
        "rate": {"amount": 4000, **eur},
        "weekly_minutes": 600,
        "start_on": utc_now().date().isoformat(),
    }
    offered = {"brief_id": saved["id"], "assistant_id": assistant.account_id, "terms": terms}
    offer = world.call(matching.SendOffer, offered, client)
    contract = world.call(matching.AcceptOffer, {"offer_id": offer["id"]}, assistant)
    world.settle()
    midnight = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    world.advance(midnight + timedelta(days=1, hours=12))
    times = {
        "started_at": (midnight + timedelta(days=1, hours=8)).isoformat(),
        "ended_at": (midnight + timedelta(days=1, hours=9)).isoformat(),
    }
    entry = world.call(work.LogTime, {"contract_id": contract["id"], **times, "memo": "Calendar"}, assistant)
    world.call(work.SubmitTimesheet, {"timesheet_id": entry["timesheet_id"]}, assistant)
    world.call(work.ApproveTimesheet, {"timesheet_id": entry["timesheet_id"]}, client)
    world.settle()
    (invoice,) = world.call(billing.ListInvoices, {}, client)["items"]
    received_on = (midnight + timedelta(days=1)).date().isoformat()
    paid = {"invoice_id": invoice["id"], "amount": invoice["due"], "received_on": received_on}
    world.call(billing.RecordPayment, paid, assistant)
    world.call(messaging.PostMessage, {"conversation_id": contract["thread_id"], "body": "Thank you"}, client)
    world.settle()


RUNS_ON = ("jobs",)
"""Notes of jobs that go by the clock: they may run between two looks."""


def contents(world: InProcess, name: str) -> dict[str, list[Any]]:
    """All that the service holds, but for what the platform notes for itself and stamps of when a copy was written."""
    database = provider_of(world.containers[name]).database
    found = {}
    for kind in type(database).collections().values():
        of_the_service = kind.__module__.startswith("services.") or kind.name in database.copies
        if of_the_service and kind.name not in RUNS_ON:
            rows = database.raw[kind.name].find().sort("_id", 1)
            found[kind.name] = [{k: v for k, v in row.items() if k not in STAMPS} for row in rows]
    return found


PAIRS = [
    ("accounts", "matching"),
    ("accounts", "work"),
    ("accounts", "billing"),
    ("matching", "profiles"),
    ("matching", "accounts"),
    ("matching", "requests"),
    ("matching", "work"),
    ("matching", "billing"),
    ("matching", "messaging"),
    ("profiles", "accounts"),
    ("requests", "accounts"),
    ("requests", "profiles"),
    ("requests", "matching"),
    ("work", "matching"),
    ("billing", "matching"),
    ("billing", "work"),
    ("messaging", "accounts"),
    ("messaging", "matching"),
    ("messaging", "work"),
    ("messaging", "billing"),
]


def test_every_read_model_comes_back_and_nothing_happens_twice(
    amqp_uri: str, mongo_uri: str, database_prefix: str
) -> None:
    with running(EVERYBODY, amqp_uri, mongo_uri, database_prefix) as world:
        hired(world)
        settings = load_settings(ServiceSettings, world.environ)
        before = {name: contents(world, name) for name in EVERYBODY}

        for reader, publisher in PAIRS:
            database = provider_of(world.containers[reader]).database
            copies = [name for name, of in database.copies.items() if of == publisher]
            assert rebuild(reader, publisher, settings) > 0, (reader, publisher)
            world.settle()
            for name in copies:
                assert before[reader][name], f"{name} of {reader} was empty: nothing is shown"

        after = {name: contents(world, name) for name in EVERYBODY}
        for name in EVERYBODY:
            for collection, rows in before[name].items():
                assert after[name][collection] == rows, (name, collection)


def test_who_calls_it_wrongly_is_told_how() -> None:
    with pytest.raises(SystemExit, match="READER PUBLISHER"):
        main(["matching"])
    with pytest.raises(SystemExit, match="matching"):
        main(["matching", "marketing"])
