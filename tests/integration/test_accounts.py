"""The accounts service on a real broker and database: sign-up, sign-in, sessions, links, import, and what it tells."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import eventlet
import pytest

from deploy.in_process import InProcess
from services.accounts.domain.attempts import FREE
from services.accounts.domain.secret import fingerprint
from shared.contracts import accounts as c
from shared.contracts import companies as d
from shared.platform.clock import to_millis, utc_now
from shared.platform.context import Actor
from shared.platform.errors import (
    Conflict,
    DextraError,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
)
from shared.platform.ids import new_id
from shared.platform.run import provider_of
from shared.platform.service import set_clock
from tests.support.services import actor, running

PASSWORD = "a quiet green river"
OPERATOR = actor("olga", "operator")
Json = dict[str, Any]


@pytest.fixture(scope="module")
def prefix() -> str:
    return f"t{new_id()[-8:]}_"


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str, prefix: str) -> Iterator[InProcess]:
    """One for all tests here: each makes accounts of its own. Hashing is real, with little memory."""
    settings = {"ARGON2_MEMORY_KIB": "64", "ARGON2_TIME_COST": "1", "OPERATOR_EMAILS": "Boss@Example.com"}
    with running(["accounts"], amqp_uri, mongo_uri, prefix, **settings) as started:
        yield started
        provider_of(started.containers["accounts"]).database.client.drop_database(f"{prefix}accounts")


@pytest.fixture(autouse=True)
def tokens(world: InProcess, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Secrets of links as they would be mailed, newest last: published once, kept nowhere."""
    from shared.platform import outbox

    seen: list[str] = []
    to_message = outbox.to_message

    def noted(document: Any) -> str:
        if "token" in document["data"]:
            seen.append(document["data"]["token"])
        return to_message(document)

    monkeypatch.setattr(outbox, "to_message", noted)
    return seen


@pytest.fixture(autouse=True)
def real_clock() -> Iterator[None]:
    yield
    set_clock(None)


def at(moment: datetime) -> None:
    set_clock(lambda: to_millis(moment))


def database(world: InProcess) -> Any:
    return provider_of(world.containers["accounts"]).database


def address() -> str:
    return f"anna.{new_id()}@example.com"


def sign_up(world: InProcess, email: str = "", **changes: Any) -> Json:
    details = {"email": email or address(), "password": PASSWORD, "name": "Anna Rossi", "roles": ["client"]}
    answer: Json = world.call(c.SignUp, {**details, "locale": "it", **changes})
    return answer


def sign_in(world: InProcess, email: str, password: str = PASSWORD) -> Json:
    answer: Json = world.call(c.SignIn, {"email": email, "password": password, "user_agent": "Firefox"})
    return answer


def who(signed_in: Json) -> Actor:
    return actor(signed_in["account"]["id"], *signed_in["account"]["roles"])


def events(world: InProcess, account_id: str) -> list[str]:
    rows = database(world).events.raw.find({"aggregate_id": account_id}).sort("sequence", 1)
    return [row["name"] for row in rows]


def token_of(world: InProcess, tokens: list[str], purpose: str) -> str:
    """The newest link's secret, once it is published."""
    world.settle()
    assert database(world).links.find_one(token_hash=fingerprint(tokens[-1])).purpose == purpose
    return tokens[-1]


# -- sign-up -------------------------------------------------------------------------------------------------------


def test_signing_up_signs_in_and_tells_the_others(world: InProcess) -> None:
    email = address()

    signed_in = sign_up(world, email.upper(), roles=["assistant", "client"])
    world.settle()

    account = signed_in["account"]
    assert (account["email"], account["roles"], account["email_confirmed"]) == (email, ["client", "assistant"], False)
    assert world.call(c.CheckSession, {"token": signed_in["token"]})["account"] == account
    assert events(world, account["id"]) == ["account.registered"]


def test_an_address_has_one_account_however_it_is_written(world: InProcess) -> None:
    email = address()
    sign_up(world, email)

    with pytest.raises(Invalid) as refused:
        sign_up(world, f" {email.title()}")

    assert list(refused.value.fields) == ["email"]


def test_two_sign_ups_with_one_address_at_once_make_one_account(world: InProcess) -> None:
    email = address()

    def attempt() -> str:
        try:
            return str(sign_up(world, email)["account"]["id"])
        except Invalid:
            return ""

    pile = eventlet.GreenPile()
    for _ in range(6):
        pile.spawn(attempt)
    made = [id for id in pile if id]

    assert len(made) == 1
    assert database(world).accounts.count(email=email) == 1


