"""What protects an account, on a real broker and database: second steps, passkeys, proofs, and those who try to get
round them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import eventlet
import pyotp
import pytest

from deploy.in_process import InProcess
from services.accounts.domain.attempts import FREE
from services.accounts.domain.challenge import LIFETIME
from services.accounts.domain.session import PROOF_HOLDS
from shared.contracts import accounts as c
from shared.platform import outbox
from shared.platform.clock import to_millis, utc_now
from shared.platform.context import Actor
from shared.platform.errors import Conflict, DextraError, Invalid, NotFound, TooMany, Unauthenticated, Unproven
from shared.platform.ids import new_id
from shared.platform.run import provider_of
from shared.platform.service import set_clock
from tests.support.authenticator import PRESENT, SecurityKey, handle_of
from tests.support.services import actor, running

PASSWORD = "a quiet green river"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    prefix = f"t{new_id()[-8:]}_"
    settings = {"ARGON2_MEMORY_KIB": "64", "ARGON2_TIME_COST": "1", "PUBLIC_URL": "http://localhost:8000"}
    with running(["accounts"], amqp_uri, mongo_uri, prefix, **settings) as started:
        yield started
        store(started).client.drop_database(f"{prefix}accounts")


@pytest.fixture(autouse=True)
def published(world: InProcess, monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    """What was told to the owner or sent as a link: published once, kept nowhere."""
    seen: list[Json] = []
    to_message = outbox.to_message

    def noted(document: Any) -> str:
        if document.get("transient"):
            seen.append({**document["data"], "event": document["name"]})
        return to_message(document)

    monkeypatch.setattr(outbox, "to_message", noted)
    return seen


@pytest.fixture(autouse=True)
def real_clock() -> Iterator[None]:
    yield
    set_clock(None)


def store(world: InProcess) -> Any:
    return provider_of(world.containers["accounts"]).database


class Somebody:
    """A person with an account, a session and what they hold."""

    def __init__(self, world: InProcess) -> None:
        self.world = world
        self.email = f"anna.{new_id()}@example.com"
        details = {"email": self.email, "password": PASSWORD, "name": "Anna Rossi", "roles": ["client"]}
        signed_up = world.call(c.SignUp, details)
        self.id: str = signed_up["account"]["id"]
        self.token: str = signed_up["token"]
        self.seed = ""
        self.codes: list[str] = []
        self.time = utc_now()
        self.stand_still()

    @property
    def actor(self) -> Actor:
        return actor(self.id, "client")

    def stand_still(self) -> None:
        set_clock(lambda: to_millis(self.time))

    def wait(self, **span: int) -> None:
        self.time += timedelta(**span)
        self.stand_still()

    def does(self, contract: Any, **request: Any) -> Json:
        return self.world.call(contract, {"token": self.token, **request}, self.actor) or {}

    def code(self, later: int = 0) -> str:
        return pyotp.TOTP(self.seed).at(self.time + timedelta(seconds=later))

    def with_app(self) -> Somebody:
        self.seed = self.does(c.StartApp)["seed"]
        self.codes = self.does(c.ConfirmApp, passcode=self.code())["codes"]
        self.wait(seconds=30)
        return self

    def with_passkey(self, name: str = "Phone", key: SecurityKey | None = None) -> SecurityKey:
        key = key or SecurityKey()
        asked = self.does(c.StartPasskey)
        self.does(c.AddPasskey, challenge_id=asked["challenge_id"], credential=key.create(asked["options"]), name=name)
        return key

    def begins(self) -> Json:
        return self.world.call(c.SignIn, {"email": self.email, "password": PASSWORD, "user_agent": "Firefox"})

    def finishes(self, passcode: str, step: str = "") -> Json:
        step = step or self.begins()["step_token"]
        return self.world.call(c.FinishSignIn, {"token": step, "passcode": passcode})


@pytest.fixture
def anna(world: InProcess) -> Somebody:
    return Somebody(world)


def by_passkey(world: InProcess, key: SecurityKey, **changes: Any) -> Json:
    asked = world.call(c.StartPasskeySignIn, {})
    return world.call(
        c.SignInWithPasskey,
        {"challenge_id": asked["challenge_id"], "credential": key.get(asked["options"]), **changes},
    )


# -- an authenticator app ------------------------------------------------------------------------------------------


def test_an_app_asks_for_its_code_from_then_on(anna: Somebody, published: list[Json]) -> None:
    anna.with_app()

    begun = anna.begins()
    assert "token" not in begun
    assert "account" not in begun
    assert begun["methods"] == ["app", "recovery"]
    assert anna.finishes(anna.code(), begun["step_token"])["account"]["id"] == anna.id
    anna.world.settle()
    assert [each["what"] for each in published if each["event"] == "account.secured"] == ["app_added"]


def test_the_seed_is_not_readable_in_the_database(anna: Somebody) -> None:
    anna.with_app()

    held = store(anna.world).protections.raw.find_one({"_id": anna.id})
    assert anna.seed not in str(held)
    assert not any(code.replace("-", "") in str(held) for code in anna.codes)


def test_a_code_works_once_even_for_two_at_the_same_time(anna: Somebody) -> None:
    anna.with_app()
    steps = [anna.begins()["step_token"] for _ in range(3)]
    code = anna.code()

    def finish(step: str) -> str:
        try:
            return str(anna.finishes(code, step)["token"])
        except DextraError:
            return ""

    pile = eventlet.GreenPile()
    for step in steps:
        pile.spawn(finish, step)

    assert len([token for token in pile if token]) == 1
    with pytest.raises((Invalid, TooMany)):
        anna.finishes(code)


def test_a_second_step_is_finished_once_and_in_time(anna: Somebody) -> None:
    anna.with_app()
    step = anna.begins()["step_token"]
    anna.finishes(anna.code(), step)
    anna.wait(seconds=30)

    with pytest.raises(Unauthenticated):
        anna.finishes(anna.code(), step)
    late = anna.begins()["step_token"]
    anna.wait(minutes=10)
    with pytest.raises(Unauthenticated):
        anna.finishes(anna.code(), late)
    with pytest.raises(Unauthenticated):
        anna.world.call(c.CheckSession, {"token": step})


def test_guessing_codes_is_slowed_down_across_sign_ins(anna: Somebody) -> None:
    anna.with_app()
    for _ in range(FREE):
        with pytest.raises(Invalid):
            anna.finishes("000000")

    with pytest.raises(TooMany):
        anna.finishes(anna.code())
    anna.wait(seconds=30)
    assert anna.finishes(anna.code())["token"]


def test_a_program_may_send_the_code_along(anna: Somebody) -> None:
    anna.with_app()
    asked = {"email": anna.email, "password": PASSWORD}

    assert anna.world.call(c.SignIn, {**asked, "passcode": anna.code()})["token"]
    with pytest.raises(Invalid):
        anna.world.call(c.SignIn, {**asked, "passcode": "000000"})
    with pytest.raises(Unauthenticated):
        anna.world.call(c.SignIn, {**asked, "password": "wrong one here", "passcode": anna.code(30)})


def test_a_recovery_code_stands_in_once_and_its_owner_is_told(anna: Somebody, published: list[Json]) -> None:
    anna.with_app()

    assert anna.finishes(anna.codes[0].upper())["token"]
    with pytest.raises(Invalid):
        anna.finishes(anna.codes[0])
    assert anna.does(c.GetSecurity)["codes_left"] == 9
    anna.world.settle()
    assert ("code_used", "9") in [(each.get("what"), each.get("detail")) for each in published]


def test_new_recovery_codes_end_the_old_ones(anna: Somebody) -> None:
    anna.with_app()

    fresh = anna.does(c.RenewRecoveryCodes)["codes"]

    with pytest.raises(Invalid):
        anna.finishes(anna.codes[0])
    assert anna.finishes(fresh[0])["token"]


def test_an_app_is_not_on_before_its_code_was_right(anna: Somebody) -> None:
    anna.seed = anna.does(c.StartApp)["seed"]

    with pytest.raises(Invalid):
        anna.does(c.ConfirmApp, passcode="000000")
    assert anna.begins()["token"]
    assert not anna.does(c.GetSecurity)["app"]


def test_without_the_app_there_is_one_step_again(anna: Somebody) -> None:
    anna.with_app().does(c.RemoveApp)

    assert anna.begins()["token"]
    assert anna.does(c.GetSecurity)["codes_left"] == 0


def test_a_reset_password_still_asks_for_the_second_step(anna: Somebody, published: list[Json]) -> None:
    anna.with_app()
    step = anna.begins()["step_token"]
    anna.world.call(c.RequestReset, {"email": anna.email})
    anna.world.settle()
    link = next(each["token"] for each in published if each["event"] == "account.reset_requested")
    anna.world.call(c.ResetPassword, {"token": link, "password": "another long password"})

    with pytest.raises(Unauthenticated):
        anna.finishes(anna.code(), step)
    begun = anna.world.call(c.SignIn, {"email": anna.email, "password": "another long password"})
    assert "token" not in begun


# -- passkeys ------------------------------------------------------------------------------------------------------


def test_a_passkey_signs_in_without_address_or_password(anna: Somebody) -> None:
    key = anna.with_passkey()

    assert by_passkey(anna.world, key)["account"]["id"] == anna.id
    held = anna.does(c.GetSecurity)["passkeys"][0]
    assert (held["name"], held["last_used_at"] is not None) == ("Phone", True)
    assert anna.begins()["token"]  # alone it asks for no second step


@pytest.mark.parametrize(
    "key",
    [
        SecurityKey(rp_id="evil.example"),
        SecurityKey(origin="https://evil.example"),
        SecurityKey(flags=PRESENT),
    ],
    ids=["another site", "another origin", "no finger, face or code"],
)
def test_a_key_made_for_another_page_or_without_its_owner_is_refused(anna: Somebody, key: SecurityKey) -> None:
    with pytest.raises(Invalid):
        anna.with_passkey(key=key)

    good = anna.with_passkey()
    good.rp_id, good.origin, good.flags = key.rp_id, key.origin, key.flags
    with pytest.raises(Unauthenticated):
        by_passkey(anna.world, good)


def test_an_answer_is_good_once_and_a_wrong_one_ends_the_challenge(anna: Somebody) -> None:
    key = anna.with_passkey()
    asked = anna.world.call(c.StartPasskeySignIn, {})
    answer = {"challenge_id": asked["challenge_id"], "credential": key.get(asked["options"])}
    anna.world.call(c.SignInWithPasskey, answer)

    with pytest.raises(Conflict):
        anna.world.call(c.SignInWithPasskey, answer)
    second = anna.world.call(c.StartPasskeySignIn, {})
    with pytest.raises(Unauthenticated):
        anna.world.call(c.SignInWithPasskey, {**answer, "challenge_id": second["challenge_id"]})
    with pytest.raises(Conflict):
        credential = key.get(second["options"])
        anna.world.call(c.SignInWithPasskey, {"challenge_id": second["challenge_id"], "credential": credential})


def test_one_answer_sent_twice_at_once_signs_in_once(anna: Somebody) -> None:
    key = anna.with_passkey()
    asked = anna.world.call(c.StartPasskeySignIn, {})
    answer = {"challenge_id": asked["challenge_id"], "credential": key.get(asked["options"])}

    def send(_number: int) -> bool:
        try:
            return bool(anna.world.call(c.SignInWithPasskey, answer))
        except DextraError:
            return False

    pile = eventlet.GreenPile()
    for number in range(4):
        pile.spawn(send, number)

    assert sum(pile) == 1


def test_a_challenge_expires(anna: Somebody) -> None:
    key = anna.with_passkey()
    asked = anna.world.call(c.StartPasskeySignIn, {})
    anna.wait(seconds=int(LIFETIME.total_seconds()))

    with pytest.raises(Conflict):
        credential = key.get(asked["options"])
        anna.world.call(c.SignInWithPasskey, {"challenge_id": asked["challenge_id"], "credential": credential})


def test_a_copied_keys_counter_gives_it_away(anna: Somebody) -> None:
    key = anna.with_passkey()
    by_passkey(anna.world, key)
    key.counter -= 1

    with pytest.raises(Unauthenticated, match="counter"):
        by_passkey(anna.world, key)


def test_a_key_belongs_to_one_account(anna: Somebody, world: InProcess) -> None:
    key = anna.with_passkey()
    berta = Somebody(world)

    with pytest.raises(Conflict):
        berta.with_passkey(key=key)
    key.user = handle_of(berta.id)
    with pytest.raises(Unauthenticated):
        by_passkey(world, key)


def test_challenges_of_others_and_of_other_sessions_are_of_no_use(anna: Somebody, world: InProcess) -> None:
    key, other = SecurityKey(), Somebody(world)
    annas = anna.does(c.StartPasskey)

    credential = key.create(annas["options"])
    stolen = {"challenge_id": annas["challenge_id"], "credential": credential, "name": "Mine"}
    with pytest.raises(Conflict):
        other.does(c.AddPasskey, **stolen)
    second = anna.begins()["token"]
    with pytest.raises(Conflict):
        anna.does(c.AddPasskey, **{**stolen, "token": second})
    assert anna.does(c.AddPasskey, **stolen)["name"] == "Mine"


def test_a_passkey_is_the_second_step_where_one_is_asked_for(anna: Somebody, world: InProcess) -> None:
    key = anna.with_passkey()
    codes = anna.does(c.AskSecondStep, on=True)["codes"]
    stranger = Somebody(world)
    theirs = stranger.with_passkey()

    begun = anna.begins()
    assert (begun["methods"], len(codes)) == (["passkey", "recovery"], 10)
    for used, good in ((theirs, False), (key, True)):
        asked = world.call(c.StartSecondStep, {"token": begun["step_token"]})
        assert [each["id"] for each in asked["options"]["allowCredentials"]] != []
        answer = {"challenge_id": asked["challenge_id"], "credential": used.get(asked["options"])}
        if good:
            assert world.call(c.FinishSignIn, {"token": begun["step_token"], **answer})["token"]
        else:
            with pytest.raises(Unauthenticated):
                world.call(c.FinishSignIn, {"token": begun["step_token"], **answer})


def test_the_last_passkey_takes_the_second_step_with_it(anna: Somebody, published: list[Json]) -> None:
    anna.with_passkey()
    anna.does(c.AskSecondStep, on=True)

    anna.does(c.RemovePasskey, passkey_id=anna.does(c.GetSecurity)["passkeys"][0]["id"])

    assert anna.begins()["token"]
    anna.world.settle()
    whats = [each["what"] for each in published if each["event"] == "account.secured"]
    assert whats == ["passkey_added", "two_steps_on", "passkey_removed"]


def test_passkeys_of_others_can_be_neither_named_nor_removed(anna: Somebody, world: InProcess) -> None:
    anna.with_passkey()
    id = anna.does(c.GetSecurity)["passkeys"][0]["id"]
    other = Somebody(world)

    for contract, more in ((c.RenamePasskey, {"name": "Mine"}), (c.RemovePasskey, {})):
        with pytest.raises(NotFound):
            other.does(contract, passkey_id=id, **more)
    assert anna.does(c.RenamePasskey, passkey_id=id, name=" Laptop ")["name"] == "Laptop"


@pytest.mark.parametrize(
    "credential", [{}, {"id": "x"}, {"id": 5}, {"id": "x", "response": []}, {"response": {"a": 1}}]
)
def test_rubbish_is_refused_in_words(world: InProcess, anna: Somebody, credential: Json) -> None:
    asked = world.call(c.StartPasskeySignIn, {})
    with pytest.raises(Unauthenticated):
        world.call(c.SignInWithPasskey, {"challenge_id": asked["challenge_id"], "credential": credential})
    begun = anna.does(c.StartPasskey)
    with pytest.raises(Invalid):
        anna.does(c.AddPasskey, challenge_id=begun["challenge_id"], credential=credential, name="x")


# -- proofs --------------------------------------------------------------------------------------------------------

WEIGHTY: list[tuple[Any, Json]] = [
    (c.StartApp, {}),
    (c.ConfirmApp, {"passcode": "123456"}),
    (c.RemoveApp, {}),
    (c.AskSecondStep, {"on": True}),
    (c.RenewRecoveryCodes, {}),
    (c.StartPasskey, {}),
    (c.AddPasskey, {"challenge_id": "x", "credential": {}, "name": "x"}),
    (c.RemovePasskey, {"passkey_id": "x"}),
    (c.ChangePassword, {"password": "a new long password"}),
    (c.RequestNewAddress, {"email": "new@example.com"}),
]


@pytest.mark.parametrize(("contract", "request_"), WEIGHTY, ids=[each.name for each, _ in WEIGHTY])
def test_what_is_of_weight_needs_a_fresh_proof_in_ones_own_session(
    anna: Somebody, world: InProcess, contract: Any, request_: Json
) -> None:
    stolen = Somebody(world).token
    with pytest.raises(Unauthenticated):
        anna.does(contract, **{**request_, "token": stolen})
    anna.wait(seconds=int(PROOF_HOLDS.total_seconds()))

    with pytest.raises(Unproven):
        anna.does(contract, **request_)


def test_password_and_passkey_prove_and_guessing_is_slowed_down(anna: Somebody, world: InProcess) -> None:
    key = anna.with_passkey()
    theirs = Somebody(world).with_passkey()
    anna.wait(hours=1)

    asked = anna.does(c.StartProof)
    with pytest.raises(Unauthenticated):
        anna.does(c.Prove, challenge_id=asked["challenge_id"], credential=theirs.get(asked["options"]))
    asked = anna.does(c.StartProof)
    anna.does(c.Prove, challenge_id=asked["challenge_id"], credential=key.get(asked["options"]))
    assert anna.does(c.GetSecurity)["proven"]

    anna.wait(hours=1)
    for _ in range(FREE):
        with pytest.raises(Invalid):
            anna.does(c.Prove, password="not this one")
    with pytest.raises(TooMany):
        anna.does(c.Prove, password=PASSWORD)
    anna.wait(seconds=30)
    anna.does(c.Prove, password=PASSWORD)
    assert anna.does(c.StartApp)["seed"]


# -- password and address ------------------------------------------------------------------------------------------


def test_a_new_password_signs_out_all_others_and_its_owner_is_told(anna: Somebody, published: list[Json]) -> None:
    other = anna.begins()["token"]

    anna.does(c.ChangePassword, password="a new long password")

    with pytest.raises(Unauthenticated):
        anna.world.call(c.CheckSession, {"token": other})
    assert anna.world.call(c.CheckSession, {"token": anna.token})
    with pytest.raises(Unauthenticated):
        anna.begins()
    assert anna.world.call(c.SignIn, {"email": anna.email, "password": "a new long password"})["token"]
    anna.world.settle()
    assert [each["what"] for each in published if each["event"] == "account.secured"] == ["password_changed"]


def test_an_address_changes_by_the_link_and_the_old_one_is_told(anna: Somebody, published: list[Json]) -> None:
    fresh = f"new.{new_id()}@example.com"
    anna.does(c.RequestNewAddress, email=fresh.upper())
    anna.world.settle()
    link = next(each for each in published if each["event"] == "account.new_address_requested")
    assert link["email"] == fresh
    assert anna.world.call(c.CheckSession, {"token": anna.token})["account"]["email"] == anna.email

    changed = anna.world.call(c.ConfirmNewAddress, {"token": link["token"]})

    assert (changed["email"], changed["email_confirmed"]) == (fresh, True)
    with pytest.raises(DextraError):
        anna.world.call(c.ConfirmNewAddress, {"token": link["token"]})
    with pytest.raises(Unauthenticated):
        anna.begins()
    anna.world.settle()
    told = [(each["what"], each["email"]) for each in published if each["event"] == "account.secured"]
    assert told == [("address_asked", anna.email), ("address_changed", anna.email)]


def test_an_address_that_has_an_account_meanwhile_is_refused(
    anna: Somebody, world: InProcess, published: list[Json]
) -> None:
    other = Somebody(world)
    anna.does(c.RequestNewAddress, email=other.email)
    world.settle()
    link = next(each["token"] for each in published if each["event"] == "account.new_address_requested")

    with pytest.raises(Conflict):
        world.call(c.ConfirmNewAddress, {"token": link})
    with pytest.raises(NotFound):
        world.call(c.ConfirmEmail, {"token": link})


def test_a_reset_ends_a_change_of_address_that_waits(anna: Somebody, published: list[Json]) -> None:
    anna.does(c.RequestNewAddress, email=f"thief.{new_id()}@example.com")
    anna.world.call(c.RequestReset, {"email": anna.email})
    anna.world.settle()
    links = {each["event"]: each["token"] for each in published if "token" in each}
    anna.world.call(c.ResetPassword, {"token": links["account.reset_requested"], "password": "another long password"})

    with pytest.raises(NotFound):
        anna.world.call(c.ConfirmNewAddress, {"token": links["account.new_address_requested"]})
