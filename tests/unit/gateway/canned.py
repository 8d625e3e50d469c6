"""Answers of services as they come over the wire, for pages to be drawn with."""

from __future__ import annotations

from typing import Any

from shared.contracts import accounts, billing, matching, messaging, operations, profiles, requests
from shared.contracts.taxonomy import SKILLS
from shared.platform.errors import NotFound
from tests.unit.gateway.fake_rpc import FakeRpc

SERVICES = ("accounts", "profiles", "requests", "matching", "work", "billing", "messaging")
WEEK = [{"day": day, "start": "08:30", "end": "16:30"} for day in ("mon", "tue", "wed", "thu", "fri")]


def card(id: str, name: str, headline: str, **changed: Any) -> dict[str, Any]:
    return {
        "assistant_id": id,
        "display_name": name,
        "headline": headline,
        "level": "executive",
        "services": ["calendar", "travel", "correspondence", "meetings", "events", "research"],
        "skills": [{"code": "travel.booking", "level": 4}, {"code": "mail.outlook", "level": 3}],
        "languages": [{"code": "it", "cefr": "C2"}, {"code": "en", "cefr": "C1"}],
        "time_zone": "Europe/Rome",
        "working_hours": WEEK,
        "hourly_rate": {"amount": 3800, "currency": "EUR"},
        "retainer": None,
        "capacity_minutes": 1800,
        "free_minutes": 750,
        "published_at": "2026-02-03T09:00:00+00:00",
        "next_free": [{"start": "2026-11-30T08:00:00+00:00", "end": "2026-11-30T12:00:00+00:00"}],
        "trust": {"rating": 482, "reviews": 12, "response_minutes": 95, "completed": 4, "marks": ["phone"]},
        **changed,
    }


CARDS = [
    card("as-1", "Livia Conti", "Fifteen years beside managing directors: travel, boards, discretion"),
    card(
        "as-2",
        "Marta Kowalczyk-Brandão",
        "Newsletters, websites and social media for small firms that have no time for any of it",
        level="administrative",
        services=["newsletters", "website", "social_media"],
        hourly_rate={"amount": 2450, "currency": "EUR"},
        time_zone="America/New_York",
        free_minutes=0,
    ),
    card(
        "as-3",
        "Øyvind",
        "Bookkeeping and e-invoices",
        level="administrative",
        services=["bookkeeping"],
        hourly_rate={"amount": 4200, "currency": "USD"},
        free_minutes=1200,
        time_zone="Europe/Oslo",
    ),
    card(
        "as-4",
        "Studio Ferri & Associate",
        "A practice of three: somebody is always there",
        free_minutes=4800,
        capacity_minutes=6000,
    ),
]

PROFILE = {
    **{key: value for key, value in CARDS[0].items() if key != "free_minutes"},
    "story": "I have worked beside managing directors in Milan and Zurich since 2009.\n\n"
    "Mornings belong to calendars and mail; afternoons to travel, minutes and whatever must not wait. "
    "I write Italian and English, and I keep things to myself.",
    "story_locale": "en",
    "skills": [
        {"code": "travel.booking", "level": 4},
        {"code": "mail.outlook", "level": 3},
        {"code": "meetings.board", "level": 3},
        {"code": "docs.excel", "level": 2},
        {"code": "social.canva", "level": 1},
    ],
    "retainer": {"fee": {"amount": 120000, "currency": "EUR"}, "included_minutes": 2400},
    "minimum_weekly_minutes": 240,
    "state": "published",
    "version": 3,
    "published_at": "2026-02-03T09:00:00+00:00",
    "updated_at": "2026-02-03T09:00:00+00:00",
}


def point(code: str, part: str, have: int = 1, enough: int = 1, *, needed: bool = False) -> dict[str, Any]:
    done = have >= enough
    return {
        "code": code, "part": part, "needed": needed, "weight": 6, "have": have, "enough": enough, "done": done,
    }  # fmt: skip


MY_PROFILE = {
    **PROFILE,
    "translations": [{"locale": "it", "headline": "Quindici anni accanto a chi dirige", "story": ""}],
    "target_industries": ["legal"],
    "target_sizes": ["micro"],
    "target_countries": ["IT", "CH"],
    "target_languages": ["it"],
    "assurances": ["nda"],
    "equipment": "Two lines, two screens",
    "notice_days": 7,
    "first": False,
    "completeness": {
        "percent": 84,
        "next": "story",
        "publishable": True,
        "points": [
            point("display_name", "about", needed=True),
            point("services", "work", needed=True),
            point("working_hours", "hours", needed=True),
            point("hourly_rate", "rates", needed=True),
            point("story", "about", 120, 300),
            point("unheard_of", "elsewhere", 0),
        ],
    },
}