def test_the_same_form_sent_twice_gives_the_same_session(world: InProcess) -> None:
    details = {"email": address(), "password": PASSWORD, "name": "Anna", "roles": ["client"]}

    pile = eventlet.GreenPile()
    for _ in range(4):
        pile.spawn(world.call, c.SignUp, details, key=details["email"])
    answers = list(pile)

    assert answers == [answers[0]] * 4


def test_no_secret_is_stored_as_it_is(world: InProcess, tokens: list[str]) -> None:
    signed_in = sign_up(world)
    link = token_of(world, tokens, "confirm")

    store = database(world)
    stored = repr([list(store.raw[name].find()) for name in ("accounts", "sessions", "links", "events")])
    assert signed_in["account"]["id"] in stored
    assert signed_in["token"] not in stored
    assert link not in stored
    assert PASSWORD not in stored


# -- sign-in -------------------------------------------------------------------------------------------------------


def test_signing_in_makes_another_session(world: InProcess) -> None:
    first = sign_up(world)

    second = sign_in(world, f" {first['account']['email'].upper()} ")

    assert second["account"] == first["account"]
    sessions = world.call(c.ListSessions, {}, who(first))["items"]
    assert {session["id"] for session in sessions} == {first["session_id"], second["session_id"]}
    assert sessions[0]["user_agent"] == "Firefox"


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(world: InProcess) -> None:
    known = sign_up(world)["account"]["email"]
    [imported] = world.call(c.ImportAccounts, {"accounts": [row(address())]}, OPERATOR)["ids"]
    without_password = database(world).accounts.get(imported).email
    answers = []

    for email in (known, address(), without_password):
        with pytest.raises(Unauthenticated) as refused:
            sign_in(world, email, "another password")
        answers.append(refused.value.text.to_wire())

    assert answers == [answers[0]] * 3


@pytest.mark.parametrize("has_account", [True, False])
def test_after_repeated_failures_even_the_right_password_has_to_wait(world: InProcess, has_account: bool) -> None:
    email = sign_up(world)["account"]["email"] if has_account else address()
    start = utc_now()
    at(start)
    for _ in range(FREE):
        with pytest.raises(Unauthenticated):
            sign_in(world, email, "another password")

    with pytest.raises(TooMany, match="in a minute"):
        sign_in(world, email)

    at(start + timedelta(seconds=30))
    if has_account:
        assert sign_in(world, email)["token"]
        with pytest.raises(Unauthenticated):
            sign_in(world, email, "another password")
    else:
        with pytest.raises(Unauthenticated):
            sign_in(world, email)


def test_guesses_side_by_side_count_like_guesses_in_a_row(world: InProcess) -> None:
    email = sign_up(world)["account"]["email"]
    at(utc_now())

    def guess(number: int) -> type[DextraError]:
        try:
            sign_in(world, email, f"guess number {number}")
        except DextraError as error:
            return type(error)
        raise AssertionError("a guess was right")

    pile = eventlet.GreenPile()
    for number in range(12):
        pile.spawn(guess, number)
    outcomes = list(pile)

    assert outcomes.count(Unauthenticated) <= FREE


def test_a_hash_of_other_parameters_is_renewed_at_sign_in(world: InProcess) -> None:
    from services.accounts.service import passwords

    signed_up = sign_up(world)
    accounts = database(world).accounts.raw
    older = passwords(32, 2, 1).hash(PASSWORD)
    accounts.update_one({"_id": signed_up["account"]["id"]}, {"$set": {"password_hash": older}})

    sign_in(world, signed_up["account"]["email"])

    renewed = accounts.find_one({"_id": signed_up["account"]["id"]})["password_hash"]
    assert renewed.startswith("$argon2id$")
    assert "m=64,t=1,p=1" in renewed
    assert sign_in(world, signed_up["account"]["email"])


def test_hashing_does_not_hold_up_other_calls(world: InProcess) -> None:
    from services.accounts.service import passwords

    slow = passwords(262_144, 4, 1)
    beats: list[None] = []

    def beat() -> None:
        while True:
            beats.append(None)
            eventlet.sleep(0.005)

    heart = eventlet.spawn(beat)
    slow.hash(PASSWORD)
    heart.kill()

    assert len(beats) > 10


# -- sessions ------------------------------------------------------------------------------------------------------


