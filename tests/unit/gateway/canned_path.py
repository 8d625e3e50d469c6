"""Answers for the pages of the path: briefs and matches, offers, contracts, hours, invoices."""

from __future__ import annotations

from typing import Any

from shared.contracts import billing, companies, matching, profiles, requests, work
from tests.unit.gateway.canned import CARDS, MY_PROFILE
from tests.unit.gateway.fake_rpc import FakeRpc

ME, OTHER = "acc-1", "as-1"
LONG = "A very long title that goes on and on, as titles written in a hurry by directors often do, to the end."

BRIEF: dict[str, Any] = {
    "id": "br-1",
    "client_id": ME,
    "title": "Calendar and travel for two directors",
    "text": "Two trips a month.\nOne calendar that is always full.",
    "text_locale": "en",
    "level": "executive",
    "services": ["calendar", "travel"],
    "required_skills": [{"code": "calendar.management", "level": 3}],
    "preferred_skills": [{"code": "travel.booking", "level": 2}],
    "languages": [{"code": "it", "cefr": "B2"}],
    "engagement": "hourly",
    "weekly_minutes": 600,
    "budget": {"amount": 4500, "currency": "EUR"},
    "time_zone": "Europe/Rome",
    "day_start": "09:00",
    "day_end": "18:00",
    "overlap_minutes": 120,
    "start_on": "2026-12-01",
    "state": "open",
    "version": 3,
    "created_at": "2026-11-01T09:00:00+00:00",
    "updated_at": "2026-11-02T09:00:00+00:00",
    "opened_at": "2026-11-02T09:00:00+00:00",
    "expires_at": "2026-12-02T09:00:00+00:00",
    "end_reason": "",
}

SKETCH: dict[str, Any] = {
    "id": "sk-1",
    "client_id": ME,
    "by": ME,
    "text": "Ten hours a week for Mailchimp. <b>Now</b>",
    "text_locale": "en",
    "findings": [],
    "missing": ["services", "budget"],
    "answers": {"title": ["Ten hours a week"], "weekly_minutes": ["ten"]},
    "created_at": "2026-11-01T09:00:00+00:00",
    "updated_at": "2026-11-02T09:00:00+00:00",
}
NO_COMPANY: dict[str, Any] = {
    **dict.fromkeys(("id", "name", "website", "industry", "size", "country", "time_zone", "currency"), ""),
    "description": "",
    "description_locale": "en",
    "working_hours": [],
    "shows": "kind",
}
COMPANY: dict[str, Any] = {
    **NO_COMPANY,
    "id": ME,
    "role": "owner",
    "version": 2,
    "name": "Studio Bassi & Figli <srl>",
    "website": "https://bassi.example",
    "industry": "legal",
    "size": "micro",
    "country": "IT",
    "time_zone": "Europe/Paris",
    "currency": "CHF",
    "description": "Notai dal 1950.",
    "description_locale": "it",
    "working_hours": [
        *({"day": day, "start": "08:30", "end": "12:30"} for day in ("mon", "tue")),
        *({"day": day, "start": "14:00", "end": "17:30"} for day in ("mon", "tue")),
        {"day": "sat", "start": "10:00", "end": "11:00"},
    ],
}
COLLEAGUES: dict[str, Any] = {
    "role": "owner",
    "members": [
        {"account_id": ME, "name": "Clara Bassi", "email": "clara@example.com", "role": "owner", "founder": True},
        {"account_id": "acc-9", "name": "Dora Neri", "email": "dora@example.com", "role": "viewer", "founder": False},
    ],
    "invitations": [
        {"id": "inv-1", "email": "ezra@example.com", "role": "approver", "expires_at": "2026-12-09T09:00:00+00:00"}
    ],
}
for _member in COLLEAGUES["members"]:
    _member["since"] = "2026-11-01T09:00:00+00:00"
INVITED: dict[str, Any] = {
    "company_name": "Studio Bassi",
    "inviter_name": "Clara Bassi",
    "email": "dora@example.com",
    "role": "approver",
    "expires_at": "2026-12-09T09:00:00+00:00",
}
FITS: dict[str, Any] = {
    "eligible": 12,
    "considered": 141,
    "exclusions": [
        {"criterion": "price", "failing": 60, "only_this": 8},
        {"criterion": "overlap", "failing": 0, "only_this": 0},
    ],
    "what_if": [
        {
            "criterion": "price",
            "facts": {"asked": 3500, "proposed": 4000, "currency": "EUR", "engagement": "hourly"},
            "of": 12,
            "gain": 9,
        }
    ],
}