LIKE = {"assistant": CARDS[1], "likeness": 0.7, "skills": ["travel.booking"], "services": ["travel"]}
FOUND = {
    "facets": [
        {"name": "services", "values": [{"value": "travel", "count": 12}]},
        {
            "name": "skills",
            "values": [
                *({"value": code, "count": 60 - number} for number, code in enumerate(list(SKILLS)[:30])),
            ],
        },
        {"name": "overlap_minutes", "values": [{"value": "240", "count": 17}]},
        {"name": "free_minutes", "values": [{"value": "600", "count": 19}]},
        {"name": "min_rating", "values": [{"value": "450", "count": 3}]},
        {"name": "new", "values": [{"value": "yes", "count": 5}]},
        {"name": "retainer", "values": [{"value": "yes", "count": 8}]},
        {"name": "languages", "values": [{"value": "it", "count": 40}]},
        {"name": "level", "values": [{"value": "executive", "count": 20}]},
    ],
    "corrections": [{"typed": "calender", "read_as": "calendar"}],
}
SECURITY = {
    "two_steps": True,
    "app": True,
    "codes_left": 2,
    "passkeys": [
        {
            "id": "pk-1",
            "name": "My phone",
            "synced": True,
            "created_at": "2026-03-01T08:00:00+00:00",
            "last_used_at": None,
        }
    ],
    "has_password": True,
    "proven": True,
    "proven_until": "2026-03-10T16:00:00+00:00",
}
CLOSING: dict[str, Any] = {
    "due_at": None,
    "would_be_on": "2026-03-24T16:00:00+00:00",
    "kept_until": "2036-12-31T23:59:59+00:00",
    "ties": [],
}
CHOICES = [
    {"kind": kind, "group": group, "app": True, "mail": mail, "has_app": True, "has_mail": mail, "fixed": fixed}
    for kind, group, mail, fixed in (
        ("message.posted", "messages", True, False),
        ("offer.sent", "offers", True, False),
        ("offer.accepted", "offers", False, False),
        ("account.secured", "security", True, True),
    )
]
POINTS = {
    "client": {
        "skills_required": 14.0,
        "skills_preferred": 16.0,
        "services": 12.0,
        "overlap": 12.0,
        "price": 10.0,
        "languages": 5.0,
        "level": 5.0,
        "record": 10.0,
    },
    "assistant": {"pay": 5.0, "hours": 4.0, "market": 4.0, "notice": 3.0},
    "market": {"demand": 100.0, "room": 3.0, "newcomer": 3.0},
}
WEIGHTS = {
    "id": "000002",
    "version": 2,
    "formula": "two-sided-1",
    "state": "in_force",
    "note": "",
    "made_by": "",
    "made_at": None,
    "previewed_at": None,
    "in_force_at": "2026-11-01T09:00:00+00:00",
    "weights": [
        {"criterion": criterion, "side": side, "weight": weight}
        for side, points in POINTS.items()
        for criterion, weight in points.items()
    ],
    "dials": {
        "prior_yes": 4.0,
        "prior_no": 1.0,
        "acceptance_floor": 0.5,
        "prior_well": 4.0,
        "prior_badly": 1.0,
        "price_epsilon": 0.05,
        "price_outside": 0.0,
    },
}

