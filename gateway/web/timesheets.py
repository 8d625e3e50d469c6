"""Hours: logged by the assistant, a week at a time, and approved or disputed by the client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import formats, i18n
from gateway.caller import caller, maybe
from gateway.formats import Unreadable
from gateway.forms import Date, Form, LongText, Text, Time, posted_key
from gateway.session import needs
from gateway.web import act, done, page
from gateway.web.sides import SIDES, my_side
from shared.contracts import billing, matching
from shared.contracts import work as c
from shared.platform.clock import utc_now
from shared.platform.errors import NotFound

pages = Blueprint("timesheets", __name__)

WAITING = ("open", "submitted", "disputed")


class TimeForm(Form):
    """A stretch of work as the wall clock of the reader shows it. An end at 00:00 is the following midnight."""

    day = Date(_l("Day"), path="-")
    start = Time(_l("From"), path="started_at")
    end = Time(_l("To"), path="ended_at")
    memo = Text(_l("What you did"), most=500, placeholder=_l("Two flights rebooked, board papers sent out"))

    started_at: datetime
    ended_at: datetime

    def check(self) -> None:
        if not (self.day.value and self.start.value and self.end.value):
            return
        on, start, end = self.day.value, formats.read_time(self.start.value), formats.read_time(self.end.value)
        try:
            self.started_at = formats.local_instant(on, start)
        except Unreadable as problem:
            self.start.problem(problem.text)
        try:
            self.ended_at = formats.local_instant(on + timedelta(days=1) if end == time() else on, end)
        except Unreadable as problem:
            self.end.problem(problem.text)

    @property
    def times(self) -> dict[str, Any]:
        return {"started_at": self.started_at, "ended_at": self.ended_at, "memo": self.memo.value}


class DisputeForm(Form):
    reason = LongText(_l("What is wrong?"), most=1000, rows=3)


@pages.get("/timesheets")
@needs("client", "assistant")
def index() -> Response:
    everything = request.args.get("show") == "all"
    states = [] if everything else list(WAITING)
    got = caller.queries(
        listed=(c.ListTimesheets, {"states": states, "cursor": request.args.get("cursor", "")}),
        contracts=maybe(matching.ListContracts, {"states": ["trial", "active", "notice"], "limit": 50}),
    )
    running = (got["contracts"] or {"items": []})["items"]
    tabs = [
        (_("Under way"), url_for("timesheets.index"), not everything, 0),
        (_("All"), url_for("timesheets.index", show="all"), everything, 0),
    ]
    loggable = [contract for contract in running if my_side(contract) == "assistant"]
    return page(
        "timesheets/index.html", listed=got["listed"], loggable=loggable, tabs=tabs, everything=everything, **SIDES
    )


def by_day(entries: Iterable[Mapping[str, Any]]) -> list[tuple[date, list[Mapping[str, Any]]]]:
    """Entries under the reader's calendar days, in order."""
    days: dict[date, list[Mapping[str, Any]]] = {}
    for entry in sorted(entries, key=lambda entry: str(entry["started_at"])):
        days.setdefault(formats.day(entry["started_at"]), []).append(entry)
    return sorted(days.items())


@pages.get("/timesheets/<id>")
@needs("client", "assistant", "operator")
def timesheet(id: str) -> Response:
    return _timesheet(id, DisputeForm())


def _timesheet(id: str, form: DisputeForm) -> Response:
    sheet = caller.query(c.GetTimesheet, {"id": id})
    got = caller.queries(invoices=maybe(billing.ListInvoices, {"contract_id": sheet["contract_id"], "limit": 50}))
    invoice = next(
        (
            invoice
            for invoice in (got["invoices"] or {"items": []})["items"]
            if any(line["cause"] == f"timesheet:{id}" for line in invoice["lines"])
        ),
        None,
    )
    last_day = date.fromisoformat(sheet["week_start"]) + timedelta(days=6)
    return form.page(
        "timesheets/timesheet.html",
        sheet=sheet,
        days=by_day(sheet["entries"]),
        invoice=invoice,
        last_day=last_day,
        ticked=request.form.getlist("entry"),
        side=my_side(sheet),
        **SIDES,
    )


