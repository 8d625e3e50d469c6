"""Who is told of what: every step of an offer, a contract, a timesheet, an invoice and a brief, as one table.

A step says whom it concerns, where it is to be seen, which of its facts the sentence is made from, and whether it also
becomes a line of the conversation. Whoever made the step is not told of it, unless both sides start something with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from services.messaging.domain.conversation import Conversation, Message
from services.messaging.domain.parties import Parties, Side
from services.messaging.domain.team import Team
from shared.platform.money import Money

Fact = Mapping[str, Any]
"""An event's data, loaded by its schema."""

CLIENT, ASSISTANT = Side.CLIENT, Side.ASSISTANT
NAMES = ("client_name", "assistant_name")
APPROVING = ("owner", "approver")
"""Roles in a client's company of those who approve hours and write messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one account is told. `params` are flat and plain; `form` chooses the words; `quote` is somebody's own."""

    account_id: str
    kind: str
    params: Mapping[str, Any]
    path: str
    form: str = ""
    quote: str = ""
    by_mail: bool = True
    side: Side | None = None
    """Whose side of it the account is."""
    company_id: str = ""

    @property
    def words(self) -> str:
        return f"{self.kind}/{self.form}" if self.form else self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`whom` gets the fact and the side that acted (None: time, the system or an operator)."""

    whom: Callable[[Fact, Side | None], tuple[Side, ...]]
    path: str
    params: tuple[str, ...]
    form: Callable[[Fact], str] = field(default=lambda _fact: "")
    quote: str = ""
    by_mail: bool = True
    line: bool = False
    colleagues: tuple[str, ...] = ("owner",)
    """Roles of those who are told of it in the client's company."""


def both(_fact: Fact, _acting: Side | None) -> tuple[Side, ...]:
    return (CLIENT, ASSISTANT)


def client(_fact: Fact, _acting: Side | None) -> tuple[Side, ...]:
    return (CLIENT,)


def proposer(_fact: Fact, _acting: Side | None) -> tuple[Side, ...]:
    return (ASSISTANT,)


def others(_fact: Fact, acting: Side | None) -> tuple[Side, ...]:
    """All but the side that acted."""
    return tuple(side for side in Side if side is not acting)


def author(fact: Fact, _acting: Side | None) -> tuple[Side, ...]:
    return (Side(fact["by"]),)


def recipient(fact: Fact, _acting: Side | None) -> tuple[Side, ...]:
    return (Side(fact["by"]).other,)


def losing(_fact: Fact, acting: Side | None) -> tuple[Side, ...]:
    """An offer is withdrawn by its author, or because the client filled or ended the brief: that is no news to them."""
    return (CLIENT,) if acting is ASSISTANT else (ASSISTANT,)


def of_approval(fact: Fact, _acting: Side | None) -> tuple[Side, ...]:
    """The assistant; the client too when it was their silence that approved."""
    return (CLIENT, ASSISTANT) if fact.get("approved_by") == "silence" else (ASSISTANT,)


def silent(fact: Fact, _acting: Side | None) -> tuple[Side, ...]:
    """Those who have not written their review."""
    return tuple(Side(name) for name in fact.get("missing") or ())


def assistant(_fact: Fact, _acting: Side | None) -> tuple[Side, ...]:
    return (ASSISTANT,)


def of_invoice(fact: Fact, _acting: Side | None) -> tuple[Side, ...]:
    """A credit note is told of by the credit, not once more by its issue."""
    return () if fact.get("kind") == "credit_note" else (CLIENT,)


def of_brief_end(fact: Fact, _acting: Side | None) -> tuple[Side, ...]:
    """Ends that the client did not choose."""
    return (CLIENT,) if fact.get("state") in ("expired", "removed") else ()


def state(fact: Fact) -> str:
    return str(fact.get("state", ""))


def again(fact: Fact) -> str:
    return "again" if int(fact.get("number") or 1) > 1 else ""


def by_silence(fact: Fact) -> str:
    return "silence" if fact.get("approved_by") == "silence" else ""


