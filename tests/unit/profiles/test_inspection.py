"""What strangers upload: honest files come out clean, files made to harm are refused or come out harmless."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, TiffImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from services.profiles.inspection.documents import MOST_PAGES, without_notes
from services.profiles.inspection.found import Found, Refused, read, written
from services.profiles.inspection.look import look, look_here

GPS = 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **options: object) -> bytes:
    image = Image.linear_gradient("L").resize(size).convert(mode)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def placed_photo() -> bytes:
    """Half black, half white, taken with the camera turned, and telling where."""
    image = Image.new("RGB", (400, 300))
    image.paste("white", (0, 0, 200, 300))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    exif[0x010F] = "Camera of Anna"
    exif.get_ifd(GPS).update({1: "N", 2: (TiffImagePlugin.IFDRational(45), 27, 50), 3: "E", 4: (9, 11, 23)})
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif, comment=b"taken at home")
    return file.getvalue()


def document(pages: int = 1, change: Callable[[PdfWriter], object] = lambda writer: None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": "Anna Secret", "/Producer": "Secret Suite"})
    change(writer)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def opened(found: Found, name: str) -> Image.Image:
    data = next(variant.data for variant in found.variants if variant.name == name)
    return Image.open(io.BytesIO(data))


# -- honest files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(400, 300), (300, 900)])
def test_a_photo_becomes_squares(kind: str, size: tuple[int, int]) -> None:
    found = look_here("photo", picture(kind, size))

    assert [(v.name, v.width, v.height, v.media_type) for v in found.variants] == [
        ("96", 96, 96, "image/webp"), ("192", 192, 192, "image/webp"), ("384", 384, 384, "image/webp"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("size", "large", "thumb"),
    [
        ((3200, 1000), (1600, 500), (480, 150)),
        ((300, 200), (300, 200), (300, 200)),
        ((500, 4000), (200, 1600), (60, 480)),
    ],
)
def test_a_sample_is_kept_no_larger_than_pages_need(
    size: tuple[int, int], large: tuple[int, int], thumb: tuple[int, int]
) -> None:
    found = look_here("sample", picture("PNG", size))

    assert [(v.width, v.height) for v in found.variants] == [large, thumb]


def test_a_picture_is_turned_upright_and_says_nothing_of_where_it_was_taken() -> None:
    sent = placed_photo()
    assert b"Camera of Anna" in sent
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(GPS)

    for purpose, name in (("photo", "384"), ("sample", "large")):
        image = opened(look_here(purpose, sent), name)
        above, below = (image.convert("L").getpixel((image.width // 2, y)) for y in (4, image.height - 4))
        assert (above, below) == (255, 0), "white was left, and is now above"
        assert not dict(image.getexif())
        assert "exif" not in image.info
        assert "icc_profile" not in image.info


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1", "I;16", "LA"])
def test_pictures_of_every_kind_of_colour_are_read(mode: str) -> None:
    image = Image.new(mode, (300, 300))
    file = io.BytesIO()
    image.save(file, "JPEG" if mode == "CMYK" else "PNG")

    assert opened(look_here("photo", file.getvalue()), "96").mode == "RGB"
    assert look_here("sample", file.getvalue()).media_type == "image/webp"


def test_what_is_transparent_in_a_photo_becomes_white() -> None:
    image = opened(look_here("photo", picture("PNG", mode="RGBA", size=(300, 300))), "96")
    clear = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(clear, "PNG")

    assert image.mode == "RGB"
    assert opened(look_here("photo", clear.getvalue()), "96").getpixel((48, 48)) == (255, 255, 255)


def test_a_document_keeps_its_pages_and_loses_what_is_said_about_it() -> None:
    def about(writer: PdfWriter) -> None:
        page = writer.pages[0]
        page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/Who"): TextStringObject("Anna Secret")})
        writer.root_object[NameObject("/Metadata")] = writer._add_object(_stream(b"<x:xmpmeta>Anna Secret"))
        writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url="https://example.com"))

    sent = document(3, about)
    found = look_here("sample", sent)
    made = found.variants[0].data
    reader = PdfReader(io.BytesIO(made))

    assert found.pages == len(reader.pages) == 3
    assert b"Anna" in sent
    assert b"Secret" not in made
    assert not reader.metadata
    assert [note.get_object()["/A"]["/URI"] for note in reader.pages[0].annotations or ()] == ["https://example.com"]


def test_pictures_inside_a_document_lose_what_cameras_wrote() -> None:
    file = io.BytesIO()
    image = Image.open(io.BytesIO(placed_photo()))
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    inner = _stream(placed_photo())
    inner.update(
        {
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Filter"): NameObject("/DCTDecode"),
            NameObject("/Width"): NumberObject(image.width),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/A"): writer._add_object(inner)})}
    )
    writer.write(file)

    made = look_here("sample", file.getvalue()).variants[0].data

    assert b"Camera of Anna" in file.getvalue()
    assert b"Camera of Anna" not in made
    assert b"taken at home" not in made
    assert Image.open(io.BytesIO(without_notes(placed_photo()))).size == (400, 300)


def _stream(data: bytes) -> StreamObject:
    stream = StreamObject()
    stream._data = data
    return stream


# -- files made to harm ------------------------------------------------------------------------------------------------


def _names(writer: PdfWriter) -> None:
    writer.add_attachment("virus.exe", b"MZ")


def _script(writer: PdfWriter) -> None:
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)


def _action(kind: str) -> Callable[[PdfWriter], None]:
    """On a page, so that rewriting alone would carry it over; its name hidden behind a reference."""

    def change(writer: PdfWriter) -> None:
        hidden = writer._add_object(NameObject(kind))
        action = DictionaryObject({NameObject("/S"): hidden, NameObject("/F"): TextStringObject("calc.exe")})
        note = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])

    return change


def _note(kind: str) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        note = DictionaryObject({NameObject("/Subtype"): NameObject(kind)})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([note])

    return change


def _on_open(writer: PdfWriter) -> None:
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")}
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): DictionaryObject(script)})


def _form(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): TextStringObject("<x/>")})


@pytest.mark.parametrize(
    "change",
    [
        _names, _script, _on_open, _form, _action("/Launch"), _action("/JavaScript"), _action("/SubmitForm"),
        _action("/ImportData"), _action("/GoToR"), _note("/FileAttachment"), _note("/RichMedia"), _note("/Screen"),
    ],
)  # fmt: skip
def test_documents_that_could_do_something_are_refused(change: Callable[[PdfWriter], None]) -> None:
    with pytest.raises(Refused, match="scripts, attachments or forms"):
        look_here("sample", document(1, change))


def test_a_locked_document_is_refused() -> None:
    with pytest.raises(Refused, match="locked"):
        look_here("sample", document(1, lambda writer: writer.encrypt("secret")))


def test_a_document_of_too_many_pages_is_refused() -> None:
    assert look_here("sample", document(MOST_PAGES)).pages == MOST_PAGES
    with pytest.raises(Refused, match="61 pages"):
        look_here("sample", document(MOST_PAGES + 1))


def bomb() -> bytes:
    """A PNG of 30,000 by 30,000 black points in a few hundred bytes of header."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    )