def test_a_session_ends_by_signing_out(world: InProcess) -> None:
    token = sign_up(world)["token"]

    world.call(c.SignOut, {"token": token})

    for call in (c.CheckSession, c.SignOut):
        with pytest.raises(Unauthenticated):
            world.call(call, {"token": token})


def test_a_session_ends_after_thirty_days(world: InProcess) -> None:
    token = sign_up(world)["token"]

    at(utc_now() + timedelta(days=29, hours=23))
    assert world.call(c.CheckSession, {"token": token})
    at(utc_now() + timedelta(days=30))
    with pytest.raises(Unauthenticated):
        world.call(c.CheckSession, {"token": token})


def test_an_invented_token_is_refused(world: InProcess) -> None:
    with pytest.raises(Unauthenticated):
        world.call(c.CheckSession, {"token": "x" * 43})


def test_last_seen_is_written_now_and_then(world: InProcess) -> None:
    signed_in = sign_up(world)
    sessions = database(world).sessions
    first = sessions.get(signed_in["session_id"]).last_seen_at

    at(first + timedelta(minutes=4))
    world.call(c.CheckSession, {"token": signed_in["token"]})
    assert sessions.get(signed_in["session_id"]).last_seen_at == first

    at(first + timedelta(minutes=6))
    world.call(c.CheckSession, {"token": signed_in["token"]})
    assert sessions.get(signed_in["session_id"]).last_seen_at == first + timedelta(minutes=6)


def test_one_session_or_all_others_can_be_revoked(world: InProcess) -> None:
    first = sign_up(world)
    second, third, fourth = (sign_in(world, first["account"]["email"]) for _ in range(3))
    anna = who(first)

    world.call(c.RevokeSession, {"session_id": second["session_id"]}, anna)
    assert len(world.call(c.ListSessions, {}, anna)["items"]) == 3
    world.call(c.RevokeOtherSessions, {"session_id": first["session_id"]}, anna)

    assert world.call(c.CheckSession, {"token": first["token"]})
    for ended in (second, third, fourth):
        with pytest.raises(Unauthenticated):
            world.call(c.CheckSession, {"token": ended["token"]})


def test_nobody_revokes_or_sees_a_strangers_session(world: InProcess) -> None:
    anna, berta = sign_up(world), sign_up(world)

    with pytest.raises(NotFound):
        world.call(c.RevokeSession, {"session_id": anna["session_id"]}, who(berta))

    seen = [session["id"] for session in world.call(c.ListSessions, {}, who(berta))["items"]]
    assert seen == [berta["session_id"]]
    assert world.call(c.CheckSession, {"token": anna["token"]})


def test_a_check_is_one_read_through_an_index(world: InProcess) -> None:
    token = sign_up(world)["token"]
    store = database(world)
    names = {index["name"] for index in store.sessions.raw.list_indexes()}

    assert "token_hash" in names
    assert store.sessions.raw.count_documents({"token_hash": fingerprint(token)}) == 1


# -- links ---------------------------------------------------------------------------------------------------------


def test_an_address_is_confirmed_once_by_its_link(world: InProcess, tokens: list[str]) -> None:
    signed_in = sign_up(world)
    token = token_of(world, tokens, "confirm")

    account = world.call(c.ConfirmEmail, {"token": token})

    assert account["email_confirmed"]
    assert world.call(c.CheckSession, {"token": signed_in["token"]})["account"] == account
    assert events(world, account["id"]) == ["account.registered", "account.changed"]
    with pytest.raises(Conflict):
        world.call(c.ConfirmEmail, {"token": token})


def test_of_two_uses_at_once_one_counts(world: InProcess, tokens: list[str]) -> None:
    account_id = sign_up(world)["account"]["id"]
    token = token_of(world, tokens, "confirm")

    def use() -> bool:
        try:
            world.call(c.ConfirmEmail, {"token": token})
        except Conflict:
            return False
        return True

    pile = eventlet.GreenPile()
    for _ in range(5):
        pile.spawn(use)

    assert sorted(pile) == [False] * 4 + [True]
    assert events(world, account_id).count("account.changed") == 1


def test_a_new_confirmation_link_replaces_the_old_one(world: InProcess, tokens: list[str]) -> None:
    signed_in = sign_up(world)
    old = token_of(world, tokens, "confirm")
    with pytest.raises(TooMany):
        world.call(c.ResendConfirmation, {}, who(signed_in))

    at(utc_now() + timedelta(minutes=2))
    world.call(c.ResendConfirmation, {}, who(signed_in))
    new = token_of(world, tokens, "confirm")

    with pytest.raises(NotFound):
        world.call(c.ConfirmEmail, {"token": old})
    assert world.call(c.ConfirmEmail, {"token": new})["email_confirmed"]
    with pytest.raises(Conflict):
        world.call(c.ResendConfirmation, {}, who(signed_in))


