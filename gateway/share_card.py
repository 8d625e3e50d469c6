"""The picture that social networks and chats show of a practice: 1200 by 630, in our fonts and the reader's language.

Pillow draws it. Fonts are the site's own (woff2, which FreeType reads); each comes in two files, for basic and for
further Latin letters, so that a line is drawn run by run.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

VENDOR = Path(__file__).parent / "static" / "vendor"
SERIF = ("source-serif-4/source-serif-4-latin-600-normal", "source-serif-4/source-serif-4-latin-ext-600-normal")
SANS = ("source-sans-3/source-sans-3-latin-wght-normal", "source-sans-3/source-sans-3-latin-ext-wght-normal")
WIDTH, HEIGHT, MARGIN = 1200, 630, 72
FACE = 208
PAPER, SHEET, INK, DIM, BRAND, SOFT, ACCENT = (
    "#fbf9f5", "#ffffff", "#251d24", "#665a62", "#6b2a56", "#f5e8ef", "#f0ab3d",
)  # fmt: skip
TINTS = ("#6b2a56", "#8a4b12", "#235c60", "#8b3a63", "#4a6128", "#34508c", "#93412a", "#5c4d78")
"""Of the initials: those of the pages' avatars."""
DOTS = "…"
Ranges = tuple[tuple[int, int], ...]
BASIC: Ranges = (
    (0x20, 0xFF), (0x131, 0x131), (0x152, 0x153), (0x2BB, 0x2BC), (0x2C6, 0x2C6), (0x2DA, 0x2DA), (0x2DC, 0x2DC),
    (0x2000, 0x206F), (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2212, 0x2212),
)  # fmt: skip
"""What the first file of a face has (its `unicode-range`); the second has further Latin letters."""
FURTHER: Ranges = ((0x100, 0x2BA), (0x2BD, 0x2FF), (0x1E00, 0x1EFF), (0x20A0, 0x20C0), (0x2C60, 0x2C7F))


@dataclass(frozen=True, slots=True)
class ShareCard:
    """What is drawn, all of it in words. `tint`: one of eight; `photo`: the bytes of a square picture, or none."""

    name: str
    headline: str
    level: str
    services: tuple[str, ...]
    languages: str
    initials: str
    tint: int
    photo: bytes = b""


