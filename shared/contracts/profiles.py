"""Profiles: assistants' practices; level, services, skills, languages, hours, capacity and rates."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, fields

from shared.contracts.fields import (
    CEFR,
    COUNTRIES,
    LEVELS,
    LOCALES,
    ById,
    Instant,
    Language,
    MoneyField,
    SkillWish,
    WorkingDay,
    between,
    clock_time,
    items,
    known_industry,
    known_service,
    known_zone,
    length,
    one_of,
    optional,
    plausible_day,
    plausible_email,
)
from shared.contracts.taxonomy import LANGUAGES
from shared.platform.contract import Command, Empty, Event, Message, Query

SERVICE = "profiles"
__all__ = ["CEFR"]
COMPANY_SIZES = ("alone", "micro", "small", "medium", "large")
"""Of clients: one person; up to 9, 49 and 249 people; more."""
ASSURANCES = ("nda", "data_processing", "insured", "encrypted_devices", "own_office", "password_manager", "backups")
"""What she says she is ready for or has; nobody has checked it."""
SECTIONS = ("about", "work", "hours", "clients", "rates")
"""The parts of a profile, in the order in which a first one is written."""


class Retainer(Message):
    """A flat fee a month that includes `included_minutes` of work."""

    fee = MoneyField(required=True)
    included_minutes = fields.Integer(required=True, validate=between(60, 60 * 200))


class Told(Message):
    """What she says of her practice in one more language."""

    locale = fields.String(required=True, validate=one_of(LOCALES))
    headline = fields.String(required=True, validate=length(1, 140))
    story = fields.String(load_default="", validate=length(0, 5000))


class Member(Message):
    """Somebody of the practice; clients see who is `public`."""

    name = fields.String(required=True, validate=length(1, 80))
    role = fields.String(load_default="", validate=length(0, 80))
    languages = fields.List(fields.String(validate=one_of(LANGUAGES)), load_default=list, validate=items(0, 6))
    public = fields.Boolean(load_default=False)


class ProfileContent(Message):
    """What an assistant writes about her practice. `capacity_minutes` is a week's, in all.

    A draft may lack anything; what a published profile needs at least is checked when it is published, and from then on
    at each change. `headline` and `story` are in the language `story_locale`, `translations` hold them in others.
    `target_industries` are the lines of business she works for best (none: all alike), as are `target_sizes`,
    `target_countries` (ISO 3166) and `target_languages` (ISO 639-1) of clients; `notice_days` is how long before
    she can begin. `equipment` is in her words, in `story_locale`. `assurances` are what she declares herself.
    """

    display_name = fields.String(load_default="", validate=length(0, 120))
    headline = fields.String(load_default="", validate=length(0, 140))
    story = fields.String(load_default="", validate=length(0, 5000))
    story_locale = fields.String(load_default="en", validate=one_of(LOCALES))
    translations = fields.List(fields.Nested(Told), load_default=list, validate=items(0, len(LOCALES) - 1))
    level = fields.String(load_default="", validate=optional(one_of(LEVELS)))
    services = fields.List(fields.String(validate=known_service), load_default=list, validate=items(0, 40))
    skills = fields.List(fields.Nested(SkillWish), load_default=list, validate=items(0, 80))
    languages = fields.List(fields.Nested(Language), load_default=list, validate=items(0, 12))
    time_zone = fields.String(load_default="", validate=optional(known_zone))
    working_hours = fields.List(fields.Nested(WorkingDay), load_default=list, validate=items(0, 28))
    capacity_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 80))
    minimum_weekly_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 80))
    hourly_rate = MoneyField(load_default=None, allow_none=True)
    retainer = fields.Nested(Retainer, load_default=None, allow_none=True)
    target_industries = fields.List(fields.String(validate=known_industry), load_default=list, validate=items(0, 16))
    target_sizes = fields.List(fields.String(validate=one_of(COMPANY_SIZES)), load_default=list, validate=items(0, 5))
    target_countries = fields.List(fields.String(validate=one_of(COUNTRIES)), load_default=list, validate=items(0, 40))
    target_languages = fields.List(fields.String(validate=one_of(LANGUAGES)), load_default=list, validate=items(0, 12))
    notice_days = fields.Integer(load_default=0, validate=between(0, 90))
    equipment = fields.String(load_default="", validate=length(0, 600))
    assurances = fields.List(fields.String(validate=one_of(ASSURANCES)), load_default=list, validate=items(0, 8))
    team = fields.List(fields.Nested(Member), load_default=list, validate=items(0, 12))


EXCEPTION_KINDS = ("away", "instead", "extra")


class ClockSpan(Message):
    """HH:MM to HH:MM on the half hour, in the practice's zone."""

    start = fields.String(required=True, validate=clock_time)
    end = fields.String(required=True, validate=clock_time)


