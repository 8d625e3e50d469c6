"""Codes of apps, recovery codes, passkeys and challenges: what is good, once, for whom, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain import challenge, passkey, protection, second_step, totp
from services.accounts.domain.account import Account
from services.accounts.domain.challenge import Aim, Challenge
from services.accounts.domain.passkey import Passkey
from services.accounts.domain.protection import Protection
from services.accounts.domain.second_step import SecondStep
from services.accounts.domain.session import PROOF_HOLDS, Session
from shared.platform.errors import Conflict, Unauthenticated, Unproven
from shared.platform.sealing import Sealer

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
RFC_SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""`12345678901234567890` of RFC 6238, appendix B, in base 32."""
RFC_CODES = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)

    assert totp.matching_step(code, RFC_SEED, at) == seconds // 30
    assert totp.matching_step(f" {code[:3]} {code[3:]} ", RFC_SEED, at) == seconds // 30


@pytest.mark.parametrize(("late", "good"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_clock_may_be_one_step_off(late: int, good: bool) -> None:
    seed = totp.new_seed()
    code = pyotp.TOTP(seed).at(NOW + timedelta(seconds=late))

    assert (totp.matching_step(code, seed, NOW) is not None) is good


def test_a_code_is_good_once_and_ends_the_earlier_ones() -> None:
    seed = totp.new_seed()
    source, step = pyotp.TOTP(seed), int(NOW.timestamp()) // 30

    assert totp.matching_step(source.generate_otp(step), seed, NOW, after=step) is None
    assert totp.matching_step(source.generate_otp(step - 1), seed, NOW, after=step) is None
    assert totp.matching_step(source.generate_otp(step + 1), seed, NOW, after=step) == step + 1


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "--------"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert totp.matching_step(typed, RFC_SEED, NOW) is None


def test_two_steps_begin_with_a_confirmed_app_and_end_with_the_last_way() -> None:
    held = Protection(id="a")
    being_set_up = held.setting_up("sealed", NOW)
    on = being_set_up.with_app(7)

    assert not being_set_up.has_app
    assert not being_set_up.two_steps
    assert (on.seed, on.two_steps, on.last_step, on.new_seed) == ("sealed", True, 7, "")
    assert on.without_app(has_passkeys=True).two_steps
    gone = on.with_codes(["m"]).without_app(has_passkeys=False)
    assert (gone.two_steps, gone.codes, gone.has_app) == (False, (), False)


def test_the_app_in_use_stays_until_the_new_one_is_confirmed() -> None:
    held = Protection(id="a").setting_up("old", NOW).with_app(1)

    assert held.setting_up("new", NOW).seed == "old"
    assert held.setting_up("new", NOW).with_app(2).seed == "new"


def test_setting_up_takes_half_an_hour_at_most() -> None:
    held = Protection(id="a").setting_up("sealed", NOW)

    assert held.seed_to_confirm(NOW + protection.SET_UP_WITHIN) == "sealed"
    for late in (held, Protection(id="a")):
        with pytest.raises(Conflict):
            late.seed_to_confirm(NOW + protection.SET_UP_WITHIN + TICK)


def test_a_second_step_needs_a_way_to_make_it() -> None:
    nothing = Protection(id="a")

    with pytest.raises(Conflict):
        nothing.asking(has_passkeys=False)
    with pytest.raises(Conflict):
        nothing.with_codes(["m"])
    with pytest.raises(Conflict):
        nothing.without_app(has_passkeys=True)
    assert nothing.asking(has_passkeys=True).two_steps
    assert nothing.asking(has_passkeys=True).with_codes(["m"]).not_asking() == nothing


def test_a_recovery_code_works_once_however_it_is_typed() -> None:
    codes = protection.new_codes()
    held = Protection(id="a", two_steps=True).with_codes([protection.as_marked(code) for code in codes])

    assert len(set(codes)) == protection.CODES
    typed = codes[3].upper().replace("-", " ")
    assert protection.looks_like_recovery(typed)
    used = held.after_recovery([protection.as_marked(typed)])
    assert used is not None
    assert len(used.codes) == protection.CODES - 1
    assert used.after_recovery([protection.as_marked(typed)]) is None
    assert not protection.looks_like_recovery("123 456")


@pytest.mark.parametrize(
    ("held", "shown", "good"), [(0, 0, True), (0, 1, True), (5, 6, True), (5, 5, False), (5, 4, False), (5, 0, False)]
)
def test_a_counter_only_grows(held: int, shown: int, good: bool) -> None:
    key = Passkey(
        id="p", account_id="a", credential_id="c", public_key="k", sign_count=held, name="Phone", transports=(),
        synced=False, created_at=NOW,
    )  # fmt: skip

    if good:
        assert key.used(shown, synced=True, at=NOW) == replace(key, sign_count=shown, synced=True, last_used_at=NOW)
    else:
        with pytest.raises(Unauthenticated):
            key.used(shown, synced=True, at=NOW)


def test_passkeys_are_limited_in_number() -> None:
    passkey.check_room(passkey.MOST - 1)
    with pytest.raises(Conflict):
        passkey.check_room(passkey.MOST)


@pytest.mark.parametrize(
    ("aim", "account", "bound", "late"),
    [
        (Aim.SIGN_IN, "a", "s", timedelta(0)),
        (Aim.PROOF, "b", "s", timedelta(0)),
        (Aim.PROOF, "a", "t", timedelta(0)),
        (Aim.PROOF, "a", "s", challenge.LIFETIME),
    ],
)
def test_a_challenge_is_for_one_aim_person_place_and_time(aim: Aim, account: str, bound: str, late: timedelta) -> None:
    asked = Challenge.new(Aim.PROOF, NOW, "a", "s")

    assert asked.check(Aim.PROOF, NOW + challenge.LIFETIME - TICK, "a", "s") is asked
    assert len(asked.raw) == challenge.BYTES
    with pytest.raises(Conflict):
        asked.check(aim, NOW + late, account, bound)


def test_the_second_step_does_not_wait_for_ever() -> None:
    step, token = SecondStep.begin("a", "Firefox", NOW)

    assert step.check(NOW + second_step.LIFETIME - TICK) is step
    assert token not in repr(step)
    with pytest.raises(Unauthenticated):
        step.check(NOW + second_step.LIFETIME)


def test_a_proof_holds_for_a_quarter_of_an_hour() -> None:
    identity = Account.new(email="a@b.it", name="A", roles=["client"], locale="it", time_zone="UTC", at=NOW).identity
    session, _ = Session.begin(identity, "Firefox", NOW)

    assert session.require_proof(NOW + PROOF_HOLDS - TICK) is session
    with pytest.raises(Unproven):
        session.require_proof(NOW + PROOF_HOLDS)
    with pytest.raises(Unproven):
        replace(session, proven_at=None).require_proof(NOW)
    again = session.proven(NOW + PROOF_HOLDS)
    assert again.require_proof(NOW + PROOF_HOLDS) is again


@given(text=st.text(max_size=200), of=st.text(max_size=40))
def test_what_is_sealed_opens_for_its_owner_alone(text: str, of: str) -> None:
    older, newer = Sealer(["k" * 40], "here"), Sealer(["n" * 40, "k" * 40], "here")
    sealed = older.seal(text, of)

    assert newer.open(sealed, of) == text
    for stranger, whose in ((older, of + "x"), (Sealer(["k" * 40], "there"), of), (Sealer(["n" * 40], "here"), of)):
        with pytest.raises(ValueError):
            stranger.open(sealed, whose)


@given(text=st.text(max_size=200))
def test_a_mark_is_known_by_all_keys_and_by_no_other(text: str) -> None:
    older, newer = Sealer(["k" * 40], "here"), Sealer(["n" * 40, "k" * 40], "here")

    assert newer.knows(text, older.mark(text))
    assert not older.knows(text, newer.mark(text))
    assert not older.knows(text + "x", older.mark(text))
    assert older.mark(text) in newer.marks(text)