def test_a_reset_sets_the_password_and_ends_every_session(world: InProcess, tokens: list[str]) -> None:
    signed_in = sign_up(world)
    email = signed_in["account"]["email"]
    world.call(c.RequestReset, {"email": email.upper()})
    token = token_of(world, tokens, "reset")

    world.call(c.ResetPassword, {"token": token, "password": "a new and longer one"})

    with pytest.raises(Unauthenticated):
        world.call(c.CheckSession, {"token": signed_in["token"]})
    with pytest.raises(Unauthenticated):
        sign_in(world, email)
    assert sign_in(world, email, "a new and longer one")["account"]["email_confirmed"]
    with pytest.raises(Conflict):
        world.call(c.ResetPassword, {"token": token, "password": "yet another one"})


def test_a_reset_link_is_good_for_an_hour_and_for_nothing_else(world: InProcess, tokens: list[str]) -> None:
    signed_in = sign_up(world)
    confirm = token_of(world, tokens, "confirm")
    world.call(c.RequestReset, {"email": signed_in["account"]["email"]})
    reset = token_of(world, tokens, "reset")

    with pytest.raises(NotFound):
        world.call(c.ConfirmEmail, {"token": reset})
    with pytest.raises(NotFound):
        world.call(c.ResetPassword, {"token": confirm, "password": PASSWORD})
    at(utc_now() + timedelta(hours=1))
    with pytest.raises(Conflict):
        world.call(c.ResetPassword, {"token": reset, "password": PASSWORD})


def test_asking_for_a_reset_says_nothing_about_the_address(world: InProcess, tokens: list[str]) -> None:
    email = sign_up(world)["account"]["email"]
    world.settle()
    before = len(tokens)

    answers = [world.call(c.RequestReset, {"email": each}) for each in (email, address(), email)]
    world.settle()

    assert answers == [{}] * 3
    assert len(tokens) == before + 1


def test_a_reset_lifts_the_wait_of_failed_attempts(world: InProcess, tokens: list[str]) -> None:
    email = sign_up(world)["account"]["email"]
    for _ in range(FREE):
        with pytest.raises(Unauthenticated):
            sign_in(world, email, "another password")
    world.call(c.RequestReset, {"email": email})

    world.call(c.ResetPassword, {"token": token_of(world, tokens, "reset"), "password": "a new and longer one"})

    assert sign_in(world, email, "a new and longer one")


# -- settings, import, list ----------------------------------------------------------------------------------------


def row(email: str, **changes: Any) -> Json:
    return {"email": email, "name": "Anna Rossi", "roles": ["assistant"], **changes}


def test_settings_and_roles_change_the_account_its_sessions_and_the_copies(world: InProcess) -> None:
    signed_in = sign_up(world)
    anna = who(signed_in)

    world.call(c.ChangeSettings, {"name": "Anna B.", "locale": "en", "time_zone": "Asia/Tokyo"}, anna)
    changed = world.call(c.AddRole, {"role": "assistant"}, anna)

    assert changed["roles"] == ["client", "assistant"]
    assert (changed["name"], changed["locale"], changed["time_zone"]) == ("Anna B.", "en", "Asia/Tokyo")
    assert world.call(c.GetAccount, {}, anna) == changed
    assert world.call(c.CheckSession, {"token": signed_in["token"]})["account"] == changed
    assert events(world, changed["id"]) == ["account.registered", "account.changed", "account.changed"]


def test_visitors_have_no_account(world: InProcess) -> None:
    for call in (c.GetAccount, c.ListSessions, c.ResendConfirmation):
        with pytest.raises(Unauthenticated):
            world.call(call)


def test_an_import_makes_confirmed_accounts_once(world: InProcess, tokens: list[str]) -> None:
    first, second = address(), address()
    rows = [row(first), row(second, roles=["client"]), row(first.upper(), roles=["client"])]

    ids = world.call(c.ImportAccounts, {"accounts": rows}, OPERATOR)["ids"]
    again = world.call(c.ImportAccounts, {"accounts": rows}, OPERATOR)["ids"]

    assert ids == again
    assert ids[0] == ids[2] != ids[1]
    account = database(world).accounts.get(ids[0])
    assert (account.roles, account.email_confirmed) == (("client", "assistant"), True)
    world.call(c.RequestReset, {"email": first})
    world.call(c.ResetPassword, {"token": token_of(world, tokens, "reset"), "password": PASSWORD})
    assert sign_in(world, first)["account"]["id"] == ids[0]


