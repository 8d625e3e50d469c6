"""The committed snapshot of all contracts, and what would break a reader of it. `python -m tests.contracts.snapshot`
writes it."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields

import shared.contracts
from shared.platform.contract import Call, Event

PATH = Path(__file__).with_name("snapshot.json")
Shape = dict[str, Any]


def describe_field(field: fields.Field) -> Shape:
    """Type, whether it must be sent, whether it may be null; what it is made of."""
    shape: Shape = {"type": type(field).__name__}
    if field.required:
        shape["required"] = True
    if field.allow_none:
        shape["null"] = True
    if isinstance(field, fields.List):
        shape["items"] = describe_field(field.inner)
    if isinstance(field, fields.Nested):
        shape["fields"] = describe_schema(field.schema)
        shape["many"] = bool(field.many)
    return shape


def describe_schema(schema: Schema) -> Shape:
    return {name: describe_field(field) for name, field in sorted(schema.fields.items())}


def describe_all() -> Shape:
    """Every call and event of every module in shared/contracts, by `service.name.vN`."""
    found: Shape = {}
    for module in pkgutil.iter_modules(shared.contracts.__path__):
        for value in vars(importlib.import_module(f"shared.contracts.{module.name}")).values():
            if isinstance(value, Call):
                found[f"{value.service}.{value.name}.v{value.version}"] = {
                    "kind": type(value).__name__.lower(),
                    "request": describe_schema(value.request()),
                    "result": describe_schema(value.result()),
                }
            if isinstance(value, Event):
                found[f"{value.name}.v{value.version}"] = {"kind": "event", "data": describe_schema(value.schema())}
    return dict(sorted(found.items()))


def breaks(old: Shape, new: Shape, reads: bool, path: str = "") -> list[str]:
    """What a partner built on `old` would stumble over. `reads`: the partner reads it (results, events), else it sends
    it."""
    problems = []
    for name, before in old.items():
        where = f"{path}{name}"
        after = new.get(name)
        if after is None:
            problems.append(f"{where} is gone")
            continue
        if before["type"] != after["type"]:
            problems.append(f"{where} was {before['type']} and is {after['type']}")
        if reads and after.get("null") and not before.get("null"):
            problems.append(f"{where} may be null now")
        if not reads and after.get("required") and not before.get("required"):
            problems.append(f"{where} must be sent now")
        if not reads and before.get("null") and not after.get("null"):
            problems.append(f"{where} may not be null any more")
        for inner in ("fields",):
            if inner in before and inner in after:
                problems += breaks(before[inner], after[inner], reads, f"{where}.")
        if "items" in before and "items" in after:
            problems += breaks({"": before["items"]}, {"": after["items"]}, reads, f"{where}[]")
    if not reads:
        problems += [
            f"{path}{name} is new and must be sent"
            for name, after in new.items()
            if name not in old and after.get("required")
        ]
    return problems


def breaking_changes(old: Shape, new: Shape) -> list[str]:
    """Changes that need a new version. A contract may only go once nobody has its version any more: by hand, in the
    snapshot."""
    problems = []
    for name, before in old.items():
        after = new.get(name)
        if after is None:
            problems.append(f"{name}: gone")
        elif before["kind"] == "event":
            problems += [f"{name}: {problem}" for problem in breaks(before["data"], after["data"], reads=True)]
        else:
            problems += [f"{name} request: {p}" for p in breaks(before["request"], after["request"], reads=False)]
            problems += [f"{name} result: {p}" for p in breaks(before["result"], after["result"], reads=True)]
    return problems


def main() -> int:
    new = describe_all()
    if PATH.exists() and "--force" not in sys.argv:
        problems = breaking_changes(json.loads(PATH.read_text(encoding="utf-8")), new)
        if problems:
            print("These changes break readers; give the contract a new version (or --force before the first release):")
            print("\n".join(f"  {problem}" for problem in problems))
            return 1
    PATH.write_text(json.dumps(new, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(new)} contracts written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