class DayException(Message):
    """On all days from `first_on` to `last_on`, in the practice's zone: away, instead of the usual hours, or extra."""

    kind = fields.String(required=True, validate=one_of(EXCEPTION_KINDS))
    first_on = fields.Date(required=True, validate=plausible_day)
    last_on = fields.Date(load_default=None, allow_none=True, validate=plausible_day)
    spans = fields.List(fields.Nested(ClockSpan), load_default=list, validate=items(0, 6))


class AddExceptionRequest(DayException):
    """Without `last_on`, one day. The reason stays private unless it is `public`."""

    reason = fields.String(load_default="", validate=length(0, 140))
    public = fields.Boolean(load_default=False)


class ExceptionShown(DayException):
    """`source`: own or holiday; a holiday has `names` by locale. `locale` is the language of the reason."""

    id = fields.String()
    reason = fields.String()
    locale = fields.String()
    public = fields.Boolean()
    source = fields.String()
    names = fields.Dict(keys=fields.String(), values=fields.String())


class Stand(Message):
    """An assistant who stands in for another."""

    assistant_id = fields.String()
    name = fields.String()


class Profile(ProfileContent):
    """What a draft lacks is null, "" or empty. `photo_id`: the file that `read_file` gives in squares; `address`: the
    name of `/a/<name>`; "" for none. `away`: absences of the next weeks, with reasons that are public."""

    assistant_id = fields.String()
    photo_id = fields.String()
    address = fields.String()
    state = fields.String()
    version = fields.Integer()
    published_at = Instant(allow_none=True)
    updated_at = Instant()
    away = fields.List(fields.Nested(ExceptionShown))
    covered_by = fields.List(fields.Nested(Stand))


class SaveProfileRequest(ProfileContent):
    """`version` is the one the form was made from (0 for a first save): a lost race is a Conflict."""

    version = fields.Integer(load_default=0)