@pages.route("/contracts/<id>/time", methods=["GET", "POST"])
@needs("assistant")
def log(id: str) -> Response:
    now = utc_now().astimezone(ZoneInfo(i18n.current_zone()))
    form = TimeForm()
    if not form.posted:
        form.day.show(request.args.get("day") or now.date())
    if form.valid:
        with form.catching():
            entry = caller.command(c.LogTime, {"contract_id": id, **form.times}, key=form.key)
            to = url_for("timesheets.timesheet", id=entry["timesheet_id"])
            if "another" in request.form:
                to = url_for("timesheets.log", id=id, day=form.day.typed)
            return done(_("%(time)s logged.", time=formats.duration(entry["minutes"])), to)
    got = caller.queries(
        contract=(matching.GetContract, {"id": id}),
        sheets=maybe(c.ListTimesheets, {"contract_id": id, "limit": 2}),
    )
    if my_side(got["contract"]) != "assistant":
        raise NotFound("This contract does not exist, or it is not yours.")
    return form.page("timesheets/log.html", by_day=by_day, today=now.date(), **got, **SIDES)


@pages.route("/timesheets/<id>/entries/<entry_id>", methods=["GET", "POST"])
@needs("assistant")
def edit(id: str, entry_id: str) -> Response:
    sheet = caller.query(c.GetTimesheet, {"id": id})
    entry = next((entry for entry in sheet["entries"] if entry["id"] == entry_id), None)
    if entry is None or my_side(sheet) != "assistant":
        raise NotFound("This entry does not exist, or it is not yours.")
    zone = i18n.zone()
    started, ended = (formats.instant(entry[name]).astimezone(zone) for name in ("started_at", "ended_at"))
    form = TimeForm(initial={"memo": entry["memo"]})
    if not form.posted:
        form.day.show(started.date())
        form.start.show(f"{started:%H:%M}")
        form.end.show(f"{ended:%H:%M}")
    if form.valid:
        with form.catching():
            caller.command(c.EditTime, {"entry_id": entry_id, **form.times}, key=form.key)
            return done(_("The entry is corrected."), url_for("timesheets.timesheet", id=id))
    return form.page("timesheets/edit.html", sheet=sheet, entry=entry, **SIDES)


@pages.post("/timesheets/<id>/entries/<entry_id>/delete")
@needs("assistant")
def delete(id: str, entry_id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.DeleteTime, {"entry_id": entry_id}, key=key),
        said=_("The entry is removed."),
        to=url_for("timesheets.timesheet", id=id),
    )


@pages.post("/timesheets/<id>/submit")
@needs("assistant")
def submit(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.SubmitTimesheet, {"timesheet_id": id}, key=key),
        said=_("Your week is with the client now."),
        to=url_for("timesheets.timesheet", id=id),
    )


@pages.post("/timesheets/<id>/approve")
@needs("client")
def approve(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.ApproveTimesheet, {"timesheet_id": id}, key=key),
        said=_("Approved. The invoice follows within a minute."),
        to=url_for("timesheets.timesheet", id=id),
    )


@pages.post("/timesheets/<id>/dispute")
@needs("client")
def dispute(id: str) -> Response:
    form = DisputeForm()
    ticked = request.form.getlist("entry")
    if form.valid and not ticked:
        form.wrong(form.reason, "Tick the entries that you dispute.")
    if form.valid:
        with form.catching():
            request_ = {"timesheet_id": id, "entry_ids": ticked, "reason": form.reason.value}
            caller.command(c.DisputeTimesheet, request_, key=form.key)
            return done(_("The assistant is asked to correct it."), url_for("timesheets.timesheet", id=id))
    return _timesheet(id, form)
