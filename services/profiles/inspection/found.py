"""What a look at a file gives: the versions made of it, or the reason why it is refused.

It crosses from the child's output to the service as one line of JSON and the bytes behind it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any


class Refused(Exception):
    """The file is not kept. `template` and `params` make the sentence that says why and what to do."""

    def __init__(self, template: str, /, **params: Any) -> None:
        super().__init__(template % params if params else template)
        self.template = template
        self.params = params


@dataclass(frozen=True, slots=True)
class Variant:
    """One version of a file, made by us. `width` and `height` are pixels, 0 for documents."""

    name: str
    media_type: str
    data: bytes = field(repr=False)
    width: int = 0
    height: int = 0

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Found:
    """`pages`: of a document."""

    media_type: str
    variants: tuple[Variant, ...]
    pages: int = 0


def written(found: Found | Refused) -> bytes:
    if isinstance(found, Refused):
        return json.dumps({"refused": found.template, "params": found.params}).encode() + b"\n"
    rows = [[v.name, v.media_type, len(v.data), v.width, v.height] for v in found.variants]
    head = {"media_type": found.media_type, "pages": found.pages, "variants": rows}
    return json.dumps(head).encode() + b"\n" + b"".join(variant.data for variant in found.variants)


def read(answer: bytes) -> Found:
    """Raises Refused where that was the answer."""
    line, _, rest = answer.partition(b"\n")
    head = json.loads(line)
    if "refused" in head:
        raise Refused(head["refused"], **head["params"])
    variants, start = [], 0
    for name, media_type, size, width, height in head["variants"]:
        variants.append(Variant(name, media_type, rest[start : start + size], width, height))
        start += size
    return Found(head["media_type"], tuple(variants), head["pages"])
