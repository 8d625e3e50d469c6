"""The demo data: a marketplace with a past of three months, made through the services' own commands.

Nothing here has a fixed date: all is counted back from the present, and timers that came due on the way have fired.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from deploy.demo import rate_cards as cards
from deploy.demo import stories
from deploy.demo.delivery import Delivery
from deploy.demo.people import PRACTICES, SIGN_INS
from deploy.demo.population import Invented, invent
from deploy.demo.samples import show_work
from deploy.demo.stage import SYSTEM, Json, Stage, Story
from deploy.in_process import InProcess
from shared.contracts import accounts, profiles, rate_cards
from shared.platform.clock import utc_now

ASSISTANTS = 1000
BATCH = 100
JOINED_DAYS_AGO = (95, 95, 95, 95, 95, 95, 62, 30, 9, 2)
"""When each batch of assistants came: most at the start, some are newcomers."""
HISTORY = timedelta(days=95)
HOLIDAYS = {"anna": "IT", "james": "GB", "elena": "IT"}
ABSENCES = {"anna": "Settimana in montagna", "james": "Walking in Wales", "elena": "Trasloco dello studio"}

__all__ = ["SIGN_INS", "load"]


def load(world: InProcess) -> None:
    """Fills an empty marketplace."""
    with Delivery(world).in_place() as delivery:
        stage = Stage(world, delivery, utc_now())
        stage.start_at(stage.ends_at - HISTORY)
        stage.welcome()
        invented = invent(ASSISTANTS - len(PRACTICES))
        stage.begin(joining(stage, invented))
        for story in stories.of(stage):
            stage.begin(story)
        stage.play()


def absences(stage: Stage, key: str) -> Iterator[Json]:
    """A few days off and an odd day, some weeks after the present."""
    begin = stage.ends_at.date() + timedelta(days=19 + 7 * sorted(PRACTICES).index(key))
    begin -= timedelta(days=begin.weekday())
    yield {
        "kind": "away",
        "first_on": begin.isoformat(),
        "last_on": (begin + timedelta(days=6)).isoformat(),
        "reason": ABSENCES[key],
        "public": key == "anna",
    }
    afternoon = {"start": "14:00", "end": "18:00"}
    odd = (begin + timedelta(days=9)).isoformat()
    yield {"kind": "instead", "first_on": odd, "spans": [afternoon], "reason": "", "public": False}


def joining(stage: Stage, invented: list[Invented]) -> Story:
    """The people with a practice of their own text first, then batches of the others."""
    for key, practice in PRACTICES.items():
        actor, person = stage.actor(key), stage.people[key]
        stage.do(profiles.SaveProfile, {"display_name": person.name, **practice}, actor)
        stage.do(profiles.PublishProfile, None, actor)
        for days_off in absences(stage, key):
            stage.do(profiles.AddException, days_off, actor)
        stage.do(profiles.ImportHolidays, {"country": HOLIDAYS[key]}, actor)
        if key in cards.OF_PEOPLE:
            stage.do(rate_cards.SaveRateCard, cards.OF_PEOPLE[key](practice), actor)
        show_work(stage, key)
    for days, start in zip(JOINED_DAYS_AGO, range(0, len(invented), BATCH), strict=True):
        if days < HISTORY.days:
            yield stage.ago(days, "07:00")
        batch = invented[start : start + BATCH]
        ids = stage.do(accounts.ImportAccounts, {"accounts": [one.account for one in batch]}, SYSTEM)["ids"]
        rows = [{**one.profile, "assistant_id": id} for id, one in zip(ids, batch, strict=True)]
        stage.do(profiles.ImportProfiles, {"profiles": rows}, SYSTEM)
        written = cards.of_invented(ids, [one.profile for one in batch])
        stage.do(rate_cards.ImportRateCards, {"cards": written}, SYSTEM)
        stage.world.settle()
