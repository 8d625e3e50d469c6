"""Composes e-mails: words of the catalogue, facts of the notice, and two templates, one plain and one in HTML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.messaging.domain.mail import Letter
from services.messaging.mails import words
from services.messaging.mails.formats import Reader, Shown, reason, shown

QUOTE_LENGTH = 1200

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def letter(
    key: str,
    params: Mapping[str, Any],
    *,
    reader: Reader,
    to_name: str,
    url: str,
    home: str,
    quote: str = "",
    unsubscribe: str = "",
) -> Letter:
    """`key` is the kind of event with its form, `url` where the button leads, `home` where Dextra is, `unsubscribe`
    what ends e-mails of the kind, where they can be ended."""
    said = words.words_for(key, reader.locale)
    texts = shown(params, reader)
    subject = one_line(said.subject.format_map(texts))
    content = {
        "locale": reader.locale if reader.locale in words.CATALOGUES else "en",
        "subject": subject,
        "greeting": one_line(_of(words.GREETING, reader).format(name=to_name)),
        "text": said.text.format_map(texts),
        "facts": facts(key, texts, reader),
        "quote": shortened(reason(quote, reader)),
        "button": said.button,
        "url": url,
        "home": home,
        "look_there": _of(words.LOOK_THERE, reader),
        "closing": _of(words.CLOSING, reader),
        "unsubscribe": unsubscribe,
        "stop": _of(words.STOP, reader),
        "choices": f"{home}/account/notifications",
        "choose": _of(words.CHOOSE, reader),
    }
    return Letter(
        subject=subject,
        text=_templates.get_template("mail.txt").render(content),
        html=_templates.get_template("mail.html").render(content),
    )


def line(key: str, params: Mapping[str, Any], reader: Reader) -> str:
    """A conversation's line as its reader sees it."""
    try:
        said = words.words_for(key, reader.locale)
    except KeyError:  # kept by a newer release
        return ""
    return said.line.format_map(shown(params, reader)).strip()


def facts(key: str, texts: Shown, reader: Reader) -> list[tuple[str, str]]:
    labels = words.LABELS.get(reader.locale, words.LABELS["en"])
    names = words.FACTS.get(key.partition("/")[0], ())
    return [(labels[name], texts[name]) for name in names if texts.get(name)]


def one_line(text: str) -> str:
    """Names and titles come from people: no line break may reach a header."""
    return " ".join(text.split())


def shortened(text: str) -> str:
    text = text.strip()
    return text if len(text) <= QUOTE_LENGTH else f"{text[:QUOTE_LENGTH].rstrip()} …"


def _of(by_locale: Mapping[str, str], reader: Reader) -> str:
    return by_locale.get(reader.locale, by_locale["en"])
