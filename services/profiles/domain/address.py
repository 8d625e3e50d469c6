"""Vanity addresses: the name under which a practice is found, `/a/<name>`. One at a time; the last few lead on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.platform.errors import Conflict, Invalid

SHORTEST, LONGEST = 3, 40
OLD_KEPT = timedelta(days=180)
"""How long a name that was given up leads to its practice's new one; nobody else can take it meanwhile."""
MOST_OLD = 3
PATTERN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_OURS = """
    a about account accounts admin administrator agb all api app assistant assistants assistenti auth billing
    blog brief briefs client clients contact contracts dextra dextra-support directory docs download edit en
    evidence faq files help home imprint inbox index info invoices it jobs language legal login logout mail
    mailbox me messages moderator my new null offers official operator owner page payments practice press
    pricing privacy profile profiles public register robots root search security settings shortlist sign-in
    sign-out sign-up sitemap skills staff static status styleguide support system team terms test timesheets
    trust undefined user users verified webmaster work www
"""
RESERVED = frozenset(_OURS.split())
"""Names that would read as ours, or as a page of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`id` is the name itself, so that it is unique. `until`: how long an old one leads on (None: the current)."""

    id: str
    owner_id: str
    until: datetime | None = None
    taken_at: datetime
    version: int = 0

    @property
    def is_current(self) -> bool:
        return self.until is None

    def given_up(self, at: datetime) -> Address:
        return replace(self, until=at + OLD_KEPT)

    def taken_again(self, at: datetime) -> Address:
        return replace(self, until=None, taken_at=at)

    def is_over(self, at: datetime) -> bool:
        return self.until is not None and self.until <= at


def wanted(name: str) -> str:
    """The name as it is kept. Raises Invalid with what to change."""
    cleaned = name.strip().lower()
    if not SHORTEST <= len(cleaned) <= LONGEST:
        raise Invalid.field("name", "Use %(low)s to %(high)s characters.", low=SHORTEST, high=LONGEST)
    if not PATTERN.fullmatch(cleaned):
        raise Invalid.field("name", "Use letters from a to z, digits, and single hyphens between them.")
    if cleaned in RESERVED:
        raise Invalid.field("name", "This name is kept for pages of Dextra. Choose another.")
    return cleaned


def require_free(held: Address | None, owner_id: str, at: datetime) -> None:
    """Raises Invalid when the name is somebody else's."""
    if held is not None and held.owner_id != owner_id and not held.is_over(at):
        raise Invalid.field("name", "Somebody else has this name. Choose another.")


def require_few_changes(own: Sequence[Address], name: str) -> None:
    """Raises Conflict when too many names are held back for this practice. Taking back an old one is no change."""
    old = [address for address in own if not address.is_current and address.id != name]
    if len(old) >= MOST_OLD:
        raise Conflict("You have changed your address several times lately. You can take one of your old names again.")


def suggestions(display_name: str) -> list[str]:
    """Names made of hers, the plainest first; none of them checked against those that are taken."""
    parts = _ascii(display_name).split("-")
    parts = [part for part in parts if part]
    found = ["-".join(parts)]
    if len(parts) > 1:
        found += [f"{parts[0]}-{parts[-1]}", f"{parts[0][0]}-{parts[-1]}", f"{parts[-1]}-{parts[0]}"]
    found += [f"{parts[0]}-assistant", f"studio-{parts[-1]}"] if parts else []
    return [name for name in dict.fromkeys(found) if _usable(name)]


def _usable(name: str) -> bool:
    try:
        return wanted(name) == name
    except Invalid:
        return False


SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().translate(SPELLED))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")
