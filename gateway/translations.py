"""The catalogues: `python -m gateway.translations update | compile | check`.

`update` collects every sentence that people may read (templates, gateway, contracts, errors of services and of the
platform, marshmallow's own messages) into translations/*/LC_MESSAGES/messages.po; `check` fails where one is missing,
out of use or has other placeholders; `compile` writes the .mo files. English needs entries only for sentences that
are not ours, which it puts into our words.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from marshmallow import fields

from gateway.i18n import CATALOGUES
from shared.contracts.fields import LOCALES

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("gateway", "shared/contracts", "shared/platform", "services")
TRANSLATED = {
    "_": 0, "_l": 0, "gettext": 0, "lazy_gettext": 0,
    "NotFound": 0, "Unauthenticated": 0, "Forbidden": 0, "Unproven": 0, "Conflict": 0, "Invalid": 0, "Unavailable": 0,
    "TooMany": 0, "Internal": 0,
    "Text": 0, "Sentence": 0, "Refused": 0, "fail": 0, "Unreadable": 0, "field": 1, "wrong": 1, "_withdraw_live": 2,
    "withdraw_by_system": 1,
    "Step": 3,
}  # fmt: skip
"""Functions whose argument at this position is a sentence."""
NAMED = {"Machine": ("not_now", "no_more"), "Step": ("refusal",)}
"""Functions whose arguments of these names are sentences."""
PLURAL = ("ngettext", "lazy_ngettext")
FOREIGN = "marshmallow"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")

Found = tuple[str | tuple[str, ...], str]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def collect() -> Catalog:
    """Every sentence, with the files that it is in."""
    catalog = Catalog(charset="utf-8")
    for message, place in sorted(
        [*_of_python(), *_of_templates(), *_of_marshmallow()], key=lambda found: (found[1], str(found[0]))
    ):
        catalog.add(message, locations=[(place, 0)])
    return catalog


def _of_python() -> Iterator[Found]:
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            constants = _constants(tree)
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    for message in _of_call(node, constants):
                        yield message, str(path.relative_to(ROOT))


def _constants(tree: ast.AST) -> dict[str, list[str]]:
    """Strings by the names that they are assigned to: sentences are sometimes kept in a constant."""
    named: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    named.setdefault(target.id, []).append(node.value.value)
    return named


def _of_call(call: ast.Call, constants: dict[str, list[str]]) -> Iterator[str | tuple[str, ...]]:
    name = (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )
    if name in PLURAL and len(call.args) >= 2:
        one, many = call.args[:2]
        if isinstance(one, ast.Constant) and isinstance(many, ast.Constant):
            yield str(one.value), str(many.value)
    elif name == "fail" and isinstance(call.func, ast.Attribute):
        return  # a method that happens to be called so
    elif name in TRANSLATED and len(call.args) > TRANSLATED[name]:
        yield from _strings(call.args[TRANSLATED[name]], constants)
    for keyword in call.keywords:
        if keyword.arg in NAMED.get(name, ()):
            yield from _strings(keyword.value, constants)


def _strings(node: ast.expr, constants: dict[str, list[str]]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body, constants)
        yield from _strings(node.orelse, constants)
    elif isinstance(node, ast.Name):
        yield from filter(None, constants.get(node.id, []))


def _of_templates() -> Iterator[Found]:
    options = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}
    for path in sorted((ROOT / "gateway" / "templates").rglob("*.html")):
        for _line, message, _comments, _context in extract(
            "jinja2.ext:babel_extract",
            BytesIO(path.read_bytes()),
            {"_": None, "gettext": None, "ngettext": (1, 2)},
            (),
            options,
        ):
            yield message, str(path.relative_to(ROOT))


def _of_marshmallow() -> Iterator[Found]:
    """What marshmallow says by itself. Its placeholders are filled before we see it."""
    kinds = [kind for kind in vars(fields).values() if isinstance(kind, type) and issubclass(kind, fields.Field)]
    for kind in kinds:
        for message in map(str, kind.default_error_messages.values()):
            obj_types = ("datetime", "date", "time", "timedelta") if "{obj_type}" in message else ("",)
            for obj_type in obj_types:
                filled = message.replace("{obj_type}", obj_type)
                if "{" not in filled:
                    yield filled, FOREIGN
    yield "Unknown field.", FOREIGN
    yield "Invalid input type.", FOREIGN


def needed(catalog: Catalog, locale: str) -> list[Message]:
    """The messages that a language must have."""
    messages = [message for message in catalog if message.id]
    if locale == LOCALES[0]:
        return [message for message in messages if any(place == FOREIGN for place, _ in message.locations)]
    return messages


def po_path(locale: str) -> Path:
    return CATALOGUES / locale / "LC_MESSAGES" / "messages.po"


def read(locale: str) -> Catalog:
    path = po_path(locale)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def update() -> None:
    """Writes each language's file anew: known translations kept, new sentences empty, those out of use dropped."""
    found = collect()
    for locale in LOCALES:
        known, fresh = read(locale), Catalog(locale=locale, project="Dextra", charset="utf-8", fuzzy=False)
        for message in needed(found, locale):
            held = known.get(message.id)
            fresh.add(message.id, string=held.string if held else None, locations=message.locations)
        fresh.revision_date = fresh.creation_date = known.creation_date or fresh.creation_date
        path = po_path(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, fresh, width=120, sort_by_file=True, include_lineno=False, omit_header=False)
        say(f"{locale}: {len(fresh)} sentences, {sum(1 for problem in problems(found, locale))} to look at")


def problems(found: Catalog, locale: str) -> Iterator[str]:
    """What is wrong with a language's file, a sentence each."""
    held = read(locale)
    wanted = {
        message.id if isinstance(message.id, str) else message.id[0]: message for message in needed(found, locale)
    }
    present = {message.id if isinstance(message.id, str) else message.id[0]: message for message in held if message.id}
    for id in wanted.keys() - present.keys():
        yield f"{locale}: missing: {id!r}"
    for id in present.keys() - wanted.keys():
        yield f"{locale}: out of use: {id!r}"
    for id in wanted.keys() & present.keys():
        yield from _wrong_with(locale, present[id])


def _wrong_with(locale: str, message: Message) -> Iterator[str]:
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy:
        yield f"{locale}: fuzzy: {ids[0]!r}"
    if not all(strings):
        yield f"{locale}: not translated: {ids[0]!r}"
        return
    if len(ids) != len(strings):
        yield f"{locale}: needs a plural: {ids[0]!r}"
    allowed = set(PLACEHOLDER.findall(" ".join(map(str, ids))))
    for string in strings:
        used = set(PLACEHOLDER.findall(str(string)))
        if used - allowed or (len(ids) == 1 and allowed - used):
            yield f"{locale}: other placeholders: {ids[0]!r}"


def check() -> int:
    """The number of problems, each printed."""
    found = collect()
    listed = sorted(problem for locale in LOCALES for problem in problems(found, locale))
    for problem in listed:
        say(problem)
    if listed:
        say(
            f"{len(listed)} problems. `make translations` brings the catalogues up to date; then fill in what is empty."
        )
    return len(listed)


def compile_all() -> None:
    for locale in LOCALES:
        path = po_path(locale)
        if path.exists():
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, read(locale))


def main(arguments: list[str]) -> int:
    actions = {"update": update, "extract": update, "compile": compile_all, "check": check}
    if len(arguments) != 1 or arguments[0] not in actions:
        say("Usage: python -m gateway.translations update | compile | check")
        return 2
    return 1 if actions[arguments[0]]() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