def checked(fact: Fact) -> str:
    return str(fact.get("kind", ""))


def several(fact: Fact) -> str:
    return "several" if int(fact["count"]) > 1 else ""


OFFER = (
    *("title", *NAMES, "author_name", "recipient_name", "number"),
    *("engagement", "rate", "weekly_minutes", "start_on", "expires_at", "state", "reason"),
)
CONTRACT = ("title", *NAMES, "engagement", "rate", "weekly_minutes", "start_on", "ends_on", "state", "reason")
TIMESHEET = ("title", *NAMES, "week_start", "minutes", "disputed_minutes", "review_due_at", "approved_by", "reason")
INVOICE = ("title", *NAMES, "number", "total", "paid", "due", "due_on", "state", "reason")
BRIEF = ("title", "state", "reason")
SEARCH = ("search_name", "count", "names")
PROPOSAL = ("title", "label", "state", "reason")
REVIEW = ("title", *NAMES, "closes_at")
CHECK = ("kind", "note")
REVIEW_PAGE = "/contracts/{contract_id}/review"

STEPS: Mapping[str, Step] = {
    "offer.sent": Step(whom=recipient, path="/offers/{id}", params=OFFER, form=again, quote="message", line=True),
    # The contract that starts with it is told of by mail.
    "offer.accepted": Step(whom=author, path="/offers/{id}", params=OFFER, by_mail=False, line=True),
    "offer.declined": Step(whom=author, path="/offers/{id}", params=OFFER, quote="reason", line=True),
    "offer.withdrawn": Step(whom=losing, path="/offers/{id}", params=OFFER, quote="reason", line=True),
    "offer.expiring": Step(whom=recipient, path="/offers/{id}", params=OFFER),
    "offer.expired": Step(whom=both, path="/offers/{id}", params=OFFER, line=True),
    "contract.started": Step(whom=both, path="/contracts/{id}", params=CONTRACT),
    "contract.changed": Step(
        whom=others, path="/contracts/{id}", params=CONTRACT, form=state, quote="reason", line=True
    ),
    "contract.ended": Step(whom=others, path="/contracts/{id}", params=CONTRACT, form=state, quote="reason", line=True),
    "timesheet.submitted": Step(whom=client, path="/timesheets/{id}", params=TIMESHEET, colleagues=APPROVING),
    "timesheet.approved": Step(
        whom=of_approval, path="/timesheets/{id}", params=TIMESHEET, form=by_silence, colleagues=APPROVING
    ),
    "timesheet.disputed": Step(
        whom=others, path="/timesheets/{id}", params=TIMESHEET, quote="reason", colleagues=APPROVING
    ),
    "timesheet.review_due": Step(whom=client, path="/timesheets/{id}", params=TIMESHEET, colleagues=APPROVING),
    "invoice.issued": Step(whom=of_invoice, path="/invoices/{id}", params=INVOICE),
    "invoice.paid": Step(whom=others, path="/invoices/{id}", params=INVOICE),
    "invoice.overdue": Step(whom=both, path="/invoices/{id}", params=INVOICE),
    "invoice.credited": Step(whom=others, path="/invoices/{id}", params=INVOICE, quote="reason"),
    "invoice.written_off": Step(whom=others, path="/invoices/{id}", params=INVOICE, quote="reason"),
    "brief.expiring": Step(whom=client, path="/briefs/{brief_id}", params=BRIEF),
    "search.found": Step(whom=client, path="/searches/{search_id}", params=SEARCH, form=several),
    "proposal.decided": Step(whom=proposer, path="/proposals", params=PROPOSAL, form=state, quote="reason"),
    "review.opened": Step(whom=both, path=REVIEW_PAGE, params=REVIEW),
    "review.written": Step(whom=others, path=REVIEW_PAGE, params=REVIEW),
    "review.closing": Step(whom=silent, path=REVIEW_PAGE, params=REVIEW),
    "review.revealed": Step(whom=both, path=REVIEW_PAGE, params=REVIEW),
    "review.replied": Step(whom=others, path=REVIEW_PAGE, params=REVIEW),
    "review.hidden": Step(whom=author, path=REVIEW_PAGE, params=REVIEW),
    "check.granted": Step(whom=assistant, path="/checks", params=CHECK, form=checked, quote="note"),
    "check.refused": Step(whom=assistant, path="/checks", params=CHECK, form=checked, quote="note"),
    "check.revoked": Step(whom=assistant, path="/checks", params=CHECK, form=checked, quote="note"),
    "brief.ended": Step(whom=of_brief_end, path="/briefs/{brief_id}", params=BRIEF, form=state, quote="reason"),
}


