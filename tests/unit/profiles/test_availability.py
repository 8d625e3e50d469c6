"""Exceptions to the weekly hours: what may be noted, what clients see of it, and public holidays."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from services.profiles.domain.availability import MOST, Availability, ClockSpan, DayException
from services.profiles.domain.public_holidays import countries, holidays_of
from shared.contracts.fields import COUNTRIES, LOCALES
from shared.platform.errors import Conflict, Invalid, NotFound

TODAY = date(2026, 11, 27)


def request(**changes: Any) -> dict[str, Any]:
    asked = {"kind": "away", "first_on": TODAY, "last_on": None, "spans": [], "reason": " Dentist ", "public": False}
    return {**asked, **changes}


def exception(id: str = "x", **changes: Any) -> DayException:
    return DayException.of(id, request(**changes), "it", TODAY)


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def test_one_day_without_a_last_one() -> None:
    made = exception()

    assert (made.first_on, made.last_on, made.reason, made.locale, made.public) == (
        TODAY,
        TODAY,
        "Dentist",
        "it",
        False,
    )


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"last_on": days(-1)}, {"last_on"}),
        ({"first_on": days(-9), "last_on": days(-2)}, {"last_on"}),
        ({"last_on": days(367)}, {"last_on"}),
        ({"first_on": days(2000), "last_on": days(2000)}, {"first_on"}),
        ({"kind": "instead"}, {"spans.0.start"}),
        ({"kind": "extra", "spans": [{"start": "12:00", "end": "10:00"}]}, {"spans.0.end"}),
        (
            {"kind": "instead", "spans": [{"start": "09:00", "end": "12:00"}, {"start": "11:30", "end": "13:00"}]},
            {"spans.1.start"},
        ),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        exception(**changes)

    assert set(refused.value.fields) == fields


def test_who_is_away_has_no_hours() -> None:
    assert exception(spans=[{"start": "09:00", "end": "12:00"}]).spans == ()
    assert exception(kind="extra", spans=[{"start": "09:00", "end": "12:00"}]).spans == (ClockSpan("09:00", "12:00"),)


def test_exceptions_are_kept_by_day_and_forgotten_when_they_are_over() -> None:
    held = Availability(id="anna").add(exception("b", first_on=days(3)), TODAY).add(exception("a"), TODAY)

    assert [one.id for one in held.exceptions] == ["a", "b"]
    assert [one.id for one in held.add(exception("c", first_on=days(1)), days(1)).exceptions] == ["c", "b"]
    assert [one.id for one in held.drop("b", TODAY).exceptions] == ["a"]
    with pytest.raises(NotFound):
        held.drop("zzz", TODAY)


def test_there_is_an_end_to_them() -> None:
    full = Availability(id="anna", exceptions=tuple(exception(f"{n:03}") for n in range(MOST)))

    with pytest.raises(Conflict):
        full.add(exception("more"), TODAY)


def test_clients_see_absences_and_only_public_reasons() -> None:
    held = Availability(id="anna")
    for one in (
        exception("private"),
        exception("public", first_on=days(2), public=True),
        exception("extra", first_on=days(3), kind="extra", spans=[{"start": "09:00", "end": "12:00"}]),
        exception("far", first_on=days(120)),
    ):
        held = held.add(one, TODAY)

    assert [(one.id, one.reason) for one in held.shown_to_clients(TODAY)] == [("private", ""), ("public", "Dentist")]


# -- public holidays ---------------------------------------------------------------------------------------------------


def holidays(country: str) -> list[DayException]:
    numbers = count()
    return holidays_of(country, TODAY, LOCALES, lambda: f"h{next(numbers)}")


def test_a_year_of_public_holidays_has_names_in_both_languages_where_they_are_known() -> None:
    by_day = {one.first_on: one for one in holidays("IT")}

    assert by_day[date(2026, 12, 25)].names == {"en": "Christmas Day", "it": "Natale"}
    assert all(one.kind == "away" and one.public and one.source == "holiday" for one in by_day.values())
    assert min(by_day) >= TODAY
    assert max(by_day) <= days(365)
    assert set(holidays("DE")[0].names) == {"en"}


def test_holidays_take_the_place_of_others_and_leave_own_days_alone() -> None:
    own = Availability(id="anna").add(exception("own"), TODAY)

    italian = own.with_holidays("IT", holidays("IT"), TODAY)
    german = italian.with_holidays("DE", holidays("DE"), TODAY)
    without = german.with_holidays("", [], TODAY)

    assert (italian.holidays_country, german.holidays_country, without.holidays_country) == ("IT", "DE", "")
    assert date(2027, 4, 25) in {one.first_on for one in italian.exceptions}
    assert date(2027, 4, 25) not in {one.first_on for one in german.exceptions}
    assert without.exceptions == own.exceptions


def test_every_country_that_forms_offer_is_known_and_others_are_refused() -> None:
    assert set(COUNTRIES) <= countries()
    with pytest.raises(Invalid):
        holidays("XX")
