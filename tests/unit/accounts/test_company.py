"""Companies and invitations: who may act as what, who must stay, what works once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.accounts.domain.company import MOST, Colleague, Company, Profile, WorkingDay
from services.accounts.domain.invitation import LIFETIME, MOST_OPEN, Invitation
from services.accounts.domain.secret import fingerprint
from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
OWNER, APPROVER, VIEWER = Colleague


def a_company(**members: Colleague) -> Company:
    company = Company.founded("clara", NOW)
    for name, role in members.items():
        company = company.joined(name, role, NOW)
    return company


def test_whoever_founds_it_owns_it() -> None:
    company = a_company(dora=APPROVER)

    assert company.id == "clara"
    assert (company.role_of("clara"), company.role_of("dora"), company.role_of("max")) == (OWNER, APPROVER, None)
    company.require("dora")
    with pytest.raises(Forbidden):
        company.require("dora", OWNER)
    with pytest.raises(NotFound):
        company.require("max")


def test_roles_change_and_colleagues_leave() -> None:
    company = a_company(dora=APPROVER, ezra=OWNER)

    assert company.changed("dora", VIEWER, NOW).role_of("dora") is VIEWER
    assert company.left("ezra", NOW).role_of("ezra") is None
    with pytest.raises(NotFound):
        company.left("max", NOW)
    with pytest.raises(NotFound):
        company.changed("max", OWNER, NOW)


@pytest.mark.parametrize("others", [{}, {"dora": OWNER}])
def test_the_founder_stays_an_owner(others: dict[str, Colleague]) -> None:
    company = a_company(**others)

    with pytest.raises(Conflict, match="began with this account"):
        company.left("clara", NOW)
    with pytest.raises(Conflict, match="began with this account"):
        company.changed("clara", VIEWER, NOW)
    assert company.changed("clara", OWNER, NOW).role_of("clara") is OWNER


def test_the_last_owner_stays() -> None:
    """Once the founder's account is deleted, the others carry on."""
    company = a_company(dora=OWNER, ezra=APPROVER).survived("clara", NOW)

    for attempt in (lambda: company.left("dora", NOW), lambda: company.changed("dora", APPROVER, NOW)):
        with pytest.raises(Conflict, match="last owner"):
            attempt()
    both = company.changed("ezra", OWNER, NOW)
    assert both.left("dora", NOW).role_of("ezra") is OWNER


def test_a_company_outlives_an_owner_when_there_is_another() -> None:
    assert not a_company(dora=APPROVER).outlives("clara")
    assert a_company(dora=OWNER).outlives("clara")
    assert a_company(dora=OWNER).outlives("dora")


def test_nobody_joins_twice_and_there_is_an_end() -> None:
    company = a_company(**{f"c{number}": VIEWER for number in range(MOST - 1)})

    with pytest.raises(Conflict, match="already"):
        company.joined("c1", OWNER, NOW)
    with pytest.raises(Conflict, match="50"):
        company.joined("one more", VIEWER, NOW)


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ([("mon", "09:00", "09:00")], "working_hours.0.end"),
        ([("mon", "10:00", "09:00")], "working_hours.0.end"),
        ([("mon", "09:00", "13:00"), ("mon", "12:30", "18:00")], "working_hours.1.start"),
        ([("mon", "09:00", "13:00"), ("mon", "13:00", "18:00"), ("tue", "09:00", "13:00")], ""),
    ],
)
def test_hours_make_sense(hours: list[tuple[str, str, str]], field: str) -> None:
    profile = Profile(working_hours=tuple(WorkingDay(*each) for each in hours))

    if not field:
        assert a_company().described(profile, NOW, 0).profile == profile
        return
    with pytest.raises(Invalid) as refused:
        a_company().described(profile, NOW, 0)
    assert set(refused.value.fields) == {field}


def test_a_change_in_another_window_is_not_lost() -> None:
    with pytest.raises(Conflict):
        a_company().described(Profile(name="Studio"), NOW, 3)


def test_an_invitation_works_once_and_for_a_week() -> None:
    invitation, token = Invitation.new("clara", "Dora@Example.com", APPROVER, "clara", NOW, 0)

    assert invitation.email == "dora@example.com"
    assert invitation.token_hash == fingerprint(token)
    accepted = invitation.accepted("dora", NOW + LIFETIME - timedelta(seconds=1))
    with pytest.raises(Conflict, match="accepted already"):
        accepted.accepted("max", NOW)
    with pytest.raises(Conflict, match="expired"):
        invitation.accepted("dora", NOW + LIFETIME)


def test_invitations_have_an_end() -> None:
    with pytest.raises(Conflict):
        Invitation.new("clara", "dora@example.com", APPROVER, "clara", NOW, MOST_OPEN)
