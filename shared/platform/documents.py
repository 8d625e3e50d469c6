"""Dataclasses to MongoDB documents and back, by cattrs: enums by value, dates and times as ISO strings, instants
native."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from typing import Any

import cattrs

from shared.platform.clock import to_millis


@cache
def converter() -> cattrs.Converter:
    made = cattrs.Converter(unstruct_collection_overrides={frozenset: list, set: list, tuple: list})
    made.register_unstructure_hook(datetime, to_millis)
    made.register_structure_hook(datetime, lambda value, _: value)
    made.register_unstructure_hook(date, lambda value: value.isoformat())
    made.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    made.register_unstructure_hook(time, lambda value: value.isoformat())
    made.register_structure_hook(time, lambda value, _: time.fromisoformat(value))
    return made


def to_document(entity: Any) -> dict[str, Any]:
    """The entity's fields as MongoDB keeps them, `id` as `_id`."""
    document: dict[str, Any] = converter().unstructure(entity)
    document["_id"] = document.pop("id")
    return document


def from_document(kind: type[Any], document: dict[str, Any]) -> Any:
    """The entity that `to_document` wrote; fields that `kind` does not have are left out."""
    fields = dict(document)
    fields["id"] = fields.pop("_id")
    return converter().structure(fields, kind)
