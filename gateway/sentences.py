"""What services say, in the reader's language: sentences of errors, and notifications by the kind of their event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Flask
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from gateway import formats, i18n, labels
from shared.platform.errors import Text

SENTENCES: dict[str, tuple[Any, str]] = {
    "offer.sent": (_l("%(name)s has made you an offer for “%(title)s”."), "handshake"),
    "offer.sent/again": (_l("%(name)s proposes new terms for “%(title)s”."), "handshake"),
    "offer.accepted": (_l("%(name)s has accepted your offer for “%(title)s”."), "circle-check"),
    "offer.declined": (_l("%(name)s has declined your offer for “%(title)s”."), "circle-x"),
    "offer.withdrawn": (_l("The offer of %(name)s for “%(title)s” was withdrawn."), "undo-2"),
    "offer.expiring": (
        _l("The offer of %(name)s for “%(title)s” is still waiting: it expires on %(expires_at)s."),
        "hourglass",
    ),
    "offer.expired": (_l("The offer between you and %(name)s for “%(title)s” has expired."), "hourglass"),
    "contract.started": (_l("Your contract with %(name)s for “%(title)s” begins on %(start_on)s."), "file-signature"),
    "contract.changed": (_l("Your contract with %(name)s for “%(title)s” has changed."), "file-signature"),
    "contract.changed/active": (_l("The contract with %(name)s for “%(title)s” is now active."), "play"),
    "contract.changed/paused": (_l("%(name)s has paused the contract for “%(title)s”."), "pause"),
    "contract.changed/notice": (_l("%(name)s has given notice for “%(title)s”: it ends on %(ends_on)s."), "flag"),
    "contract.ended": (_l("The contract with %(name)s for “%(title)s” has ended."), "flag"),
    "contract.ended/terminated": (_l("The contract with %(name)s for “%(title)s” was terminated."), "ban"),
    "timesheet.submitted": (
        _l("%(name)s has submitted %(minutes)s for the week of %(week_start)s. Please look by %(review_due_at)s."),
        "clock",
    ),
    "timesheet.approved": (_l("%(name)s has approved the week of %(week_start)s: %(minutes)s."), "circle-check"),
    "timesheet.approved/silence": (
        _l("The week of %(week_start)s with %(name)s stands approved without an answer: %(minutes)s."),
        "circle-check",
    ),
    "timesheet.disputed": (
        _l("%(name)s disputes %(disputed_minutes)s of the week of %(week_start)s."),
        "triangle-alert",
    ),
    "timesheet.review_due": (
        _l("The week of %(week_start)s of %(name)s still waits: after %(review_due_at)s it stands approved."),
        "hourglass",
    ),
    "invoice.issued": (_l("Invoice %(number)s of %(name)s: %(total)s, due on %(due_on)s."), "receipt"),
    "invoice.paid": (_l("Invoice %(number)s is paid: %(total)s."), "banknote"),
    "invoice.overdue": (
        _l("Invoice %(number)s between you and %(name)s is overdue: %(due)s was due on %(due_on)s."),
        "triangle-alert",
    ),
    "invoice.credited": (_l("Invoice %(number)s of %(name)s was credited: %(total)s."), "rotate-ccw"),
    "invoice.written_off": (_l("Invoice %(number)s of %(name)s was written off: %(total)s."), "ban"),
    "brief.expiring": (_l("Your brief “%(title)s” expires in a few days unless something happens to it."), "hourglass"),
    "brief.ended": (_l("Your brief “%(title)s” has ended."), "clipboard-list"),
    "brief.ended/expired": (_l("Your brief “%(title)s” has expired. You can open it again."), "hourglass"),
    "brief.ended/removed": (_l("Your brief “%(title)s” was removed by an operator."), "ban"),
    "search.found": (_l("%(names)s is new for your search “%(search_name)s”."), "search"),
    "search.found/several": (
        _l("%(count)s assistants are new for your search “%(search_name)s”: %(names)s."),
        "search",
    ),
    "proposal.decided/accepted": (
        _l("What you proposed is in the list now: “%(title)s”, as “%(label)s”."),
        "circle-check",
    ),
    "proposal.decided/merged": (
        _l("“%(title)s” is in the list as “%(label)s”; your words find it now."),
        "circle-check",
    ),
    "proposal.decided/declined": (_l("“%(title)s” was not taken into the list: %(reason)s"), "ban"),
    "review.opened": (_l("How was working with %(name)s on “%(title)s”? You can say so until %(closes_at)s."), "star"),
    "review.written": (
        _l("%(name)s has reviewed “%(title)s”. It stays sealed until you write yours, or until %(closes_at)s."),
        "lock",
    ),
    "review.closing": (_l("You can review “%(title)s” with %(name)s until %(closes_at)s."), "hourglass"),
    "review.revealed": (_l("The reviews of “%(title)s” by you and %(name)s can be read."), "star"),
    "review.replied": (_l("%(name)s has replied to your review of “%(title)s”."), "message-circle"),
    "review.hidden": (_l("An operator has hidden your review of “%(title)s”; the reason stands in its place."), "ban"),
    "check.granted/phone": (_l("Your phone number is checked: your profile shows it."), "shield-check"),
    "check.granted/identity": (_l("Your identity is checked: your profile shows it."), "shield-check"),
    "check.refused/phone": (_l("Your phone number could not be checked."), "circle-alert"),
    "check.refused/identity": (_l("Your identity could not be checked."), "circle-alert"),
    "check.revoked/phone": (_l("The check of your phone number was taken back."), "circle-alert"),
    "check.revoked/identity": (_l("The check of your identity was taken back."), "circle-alert"),
    "account.secured/app_added": (_l("An authenticator app protects your account now."), "shield-check"),
    "account.secured/app_removed": (_l("Your authenticator app was removed."), "shield-check"),
    "account.secured/two_steps_on": (_l("We ask for a second step when you sign in now."), "shield-check"),
    "account.secured/two_steps_off": (_l("We no longer ask for a second step when you sign in."), "shield-check"),
    "account.secured/codes_renewed": (_l("Your account has new recovery codes."), "key-round"),
    "account.secured/code_used": (_l("A recovery code was used to sign in: %(detail)s are left."), "key-round"),
    "account.secured/passkey_added": (_l("The passkey “%(detail)s” was added to your account."), "key-round"),
    "account.secured/passkey_removed": (_l("The passkey “%(detail)s” was removed from your account."), "key-round"),
    "account.secured/password_changed": (_l("Your password was changed."), "lock"),
    "account.secured/address_asked": (_l("Your address is to become %(detail)s, once our link is followed."), "mail"),
    "account.secured/address_changed": (_l("Your address was changed to %(detail)s."), "mail"),
    "message.posted": (_l("%(name)s has written to you about “%(title)s”."), "message-circle"),
}
"""By kind, and form where a kind has several: the sentence, whose parameters are the notification's, and the icon."""