def test_five_hundred_accounts_are_imported_in_one_call(world: InProcess) -> None:
    rows = [row(address()) for _ in range(500)]
    started = time.monotonic()

    ids = world.call(c.ImportAccounts, {"accounts": rows}, OPERATOR)["ids"]

    assert len(set(ids)) == 500
    assert time.monotonic() - started < 15


def test_only_operators_import_and_list(world: InProcess) -> None:
    anna = who(sign_up(world))

    for stranger, error in ((anna, Forbidden), (Actor(), Unauthenticated)):
        with pytest.raises(error):
            world.call(c.ImportAccounts, {"accounts": [row(address())]}, stranger)
        with pytest.raises(error):
            world.call(c.ListAccounts, {}, stranger)


def test_the_list_shows_the_newest_first_in_pages(world: InProcess) -> None:
    made = [sign_up(world)["account"]["id"] for _ in range(3)]

    first = world.call(c.ListAccounts, {"limit": 2}, OPERATOR)
    second = world.call(c.ListAccounts, {"limit": 2, "cursor": first["next"]}, OPERATOR)

    assert [account["id"] for account in first["items"] + second["items"]][:3] == made[::-1]


def test_addresses_of_the_setting_are_operators_once_they_are_confirmed(world: InProcess, tokens: list[str]) -> None:
    signed_in = sign_up(world, "boss@example.com")
    assert signed_in["account"]["roles"] == ["client"]

    confirmed = world.call(c.ConfirmEmail, {"token": token_of(world, tokens, "confirm")})

    assert confirmed["roles"] == ["client", "operator"]
    assert world.call(c.CheckSession, {"token": signed_in["token"]})["account"]["roles"] == ["client", "operator"]
    assert sign_in(world, "boss@example.com")["account"]["roles"] == ["client", "operator"]


def test_instants_are_in_utc(world: InProcess) -> None:
    expires = datetime.fromisoformat(sign_up(world)["expires_at"])

    assert expires.tzinfo == UTC


# -- companies -----------------------------------------------------------------------------------------------------


def confirmed(world: InProcess, **changes: Any) -> tuple[Json, Actor]:
    """Somebody with a confirmed address, signed in."""
    signed_in = sign_up(world, **changes)
    database(world).accounts.raw.update_one({"_id": signed_in["account"]["id"]}, {"$set": {"email_confirmed": True}})
    return signed_in, who(signed_in)


def invite(world: InProcess, by: Actor, email: str, role: str, tokens: list[str]) -> str:
    world.call(d.InviteColleague, {"email": email, "role": role}, by)
    world.settle()
    return tokens[-1]


def acting(colleague: Actor, company: Actor, role: str) -> Actor:
    return Actor(colleague.account_id, frozenset({"client"}), company.account_id, role, "Dora")


def memberships(world: InProcess, signed_in: Json) -> list[tuple[str, str]]:
    account = world.call(c.CheckSession, {"token": signed_in["token"]})["account"]
    return [(each["company_id"], each["role"]) for each in account["companies"]]


def test_a_company_is_what_its_client_says(world: InProcess) -> None:
    _, clara = confirmed(world)
    blank = world.call(d.GetCompany, {}, clara)
    assert (blank["version"], blank["name"], blank["role"]) == (0, "", "owner")

    said = {"name": "Studio Bassi", "industry": "legal", "shows": "all", "version": 0}
    saved = world.call(d.SaveCompany, said, clara)

    assert world.call(d.GetCompany, {}, clara) == saved
    assert (saved["id"], saved["name"], saved["version"]) == (clara.account_id, "Studio Bassi", 1)
    with pytest.raises(Conflict):
        world.call(d.SaveCompany, said, clara)
    world.settle()
    assert events(world, f"company-{clara.account_id}") == ["company.changed"]
    assert world.call(d.GetCompany, {}, actor(new_id(), "client"))["name"] == "", "nobody else's"


