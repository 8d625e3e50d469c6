"""What practices show, on real parts: uploads, photos, evidence, addresses, and what becomes of bytes nobody uses."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from deploy.in_process import InProcess
from services.profiles.domain.files import CHUNK, UNUSED_KEPT
from shared.contracts import accounts, profiles
from shared.contracts import practice_files as c
from shared.platform.clock import utc_now
from shared.platform.context import Actor
from shared.platform.errors import Conflict, DextraError, Forbidden, Invalid, NotFound
from shared.platform.ids import new_id
from shared.platform.run import provider_of
from tests.integration.test_profiles_and_requests import OPERATOR, PROFILE, Json, Stage
from tests.support.services import running

WORDS = {"kind": "sample", "title": "A travel plan", "may_show": True, "about": ["travel"]}


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    prefix = f"t{new_id()[-6:]}_"
    with running(["profiles"], amqp_uri, mongo_uri, prefix, TIMER_POLL_SECONDS="3600") as started:
        yield started


@pytest.fixture
def stage(world: InProcess, amqp_uri: str) -> Iterator[Stage]:
    yield Stage(world, amqp_uri)
    assert provider_of(world.containers["profiles"]).database.dead_letters.count() == 0


def picture(side: int = 300) -> bytes:
    """Of the kind that compresses badly, so that a larger one takes several parts."""
    file = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(file, "PNG")
    return file.getvalue()


def upload(stage: Stage, by: Actor, data: bytes, purpose: str = "photo", name: str = "me.png") -> Json:
    begun = stage.call(c.BeginUpload, {"purpose": purpose, "name": name, "size": len(data)}, by)
    for number in range(begun["chunks"]):
        part = data[number * CHUNK : (number + 1) * CHUNK]
        message = c.ChunkRequest().dump({"file_id": begun["file_id"], "number": number, "data": part})
        stage.call(c.SendChunk, message, by)
    found: Json = stage.call(c.FinishUpload, {"id": begun["file_id"]}, by)
    return found


def practice(stage: Stage, *, published: bool = True) -> Actor:
    anna = stage.person("assistant")
    stage.account(anna, confirmed=True)
    stage.call(profiles.SaveProfile, PROFILE, anna)
    if published:
        stage.call(profiles.PublishProfile, {}, anna)
    return anna


def read(stage: Stage, file_id: str, variant: str, by: Actor | None = None) -> bytes:
    data, size = b"", 1
    while len(data) < size:
        asked = {"id": file_id, "variant": variant, "start": len(data)}
        part = c.FilePart().load(stage.call(c.ReadFile, asked, by or Actor()))
        data, size = data + part["data"], part["size"]
    return data


def kept(stage: Stage, file_id: str) -> int:
    """Versions of the file whose bytes are there."""
    database = provider_of(stage.world.containers["profiles"]).database.raw
    return int(database["files.files"].count_documents({"_id": {"$regex": file_id}}))


def fire(stage: Stage) -> None:
    provider = provider_of(stage.world.containers["profiles"])
    while provider.fire_due():
        pass


def test_a_photo_is_sent_in_parts_and_shown_to_everybody_of_a_published_profile(stage: Stage) -> None:
    anna = practice(stage)
    data = picture(900)
    assert len(data) > 2 * CHUNK

    file = upload(stage, anna, data)
    with pytest.raises(NotFound):
        read(stage, file["id"], "96")
    profile = stage.call(profiles.GetMyProfile, {}, anna)
    assert profile["photo_id"] == ""
    stage.call(c.SetPhoto, {"file_id": file["id"]}, anna)

    image = Image.open(io.BytesIO(read(stage, file["id"], "384")))
    assert (image.format, image.size) == ("WEBP", (384, 384))
    assert stage.call(profiles.GetProfile, {"id": anna.account_id}, Actor())["photo_id"] == file["id"]
    told = provider_of(stage.world.containers["profiles"]).database.events.raw.find({"aggregate_id": anna.account_id})
    assert [row["data"]["photo_id"] for row in told.sort("sequence", 1)] == ["", file["id"]]


def test_a_draft_shows_its_files_to_its_owner_and_operators_only(stage: Stage) -> None:
    anna, bea = practice(stage, published=False), practice(stage)
    file = upload(stage, anna, picture())
    stage.call(c.SetPhoto, {"file_id": file["id"]}, anna)

    assert read(stage, file["id"], "96", anna) == read(stage, file["id"], "96", OPERATOR)
    for other in (Actor(), bea):
        with pytest.raises(NotFound):
            read(stage, file["id"], "96", other)


def test_another_photo_takes_the_bytes_of_the_first_with_it(stage: Stage) -> None:
    anna = practice(stage)
    first, second = upload(stage, anna, picture()), upload(stage, anna, picture())
    stage.call(c.SetPhoto, {"file_id": first["id"]}, anna)
    assert kept(stage, first["id"]) == 3

    stage.call(c.SetPhoto, {"file_id": second["id"]}, anna)
    fire(stage)

    assert (kept(stage, first["id"]), kept(stage, second["id"])) == (0, 3)
    stage.call(c.RemovePhoto, {}, anna)
    fire(stage)
    assert kept(stage, second["id"]) == 0
    assert stage.call(profiles.GetMyProfile, {}, anna)["photo_id"] == ""


@pytest.mark.parametrize("data", [b"<html><script>alert(1)</script></html>" * 20, picture()[:700]])
def test_a_file_that_is_refused_leaves_nothing(stage: Stage, data: bytes) -> None:
    anna = practice(stage)
    database = provider_of(stage.world.containers["profiles"]).database.raw
    parts = database["upload_chunks"].count_documents({})

    with pytest.raises(Invalid) as refused:
        upload(stage, anna, data)

    assert list(refused.value.fields) == ["file"]
    assert database["uploads"].count_documents({"owner_id": anna.account_id}) == 0
    assert database["upload_chunks"].count_documents({}) == parts


def test_a_file_is_looked_through_once_for_a_key(stage: Stage) -> None:
    anna, data = practice(stage), picture()
    begun = stage.call(c.BeginUpload, {"purpose": "photo", "name": "me.png", "size": len(data)}, anna)
    part = c.ChunkRequest().dump({"file_id": begun["file_id"], "number": 0, "data": data})
    stage.call(c.SendChunk, part, anna)
    stage.call(c.SendChunk, part, anna)  # a part that came twice is there once

    answers = [stage.world.call(c.FinishUpload, {"id": begun["file_id"]}, anna, key="once") for _ in range(2)]
    without_key = stage.call(c.FinishUpload, {"id": begun["file_id"]}, anna)

    assert answers[0] == answers[1] == without_key
    assert kept(stage, begun["file_id"]) == 3
    for _ in range(2):
        stage.world.call(c.SetPhoto, {"file_id": begun["file_id"]}, anna, key="set")
    assert stage.call(profiles.GetMyProfile, {}, anna)["photo_id"] == begun["file_id"]


def test_what_was_announced_otherwise_is_not_taken(stage: Stage) -> None:
    anna = practice(stage)
    begun = stage.call(c.BeginUpload, {"purpose": "photo", "name": "a.png", "size": 100}, anna)
    part = {"file_id": begun["file_id"], "number": 0, "data": b"x" * 99}

    for wrong in (part, {**part, "number": 1}, {**part, "data": b"x" * 101}):
        with pytest.raises(Invalid):
            stage.call(c.SendChunk, c.ChunkRequest().dump(wrong), anna)
    with pytest.raises(Invalid, match="attention"):
        stage.call(c.FinishUpload, {"id": begun["file_id"]}, anna)
    with pytest.raises(Invalid):
        stage.call(c.BeginUpload, {"purpose": "photo", "name": "a.png", "size": 8_000_001}, anna)


def test_nobody_touches_the_files_of_another(stage: Stage) -> None:
    anna, bea, clara = practice(stage), practice(stage), stage.person("client")
    file = upload(stage, anna, picture())
    sample = upload(stage, anna, picture(), "sample")

    attempts: list[tuple[Any, Json]] = [
        (c.FinishUpload, {"id": file["id"]}),
        (c.SetPhoto, {"file_id": file["id"]}),
        (c.GetFile, {"id": file["id"]}),
        (c.SaveEvidence, {**WORDS, "file_id": sample["id"]}),
    ]
    for contract, payload in attempts:
        with pytest.raises(NotFound):
            stage.call(contract, payload, bea)
        with pytest.raises(DextraError):
            stage.call(contract, payload, clara)
    with pytest.raises(Invalid):
        stage.call(c.SetPhoto, {"file_id": sample["id"]}, anna)


def test_a_file_that_no_form_used_goes_after_a_day(stage: Stage) -> None:
    anna = practice(stage)
    lost, used = upload(stage, anna, picture(), "sample"), upload(stage, anna, picture(), "sample")
    stage.call(c.SaveEvidence, {**WORDS, "file_id": used["id"]}, anna)
    timers = provider_of(stage.world.containers["profiles"]).database.timers.raw
    rows = list(timers.find({"entity_id": {"$in": [lost["id"], used["id"]]}}))

    assert [row["entity_id"] for row in rows] == [lost["id"]]
    timers.update_one({"_id": rows[0]["_id"]}, {"$set": {"due_at": rows[0]["due_at"] - UNUSED_KEPT}})
    fire(stage)
    assert (kept(stage, lost["id"]), kept(stage, used["id"])) == (0, 2)
    with pytest.raises(NotFound):
        stage.call(c.SaveEvidence, {**WORDS, "file_id": lost["id"]}, anna)


def test_evidence_is_added_put_in_order_changed_and_removed(stage: Stage) -> None:
    anna, bea = practice(stage), practice(stage)
    file = upload(stage, anna, picture(), "sample", "C:\\plans\\Rome.png")
    first = stage.call(c.SaveEvidence, {**WORDS, "file_id": file["id"]}, anna)
    course = {"kind": "certificate", "title": "Course", "issuer": "A school", "expires_on": "2020-01-31"}
    second = stage.call(c.SaveEvidence, {**course, "link": "https://example.com/c"}, anna)

    listed = stage.call(c.ListEvidence, {"id": anna.account_id}, Actor())["items"]
    assert [(one["title"], one["expired"]) for one in listed] == [("A travel plan", False), ("Course", True)]
    assert listed[0]["file"]["name"] == "Rome.png"
    stage.call(c.MoveEvidence, {"id": second["id"], "up": True}, anna)
    stage.call(c.MoveEvidence, {"id": second["id"], "up": True}, anna)  # first already
    assert [one["id"] for one in stage.call(c.ListMyEvidence, {}, anna)["items"]] == [second["id"], first["id"]]

    with pytest.raises(Conflict):
        stage.call(c.SaveEvidence, {**WORDS, "id": first["id"], "version": 99, "file_id": file["id"]}, anna)
    with pytest.raises(Forbidden):
        stage.call(c.RemoveEvidence, {"id": first["id"]}, bea)
    with pytest.raises(Invalid):
        stage.call(c.SaveEvidence, {**WORDS, "link": "javascript:alert(1)"}, anna)
    stage.call(c.RemoveEvidence, {"id": first["id"]}, anna)
    fire(stage)
    assert kept(stage, file["id"]) == 0
    assert stage.call(c.ListMyEvidence, {}, anna)["bytes"] == 0


def test_an_address_is_one_persons_and_an_old_one_leads_on(stage: Stage) -> None:
    anna, bea = practice(stage), practice(stage)
    name = f"anna-{new_id()[-8:]}"
    stage.call(c.ChooseAddress, {"name": name.upper()}, anna)

    assert stage.call(c.ResolveAddress, {"name": name}, Actor()) == {"assistant_id": anna.account_id, "name": name}
    with pytest.raises(Invalid):
        stage.call(c.ChooseAddress, {"name": name}, bea)
    assert stage.call(c.CheckAddress, {"name": name}, bea)["free"] is False
    assert stage.call(c.CheckAddress, {"name": "sign-in"}, bea)["problem"]["message"].startswith("This name is kept")

    stage.call(c.ChooseAddress, {"name": f"{name}-2"}, anna)
    assert stage.call(c.ResolveAddress, {"name": name}, Actor())["name"] == f"{name}-2"
    with pytest.raises(Invalid):
        stage.call(c.ChooseAddress, {"name": name}, bea)
    assert stage.call(c.GetMyAddress, {}, anna)["old"] == [name]
    stage.call(c.ChooseAddress, {"name": name}, anna)
    stage.call(c.DropAddress, {}, anna)
    assert stage.call(c.ResolveAddress, {"name": name}, Actor()) == {"assistant_id": anna.account_id, "name": ""}


def test_two_who_want_a_name_at_once_do_not_both_get_it(stage: Stage) -> None:
    import eventlet

    people, name = [practice(stage) for _ in range(3)], f"studio-{new_id()[-8:]}"
    pile = eventlet.GreenPile()
    for one in people:
        pile.spawn(_attempt, stage, name, one)

    assert sorted(pile) == ["Invalid", "Invalid", "ok"]


def _attempt(stage: Stage, name: str, by: Actor) -> str:
    try:
        stage.call(c.ChooseAddress, {"name": name}, by)
    except DextraError as error:
        return type(error).__name__
    return "ok"


def test_who_leaves_takes_every_byte_along(stage: Stage) -> None:
    anna = practice(stage)
    photo, sample = upload(stage, anna, picture()), upload(stage, anna, picture(), "sample")
    unused = upload(stage, anna, picture(), "sample")
    stage.call(c.SetPhoto, {"file_id": photo["id"]}, anna)
    stage.call(c.SaveEvidence, {**WORDS, "file_id": sample["id"]}, anna)
    name = f"gone-{new_id()[-8:]}"
    stage.call(c.ChooseAddress, {"name": name}, anna)

    stage.tell(
        accounts.AccountDeleted, anna.account_id, {"account_id": anna.account_id, "deleted_at": utc_now().isoformat()}
    )
    fire(stage)

    assert [kept(stage, file["id"]) for file in (photo, sample, unused)] == [0, 0, 0]
    with pytest.raises(NotFound):
        stage.call(c.ResolveAddress, {"name": name}, Actor())
    with pytest.raises(NotFound):
        read(stage, photo["id"], "96", OPERATOR)
