"""The parts that pages are made of, all on one page: for those who build pages, in a local run only."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from pathlib import Path

from flask import Blueprint, abort, current_app
from werkzeug.wrappers import Response

from gateway.forms import Choose, Form, Hours, LongText, MoneyInput, Text, Toggle, named
from gateway.web import page
from shared.platform.clock import utc_now
from shared.platform.errors import Text as Sentence

pages = Blueprint("styleguide", __name__)

STATIC = Path(__file__).resolve().parents[1] / "static"
COLOURS = (
    "paper", "sheet", "tint", "line", "line-strong", "ink", "ink-2", "brand", "brand-2", "brand-soft", "accent",
    "good", "good-soft", "info", "info-soft", "warn", "warn-soft", "bad", "bad-soft",
)  # fmt: skip
SIZES = ("t5", "t4", "t3", "t2", "t1", "t0", "t-1")
SPACES = ("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8")


class Example(Form):
    """One field of each kind; the last is wrong."""

    name = Text("Name", hint="As it stands on invoices.")
    level = Choose("Level", named("level"))
    hours = Hours("Hours a week")
    rate = MoneyInput("Rate")
    retainer = Toggle("Offers a retainer")
    note = LongText("Note", rows=3, optional=True)
    problem = Text("Level")


@cache
def icons() -> list[str]:
    """Names of all icons there are."""
    return re.findall(r'<symbol id="([^"]+)"', (STATIC / "img" / "icons.svg").read_text(encoding="utf-8"))


@pages.get("/styleguide")
def index() -> Response:
    if not current_app.extensions["dextra.settings"].mailbox:
        abort(404)
    form = Example({"name": "Livia Conti", "hours": 630}, posted=False)
    form["problem"].errors.append(Sentence("Choose at least one."))
    past = [utc_now() - timedelta(hours=hours) for hours in (1, 26, 200)]
    return page(
        "styleguide/index.html",
        form=form,
        icons=icons(),
        colours=COLOURS,
        sizes=SIZES,
        spaces=SPACES,
        past=past,
    )
