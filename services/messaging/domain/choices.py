"""What somebody chose to be told of, and how. Only what differs from the beginning is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.messaging.domain.kinds import Channel, Kind
from shared.platform.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """`id` is the account's. `on` and `off` hold `kind/channel`."""

    id: str
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    version: int = 0

    def wants(self, kind: Kind, channel: Channel) -> bool:
        """Whether the kind is told on the channel. What is fixed always is."""
        if channel not in kind.channels:
            return False
        if kind.fixed:
            return True
        place = _place(kind, channel)
        if place in self.on:
            return True
        return kind.starts_on(channel) and place not in self.off

    def choosing(self, kind: Kind, channel: Channel, *, on: bool) -> Choices:
        """Raises Invalid for what cannot be turned off. What is not there to be chosen is passed over."""
        if channel not in kind.channels or self.wants(kind, channel) is on:
            return self
        if kind.fixed:
            raise Invalid("We always write to you about the security of your account.")
        place = _place(kind, channel)
        on_, off = set(self.on) - {place}, set(self.off) - {place}
        if on is not kind.starts_on(channel):
            (on_ if on else off).add(place)
        return replace(self, on=tuple(sorted(on_)), off=tuple(sorted(off)))


def _place(kind: Kind, channel: Channel) -> str:
    return f"{kind.code}/{channel.value}"