TALK = {
    "id": "th-1",
    "title": "Right hand for a travelling managing director",
    "client_id": "acc-1",
    "client_name": "Clara Bassi",
    "assistant_id": "as-1",
    "assistant_name": "Livia Conti",
    "contract_id": "",
    "last_message_at": "2026-03-10T15:20:00+00:00",
    "last_body": "Thank you, Tuesday at ten is perfect. I will send the agenda on Monday evening "
    "so that you can look at it before.",
    "unread": 2,
}
MESSAGES = [
    {
        "id": "m1",
        "author_id": "acc-1",
        "author_name": "Clara Bassi",
        "body": "Hello Livia, could we talk on Tuesday?",
        "sent_at": "2026-03-09T08:10:00+00:00",
    },
    {
        "id": "m2",
        "author_id": "as-1",
        "author_name": "Livia Conti",
        "body": "Gladly. I am free from nine to eleven.\n\nHere is my calendar: https://example.com/livia",
        "sent_at": "2026-03-09T09:02:00+00:00",
    },
    {
        "id": "m3",
        "author_id": "as-1",
        "author_name": "Livia Conti",
        "body": TALK["last_body"],
        "sent_at": "2026-03-10T15:20:00+00:00",
    },
]
MAIL = {
    "id": "ml-1",
    "to": "clara@example.com",
    "locale": "en",
    "subject": "Confirm your e-mail address",
    "text": "Hello Clara,\n\nconfirm your address: http://localhost:8000/confirm/abc\n",
    "html": '<html><body style="font-family:sans-serif"><p>Hello Clara,</p><p><a href="http://localhost:8000/confirm/abc">Confirm</a></p></body></html>',
    "kind": "account.confirmation_requested",
    "state": "kept",
    "created_at": "2026-03-10T15:20:00+00:00",
}
LETTER = {
    "id": "dl-1",
    "event_name": "timesheet.approved",
    "aggregate_id": "01a20b06-b5f2-7403-8586-17166bb835c2",
    "reason": "KeyError: 'terms'",
    "traceback": "Traceback (most recent call last):\n  File \"consumer.py\", line 10\nKeyError: 'terms'",
    "attempts": 6,
    "first_failed_at": "2026-03-10T15:20:00+00:00",
    "last_failed_at": "2026-03-10T15:22:00+00:00",
    "event": {"id": "ev-1", "name": "timesheet.approved", "data": {"minutes": 600}},
}


def status(service: str, **changed: Any) -> dict[str, Any]:
    return {
        "service": service,
        "ready": True,
        "outbox": 0,
        "parked": 0,
        "dead_letters": 0,
        "lag_seconds": 0.0,
        **changed,
    }


def profile(payload: dict[str, Any]) -> dict[str, Any]:
    if payload["id"] == "nobody":
        raise NotFound("This profile does not exist or is not published.")
    return PROFILE


KEPT = {"assistant_id": "as-1", "note": "Call her on Monday", "kept_at": "2026-11-20T10:00:00+00:00"}
SEARCH = {
    "id": "se-1",
    "name": "Travel under 40",
    "filters": {
        "text": "board",
        "level": "executive",
        "services": ["travel", "events"],
        "skills": ["travel.booking", "docs.excel"],
        "skill_level": 3,
        "language": "it",
        "cefr": "C1",
        "currency": "CHF",
        "min_rate_amount": None,
        "max_rate_amount": None,
        "min_fee_amount": 50000,
        "max_fee_amount": 120050,
        "free_minutes": 330,
        "retainer": True,
        "industry": "legal",
        "overlap_minutes": 90,
        "time_zone": "Asia/Kathmandu",
        "day_start": "08:30",
        "day_end": "18:00",
        "min_rating": 450,
        "new": True,
    },
    "created_at": "2026-11-20T10:00:00+00:00",
    "looked_at": "2026-11-22T10:00:00+00:00",
}
DIRECTORY = {
    "assistants": 41,
    "services": [{"code": "travel", "count": 30}, {"code": "events", "count": 1}],
    "skills": [{"code": "travel.booking", "count": 25}],
}
WORK = {
    "count": 30,
    "available": 12,
    "executive": 9,
    "retainers": 7,
    "levels": [25, 20, 10, 3],
    "rates": [
        {
            "currency": "EUR",
            "count": 22,
            "low": 2000,
            "usual_low": 2500,
            "median": 3000,
            "usual_high": 3800,
            "high": 5000,
            "bins": [{"low": 2000, "high": 3500, "count": 14}, {"low": 3500, "high": 5000, "count": 4}],
        }
    ],
    "languages": [{"code": "it", "count": 18}],
    "related": [{"code": "mail.inbox", "count": 16}],
}