class ChangeProfileRequest(SaveProfileRequest):
    """Some of the content, such as one section of it: what is not named stays as it is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"partial": tuple(ProfileContent().fields), **options})


class Point(Message):
    """Something that a profile has or could have. `needed`: without it a profile is not published.

    `part` is where it is written (SECTIONS and others), `weight` how much it counts beside the others, `have` and
    `enough` how many there are and from how many on it counts in full.
    """

    code = fields.String()
    part = fields.String()
    needed = fields.Boolean()
    weight = fields.Integer()
    have = fields.Integer()
    enough = fields.Integer()
    done = fields.Boolean()


class Completeness(Message):
    """`percent` of all weights is there. `next` is the point that is worth most now, "" when nothing is left."""

    percent = fields.Integer()
    points = fields.List(fields.Nested(Point))
    next = fields.String()
    publishable = fields.Boolean()


class MyProfile(Profile):
    """With what only its owner sees. `first`: it was never published."""

    completeness = fields.Nested(Completeness)
    first = fields.Boolean()


class ImportedProfile(ProfileContent):
    assistant_id = fields.String(required=True)


class ImportProfilesRequest(Message):
    profiles = fields.List(fields.Nested(ImportedProfile), required=True, validate=items(1, 500))


# Creates the draft or replaces all of it; a published profile stays published and the change is seen at once.
SaveProfile = Command(SERVICE, "save_profile", SaveProfileRequest, Profile)
# Creates the draft or changes the fields that are named.
ChangeProfile = Command(SERVICE, "change_profile", ChangeProfileRequest, Profile)
PublishProfile = Command(SERVICE, "publish_profile", Empty, Profile)
UnpublishProfile = Command(SERVICE, "unpublish_profile", Empty, Profile)
# Operators: published profiles of imported accounts.
ImportProfiles = Command(SERVICE, "import_profiles", ImportProfilesRequest, Empty)
GetMyProfile = Query(SERVICE, "get_my_profile", Empty, MyProfile)
# Anyone; NotFound while it is not published, except for its owner and operators. `id` is the assistant's.
GetProfile = Query(SERVICE, "get_profile", ById, Profile)


class HolidaysRequest(Message):
    """Of a country (ISO 3166), in the place of those that are there; "" takes them away."""

    country = fields.String(required=True, validate=optional(one_of(COUNTRIES)))


class FollowedCalendar(Message):
    """A calendar of hers elsewhere. `problem` is a sentence, "" while all is well; `busy`: how many times are taken."""

    id = fields.String()
    host = fields.String()
    read_at = Instant(allow_none=True)
    problem = fields.String()
    busy = fields.Integer()


class Availability(Message):
    """What is to come, by day. `holidays_country`: whose public holidays are among them. `feed_key` opens her own
    calendar, "" while it is not shared."""

    assistant_id = fields.String()
    exceptions = fields.List(fields.Nested(ExceptionShown))
    holidays_country = fields.String()
    feed_key = fields.String()
    calendars = fields.List(fields.Nested(FollowedCalendar))


class FollowRequest(Message):
    """The https address of an iCalendar file."""

    url = fields.String(required=True, validate=length(1, 1000))


class FeedRequest(Message):
    key = fields.String(required=True, validate=length(1, 80))


class CommitmentShown(Message):
    """What a contract holds of her weeks."""

    id = fields.String()
    client_name = fields.String()
    title = fields.String()
    weekly_minutes = fields.Integer()
    start_on = fields.Date()
    ends_on = fields.Date(allow_none=True)


class Cover(Message):
    """One assistant stands in for another (`inviter`) when that one is away. `state`: invited, accepted, declined or
    ended; `address` is what the inviter typed, and only she sees it."""

    id = fields.String()
    inviter_id = fields.String()
    inviter_name = fields.String()
    partner_id = fields.String()
    partner_name = fields.String()
    address = fields.String()
    state = fields.String()
    invited_at = Instant()


class Covers(Message):
    """Those that stand in for her, or were asked to; and those for whom she stands in, or was asked to."""

    mine = fields.List(fields.Nested(Cover))
    others = fields.List(fields.Nested(Cover))


class InviteCoverRequest(Message):
    """The e-mail address of the other assistant's account."""

    address = fields.String(required=True, validate=plausible_email)


class CoverFact(Message):
    """Who stands in for whom, now; without the address."""

    cover_id = fields.String(required=True)
    inviter_id = fields.String(required=True)
    inviter_name = fields.String(required=True)
    partner_id = fields.String(required=True)
    partner_name = fields.String(required=True)
    state = fields.String(required=True)


