"""Requests: clients' briefs; what is needed, when, for how much."""

from __future__ import annotations

import re

from marshmallow import fields

from shared.contracts.fields import (
    LEVELS,
    LOCALES,
    ById,
    Id,
    Instant,
    Language,
    MoneyField,
    Page,
    Reason,
    SkillWish,
    between,
    clock_time,
    fail,
    items,
    known_industry,
    known_service,
    known_zone,
    length,
    one_of,
    optional,
    plausible_day,
)
from shared.platform.contract import Command, Empty, Event, Message, Query

SERVICE = "requests"
QUESTION = re.compile(r"^[A-Za-z0-9_-]{1,80}$")
SKETCH_ID = re.compile(r"^[A-Za-z0-9_-]{16,64}$")
ENGAGEMENTS = ("hourly", "retainer")
DURATIONS = ("", "ongoing", "one_off")
BRIEF_STATES = ("draft", "open", "paused", "filled", "closed", "expired", "removed")


def sketch_id(value: str) -> None:
    """Long enough that nobody chooses somebody else's by chance."""
    if not SKETCH_ID.match(value):
        raise fail("This is no name of a draft: it has 16 to 64 letters and digits.")


def question(value: str) -> None:
    if not QUESTION.match(value):
        raise fail("This is no name of a question.")


class BriefContent(Message):
    """What a client needs.

    `budget` is the most they pay: an hour when `engagement` is hourly, a month when it is a retainer. `day_start` and
    `day_end` are their working day, Monday to Friday in `time_zone`; `overlap_minutes` of it are to be shared each day.
    `industry` is the client's line of business; it and `duration` may be left unsaid ("").
    """

    title = fields.String(required=True, validate=length(1, 140))
    text = fields.String(load_default="", validate=length(0, 5000))
    text_locale = fields.String(load_default="en", validate=one_of(LOCALES))
    level = fields.String(required=True, validate=one_of(LEVELS))
    services = fields.List(fields.String(validate=known_service), load_default=list, validate=items(0, 20))
    required_skills = fields.List(fields.Nested(SkillWish), load_default=list, validate=items(0, 20))
    preferred_skills = fields.List(fields.Nested(SkillWish), load_default=list, validate=items(0, 20))
    languages = fields.List(fields.Nested(Language), load_default=list, validate=items(0, 8))
    engagement = fields.String(required=True, validate=one_of(ENGAGEMENTS))
    weekly_minutes = fields.Integer(required=True, validate=between(60, 60 * 60))
    budget = MoneyField(required=True)
    time_zone = fields.String(required=True, validate=known_zone)
    day_start = fields.String(load_default="09:00", validate=clock_time)
    day_end = fields.String(load_default="18:00", validate=clock_time)
    overlap_minutes = fields.Integer(load_default=120, validate=between(0, 600))
    start_on = fields.Date(required=True, validate=plausible_day)
    duration = fields.String(load_default="", validate=one_of(DURATIONS))
    industry = fields.String(load_default="", validate=optional(known_industry))


class ReadRequest(Message):
    """A brief in the client's own words; `today` is the client's day."""

    text = fields.String(required=True, validate=length(1, 5000))
    today = fields.Date(load_default=None, allow_none=True, validate=optional(plausible_day))


class Finding(Message):
    """What the text says on its characters `start` to `end`; `value` by `kind`:

    skill (code, level 1 to 4 or null, required), service (code), language (code, cefr or null, required), industry
    (code), hours (minutes, per: week or month), overlap (minutes a day), budget (amount, currency, per: hour, month or
    ""), engagement (code), level (code), zone (name), start (date), duration (code). Not `sure`: read from a typo or by
    convention (a day as eight hours). `negated`: the text says that it is not wanted.
    """

    kind = fields.String()
    value = fields.Dict(keys=fields.String())
    start = fields.Integer()
    end = fields.Integer()
    negated = fields.Boolean()
    sure = fields.Boolean()


class Reading(Message):
    """`missing`: what a brief needs and the text does not say (services, hours, budget, engagement, level, zone,
    start)."""

    findings = fields.List(fields.Nested(Finding))
    missing = fields.List(fields.String())


