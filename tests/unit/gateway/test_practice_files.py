"""Photo, evidence, address and share card, as pages; and files as browsers get them."""

from __future__ import annotations

import io
from base64 import b64decode, b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from gateway import cards, share_card
from gateway.share_card import ShareCard
from shared.contracts import matching, profiles
from shared.contracts import practice_files as c
from shared.platform.errors import Conflict, Invalid, NotFound, Text
from tests.unit.gateway.canned import CARDS, PROFILE, answer_all
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc
from tests.unit.gateway.test_pages import assert_sound

FILE: dict[str, Any] = {
    "id": "file-1", "purpose": "sample", "name": "plan <b>.png", "media_type": "image/webp", "size": 70_000, "pages": 0,
    "versions": [{"name": "thumb", "media_type": "image/webp", "size": 900, "sha256": "aa", "width": 480,
                  "height": 300}],
}  # fmt: skip
SAMPLE: dict[str, Any] = {
    "id": "ev-1", "version": 2, "kind": "sample", "title": "Viaggio a <Lione>", "description": "Due varianti",
    "locale": "it", "about": ["travel.booking"], "issuer": "", "issued_on": None, "expires_on": None,
    "link": "https://www.example.com/x",
    "file_id": "file-1", "may_show": True, "expired": False, "file": FILE,
}  # fmt: skip
COURSE: dict[str, Any] = {
    **SAMPLE, "id": "ev-2", "kind": "certificate", "title": "Course", "issuer": "A school", "issued_on": "2020-02-01",
    "expires_on": "2024-01-01", "expired": True, "file": None, "file_id": "", "link": "", "about": ["meetings.board"],
}  # fmt: skip
LISTED = {"items": [SAMPLE, COURSE], "bytes": 70_000, "most_bytes": 80_000_000}
MINE = {**PROFILE, "assistant_id": "acc-1", "photo_id": "", "address": "", "completeness": None, "first": False}
ADDRESS = {"current": "", "old": [], "suggestions": ["livia-conti", "l-conti"]}


@pytest.fixture
def practice(rpc: FakeRpc) -> FakeRpc:
    answer_all(rpc)
    rpc.on(profiles.GetMyProfile, MINE).on(c.ListMyEvidence, LISTED).on(c.ListEvidence, LISTED)
    rpc.on(c.GetMyAddress, ADDRESS).on(c.GetFile, FILE)
    rpc.on(c.BeginUpload, {"file_id": "file-9", "chunk": 4, "chunks": 3}).on(c.SendChunk, {})
    rpc.on(c.FinishUpload, {**FILE, "id": "file-9"}).on(c.SetPhoto, MINE).on(c.SaveEvidence, SAMPLE)
    return rpc


def part(data: bytes, **changed: Any) -> dict[str, Any]:
    return {
        "name": "me.png", "media_type": "image/webp", "size": len(data), "sha256": "abc", "public": True,
        "data": b64encode(data).decode(), **changed,
    }  # fmt: skip


# -- pages -------------------------------------------------------------------------------------------------------------

PAGES = (
    "/practice/photo",
    "/practice/address",
    "/practice/evidence",
    "/practice/evidence/new/sample",
    "/practice/evidence/new/certificate",
    "/practice/evidence/ev-1",
)