HOSTILE = {
    "html by another name": (b"<html><script>alert(1)</script>", "Choose"),
    "a drawing with scripts": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "Choose"),
    "a program": (b"MZ\x90\x00", "Choose"),
    "an archive": (b"PK\x03\x04", "Choose"),
    "a moving picture of another kind": (b"GIF89a\x01\x00\x01\x00", "Choose"),
    "nothing": (b"", "Choose"),
    "a bomb": (bomb(), "too many pixels"),
    "a picture cut short": (picture()[:900], "damaged"),
    "a beginning and nothing else": (b"\x89PNG\r\n\x1a\n", "damaged"),
    "html behind a signature": (b"\xff\xd8\xff<html>", "damaged"),
}


@pytest.mark.parametrize(("data", "why"), HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("purpose", ["photo", "sample"])
def test_what_is_no_picture_is_refused(purpose: str, data: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        look_here(purpose, data)


@pytest.mark.parametrize("data", [document()[:200], b"%PDF-1.7\n", b"%PDF-1.4 <html><script>"])
def test_broken_documents_are_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        look_here("sample", data)


def test_what_stands_behind_or_inside_a_file_of_two_kinds_does_not_survive() -> None:
    page = b"<html><script>alert(1)</script></html>"
    behind = picture() + page
    inside = picture("JPEG", comment=page)
    after = document() + page

    for sent in (behind, inside, after):
        assert page in sent
        for variant in look_here("sample", sent).variants:
            assert page not in variant.data


def test_documents_are_no_photos_and_small_pictures_neither() -> None:
    with pytest.raises(Refused, match="no picture"):
        look_here("photo", document())
    with pytest.raises(Refused, match="too small"):
        look_here("photo", picture(size=(191, 400)))


# -- the process of its own --------------------------------------------------------------------------------------------


def test_the_process_of_its_own_answers_the_same() -> None:
    assert look("photo", picture()) == look_here("photo", picture())
    with pytest.raises(Refused, match="no picture"):
        look("photo", b"<html>")


def test_what_was_found_crosses_unchanged() -> None:
    found = look_here("sample", picture())

    assert read(written(found)) == found
    with pytest.raises(Refused, match="At most 3"):
        read(written(Refused("At most %(most)s", most=3)))
