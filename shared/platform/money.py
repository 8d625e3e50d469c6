"""Money: whole minor units of an ISO 4217 currency, never a float. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

EXPONENTS = {"EUR": 2, "USD": 2, "GBP": 2, "CHF": 2, "CAD": 2, "AUD": 2, "SEK": 2, "PLN": 2, "JPY": 0}
"""Currencies that Dextra takes, with the number of decimals of each (ISO 4217)."""


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum; nothing is ever converted silently."""


def round_half_up(value: Fraction) -> int:
    """The nearest integer; halves go away from zero, as on an invoice."""
    above, below = value.numerator, value.denominator
    return (2 * above + below) // (2 * below) if above >= 0 else -((below - 2 * above) // (2 * below))


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` minor units (cents) of `currency`. Raises CurrencyMismatch where currencies meet."""

    amount: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def of(cls, value: Decimal | str | int, currency: str) -> Money:
        """From major units: `Money.of("12.50", "EUR")`. Raises ValueError for more decimals than the currency has."""
        scaled = Decimal(value).scaleb(EXPONENTS[currency])
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more decimals than {currency}")
        return cls(int(scaled), currency)

    @property
    def decimal(self) -> Decimal:
        """In major units, for showing it."""
        return Decimal(self.amount).scaleb(-EXPONENTS[self.currency])

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def times(self, factor: Fraction | int) -> Money:
        """Multiplied by an exact factor and rounded once, half up: 90 minutes at 25.01 €/h = `rate.times(Fraction(90,
        60))`."""
        return Money(round_half_up(Fraction(self.amount) * factor), self.currency)
