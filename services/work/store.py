"""Documents of time entries and timesheets; copies of contracts; a row a person that makes writers take turns."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from services.work.domain.contract import WorkContract
from services.work.domain.timesheet import TimeEntry, Timesheet
from shared.platform.ids import new_id
from shared.platform.personal import Fate, Held, Mask, NothingPersonal, Personal
from shared.platform.storage import Collection, Database, Document, Index, Raw

NAMES = (Mask("client_id", ("client_name",)), Mask("assistant_id", ("assistant_name",)))


class Entries(Collection[TimeEntry]):
    name = "entries"
    entity = TimeEntry
    personal = Held(of=("assistant_id",), fate=Fate.KEPT)
    indexes = (Index("timesheet_id", "started_at"), Index("assistant_id", "started_at"))

    def of_sheet(self, timesheet_id: str) -> list[TimeEntry]:
        """In the order of their start."""
        return self.find(timesheet_id=timesheet_id, sort=[("started_at", 1)])

    def of_sheets(self, timesheet_ids: list[str]) -> list[TimeEntry]:
        return self.find({"timesheet_id": {"$in": timesheet_ids}}, sort=[("started_at", 1)])

    def of_person_within(self, assistant_id: str, started_at: datetime, ended_at: datetime) -> list[TimeEntry]:
        """Whatever the person logged that touches the stretch, on any contract."""
        query = {"assistant_id": assistant_id, "started_at": {"$lt": ended_at}, "ended_at": {"$gt": started_at}}
        return self.find(query)


class Timesheets(Collection[Timesheet]):
    name = "timesheets"
    entity = Timesheet
    personal = Held(of=("client_id", "assistant_id"), fate=Fate.KEPT)
    indexes = (Index("contract_id", "-week_start"), Index("sides", "-week_start"), Index("sides", "state"))

    def to_document(self, entity: Timesheet) -> Document:
        return {**super().to_document(entity), "sides": [entity.client_id, entity.assistant_id]}


class Contracts(Collection[WorkContract]):
    """Copies of matching's contracts."""

    name = "contracts"
    entity = WorkContract
    personal = Held(of=("client_id", "assistant_id"), fate=Fate.KEPT, masks=NAMES)


class Turns(Raw):
    """One row a person: a transaction that writes it conflicts with every other that does."""

    name = "turns"
    personal = NothingPersonal("an id a person, to take turns by")

    def take(self, assistant_id: str) -> None:
        """Makes this transaction and any other about the same person run one after the other."""
        self.raw.update_one({"_id": assistant_id}, {"$set": {"taken": new_id()}}, upsert=True, session=self.session)


class WorkStore(Database):
    service = "work"
    facts: ClassVar[dict[str, Personal]] = {
        "timesheet.": Held(of=("client_id", "assistant_id"), fate=Fate.KEPT, masks=NAMES)
    }
    copies: ClassVar[dict[str, str]] = {"contracts": "matching"}
    entries = Entries
    timesheets = Timesheets
    contracts = Contracts
    turns = Turns
