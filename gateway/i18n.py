"""Languages: which one a reader gets.

English is the language of the sources; Italian comes from translations/it. Catalogues are read from the compiled .mo
files where these are fresh (containers compile at build), else compiled in memory from the .po files.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import flask_babel
from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask import session as cookie
from flask_babel import Babel, Domain
from jinja2 import pass_context
from werkzeug.datastructures import LanguageAccept

from gateway import session
from shared.contracts.fields import LOCALES

CATALOGUES = Path(__file__).with_name("translations")
LANGUAGES = {code: str(Locale.parse(code).get_display_name(code)).capitalize() for code in LOCALES}
"""Languages by code, each in its own words."""


def load_catalogue(locale: str) -> NullTranslations:
    """The messages of a language. English ones are their own keys."""
    po = CATALOGUES / locale / "LC_MESSAGES" / "messages.po"
    if not po.exists():
        return NullTranslations()
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
        with mo.open("rb") as file:
            return Translations(file)
    compiled = BytesIO()
    with po.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return Translations(compiled)


class Catalogues(Domain):
    """Flask-Babel's messages, from `load_catalogue`."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._loaded: dict[str, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        locale = current_locale()
        if locale not in self._loaded:
            with self._lock:
                if locale not in self._loaded:
                    self._loaded[locale] = load_catalogue(locale)
        return self._loaded[locale]


def asked_in_address() -> None:
    """A visitor's `?lang=it`, as search engines know the pages, holds for the pages that follow."""
    asked = request.args.get("lang")
    if asked in LOCALES and request.method == "GET" and session.current() is None and cookie.get("language") != asked:
        cookie["language"] = asked


def choose_locale() -> str:
    """The account's language, else the one chosen in this browser, else the browser's own, else English."""
    signed_in = session.current()
    wishes = [signed_in.locale if signed_in else None, cookie.get("language"), _browsers(request.accept_languages)]
    return next((wish for wish in wishes if wish in LOCALES), LOCALES[0])


def _browsers(accepted: LanguageAccept) -> str | None:
    """The first language of ours in the browser's order: `it-CH` counts as `it`."""
    for tag, quality in accepted:
        code = tag.split("-")[0].lower()
        if code in LOCALES and quality > 0:
            return code
    return None


def current_locale() -> str:
    """The code of the language in use: en or it."""
    if has_request_context():
        if "locale" not in g:
            g.locale = choose_locale()
        return str(g.locale)
    found = flask_babel.get_locale()
    return str(found) if found else str(LOCALES[0])


def use_locale(locale: str) -> None:
    """Changes the language in the middle of a request."""
    g.locale = locale
    flask_babel.refresh()


@contextmanager
def in_language(locale: str) -> Iterator[None]:
    """What is said inside is said in this language."""
    before = current_locale()
    use_locale(locale)
    try:
        yield
    finally:
        use_locale(before)


def current_zone() -> str:
    """The reader's IANA time zone; for visitors, that of the browser if a script told it, else Rome."""
    signed_in = session.current() if has_request_context() else None
    return signed_in.time_zone if signed_in else "Europe/Rome"


def zone() -> ZoneInfo:
    return ZoneInfo(current_zone())


def per_reader(show: Callable[..., Any]) -> Callable[..., Any]:
    """A template filter whose result depends on the reader: Jinja must not work it out once, when it compiles."""

    @pass_context
    @functools.wraps(show)
    def run(_context: Any, *arguments: Any, **options: Any) -> Any:
        return show(*arguments, **options)

    return run


def init_i18n(app: Flask) -> None:
    babel = Babel(app, locale_selector=current_locale, timezone_selector=current_zone)
    babel.domain_instance = Catalogues()
    app.jinja_env.globals.update(languages=LANGUAGES, current_locale=current_locale, current_zone=current_zone)
