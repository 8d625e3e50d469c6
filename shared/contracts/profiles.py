"""Profiles: assistants' practices; level, services, skills, languages, hours, capacity and rates."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import (
    CEFR,
    LEVELS,
    LOCALES,
    ById,
    Instant,
    Language,
    MoneyField,
    SkillWish,
    WorkingDay,
    between,
    items,
    known_industry,
    known_service,
    known_zone,
    length,
    one_of,
)
from shared.platform.contract import Command, Empty, Event, Message, Query

SERVICE = "profiles"
__all__ = ["CEFR"]


class Retainer(Message):
    """A flat fee a month that includes `included_minutes` of work."""

    fee = MoneyField(required=True)
    included_minutes = fields.Integer(required=True, validate=between(60, 60 * 200))


class ProfileContent(Message):
    """What an assistant writes about her practice. `capacity_minutes` is a week's, in all.

    `target_industries` are the lines of business she works for best (none: all alike); `notice_days` is how long before
    she can begin.
    """

    display_name = fields.String(required=True, validate=length(1, 120))
    headline = fields.String(required=True, validate=length(1, 140))
    story = fields.String(load_default="", validate=length(0, 5000))
    story_locale = fields.String(load_default="en", validate=one_of(LOCALES))
    level = fields.String(required=True, validate=one_of(LEVELS))
    services = fields.List(fields.String(validate=known_service), required=True, validate=items(1, 40))
    skills = fields.List(fields.Nested(SkillWish), required=True, validate=items(1, 80))
    languages = fields.List(fields.Nested(Language), required=True, validate=items(1, 12))
    time_zone = fields.String(required=True, validate=known_zone)
    working_hours = fields.List(fields.Nested(WorkingDay), required=True, validate=items(1, 28))
    capacity_minutes = fields.Integer(required=True, validate=between(60, 60 * 80))
    minimum_weekly_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 80))
    hourly_rate = MoneyField(required=True)
    retainer = fields.Nested(Retainer, load_default=None, allow_none=True)
    target_industries = fields.List(fields.String(validate=known_industry), load_default=list, validate=items(0, 16))
    notice_days = fields.Integer(load_default=0, validate=between(0, 90))


class Profile(ProfileContent):
    """`photo_id`: the file that `read_file` gives in squares; `address`: the name of `/a/<name>`; "" for none."""

    assistant_id = fields.String()
    photo_id = fields.String()
    address = fields.String()
    state = fields.String()
    version = fields.Integer()
    published_at = Instant(allow_none=True)
    updated_at = Instant()


class SaveProfileRequest(ProfileContent):
    """`version` is the one the form was made from (0 for a first save): a lost race is a Conflict."""

    version = fields.Integer(load_default=0)


class ImportedProfile(ProfileContent):
    assistant_id = fields.String(required=True)


class ImportProfilesRequest(Message):
    profiles = fields.List(fields.Nested(ImportedProfile), required=True, validate=items(1, 500))


# Creates the draft or changes it; a published profile stays published and the change is seen at once.
SaveProfile = Command(SERVICE, "save_profile", SaveProfileRequest, Profile)
PublishProfile = Command(SERVICE, "publish_profile", Empty, Profile)
UnpublishProfile = Command(SERVICE, "unpublish_profile", Empty, Profile)
# Operators: published profiles of imported accounts.
ImportProfiles = Command(SERVICE, "import_profiles", ImportProfilesRequest, Empty)
GetMyProfile = Query(SERVICE, "get_my_profile", Empty, Profile)
# Anyone; NotFound while it is not published, except for its owner and operators. `id` is the assistant's.
GetProfile = Query(SERVICE, "get_profile", ById, Profile)


class ProfileFact(ProfileContent):
    """The whole published profile."""

    assistant_id = fields.String(required=True)
    photo_id = fields.String(load_default="")
    address = fields.String(load_default="")
    published_at = Instant(required=True)


class ProfileWithdrawn(Message):
    assistant_id = fields.String(required=True)


class ProfilesImportedFact(Message):
    """Published profiles that an operator brought in together. What is told of one of them later is newer."""

    profiles = fields.List(fields.Nested(ProfileFact), required=True)


ProfilesImported = Event(SERVICE, "profiles.imported", ProfilesImportedFact)
ProfilePublished = Event(SERVICE, "profile.published", ProfileFact)
ProfileChanged = Event(SERVICE, "profile.changed", ProfileFact)
ProfileUnpublished = Event(SERVICE, "profile.unpublished", ProfileWithdrawn)