MINUTES = ("minutes", "disputed_minutes", "weekly_minutes")


class Said(NamedTuple):
    text: str
    icon: str


class _Params(dict[str, Any]):
    """A parameter that an older notification lacks is left out, not an error."""

    def __missing__(self, key: str) -> str:
        return "…"


def of_notification(item: Mapping[str, Any]) -> Said:
    """An unknown kind (a newer service's) gets a sentence that fits all."""
    kind, params = str(item.get("kind", "")), dict(item.get("params") or {})
    found = SENTENCES.get(f"{kind}/{_form(kind, params)}") or SENTENCES.get(kind)
    if found is None:
        return Said(str(gettext("Something has changed that concerns you.")), "bell")
    template, icon = found
    shown = {
        name: formats.duration(value) if name in MINUTES else formats.plain(value) for name, value in params.items()
    }
    return Said(str(template) % _Params(shown), icon)


def _form(kind: str, params: Mapping[str, Any]) -> str:
    if kind == "offer.sent":
        return "again" if int(params.get("number") or 1) > 1 else ""
    if kind == "timesheet.approved":
        return str(params.get("approved_by", ""))
    if kind.startswith("check."):
        return str(params.get("kind", ""))
    return str(params.get("state", ""))


def translate(text: str, params: Mapping[str, Any] | None = None) -> str:
    """A sentence of a service in the reader's language. A `Text` brings its template and parameters along."""
    template = text.template if isinstance(text, Text) else text
    values = dict(params or (text.params if isinstance(text, Text) else {}))
    if not template:
        return ""
    translated = str(gettext(template))
    if not values:
        return translated
    shown = {key: labels.of_param(key, formats.plain(value)) for key, value in values.items()}
    try:
        return translated % shown
    except (KeyError, ValueError, TypeError):
        return str(text)


def init_sentences(app: Flask) -> None:
    app.jinja_env.filters["t"] = i18n.per_reader(translate)