class SketchRequest(Message):
    """A brief that is still being written. Who begins one chooses its `id`, so that saving again saves the same.

    `answers`: what was typed so far, by the name of the question, as it was typed; nothing of it is judged. `today` is
    the client's day, on which the text is read.
    """

    id = fields.String(required=True, validate=sketch_id)
    text = fields.String(load_default="", validate=length(0, 5000))
    text_locale = fields.String(load_default="en", validate=one_of(LOCALES))
    today = fields.Date(load_default=None, allow_none=True, validate=optional(plausible_day))
    answers = fields.Dict(
        keys=fields.String(validate=question),
        values=fields.List(fields.String(validate=length(0, 5000)), validate=items(0, 40)),
        load_default=dict,
        validate=items(0, 400),
    )


class Sketch(SketchRequest, Reading):
    """With what the text says. Kept for 180 days after the last change."""

    client_id = fields.String()
    by = fields.String()
    created_at = Instant()
    updated_at = Instant()


class SketchLine(Message):
    id = fields.String()
    text = fields.String()
    text_locale = fields.String()
    updated_at = Instant()
    answers = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class Sketches(Message):
    """All of the client's, written last first; at most 20."""

    items = fields.List(fields.Nested(SketchLine))


class Brief(BriefContent):
    id = fields.String()
    client_id = fields.String()
    state = fields.String()
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()
    opened_at = Instant(allow_none=True)
    expires_at = Instant(allow_none=True)
    end_reason = fields.String()


class SaveBriefRequest(BriefContent):
    """No `id` makes a new draft, which takes the place of the sketch `sketch_id`.

    `version` is the one the form was made from: a lost race is a Conflict.
    """

    id = Id(required=False, load_default="")
    sketch_id = Id(required=False, load_default="")
    version = fields.Integer(load_default=0)


class ListBriefsRequest(Page):
    states = fields.List(fields.String(validate=one_of(BRIEF_STATES)), load_default=list)


class Briefs(Message):
    items = fields.List(fields.Nested(Brief))
    next = fields.String(allow_none=True)


class AssistantRef(Message):
    assistant_id = Id()


class KeepRequest(AssistantRef):
    """Puts an assistant on the reader's shortlist, or changes the note that is there. Only they can read it."""

    note = fields.String(load_default="", validate=length(0, 1000))


class Kept(Message):
    """An assistant on a shortlist."""

    assistant_id = fields.String()
    note = fields.String()
    kept_at = Instant()


class KeptRequest(Message):
    pass


class Shortlist(Message):
    """All of it, newest first."""

    items = fields.List(fields.Nested(Kept))


SaveBrief = Command(SERVICE, "save_brief", SaveBriefRequest, Brief)
PublishBrief = Command(SERVICE, "publish_brief", ById, Brief)
PauseBrief = Command(SERVICE, "pause_brief", ById, Brief)
ResumeBrief = Command(SERVICE, "resume_brief", ById, Brief)
CloseBrief = Command(SERVICE, "close_brief", Reason, Brief)
ReopenBrief = Command(SERVICE, "reopen_brief", ById, Brief)
# Operators, with a reason.
RemoveBrief = Command(SERVICE, "remove_brief", Reason, Brief)
# Reads and keeps nothing; anyone who is signed in.
ReadBrief = Query(SERVICE, "read_brief", ReadRequest, Reading)
# Clients, their own: briefs that are still being written.
SaveSketch = Command(SERVICE, "save_sketch", SketchRequest, Sketch)
DropSketch = Command(SERVICE, "drop_sketch", ById, Empty)
GetSketch = Query(SERVICE, "get_sketch", ById, Sketch)
ListSketches = Query(SERVICE, "list_sketches", Empty, Sketches)
# Anyone who is signed in; their own shortlist, of at most 100.
KeepAssistant = Command(SERVICE, "keep_assistant", KeepRequest, Kept, colleagues=("owner", "approver"))
DropAssistant = Command(SERVICE, "drop_assistant", AssistantRef, Shortlist, colleagues=("owner", "approver"))
GetShortlist = Query(SERVICE, "get_shortlist", KeptRequest, Shortlist)
# The client's own, and operators.
GetBrief = Query(SERVICE, "get_brief", ById, Brief)
ListBriefs = Query(SERVICE, "list_briefs", ListBriefsRequest, Briefs)


class BriefFact(BriefContent):
    """The whole brief in its present state."""

    brief_id = fields.String(required=True)
    client_id = fields.String(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    reason = fields.String(load_default="")


BriefOpened = Event(SERVICE, "brief.opened", BriefFact)
# Edited while open, paused or resumed.
BriefChanged = Event(SERVICE, "brief.changed", BriefFact)
# Filled, closed, expired or removed; the state says which.
BriefEnded = Event(SERVICE, "brief.ended", BriefFact)
BriefExpiring = Event(SERVICE, "brief.expiring", BriefFact)
