"""Names of codes: states, levels, roles, days, criteria. A code is stored and sent; its name is what people read."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _

from gateway import i18n

Names = dict[str, Any]

LABELS: dict[str, Names] = {
    "level": {"administrative": _("Administrative"), "executive": _("Executive")},
    "skill_level": {"1": _("basic"), "2": _("working"), "3": _("advanced"), "4": _("expert")},
    "cefr": {
        "A1": _("A1 · first words"),
        "A2": _("A2 · simple talk"),
        "B1": _("B1 · everyday"),
        "B2": _("B2 · confident"),
        "C1": _("C1 · fluent"),
        "C2": _("C2 · like a native speaker"),
    },
    "role": {"client": _("Client"), "assistant": _("Assistant"), "operator": _("Operator")},
    "duration": {"ongoing": _("Ongoing"), "one_off": _("One-off")},
    "engagement": {"hourly": _("By the hour"), "retainer": _("Monthly retainer")},
    "day": {
        "mon": _("Monday"),
        "tue": _("Tuesday"),
        "wed": _("Wednesday"),
        "thu": _("Thursday"),
        "fri": _("Friday"),
        "sat": _("Saturday"),
        "sun": _("Sunday"),
    },
    "brief": {
        "draft": _("Draft"),
        "open": _("Open"),
        "paused": _("Paused"),
        "filled": _("Filled"),
        "closed": _("Closed"),
        "expired": _("Expired"),
        "removed": _("Removed"),
    },
    "profile": {"draft": _("Draft"), "published": _("Published"), "unpublished": _("Not published")},
    "offer": {
        "sent": _("Waiting for an answer"),
        "accepted": _("Accepted"),
        "declined": _("Declined"),
        "countered": _("Answered with a counter-offer"),
        "withdrawn": _("Withdrawn"),
        "expired": _("Expired"),
    },
    "contract": {
        "trial": _("Trial"),
        "active": _("Active"),
        "paused": _("Paused"),
        "notice": _("Notice given"),
        "ended": _("Ended"),
        "terminated": _("Terminated"),
    },
    "timesheet": {
        "open": _("In progress"),
        "submitted": _("Waiting for approval"),
        "approved": _("Approved"),
        "disputed": _("Disputed"),
        "locked": _("Invoiced"),
    },
    "invoice": {
        "draft": _("Draft"),
        "issued": _("Issued"),
        "credited": _("Credited"),
        "written_off": _("Written off"),
    },
    "payment": {
        "unpaid": _("Unpaid"),
        "partly_paid": _("Partly paid"),
        "paid": _("Paid"),
        "refunded": _("Refunded"),
    },
    "kind": {"invoice": _("Invoice"), "credit_note": _("Credit note")},
    "criterion": {
        "skills_required": _("Required skills"),
        "skills_preferred": _("Preferred skills"),
        "services": _("Services"),
        "level": _("Level"),
        "languages": _("Languages"),
        "overlap": _("Shared working hours"),
        "price": _("Price"),
        "capacity": _("Free hours"),
        "record": _("Record here"),
        "pay": _("Pay"),
        "hours": _("Size of the work"),
        "market": _("Line of business"),
        "notice": _("Notice"),
        "acceptance": _("Chance of a yes"),
        "demand": _("Demand now"),
        "room": _("Hours held elsewhere"),
        "newcomer": _("New here"),
        "minimum_hours": _("Minimum hours"),
        "engagement": _("Way of working"),
        "absence": _("Away at the start"),
        "published": _("Profile"),
    },
    "criterion_meaning": {
        "skills_required": _("Half for the level that you require, the rest for what goes beyond it."),
        "skills_preferred": _("How much of the skills you would like is there, by level."),
        "services": _("The share of the services you ask for that the practice offers."),
        "level": _("Full for the level you ask for; half for an executive assistant on an administrative brief."),
        "languages": _("Half for the level that you require, the rest for the way from there to C2."),
        "overlap": _("The share of your working day that both of you work, on the week's poorest day."),
        "price": _("The share of your budget that is left over."),
        "record": _("Engagements here that went well, of all; with a careful guess where there are few."),
        "pay": _("Half at the assistant's own price, full when the budget is a quarter above it."),
        "hours": _("The share of the assistant's free hours that the brief fills."),
        "market": _("Full for a line of business that the assistant prefers, or without preference; half if unnamed."),
        "notice": _("Full when there is time enough until the start."),
        "acceptance": _("What both would get is worth less when a yes is unlikely: see below how that is estimated."),
        "demand": _("Whom more briefs ask for than there is room for costs points: the next best are seen."),
        "room": _("Hours that other lists and waiting offers may take."),
        "newcomer": _("The less is known of somebody's work here, the larger the chance given."),
    },
    "side": {
        "client": _("For you, the client"),
        "assistant": _("For the assistant"),
        "market": _("The market now"),
    },
    "finding": {
        "skill": _("Skill"),
        "service": _("Service"),
        "language": _("Language"),
        "industry": _("Line of business"),
        "hours": _("Hours"),
        "overlap": _("Shared working hours"),
        "budget": _("Budget"),
        "engagement": _("Way of paying"),
        "level": _("Level"),
        "zone": _("Time zone"),
        "start": _("Start"),
        "duration": _("For how long"),
    },
    "asked_for": {
        "services": _("the services or skills"),
        "hours": _("the hours a week"),
        "budget": _("what you can pay at most"),
        "engagement": _("whether by the hour or a month"),
        "level": _("the level"),
        "zone": _("your time zone"),
        "start": _("when it starts"),
    },
    "side_public": {
        "client": _("What the client gets"),
        "assistant": _("What the assistant gets"),
        "market": _("What the market adds or takes"),
    },
    "exception": {
        "away": _("Away"),
        "instead": _("Other hours than usual"),
        "extra": _("Additional hours"),
    },
    "company_size": {
        "alone": _("One person"),
        "micro": _("2 to 9 people"),
        "small": _("10 to 49 people"),
        "medium": _("50 to 249 people"),
        "large": _("250 people and more"),
    },
    "assurance": {
        "nda": _("Signs a confidentiality agreement"),
        "data_processing": _("Signs a data processing agreement (GDPR)"),
        "insured": _("Has professional liability insurance"),
        "encrypted_devices": _("Encrypted devices, with a screen lock"),
        "own_office": _("A room of her own to work and talk in"),
        "password_manager": _("Passwords in a password manager only"),
        "backups": _("A second line and a second computer"),
    },
    "weights": {"draft": _("Draft"), "in_force": _("In force"), "past": _("Past")},
    "facet": {
        "level": _("Level"),
        "services": _("Services"),
        "skills": _("Skills"),
        "languages": _("Languages"),
        "retainer": _("Offers a retainer"),
        "industries": _("Lines of business"),
        "free_minutes": _("Free hours a week"),
    },
    "dial": {
        "prior_yes": _("Offers taken as answered yes, before any answer"),
        "prior_no": _("Offers taken as answered no, before any answer"),
        "acceptance_floor": _("Chance of a yes that unsuitable terms leave"),
        "prior_well": _("Engagements taken as gone well, before any"),
        "prior_badly": _("Engagements taken as gone badly, before any"),
        "price_epsilon": _("Price job: noise in people's choices"),
        "price_outside": _("Price job: worth of staying alone"),
    },
    "notice_group": {
        "messages": _("Messages"),
        "offers": _("Offers"),
        "contracts": _("Contracts"),
        "hours": _("Hours"),
        "money": _("Money"),
        "briefs": _("Briefs"),
        "searches": _("Searches"),
        "taxonomy": _("List of skills"),
        "reviews": _("Reviews"),
        "security": _("Security"),
    },
    "notice": {
        "message.posted": _("Somebody writes to you"),
        "offer.sent": _("You get an offer, or new terms"),
        "offer.accepted": _("Your offer is accepted"),
        "offer.declined": _("Your offer is declined"),
        "offer.withdrawn": _("An offer is withdrawn"),
        "offer.expiring": _("An offer waits for your answer and expires soon"),
        "offer.expired": _("An offer has expired"),
        "contract.started": _("A contract begins"),
        "contract.changed": _("A contract is paused, resumed or under notice"),
        "contract.ended": _("A contract ends"),
        "timesheet.submitted": _("A week’s hours are submitted to you"),
        "timesheet.approved": _("A week’s hours are approved"),
        "timesheet.disputed": _("Some of your hours are disputed"),
        "timesheet.review_due": _("Hours still wait for your look"),
        "invoice.issued": _("You get an invoice"),
        "invoice.paid": _("A payment is recorded"),
        "invoice.overdue": _("An invoice is overdue"),
        "invoice.credited": _("An invoice is credited"),
        "invoice.written_off": _("An invoice is written off"),
        "brief.expiring": _("Your brief expires soon"),
        "brief.ended": _("Your brief has expired or was removed"),
        "search.found": _("Somebody is new for a saved search"),
        "proposal.decided": _("What you proposed for the list of skills is decided"),
        "account.secured": _("Something changes in how you sign in"),
    },
    "match": {"exact": _("the same"), "close": _("nearly the same"), "broad": _("kind of tool")},
    "work_kind": {"service": _("Service"), "skill": _("Skill"), "tool": _("Tool (a software product)")},
    "proposal": {
        "proposed": _("Waiting"),
        "accepted": _("In the list"),
        "merged": _("In the list under another name"),
        "declined": _("Declined"),
    },
    "mail": {"queued": _("Queued"), "sent": _("Sent"), "failed": _("Failed"), "kept": _("Kept here")},
}

TONES = {
    "open": "info", "sent": "info", "submitted": "info", "issued": "info", "trial": "info", "queued": "info",
    "active": "good", "approved": "good", "accepted": "good", "paid": "good", "published": "good", "filled": "good",
    "kept": "good", "paused": "warn", "notice": "warn", "disputed": "warn", "partly_paid": "warn", "unpaid": "warn",
    "countered": "warn",
    "declined": "bad", "terminated": "bad", "removed": "bad", "failed": "bad", "overdue": "bad", "written_off": "bad",
}  # fmt: skip
"""How a state's chip is coloured; states that are not here are calm."""

