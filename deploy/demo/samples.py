"""What some people of the demo show of their work: invented papers, drawn here, sent by the services' own commands."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw

from deploy.demo.stage import Stage
from gateway.share_card import face
from shared.contracts import practice_files as c
from shared.platform.context import Actor

WIDTH, HEIGHT, MARGIN = 1240, 1754, 120
INK, DIM, LINE, BRAND = "#251d24", "#665a62", "#d9cfcb", "#6b2a56"
Paper = tuple[str, str, list[tuple[str, str]]]
"""Title, line below it, and rows of two columns; `#` stands for a letter that was blackened."""

ROME: Paper = (
    "Milano – Lione – Milano",
    "Piano di viaggio per una giornata, preparato in due varianti",
    [
        ("05:50", "Auto da casa, autista #####, numero in tasca"),
        ("07:10", "Volo per Lione, posto 4C, bagaglio a mano"),
        ("09:00", "Taxi prenotato, pagato dall'ufficio: 40 minuti"),
        ("10:00", "Riunione con #######, sala al secondo piano"),
        ("13:00", "Pranzo, tavolo per quattro, una persona celiaca"),
        ("15:30", "Visita allo stabilimento, scarpe di sicurezza pronte"),
        ("18:05", "Volo di ritorno; se salta: treno delle 18:34"),
        ("20:15", "A casa. Ricevute già in cartella"),
    ],
)
MINUTES: Paper = (
    "Minutes of a board meeting",
    "A page of minutes as I write them: decisions first, names blackened",
    [
        ("1", "Approved: accounts of the second quarter, unanimously"),
        ("2", "Approved: lease of the premises in #####, four to one"),
        ("3", "Deferred to October: purchase of #######"),
        ("4", "Action, ####: draft of the hiring plan by the 14th"),
        ("5", "Action, ####: insurance quotes, three at least"),
        ("6", "Noted: the chair declared an interest in item 2"),
        ("7", "Next meeting: 9 October, 10:00, papers a week before"),
    ],
)
HERS: dict[str, tuple[str, list[tuple[dict[str, Any], Paper | None, str]]]] = {
    "anna": (
        "anna-bianchi",
        [
            (
                {
                    "kind": "sample", "title": "Un giorno a Lione, in due varianti", "locale": "it", "may_show": True,
                    "description":
                        "Il piano che il cliente porta in tasca: orari, numeri e come si torna se un volo salta.",
                    "about": ["travel.itineraries", "travel.booking"],
                }, ROME, "piano-lione.png",
            ),
            (
                {
                    "kind": "certificate", "title": "Assistente di direzione, corso di due anni", "locale": "it",
                    "issuer": "Scuola Serrati, Milano", "issued_on": "2012-06-29",
                    "about": ["mail.business_writing", "meetings.minutes"],
                }, None, "",
            ),
        ],
    ),
    "james": (
        "james-carter",
        [
            (
                {
                    "kind": "sample", "title": "Board minutes on one page", "locale": "en", "may_show": True,
                    "description": "Decisions first, then who does what by when. Sent the same evening.",
                    "about": ["meetings.minutes", "meetings.board"],
                }, MINUTES, "minutes.pdf",
            ),
        ],
    ),
}  # fmt: skip


def show_work(stage: Stage, key: str) -> None:
    """Evidence and address of somebody, where there are any."""
    name, pieces = HERS.get(key, ("", []))
    actor = stage.actor(key)
    for words, paper, file_name in pieces:
        file_id = _sent(stage, actor, drawn(paper, file_name), file_name) if paper else ""
        stage.do(c.SaveEvidence, {**words, "file_id": file_id}, actor)
    if name:
        stage.do(c.ChooseAddress, {"name": name}, actor)


def _sent(stage: Stage, actor: Actor, data: bytes, name: str) -> str:
    begun = stage.do(c.BeginUpload, {"purpose": "sample", "name": name, "size": len(data)}, actor)
    for number in range(begun["chunks"]):
        part = data[number * begun["chunk"] : (number + 1) * begun["chunk"]]
        message = c.ChunkRequest().dump({"file_id": begun["file_id"], "number": number, "data": part})
        stage.do(c.SendChunk, message, actor)
    found = stage.do(c.FinishUpload, {"id": begun["file_id"]}, actor)
    return str(found["id"])


def drawn(paper: Paper, file_name: str) -> bytes:
    """The paper, as a file of the kind that its name says."""
    title, lead, rows = paper
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    on = ImageDraw.Draw(image)
    on.rectangle((MARGIN, 110, MARGIN + 90, 118), fill=BRAND)
    face("serif", 64).draw(on, (MARGIN, 210), title, INK)
    y = 270.0
    for line in face("sans", 32).lines(lead, WIDTH - 2 * MARGIN, 2):
        face("sans", 32).draw(on, (MARGIN, y), line, DIM)
        y += 44
    y += 60
    for left, right in rows:
        on.line((MARGIN, y - 62, WIDTH - MARGIN, y - 62), fill=LINE, width=2)
        face("strong", 34).draw(on, (MARGIN, y), left, BRAND)
        _row(on, MARGIN + 160, y, right)
        y += 118
    written = io.BytesIO()
    image.save(written, file_name.rpartition(".")[2].upper())
    return written.getvalue()


def _row(on: ImageDraw.ImageDraw, x: float, y: float, text: str) -> None:
    """Words, and bars where names stood."""
    font = face("sans", 34)
    for word in text.split():
        blackened = 22 * word.count("#")
        if blackened:
            on.rectangle((x, y - 28, x + blackened, y + 8), fill=INK)
            x += blackened
        shown = word.lstrip("#")
        font.draw(on, (x, y), shown, INK)
        x += font.width(shown) + font.width(" ")