@pytest.mark.parametrize("locale", ["en", "it"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_of_a_practice_take_one_wait(sign_in: SignIn, practice: FakeRpc, path: str, locale: str) -> None:
    response = sign_in("assistant", locale=locale).get(path)

    assert response.status_code == 200
    assert_sound(response.text, locale)
    assert practice.waits == 1


@pytest.mark.parametrize("path", ["/practice/photo", "/practice/address", "/practice/evidence"])
def test_who_has_nothing_yet_is_told_how_to_begin(sign_in: SignIn, practice: FakeRpc, path: str) -> None:
    practice.on(profiles.GetMyProfile, NotFound("none")).on(
        c.ListMyEvidence, {"items": [], "bytes": 0, "most_bytes": 8}
    )

    response = sign_in("assistant").get(path)

    assert response.status_code == 200
    assert "first" in response.text or "Nothing to show yet" in response.text


@pytest.mark.parametrize("path", PAGES)
def test_they_are_for_assistants(sign_in: SignIn, client: FlaskClient, practice: FakeRpc, path: str) -> None:
    assert sign_in("client").get(path).status_code == 403
    assert client.get(path).status_code == 302


# -- uploads -----------------------------------------------------------------------------------------------------------


def test_a_photo_is_sent_in_parts_and_set(sign_in: SignIn, practice: FakeRpc) -> None:
    browser = sign_in("assistant")

    form = {"file": (io.BytesIO(b"0123456789"), "me.png"), "_key": "k"}
    response = browser.post("/practice/photo", data=form, content_type="multipart/form-data")

    assert response.status_code == 303
    (begun,) = practice.calls(c.BeginUpload)
    assert begun.payload == {"purpose": "photo", "name": "me.png", "size": 10}
    sent = practice.calls(c.SendChunk)
    assert [b64decode(one.payload["data"]) for one in sent] == [b"0123", b"4567", b"89"]
    assert len({one.headers["idempotency_key"] for one in [*sent, begun]}) == 4
    assert practice.calls(c.SetPhoto)[0].payload == {"file_id": "file-9"}


def test_what_is_wrong_with_a_photo_stands_at_its_field(sign_in: SignIn, practice: FakeRpc) -> None:
    browser = sign_in("assistant", locale="it")
    empty = browser.post("/practice/photo", data={"_key": "k"}, content_type="multipart/form-data")
    assert (empty.status_code, "Scegli un file." in empty.text) == (422, True)

    small = Text("This picture is too small. Use one of at least %(side)s by %(side)s pixels.", side=192)
    practice.on(c.FinishUpload, Invalid(fields={"file": [small]}))
    form = {"file": (io.BytesIO(b"0123456789"), "me.png"), "_key": "k"}
    response = browser.post("/practice/photo", data=form, content_type="multipart/form-data")

    assert response.status_code == 422
    assert "almeno 192 per 192 pixel" in response.text
    assert practice.calls(c.SetPhoto) == []


def test_a_form_is_read_up_to_a_size_that_files_need_and_no_other_form_is(sign_in: SignIn, practice: FakeRpc) -> None:
    browser = sign_in("assistant", locale="it")
    form = {"file": (io.BytesIO(b"x" * 9_000_000), "me.png"), "_key": "k"}
    assert browser.post("/practice/photo", data=form, content_type="multipart/form-data").status_code == 303

    huge = {"file": (io.BytesIO(b"x" * 26_000_000), "me.png"), "_key": "k"}
    refused = browser.post("/practice/photo", data=huge, content_type="multipart/form-data")
    assert refused.status_code == 413
    assert "al massimo 8 MB" in refused.text
    other = browser.post(
        "/account", data={"x": (io.BytesIO(b"x" * 1_100_000), "x")}, content_type="multipart/form-data"
    )
    assert other.status_code == 413


def words(**changed: Any) -> dict[str, Any]:
    return {"title": "Plan", "locale": "it", "about": ["travel.booking"], "may_show": "1", "_key": "k", **changed}


def test_a_sample_is_uploaded_with_its_words(sign_in: SignIn, practice: FakeRpc) -> None:
    form = words(file=(io.BytesIO(b"0123456789"), "plan.png"))

    response = sign_in("assistant").post("/practice/evidence/new/sample", data=form, content_type="multipart/form-data")

    assert response.status_code == 303
    saved = practice.calls(c.SaveEvidence)[0].payload
    assert {name: saved[name] for name in ("kind", "title", "about", "file_id", "may_show", "id", "version")} == {
        "kind": "sample", "title": "Plan", "about": ["travel.booking"], "file_id": "file-9", "may_show": True,
        "id": "", "version": 0,
    }  # fmt: skip


def test_a_file_that_arrived_is_not_lost_when_something_else_is_wrong(sign_in: SignIn, practice: FakeRpc) -> None:
    browser = sign_in("assistant")
    form = words(title="", file=(io.BytesIO(b"0123456789"), "plan.png"))

    first = browser.post("/practice/evidence/new/sample", data=form, content_type="multipart/form-data")
    assert first.status_code == 422
    assert 'name="file_id" value="file-9"' in first.text
    assert "plan &lt;b&gt;.png" in first.text
    practice.on(c.SaveEvidence, Conflict("Too many"))
    second = browser.post("/practice/evidence/new/sample", data=words(file_id="file-9"))
    assert second.status_code == 409
    assert 'name="file_id" value="file-9"' in second.text
    assert len(practice.calls(c.BeginUpload)) == 1


def test_a_file_can_be_taken_away(sign_in: SignIn, practice: FakeRpc) -> None:
    form = words(file_id="file-1", drop_file="1", version="2", link="https://example.com")

    response = sign_in("assistant").post("/practice/evidence/ev-1", data=form)

    assert response.status_code == 303
    saved = practice.calls(c.SaveEvidence)[0].payload
    assert (saved["file_id"], saved["id"], saved["version"]) == ("", "ev-1", 2)


def test_buttons_move_and_remove(sign_in: SignIn, practice: FakeRpc) -> None:
    practice.on(c.MoveEvidence, {}).on(c.RemoveEvidence, {}).on(c.RemovePhoto, MINE).on(c.DropAddress, MINE)
    browser = sign_in("assistant")

    for path in ("evidence/ev-2/up", "evidence/ev-2/down", "evidence/ev-1/remove", "photo/remove", "address/drop"):
        assert browser.post(f"/practice/{path}", data={"_key": path}).status_code == 303
    assert browser.post("/practice/evidence/ev-2/sideways").status_code == 404
    assert [one.payload["up"] for one in practice.calls(c.MoveEvidence)] == [True, False]


# -- what others see ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["en", "it"])
def test_a_profile_shows_evidence_and_marks_what_it_shows(client: FlaskClient, practice: FakeRpc, locale: str) -> None:
    html = client.get("/assistants/as-1", headers={"Accept-Language": locale}).text

    assert_sound(html, locale)
    assert '<h3 lang="it">Viaggio a &lt;Lione&gt;</h3>' in html
    assert 'href="https://www.example.com/x" rel="nofollow noopener ugc"' in html
    assert html.count('class="shown"') == 1, "what has expired marks nothing"
    assert 'width="480" height="300"' in html


def test_a_profile_is_shown_without_evidence_when_that_does_not_answer(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    response = client.get("/assistants/as-1")

    assert response.status_code == 200
    assert 'id="evidence"' not in response.text


def test_a_photo_stands_where_initials_stood_and_takes_the_same_room(client: FlaskClient, practice: FakeRpc) -> None:
    practice.on(profiles.GetProfile, {**PROFILE, "photo_id": "ph-1"})
    practice.on(
        matching.BrowseAssistants, {"items": [{**CARDS[0], "photo_id": "ph-1"}, CARDS[1]], "total": 2, "next": None}
    )

    card = client.get("/assistants").text
    assert '<img class="avatar" src="/files/ph-1/96" width="48" height="48" alt="" loading="lazy"' in card
    assert card.count('<span class="avatar avatar--') == 1
    profile = client.get("/assistants/as-1").text
    assert (
        'src="/files/ph-1/96" srcset="/files/ph-1/96 1x, /files/ph-1/192 2x" width="80" height="80" alt=""' in profile
    )


def test_a_vanity_address_shows_the_profile_and_a_former_one_leads_on(client: FlaskClient, practice: FakeRpc) -> None:
    practice.on(profiles.GetProfile, {**PROFILE, "address": "livia"})
    practice.on(c.ResolveAddress, {"assistant_id": "as-1", "name": "livia"})

    html = client.get("/a/livia").text
    assert '<link rel="canonical" href="http://localhost:8000/a/livia">' in html
    assert 'hreflang="it" href="http://localhost:8000/a/livia?lang=it"' in html
    assert '<link rel="canonical" href="http://localhost:8000/a/livia">' in client.get("/assistants/as-1").text
    assert "as-1/card.png?v=" in html
    for former in ("/a/Livia", "/a/livia-conti"):
        moved = client.get(former)
        assert (moved.status_code, moved.location) == (301, "/a/livia")
    practice.on(c.ResolveAddress, {"assistant_id": "as-1", "name": ""})
    assert client.get("/a/livia").location == "/assistants/as-1"
    practice.on(c.ResolveAddress, NotFound("nobody"))
    assert client.get("/a/livia").status_code == 404


def test_the_sitemap_names_the_address_that_people_chose(client: FlaskClient, practice: FakeRpc) -> None:
    practice.on(matching.ListPublished, {"ids": ["as-1", "as-2"], "addresses": ["livia", ""]})

    xml = client.get("/sitemaps/assistants.xml").text

    assert "/a/livia<" in xml
    assert "/assistants/as-2<" in xml
    assert "/assistants/as-1<" not in xml


def test_a_name_is_checked_while_it_is_typed(sign_in: SignIn, practice: FakeRpc) -> None:
    browser = sign_in("assistant", locale="it")
    practice.on(c.CheckAddress, {"name": "livia", "free": True, "problem": None})
    assert "/a/livia è libero." in browser.get("/practice/address/check?name=livia").text
    problem = Text("Use %(low)s to %(high)s characters.", low=3, high=40).to_wire()
    practice.on(c.CheckAddress, {"name": "l", "free": False, "problem": problem})
    assert "Usa da 3 a 40 caratteri." in browser.get("/practice/address/check?name=l").text
    assert browser.get("/practice/address/check?name=").text.strip() == ""


def test_a_name_that_is_taken_is_said_at_the_field_with_the_typing_kept(sign_in: SignIn, practice: FakeRpc) -> None:
    taken = Text("Somebody else has this name. Choose another.")
    practice.on(c.ChooseAddress, Invalid(fields={"name": [taken]}))

    response = sign_in("assistant").post("/practice/address", data={"name": "livia", "_key": "k"})

    assert response.status_code == 422
    assert str(taken) in response.text
    assert 'value="livia"' in response.text


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_public_picture_is_kept_by_browsers_and_can_do_nothing(client: FlaskClient, rpc: FakeRpc) -> None:
    data = b"0123456789"
    rpc.on(c.ReadFile, lambda asked: part(data[asked.get("start", 0) :][:4], size=10))

    response = client.get("/files/file-1/thumb")

    assert response.data == data
    assert [one.payload.get("start", 0) for one in rpc.calls(c.ReadFile)] == [0, 4, 8]
    assert dict(response.headers) | {
        "Content-Type": "image/webp", "Content-Length": "10", "ETag": '"abc"', "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, max-age=2592000, immutable", "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": "inline; filename=me.webp",
    } == dict(response.headers)  # fmt: skip
    assert client.get("/files/file-1/thumb", headers={"If-None-Match": '"abc"'}).status_code == 304


def test_documents_are_downloaded_and_private_files_kept_by_nobody(sign_in: SignIn, rpc: FakeRpc) -> None:
    given = part(b"%PDF", media_type="application/pdf", public=False, name='ré"su\u0301mé.docx')
    rpc.on(c.ReadFile, given)

    response = sign_in("assistant").get("/files/file-1/document")

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert ".pdf" in response.headers["Content-Disposition"]
    assert "Set-Cookie" not in response.headers


def test_what_is_of_another_kind_or_not_for_the_reader_is_not_there(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(c.ReadFile, part(b"<html>", media_type="text/html"))
    assert client.get("/files/file-1/large").status_code == 404
    rpc.on(c.ReadFile, NotFound("no"))
    assert client.get("/files/file-1/large").status_code == 404


# -- share card --------------------------------------------------------------------------------------------------------


@pytest.fixture
def empty_cards() -> None:
    cards._kept.clear()


@pytest.mark.usefixtures("empty_cards")
def test_a_share_card_is_drawn_once_for_each_version_and_language(
    client: FlaskClient, practice: FakeRpc, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[ShareCard] = []

    def draw(card: ShareCard) -> bytes:
        drawn.append(card)
        return b"png"

    monkeypatch.setattr(share_card, "drawn", draw)

    for address in ("?lang=en", "?lang=en&v=7", "?lang=it"):
        response = client.get(f"/assistants/as-1/card.png{address}")
        assert (response.data, response.headers["Content-Type"]) == (b"png", "image/png")
        assert response.headers["Cache-Control"] == "public, max-age=86400"

    assert [card.languages for card in drawn] == ["Italian, English", "Italiano, Inglese"]
    assert drawn[0].name == "Livia Conti"
    tag = client.get("/assistants/as-1/card.png?lang=it").headers["ETag"]
    assert client.get("/assistants/as-1/card.png?lang=it", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.usefixtures("empty_cards")
def test_a_share_card_shows_the_photo_or_does_without(client: FlaskClient, practice: FakeRpc) -> None:
    red = io.BytesIO()
    Image.new("RGB", (384, 384), "red").save(red, "WEBP")
    practice.on(profiles.GetProfile, {**PROFILE, "photo_id": "ph-1"}).on(c.ReadFile, part(red.getvalue()))
    shown = Image.open(io.BytesIO(client.get("/assistants/as-1/card.png").data)).convert("RGB")
    assert shown.size == (1200, 630)
    assert shown.getpixel((176, 208))[0] > 200  # type: ignore[index]
    assert shown.getpixel((176, 208))[1] < 40  # type: ignore[index]

    practice.on(profiles.GetProfile, {**PROFILE, "photo_id": "ph-1", "version": 4}).on(c.ReadFile, NotFound("gone"))
    assert client.get("/assistants/as-1/card.png").status_code == 200


def test_long_words_stay_inside_the_card() -> None:
    long = "Kowalczyk-Brandão & Associate di Łódź " * 8
    card = ShareCard(long, long, long[:40], (long,) * 9, long, "KŁ", 3)

    image = Image.open(io.BytesIO(share_card.drawn(card))).convert("RGB")

    paper = image.getpixel((1199, 300))
    assert all(image.getpixel((x, y)) == paper for x in range(1150, 1200, 7) for y in range(30, 630, 7))


def test_letters_that_no_font_has_are_left_out() -> None:
    assert share_card.drawable("Łucja\u202e 😀 Ωmega\n Ferri") == "Łucja mega Ferri"