def answer_all(rpc: FakeRpc) -> FakeRpc:
    """A marketplace with a little of everything."""
    rpc.on(
        matching.BrowseAssistants, lambda asked: {"items": CARDS[: asked["limit"]], "total": 41, "next": "c2", **FOUND}
    )
    rpc.on(profiles.GetProfile, profile).on(matching.GetAssistantCard, CARDS[0]).on(matching.GetWeights, WEIGHTS)
    rpc.on(matching.FindSimilar, {"items": [LIKE]})
    rpc.on(requests.GetShortlist, {"items": [KEPT, {**KEPT, "assistant_id": "gone", "note": ""}]})
    rpc.on(matching.ListSearches, {"items": [SEARCH]}).on(matching.GetSearch, SEARCH)
    rpc.on(
        matching.GetAssistantCards,
        lambda asked: {"items": [card for card in CARDS if card["assistant_id"] in asked["ids"]]},
    )
    rpc.on(matching.GetDirectory, DIRECTORY).on(matching.DescribeWork, lambda asked: {**WORK, **asked})
    rpc.on(messaging.GetCounts, {"notifications": 3, "messages": 2})
    other = {
        **TALK,
        "id": "th-2",
        "assistant_id": "as-3",
        "assistant_name": "Øyvind",
        "unread": 0,
        "last_body": "See you then.",
        "title": "Books",
    }
    rpc.on(messaging.ListConversations, {"items": [TALK, other], "next": None})
    rpc.on(messaging.ReadConversation, {"conversation": TALK, "messages": MESSAGES, "earlier": "c0"})
    rpc.on(messaging.MarkConversationSeen, {}).on(messaging.MarkNotificationsRead, {})
    rpc.on(messaging.ListMails, {"items": [MAIL], "next": None}).on(messaging.GetMail, MAIL)
    rpc.on(
        billing.GetTrialBalance,
        {
            "balances": [
                {"account": "receivable:acc-1", "balance": {"amount": 120050, "currency": "EUR"}},
                {"account": "earned:as-1", "balance": {"amount": -120050, "currency": "EUR"}},
            ],
            "balanced": True,
            "entries": 12,
        },
    )
    for name in SERVICES:
        rpc.on(operations.get_status(name), status(name, dead_letters=1 if name == "billing" else 0))
        rpc.on(operations.list_dead_letters(name), {"items": [LETTER] if name == "billing" else [], "next": None})
        rpc.on(operations.replay_dead_letters(name), {"count": 1})
        parts = [{"name": "things", "items": [{"id": "t-1", "title": "Agenda è piena"}]}]
        rpc.on(operations.export_account(name), {"service": name, "parts": parts})
    person = {
        "id": "acc-1",
        "email": "clara@example.com",
        "name": "Clara Bassi",
        "roles": ["client"],
        "locale": "en",
        "time_zone": "Europe/Rome",
        "email_confirmed": True,
        "created_at": "2026-01-05T10:00:00+00:00",
        "version": 1,
    }
    rpc.on(accounts.GetAccount, person)
    rpc.on(accounts.GetSecurity, SECURITY).on(accounts.GetClosing, CLOSING)
    rpc.on(messaging.GetChoices, {"items": CHOICES}).on(messaging.LookAtUnsubscribe, CHOICES[0])
    rpc.on(
        accounts.ListAccounts,
        {
            "items": [
                person,
                {
                    **person,
                    "id": "as-1",
                    "name": "Livia Conti",
                    "roles": ["assistant"],
                    "email": "livia@example.com",
                    "email_confirmed": False,
                },
            ],
            "next": None,
        },
    )
    rpc.on(
        accounts.ListSessions,
        {
            "items": [
                {
                    "id": "session-1",
                    "created_at": "2026-03-01T08:00:00+00:00",
                    "last_seen_at": "2026-03-10T08:00:00+00:00",
                    "expires_at": "2026-04-01T08:00:00+00:00",
                    "user_agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0",
                },
                {
                    "id": "session-2",
                    "created_at": "2026-03-01T08:00:00+00:00",
                    "last_seen_at": "2026-03-02T08:00:00+00:00",
                    "expires_at": "2026-04-01T08:00:00+00:00",
                    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1",
                },
            ]
        },
    )
    rpc.on(
        messaging.ListNotifications,
        {
            "items": [
                {
                    "id": "n1",
                    "kind": "offer.sent",
                    "params": {"name": "Clara Bassi", "title": TALK["title"], "number": 1},
                    "path": "/offers/o1",
                    "created_at": "2026-03-10T15:20:00+00:00",
                    "read_at": None,
                },
                {
                    "id": "n2",
                    "kind": "unheard.of",
                    "params": {},
                    "path": "",
                    "created_at": "2026-03-09T15:20:00+00:00",
                    "read_at": "2026-03-09T16:00:00+00:00",
                },
            ],
            "next": None,
        },
    )
    return rpc