SHARES = [
    ("skills_required", "client", 14, 10.5, {"skills": ["calendar.management"], "asked": [3], "found": [4]}),
    ("skills_preferred", "client", 16, 0, {"skills": ["travel.booking"], "asked": [2], "found": [0]}),
    ("services", "client", 12, 6, {"asked": ["calendar", "travel"], "found": ["calendar"]}),
    ("overlap", "client", 12, 10.7, {"asked": 120, "found": 480, "day": 540}),
    ("price", "client", 10, 1.5, {"asked": 4500, "found": 3850, "currency": "EUR"}),
    ("languages", "client", 5, 5, {"languages": ["it"], "asked": ["B2"], "found": ["C2"]}),
    ("level", "client", 5, 2.5, {"asked": "administrative", "found": "executive"}),
    ("record", "client", 10, 8.5, {"well": 3, "badly": 0}),
    ("pay", "assistant", 5, 4.2, {"asked": 3850, "offered": 4500, "currency": "EUR"}),
    ("hours", "assistant", 4, 1.3, {"asked": 600, "free": 1800}),
    ("market", "assistant", 4, 4, {"industry": "legal", "targets": ["legal", "health"]}),
    ("notice", "assistant", 3, 3, {"days": 20, "needed": 7}),
    ("acceptance", "market", 57.2, -11.4, {"probability": 0.8, "yes": 4, "no": 1}),
    ("demand", "market", 100, -2.1, {"price": 0.021}),
    ("room", "market", 3, -0.5, {"promised": 300, "free": 1800}),
    ("newcomer", "market", 3, 1.8, {"width": 0.6, "engagements": 3}),
]
CONTRIBUTIONS: list[dict[str, Any]] = [
    {"criterion": name, "side": side, "weight": weight, "fit": points / weight, "points": points, "facts": facts}
    for name, side, weight, points, facts in SHARES
]
FAILURES: list[dict[str, Any]] = [
    {"criterion": "published", "facts": {}},
    {"criterion": "skills_required", "facts": {"skills": ["travel.booking"], "asked": [3], "found": [0]}},
    {"criterion": "languages", "facts": {"languages": ["it"], "asked": ["B2"], "found": [""]}},
    {"criterion": "level", "facts": {"asked": "executive", "found": "administrative"}},
    {"criterion": "engagement", "facts": {"asked": "retainer", "found": "hourly"}},
    {
        "criterion": "price",
        "facts": {"asked": 4000, "found": 5000, "asked_currency": "EUR", "found_currency": "EUR"},
    },
    {"criterion": "capacity", "facts": {"asked": 600, "found": 300}},
    {"criterion": "minimum_hours", "facts": {"asked": 600, "found": 900}},
    {"criterion": "overlap", "facts": {"asked": 240, "found": 60, "day": "mon"}},
]
MATCHES: dict[str, Any] = {
    "brief_id": "br-1",
    "weights_version": 1,
    "eligible": 2,
    "considered": 1000,
    "matches": [
        {"assistant": CARDS[0], "score": 45.0, "behind": 0.0, "contributions": CONTRIBUTIONS},
        {"assistant": CARDS[1], "score": 40.0, "behind": 5.0, "contributions": CONTRIBUTIONS},
    ],
    "exclusions": [
        {"criterion": "skills_required", "failing": 900, "only_this": 12},
        {"criterion": "price", "failing": 0, "only_this": 0},
    ],
    "what_if": [
        {"criterion": name, "facts": facts, "of": 2, "gain": gain}
        for name, facts, gain in [
            ("price", {"asked": 4500, "proposed": 5000, "currency": "EUR", "engagement": "hourly"}, 49),
            ("capacity", {"asked": 600, "proposed": 450}, 30),
            ("skills_required", {"skill": "calendar.management", "asked": 3, "proposed": 0}, 12),
            ("languages", {"language": "it", "asked": "B2", "proposed": ""}, 6),
            ("overlap", {"asked": 120, "proposed": 0}, 4),
            ("level", {"asked": "executive", "proposed": "administrative"}, 3),
        ]
    ],
    "index_version": 12,
}
SUITS: dict[str, Any] = {
    "items": [
        {
            "brief": {**BRIEF, "brief_id": "br-1", "industry": "legal"},
            "score": 45.0,
            "rank": 3,
            "eligible": 45,
            "contributions": CONTRIBUTIONS,
        }
    ],
    "suitable": 1,
    "considered": 30,
    "weights_version": 2,
    "more": [
        {"criterion": name, "facts": facts, "of": 1, "gain": gain}
        for name, facts, gain in [
            ("skills_required", {"skill": "travel.booking", "asked": 0, "proposed": 3}, 9),
            ("languages", {"language": "de", "asked": "", "proposed": "B2"}, 8),
            ("capacity", {"asked": 300, "proposed": 900}, 7),
            ("minimum_hours", {"asked": 900, "proposed": 600}, 6),
            ("overlap", {"day": "mon", "asked": 0, "proposed": 120}, 5),
            ("level", {"asked": "administrative", "proposed": "executive"}, 4),
            ("engagement", {"asked": "hourly", "proposed": "retainer"}, 3),
        ]
    ],
}
MEMBER: dict[str, Any] = {
    "assistant": CARDS[0],
    "weekly_minutes": 300,
    "skills": ["calendar.management"],
    "services": ["travel"],
    "cost": {"amount": 19_250, "currency": "EUR"},
}
TEAMS: dict[str, Any] = {
    "items": [
        {
            "members": [MEMBER, {**MEMBER, "assistant": CARDS[1], "skills": []}],
            "score": 70.0,
            "cost": {"amount": 38_500, "currency": "EUR"},
            "overlap_minutes": 240,
        }
    ],
    "needed": True,
    "exact": False,
    "considered": 20,
    "uncovered": [],
}
NOBODY: dict[str, Any] = {**MATCHES, "eligible": 0, "matches": []}
TERMS: dict[str, Any] = {
    "engagement": "hourly",
    "rate": {"amount": 3850, "currency": "EUR"},
    "weekly_minutes": 600,
    "included_minutes": 0,
    "start_on": "2026-12-01",
    "notice_days": 14,
    "payment_days": 14,
    "scope": "Calendars.\nTravel.",
}