# Whether somebody has the address is not told: who has it sees the invitation.
InviteCover = Command(SERVICE, "invite_cover", InviteCoverRequest, Cover)
# The one who was invited.
AcceptCover = Command(SERVICE, "accept_cover", ById, Cover)
DeclineCover = Command(SERVICE, "decline_cover", ById, Cover)
# Either of the two, at any time.
EndCover = Command(SERVICE, "end_cover", ById, Cover)
ListCovers = Query(SERVICE, "list_covers", Empty, Covers)
CoverInvited = Event(SERVICE, "cover.invited", CoverFact)
CoverAccepted = Event(SERVICE, "cover.accepted", CoverFact)
CoverDeclined = Event(SERVICE, "cover.declined", CoverFact)
CoverEnded = Event(SERVICE, "cover.ended", CoverFact)


class Feed(Message):
    """What her calendar shows, in `locale`."""

    assistant_id = fields.String()
    display_name = fields.String()
    locale = fields.String()
    time_zone = fields.String()
    working_hours = fields.List(fields.Nested(WorkingDay))
    exceptions = fields.List(fields.Nested(ExceptionShown))
    commitments = fields.List(fields.Nested(CommitmentShown))
    updated_at = Instant()


# An assistant's own: calendars that she follows (read at once, and every few hours), and her own calendar's address.
FollowCalendar = Command(SERVICE, "follow_calendar", FollowRequest, Availability)
ReadCalendar = Command(SERVICE, "read_calendar", ById, Availability)
UnfollowCalendar = Command(SERVICE, "unfollow_calendar", ById, Availability)
ShareCalendar = Command(SERVICE, "share_calendar", Empty, Availability)
UnshareCalendar = Command(SERVICE, "unshare_calendar", Empty, Availability)
# Whoever has the key.
GetCalendar = Query(SERVICE, "get_calendar", FeedRequest, Feed)
# An assistant's own: exceptions to the weekly hours of her profile.
AddException = Command(SERVICE, "add_exception", AddExceptionRequest, Availability)
DropException = Command(SERVICE, "drop_exception", ById, Availability)
ImportHolidays = Command(SERVICE, "import_holidays", HolidaysRequest, Availability)
GetMyAvailability = Query(SERVICE, "get_my_availability", Empty, Availability)


class BusySpan(Message):
    """Taken, by a calendar of hers."""

    start = Instant(required=True)
    end = Instant(required=True)


class AvailabilityFact(Message):
    """All exceptions to her weekly hours that are known now, without reasons; and what calendars say is taken."""

    assistant_id = fields.String(required=True)
    exceptions = fields.List(fields.Nested(DayException), required=True)
    busy = fields.List(fields.Nested(BusySpan), required=True)


class ProfileFact(ProfileContent):
    """The published profile, which lacks none of these; without its team, which nobody else needs."""

    class Meta:
        unknown = EXCLUDE
        exclude = ("team",)

    display_name = fields.String(required=True)
    headline = fields.String(required=True)
    level = fields.String(required=True)
    services = fields.List(fields.String(), required=True)
    skills = fields.List(fields.Nested(SkillWish), required=True)
    languages = fields.List(fields.Nested(Language), required=True)
    time_zone = fields.String(required=True)
    working_hours = fields.List(fields.Nested(WorkingDay), required=True)
    capacity_minutes = fields.Integer(required=True)
    hourly_rate = MoneyField(required=True)
    assistant_id = fields.String(required=True)
    photo_id = fields.String(load_default="")
    address = fields.String(load_default="")
    published_at = Instant(required=True)


class ProfileWithdrawn(Message):
    assistant_id = fields.String(required=True)


class ProfilesImportedFact(Message):
    """Published profiles that an operator brought in together. What is told of one of them later is newer."""

    profiles = fields.List(fields.Nested(ProfileFact), required=True)


AvailabilityChanged = Event(SERVICE, "availability.changed", AvailabilityFact)
ProfilesImported = Event(SERVICE, "profiles.imported", ProfilesImportedFact)
ProfilePublished = Event(SERVICE, "profile.published", ProfileFact)
ProfileChanged = Event(SERVICE, "profile.changed", ProfileFact)
ProfileUnpublished = Event(SERVICE, "profile.unpublished", ProfileWithdrawn)
