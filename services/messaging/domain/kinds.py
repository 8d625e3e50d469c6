"""What people are told of, kind by kind, in the groups and on the channels in which they choose.

The one list: every step of the table in steps.py is in it by itself, in the group that its event's name begins with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.messaging.domain.steps import STEPS


class Channel(StrEnum):
    """Others (a push message, a daily digest) become members here; what is chosen is kept by kind and channel."""

    APP = "app"
    MAIL = "mail"


GROUPS: Mapping[str, tuple[str, ...]] = {
    "messages": ("message",),
    "offers": ("offer",),
    "contracts": ("contract",),
    "hours": ("timesheet",),
    "money": ("invoice",),
    "briefs": ("brief",),
    "searches": ("search",),
    "taxonomy": ("proposal",),
    "reviews": ("review", "check"),
    "security": ("account",),
}
"""Groups in the order in which they are shown, and how the names of their events begin."""

MESSAGE = "message.posted"
SECURITY = "account.secured"
FIXED = frozenset({SECURITY})
"""Told always, on every channel: whoever could turn these off would be told nothing of a theft."""
QUIET: Mapping[str, frozenset[Channel]] = {}
"""Channels that are off until somebody turns them on, by kind. On is the default of all others."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`channels`: those there are for it."""

    code: str
    group: str
    channels: tuple[Channel, ...]
    fixed: bool = False

    def starts_on(self, channel: Channel) -> bool:
        """Whether it is told on the channel as long as nobody has chosen."""
        return channel in self.channels and channel not in QUIET.get(self.code, frozenset())


def group_of(code: str) -> str:
    """The group of an event's name; empty for one that nobody has put into a group."""
    beginning = code.partition(".")[0]
    return next((group for group, beginnings in GROUPS.items() if beginning in beginnings), "")


def _kind(code: str, *, by_mail: bool) -> Kind:
    channels = (Channel.APP, Channel.MAIL) if by_mail else (Channel.APP,)
    return Kind(code, group_of(code), channels, fixed=code in FIXED)


def kinds() -> dict[str, Kind]:
    """All of them by code, in the order of their groups."""
    found = [_kind(code, by_mail=step.by_mail) for code, step in STEPS.items()]
    found += [_kind(code, by_mail=True) for code in (MESSAGE, SECURITY)]
    order = list(GROUPS)
    found.sort(key=lambda kind: order.index(kind.group) if kind.group in order else len(order))
    return {kind.code: kind for kind in found}