def offer(**changed: Any) -> dict[str, Any]:
    return {
        "id": "of-1",
        "thread_id": "th-1",
        "number": 1,
        "brief_id": "br-1",
        "brief_title": BRIEF["title"],
        "client_id": ME,
        "client_name": "Clara Bassi",
        "assistant_id": OTHER,
        "assistant_name": "Livia Conti",
        "by": "client",
        "terms": TERMS,
        "message": "Shall we try?",
        "state": "sent",
        "reason": "",
        "created_at": "2026-11-10T09:00:00+00:00",
        "expires_at": "2026-11-17T09:00:00+00:00",
        "answered_at": None,
        "contract_id": "",
        "version": 1,
        **changed,
    }


def contract(**changed: Any) -> dict[str, Any]:
    same = {
        name: offer()[name] for name in ("thread_id", "brief_id", "brief_title", "client_id", "client_name", "terms")
    }
    return {
        **same,
        "id": "co-1",
        "offer_id": "of-1",
        "assistant_id": OTHER,
        "assistant_name": "Livia Conti",
        "time_zone": "Europe/Rome",
        "state": "active",
        "reason": "",
        "created_at": "2026-11-10T09:00:00+00:00",
        "trial_ends_at": "2026-11-24T09:00:00+00:00",
        "ends_on": None,
        "version": 1,
        **changed,
    }


def entry(id: str, day: int, **changed: Any) -> dict[str, Any]:
    return {
        "id": id,
        "contract_id": "co-1",
        "timesheet_id": "ts-1",
        "assistant_id": OTHER,
        "started_at": f"2026-11-{day:02}T08:00:00+00:00",
        "ended_at": f"2026-11-{day:02}T09:30:00+00:00",
        "minutes": 90,
        "memo": "Two flights rebooked",
        "disputed": False,
        "reason": "",
        "version": 1,
        **changed,
    }


def timesheet(**changed: Any) -> dict[str, Any]:
    return {
        "id": "ts-1",
        "contract_id": "co-1",
        "brief_title": BRIEF["title"],
        "client_id": ME,
        "client_name": "Clara Bassi",
        "assistant_id": OTHER,
        "assistant_name": "Livia Conti",
        "week_start": "2026-11-09",
        "state": "submitted",
        "approved_by": "",
        "minutes": 180,
        "weekly_limit_minutes": 600,
        "submit_due_at": "2026-11-16T12:00:00+00:00",
        "review_due_at": "2026-11-21T00:00:00+00:00",
        "submitted_at": "2026-11-16T12:00:00+00:00",
        "approved_at": None,
        "entries": [entry("en-1", 9), entry("en-2", 10)],
        "version": 1,
        **changed,
    }