class Face:
    """A typeface in one size: widths and drawing, over the files that have its letters."""

    def __init__(self, files: Sequence[str], size: int, weight: int = 0) -> None:
        self.size = size
        self._fonts = [ImageFont.truetype(str(VENDOR / f"{file}.woff2"), size) for file in files]
        for font in self._fonts:
            if weight:
                font.set_variation_by_axes([weight])

    def width(self, text: str) -> float:
        return sum(font.getlength(run) for font, run in self._runs(text))

    def draw(self, on: ImageDraw.ImageDraw, at: tuple[float, float], text: str, fill: str) -> None:
        """`at`: left end of the base line."""
        x, y = at
        for font, run in self._runs(text):
            on.text((x, y), run, fill=fill, font=font, anchor="ls")
            x += font.getlength(run)

    def lines(self, text: str, width: float, most: int) -> list[str]:
        """Broken at spaces into at most `most` lines; what does not fit ends in dots."""
        lines, line = [], ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and self.width(longer) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
        if len(lines) > most:
            lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
        return [self.fit(line, width) for line in lines]

    def fit(self, text: str, width: float) -> str:
        if self.width(text) <= width:
            return text
        while text and self.width(text + DOTS) > width:
            text = text[:-1]
        return text.rstrip(" ,;:-") + DOTS

    def _runs(self, text: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        run, held = "", 0
        for letter in text:
            wanted = 0 if _within(letter, BASIC) else 1
            if run and wanted != held:
                yield self._fonts[held], run
                run = ""
            run, held = run + letter, wanted
        if run:
            yield self._fonts[held], run


def _within(letter: str, ranges: Ranges) -> bool:
    return any(low <= ord(letter) <= high for low, high in ranges)


def drawable(text: str) -> str:
    """The text without what our fonts have no shape for."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(c for c in composed if c.isprintable() and (_within(c, BASIC) or _within(c, FURTHER)))
    return " ".join(kept.split())


@cache
def face(kind: str, size: int) -> Face:
    """serif; sans; strong (the same, heavier)."""
    return Face(SERIF, size) if kind == "serif" else Face(SANS, size, 600 if kind == "strong" else 400)


def drawn(card: ShareCard) -> bytes:
    """The card as PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    on = ImageDraw.Draw(image)
    on.rectangle((0, 0, WIDTH, 14), fill=BRAND)
    on.rectangle((0, 14, WIDTH, 20), fill=ACCENT)
    _portrait(image, card)
    left, room = MARGIN + FACE + 48, WIDTH - 2 * MARGIN - FACE - 48
    y = _words(on, card, left, room)
    _chips(on, card.services, left, max(y + 34, 360), room)
    _foot(on, card)
    written = io.BytesIO()
    image.convert("P", palette=Image.Palette.ADAPTIVE, colors=256).save(written, "PNG", optimize=True)
    return written.getvalue()


def _words(on: ImageDraw.ImageDraw, card: ShareCard, left: float, room: float) -> float:
    """Name, level and headline; gives the last base line."""
    name = next((face("serif", size) for size in (68, 58, 50) if face("serif", size).width(card.name) <= room), None)
    title, y = name or face("serif", 44), 90.0
    for line in title.lines(card.name, room, 1 if name else 2):
        y += title.size * 1.08
        title.draw(on, (left, y), line, INK)
    y += 44
    face("strong", 28).draw(on, (left, y), card.level, BRAND)
    headline = face("sans", 36)
    y += 14
    for line in headline.lines(card.headline, room, 2):
        y += 46
        headline.draw(on, (left, y), line, INK)
    return y


def _portrait(image: Image.Image, card: ShareCard) -> None:
    """The photo in a round frame, else the initials on a tint."""
    scale = 4  # drawn large and made small, so that the edge is smooth
    mask = Image.new("L", (FACE * scale, FACE * scale))
    ImageDraw.Draw(mask).ellipse((0, 0, FACE * scale - 1, FACE * scale - 1), fill=255)
    mask = mask.resize((FACE, FACE), Image.Resampling.LANCZOS)
    if card.photo:
        with Image.open(io.BytesIO(card.photo), formats=("WEBP",)) as photo:
            round_one = photo.convert("RGB").resize((FACE, FACE), Image.Resampling.LANCZOS)
    else:
        round_one = Image.new("RGB", (FACE, FACE), TINTS[card.tint % len(TINTS)])
        letters = face("strong", 84)
        width = letters.width(card.initials)
        letters.draw(ImageDraw.Draw(round_one), ((FACE - width) / 2, FACE / 2 + 29), card.initials, SHEET)
    image.paste(round_one, (MARGIN, 104), mask)


def _chips(on: ImageDraw.ImageDraw, texts: Sequence[str], left: float, top: float, room: float) -> None:
    """As many as fit into two lines."""
    font, x, y, line = face("sans", 26), left, top, 0
    for text in texts:
        shown = font.fit(text, room - 44)
        wide = font.width(shown) + 44
        if x > left and x + wide > left + room:
            x, y, line = left, y + 62, line + 1
        if line > 1 or y > 500:
            return
        on.rounded_rectangle((x, y, x + wide, y + 48), 24, fill=SOFT)
        font.draw(on, (x + 22, y + 33), shown, BRAND)
        x += wide + 14


def _foot(on: ImageDraw.ImageDraw, card: ShareCard) -> None:
    y = HEIGHT - 52
    on.line((MARGIN, y - 46, WIDTH - MARGIN, y - 46), fill="#e4dcd9", width=2)
    brand = face("serif", 34)
    on.rounded_rectangle((MARGIN, y - 30, MARGIN + 40, y + 10), 11, fill=BRAND)
    face("strong", 30).draw(on, (MARGIN + 11, y), "D", SHEET)
    on.ellipse((MARGIN + 29, y - 33, MARGIN + 40, y - 22), fill=ACCENT)
    brand.draw(on, (MARGIN + 56, y), "Dextra", INK)
    languages = face("sans", 28)
    room = WIDTH - 2 * MARGIN - 260
    shown = languages.fit(card.languages, room)
    languages.draw(on, (WIDTH - MARGIN - languages.width(shown), y - 1), shown, DIM)
