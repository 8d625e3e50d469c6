"""Notifications in words: the sentence and the icon for each kind of event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext, lazy_gettext as _l

from gateway import formats, labels

SENTENCES: dict[str, tuple[Any, str]] = {
    "offer.sent": (_l("%(client_name)s has made you an offer: %(title)s"), "handshake"),
    "offer.countered": (_l("%(name)s has answered with a counter-offer: %(title)s"), "handshake"),
}
"""By kind: the sentence, whose parameters are the notification's, and the icon."""


class Said(NamedTuple):
    text: str
    icon: str


class _Params(dict[str, Any]):
    """A parameter that an older notification lacks is left out, not an error."""

    def __missing__(self, key: str) -> str:
        return "…"


def of_notification(item: Mapping[str, Any]) -> Said:
    kind = str(item.get("kind", ""))
    template, icon = SENTENCES.get(kind, (None, "bell"))
    params = _Params({name: labels.of_param(name, formats.plain(value)) for name, value in dict(item.get("params") or {}).items()})
    if template is None:
        return Said(gettext("Something has changed that concerns you."), icon)
    return Said(str(template) % params, icon)
