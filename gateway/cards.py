"""Share cards of practices: put into words, drawn aside of other requests, and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from gateway import formats, share_card
from gateway.labels import label
from gateway.share_card import ShareCard
from shared.platform.aside import aside

MOST_KEPT = 64
_kept: OrderedDict[tuple[str, int, str], bytes] = OrderedDict()


def of(profile: Mapping[str, Any], locale: str, photo: Callable[[str], bytes]) -> bytes:
    """The card as PNG, for the reader's language. `photo` gives the bytes of a file."""
    key = (profile["assistant_id"], profile["version"], locale)
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    png = aside(share_card.drawn, worded(profile, photo))
    _kept[key] = png
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return png


def worded(profile: Mapping[str, Any], photo: Callable[[str], bytes]) -> ShareCard:
    drawable, name = share_card.drawable, profile["display_name"] or ""
    return ShareCard(
        name=drawable(name),
        headline=drawable(profile["headline"] or ""),
        level=str(label(profile["level"], "level")) if profile["level"] else "",
        services=tuple(drawable(formats.taxon(code)) for code in profile["services"]),
        languages=drawable(", ".join(formats.taxon(language["code"]) for language in profile["languages"])),
        initials=drawable(formats.initials(name)),
        tint=formats.hue(profile["assistant_id"]),
        photo=photo(profile["photo_id"]) if profile.get("photo_id") else b"",
    )
