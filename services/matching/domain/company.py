"""Companies: our copy of what clients say of themselves, and who may read how much of it."""

from __future__ import annotations

from dataclasses import dataclass

KIND = "kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """`id` is the client's. `shows` says what readers of its open briefs see: `all`, or only the `kind` of company."""

    id: str
    name: str = ""
    website: str = ""
    industry: str = ""
    size: str = ""
    country: str = ""
    time_zone: str = ""
    description: str = ""
    description_locale: str = "en"
    shows: str = KIND

    def to_strangers(self) -> Company:
        """As readers of an open brief see it. Who has an offer or a contract sees all."""
        if self.shows != KIND:
            return self
        return Company(id="", industry=self.industry, size=self.size, country=self.country)
