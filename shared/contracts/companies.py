"""Companies: what clients say of themselves, and the colleagues who act for them. The service of accounts answers."""

from __future__ import annotations

import re

from marshmallow import fields

from shared.contracts.accounts import SERVICE, Account, TokenRequest
from shared.contracts.fields import (
    COUNTRIES,
    LOCALES,
    Id,
    Instant,
    WorkingDay,
    fail,
    items,
    known_industry,
    known_zone,
    length,
    one_of,
    optional,
    plausible_email,
)
from shared.contracts.profiles import COMPANY_SIZES
from shared.platform.contract import Command, Empty, Event, Message, Query
from shared.platform.money import EXPONENTS

COLLEAGUES = ("owner", "approver", "viewer")
SHOWS = ("all", "kind")
WEBSITE = re.compile(r"^https?://[^\s/@]+\.[^\s/@]+(/\S*)?$", re.IGNORECASE)


def website(value: str) -> None:
    if not WEBSITE.match(value):
        raise fail("Enter an address such as https://example.com.")


class CompanyContent(Message):
    """What a client says of its company; all of it may be left unsaid ("" or no hours).

    `working_hours` are on the clock of `time_zone`. `shows`: what readers of its open briefs see before there is an
    offer; `all`, or only the `kind` of company: line of business, size and country.
    """

    name = fields.String(load_default="", validate=length(0, 120))
    website = fields.String(load_default="", validate=[length(0, 200), optional(website)])
    industry = fields.String(load_default="", validate=optional(known_industry))
    size = fields.String(load_default="", validate=one_of(("", *COMPANY_SIZES)))
    country = fields.String(load_default="", validate=one_of(("", *COUNTRIES)))
    time_zone = fields.String(load_default="", validate=optional(known_zone))
    currency = fields.String(load_default="", validate=one_of(("", *EXPONENTS)))
    working_hours = fields.List(fields.Nested(WorkingDay), load_default=list, validate=items(0, 28))
    description = fields.String(load_default="", validate=length(0, 2000))
    description_locale = fields.String(load_default="en", validate=one_of(LOCALES))
    shows = fields.String(load_default="kind", validate=one_of(SHOWS))


class Company(CompanyContent):
    """`id` is the client's, `role` the reader's. A client that has said nothing yet has version 0."""

    id = fields.String()
    role = fields.String()
    version = fields.Integer()
    updated_at = Instant(allow_none=True)


class SaveCompanyRequest(CompanyContent):
    """`version` is the one the form was made from: a lost race is a Conflict."""

    version = fields.Integer(load_default=0)


class Member(Message):
    """`founder`: the company began with this account, which stays an owner for as long as it exists."""

    account_id = fields.String()
    name = fields.String()
    email = fields.String()
    role = fields.String()
    since = Instant()
    founder = fields.Boolean()


class Invitation(Message):
    id = fields.String()
    email = fields.String()
    role = fields.String()
    created_at = Instant()
    expires_at = Instant()


class Colleagues(Message):
    """`invitations` are those that wait for an answer. `role` is the reader's."""

    members = fields.List(fields.Nested(Member))
    invitations = fields.List(fields.Nested(Invitation))
    role = fields.String()


class InviteRequest(Message):
    email = fields.String(required=True, validate=plausible_email)
    role = fields.String(required=True, validate=one_of(COLLEAGUES))


class InvitationRef(Message):
    invitation_id = Id()


class ColleagueRef(Message):
    account_id = Id()


class ColleagueRequest(ColleagueRef):
    role = fields.String(required=True, validate=one_of(COLLEAGUES))


class CompanyRef(Message):
    company_id = Id()


class Invited(Message):
    """What an invitation says to whoever has its link."""

    company_name = fields.String()
    inviter_name = fields.String()
    email = fields.String()
    role = fields.String()
    expires_at = Instant()


# The client's own, or the company's that is acted for.
GetCompany = Query(SERVICE, "get_company", Empty, Company)
SaveCompany = Command(SERVICE, "save_company", SaveCompanyRequest, Company)
ListColleagues = Query(SERVICE, "list_colleagues", Empty, Colleagues)
# Goes out by e-mail, is good for a week and works once; a newer one to the same address takes its place.
InviteColleague = Command(SERVICE, "invite_colleague", InviteRequest, Invitation)
WithdrawInvitation = Command(SERVICE, "withdraw_invitation", InvitationRef, Empty)
ChangeColleague = Command(SERVICE, "change_colleague", ColleagueRequest, Colleagues)
RemoveColleague = Command(SERVICE, "remove_colleague", ColleagueRef, Colleagues)
# A colleague's own wish; answers with their account.
LeaveCompany = Command(SERVICE, "leave_company", CompanyRef, Account, personal=True)
# Whoever has the link. Accepting answers with the account, which belongs to the company from then on.
GetInvitation = Query(SERVICE, "get_invitation", TokenRequest, Invited)
AcceptInvitation = Command(SERVICE, "accept_invitation", TokenRequest, Account, personal=True)


class MemberFact(Message):
    account_id = fields.String(required=True)
    role = fields.String(required=True)


class CompanyFact(CompanyContent):
    """The company as others need it: what it says, and who may act for it as what. `ended`: it is no more."""

    company_id = fields.String(required=True)
    members = fields.List(fields.Nested(MemberFact), required=True)
    ended = fields.Boolean(load_default=False)


class InvitationFact(Message):
    """A one-time link to be sent by e-mail. `token` is a secret."""

    invitation_id = fields.String(required=True)
    company_name = fields.String(required=True)
    inviter_name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True)
    locale = fields.String(required=True)
    token = fields.String(required=True)
    expires_at = Instant(required=True)


CompanyChanged = Event(SERVICE, "company.changed", CompanyFact)
ColleagueInvited = Event(SERVICE, "company.colleague_invited", InvitationFact, transient=True)