def parties_of(fact: Fact) -> Parties:
    """An invoice's issuer is the assistant's practice."""
    return Parties(
        client_id=fact.get("client_id", ""),
        client_name=fact.get("client_name", ""),
        assistant_id=fact.get("assistant_id") or fact.get("issuer_id", ""),
        assistant_name=fact.get("assistant_name") or fact.get("issuer_name", ""),
    )


def notices(kind: str, fact: Fact, acting_id: str) -> list[Notice]:
    """What each account is to be told of the event. `acting_id` is the account that caused it, where one did."""
    step, parties = STEPS[kind], parties_of(fact)
    params = params_of(kind, fact)
    return [
        Notice(
            account_id=parties.id_of(side),
            kind=kind,
            params={**params, "name": parties.name_of(side.other)},
            path=step.path.format_map(fact),
            form=step.form(fact),
            quote=str(params.get(step.quote) or fact.get(step.quote) or ""),
            by_mail=step.by_mail,
            side=side,
        )
        for side in step.whom(fact, parties.side_of(acting_id))
        if parties.id_of(side)
    ]


def notice_of_message(conversation: Conversation, message: Message, side: Side) -> Notice:
    """That something was written to the side."""
    return Notice(
        account_id=conversation.parties.id_of(side),
        kind="message.posted",
        params={"name": message.author_name, "title": conversation.title},
        path=f"/conversations/{conversation.id}",
        quote=message.body,
        side=side,
    )


def colleagues_of(kind: str) -> tuple[str, ...]:
    """Roles in a client's company that are told of the kind."""
    return STEPS[kind].colleagues if kind in STEPS else APPROVING


def for_colleagues(notice: Notice, team: Team | None) -> list[Notice]:
    """One for each member of the client's company whom it concerns; links of colleagues say which company it is."""
    if team is None or notice.side is not CLIENT:
        return [notice]
    told = [member.account_id for member in team.members if member.role in colleagues_of(notice.kind)]
    return [replace(notice, account_id=id, company_id="" if id == team.id else team.id) for id in told]


def line_of(kind: str, fact: Fact) -> str:
    """The key of the words of the event's line in the conversation; empty when it has none."""
    step = STEPS.get(kind)
    if step is None or not step.line:
        return ""
    form = step.form(fact)
    return f"{kind}/{form}" if form else kind


def params_of(kind: str, fact: Fact) -> dict[str, Any]:
    """The event's facts that sentences are made from: text, numbers, ISO dates, `{amount, currency}`."""
    parties = parties_of(fact)
    disputed = [entry for entry in fact.get("entries") or () if entry.get("disputed")]
    flat = {
        **(fact.get("terms") or {}),
        **fact,
        "client_name": parties.client_name,
        "assistant_name": parties.assistant_name,
        "title": fact.get("brief_title") or fact.get("subject") or fact.get("title") or "",
        "reason": fact.get("reason") or next((entry["reason"] for entry in disputed if entry.get("reason")), ""),
        "disputed_minutes": sum(entry["minutes"] for entry in disputed),
    }
    if "by" in fact:
        flat["author_name"] = parties.name_of(Side(fact["by"]))
        flat["recipient_name"] = parties.name_of(Side(fact["by"]).other)
    return {name: plain(flat[name]) for name in STEPS[kind].params if flat.get(name) is not None}


def plain(value: Any) -> Any:
    """As it is stored and crosses the wire."""
    if isinstance(value, Money):
        return {"amount": value.amount, "currency": value.currency}
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