IN_SENTENCES: Names = {
    "draft": _("a draft"),
    "sent": _("waiting for an answer"),
    "open": _("open"),
    "paused": _("paused"),
    "filled": _("filled"),
    "closed": _("closed"),
    "expired": _("expired"),
    "removed": _("removed"),
    "accepted": _("accepted"),
    "declined": _("declined"),
    "countered": _("answered with a counter-offer"),
    "withdrawn": _("withdrawn"),
    "trial": _("on trial"),
    "active": _("active"),
    "notice": _("under notice"),
    "ended": _("ended"),
    "terminated": _("terminated"),
    "submitted": _("submitted"),
    "approved": _("approved"),
    "disputed": _("disputed"),
    "locked": _("invoiced"),
    "issued": _("issued"),
    "credited": _("credited"),
    "written_off": _("written off"),
    "paid": _("paid"),
}
"""States as a sentence says them: "This offer is …"."""


def label(code: Any, kind: str) -> str:
    """The name of a code; the code itself, made readable, when it is a newer service's."""
    name = LABELS.get(kind, {}).get(str(code))
    return str(name) if name is not None else str(code).replace("_", " ")


def tone(code: str) -> str:
    return TONES.get(code, "calm")


def choices(kind: str, codes: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    """(code, name) pairs for a form's field."""
    return [(code, str(name)) for code, name in LABELS[kind].items() if codes is None or code in codes]


def of_param(name: str, value: Any) -> Any:
    """A parameter of a service's sentence: states are named in the reader's language."""
    if name in ("state", "status") and isinstance(value, str):
        return str(IN_SENTENCES.get(value, value))
    return value


def init_labels(app: Flask) -> None:
    app.jinja_env.filters.update(label=i18n.per_reader(label), tone=tone)
    app.jinja_env.globals.update(choices=choices)