def test_a_colleague_joins_with_the_link_acts_and_is_removed_at_once(world: InProcess, tokens: list[str]) -> None:
    _, clara = confirmed(world)
    dora_in = sign_up(world)
    dora = who(dora_in)
    token = invite(world, clara, dora_in["account"]["email"], "approver", tokens)
    assert world.call(d.GetInvitation, {"token": token})["role"] == "approver"

    account = world.call(d.AcceptInvitation, {"token": token}, dora)

    assert account["email_confirmed"], "the link came to that address"
    assert memberships(world, dora_in) == [(clara.account_id, "approver")]
    with pytest.raises(Conflict, match="once"):
        world.call(d.AcceptInvitation, {"token": token}, confirmed(world)[1])
    listed = world.call(d.ListColleagues, {}, acting(dora, clara, "approver"))
    assert [member["role"] for member in listed["members"]] == ["owner", "approver"]
    assert listed["invitations"] == []

    world.call(d.ChangeColleague, {"account_id": dora.account_id, "role": "owner"}, clara)
    assert memberships(world, dora_in) == [(clara.account_id, "owner")]
    world.call(d.RemoveColleague, {"account_id": dora.account_id}, clara)
    assert memberships(world, dora_in) == []
    with pytest.raises(NotFound):
        world.call(d.GetCompany, {}, acting(dora, clara, "owner"))


def test_who_is_no_owner_any_more_does_not_come_back_by_an_invitation_of_their_own(
    world: InProcess, tokens: list[str]
) -> None:
    _, clara = confirmed(world)
    dora_in, dora = confirmed(world)
    world.call(d.AcceptInvitation, {"token": invite(world, clara, dora_in["account"]["email"], "owner", tokens)}, dora)
    back = invite(world, acting(dora, clara, "owner"), address(), "owner", tokens)
    kept = invite(world, clara, address(), "viewer", tokens)

    world.call(d.RemoveColleague, {"account_id": dora.account_id}, clara)

    with pytest.raises(NotFound):
        world.call(d.AcceptInvitation, {"token": back}, dora)
    assert world.call(d.GetInvitation, {"token": kept})["role"] == "viewer"


def test_only_owners_of_the_company_invite_change_and_remove(world: InProcess, tokens: list[str]) -> None:
    _, clara = confirmed(world)
    dora_in, dora = confirmed(world)
    world.call(d.AcceptInvitation, {"token": invite(world, clara, address(), "viewer", tokens)}, dora)
    commands = (
        (d.SaveCompany, {"name": "Mine", "version": 1}),
        (d.InviteColleague, {"email": address(), "role": "owner"}),
        (d.ChangeColleague, {"account_id": dora.account_id, "role": "owner"}),
        (d.RemoveColleague, {"account_id": clara.account_id}),
        (d.WithdrawInvitation, {"invitation_id": "any"}),
    )

    for contract, payload in commands:
        for claimed in ("viewer", "owner"):  # whatever is claimed, the service knows the role
            with pytest.raises(Forbidden):
                world.call(contract, payload, acting(dora, clara, claimed))
        with pytest.raises(NotFound):
            world.call(contract, payload, acting(actor(new_id(), "client"), clara, "owner"))
    world.call(d.LeaveCompany, {"company_id": clara.account_id}, acting(dora, clara, "viewer"))
    assert memberships(world, dora_in) == []


def test_invitations_need_a_confirmed_address_and_can_be_taken_back(world: InProcess, tokens: list[str]) -> None:
    unconfirmed = who(sign_up(world))
    with pytest.raises(Conflict, match="Confirm"):
        world.call(d.InviteColleague, {"email": address(), "role": "viewer"}, unconfirmed)
    _, clara = confirmed(world)
    email = address()
    first, second = (invite(world, clara, email, "viewer", tokens) for _ in range(2))

    with pytest.raises(NotFound):
        world.call(d.GetInvitation, {"token": first})
    [waiting] = world.call(d.ListColleagues, {}, clara)["invitations"]
    world.call(d.WithdrawInvitation, {"invitation_id": waiting["id"]}, clara)
    with pytest.raises(NotFound):
        world.call(d.AcceptInvitation, {"token": second}, actor(clara.account_id, "client"))


def test_another_name_of_the_company_reaches_its_colleagues(world: InProcess, tokens: list[str]) -> None:
    _, clara = confirmed(world)
    dora_in, dora = confirmed(world)
    world.call(d.AcceptInvitation, {"token": invite(world, clara, address(), "viewer", tokens)}, dora)

    world.call(d.SaveCompany, {"name": "Bassi & C.", "version": 2}, clara)

    account = world.call(c.CheckSession, {"token": dora_in["token"]})["account"]
    assert [each["name"] for each in account["companies"]] == ["Bassi & C."]