def invoice(**changed: Any) -> dict[str, Any]:
    return {
        "id": "in-1",
        "kind": "invoice",
        "number": "2026-0007",
        "contract_id": "co-1",
        "issuer_id": OTHER,
        "issuer_name": "Livia Conti",
        "client_id": ME,
        "client_name": "Clara Bassi",
        "subject": BRIEF["title"],
        "lines": [
            {
                "description": BRIEF["title"],
                "kind": "hours",
                "minutes": 180,
                "rate": {"amount": 3850, "currency": "EUR"},
                "amount": {"amount": 11550, "currency": "EUR"},
                "cause": "timesheet:ts-1",
                "period_start": "2026-11-09",
                "period_end": "2026-11-15",
            }
        ],
        "total": {"amount": 11550, "currency": "EUR"},
        "paid": {"amount": 0, "currency": "EUR"},
        "due": {"amount": 11550, "currency": "EUR"},
        "state": "issued",
        "payment_state": "unpaid",
        "overdue": False,
        "issued_at": "2026-11-16T12:00:00+00:00",
        "due_on": "2026-11-30",
        "credits_invoice_id": "",
        "reason": "",
        "version": 1,
        **changed,
    }


def as_assistant(thing: dict[str, Any]) -> dict[str, Any]:
    """The same with the sides changed over: the reader is its assistant."""
    mine = "issuer" if "issuer_id" in thing else "assistant"
    return {
        **thing,
        f"{mine}_id": ME,
        f"{mine}_name": "Clara Bassi",
        "client_id": OTHER,
        "client_name": "Livia Conti",
    }


def listed(*items: dict[str, Any], more: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "next": more}


def answer_path(rpc: FakeRpc, *, assistant: bool = False, empty: bool = False) -> FakeRpc:
    """Everything that pages of the path ask; the reader is the client, or the assistant; `empty`: nothing is there."""

    def side(thing: dict[str, Any]) -> dict[str, Any]:
        return as_assistant(thing) if assistant else thing

    def some(*things: dict[str, Any]) -> dict[str, Any]:
        return listed() if empty else listed(*map(side, things), more="more")

    explained = {
        "assistant": CARDS[0],
        "eligible": False,
        "failures": FAILURES,
        "score": 0.0,
        "contributions": [],
        "rank": 0,
        "weights_version": 2,
    }
    fits = {**explained, "eligible": True, "failures": [], "score": 45.0, "contributions": CONTRIBUTIONS, "rank": 3}
    (
        rpc.on(requests.ListBriefs, listed() if empty else listed(BRIEF, {**BRIEF, "id": "br-2", "title": LONG}))
        .on(requests.GetBrief, BRIEF)
        .on(requests.ListSketches, listed() if empty else {"items": [SKETCH, {**SKETCH, "text": "", "answers": {}}]})
        .on(requests.GetSketch, {**SKETCH, "text": "", "answers": {}} if empty else SKETCH)
        .on(matching.CountFits, FITS)
        .on(matching.GetClient, NO_COMPANY if empty else COMPANY)
        .on(companies.GetCompany, {**NO_COMPANY, "version": 0, "role": "owner"} if empty else COMPANY)
        .on(companies.ListColleagues, {**COLLEAGUES, "invitations": []} if empty else COLLEAGUES)
        .on(companies.GetInvitation, INVITED)
        .on(matching.FindMatches, NOBODY if empty else MATCHES)
        .on(matching.ExplainMatch, explained if empty else fits)
        .on(matching.ExplainByName, listed() if empty else {"items": [explained, {**fits, "assistant": CARDS[1]}]})
        .on(matching.FindTeams, {**TEAMS, "items": [], "uncovered": ["travel.booking"]} if empty else TEAMS)
        .on(matching.FindBriefsForMe, {**SUITS, "items": [], "suitable": 0, "more": []} if empty else SUITS)
        .on(matching.GetAssistantCard, CARDS[0])
        .on(matching.ListOffers, some(offer(), offer(id="of-2", state="declined", by="assistant")))
        .on(matching.GetOffer, {"offers": [side(offer())]})
        .on(matching.ListContracts, some(contract(), contract(id="co-2", state="trial")))
        .on(matching.GetContract, side(contract()))
        .on(work.ListTimesheets, some(timesheet(), timesheet(id="ts-2", state="open")))
        .on(work.GetTimesheet, side(timesheet()))
        .on(billing.ListInvoices, some(invoice(), invoice(id="in-2", overdue=True)))
        .on(billing.GetInvoice, side(invoice()))
        .on(profiles.GetMyProfile, {**MY_PROFILE, "assistant_id": ME, "state": "published", "version": 2})
    )
    return rpc
