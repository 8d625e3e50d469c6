"""Whether the taxonomy's files can be used. `python -m shared.contracts.taxonomy.check [folder]` says what is wrong.

Without a folder it looks at what comes with Dextra, and also at `codes.txt`: every code that was ever given. A new code
is written there with `--accept`; one that is missing from the files stops the build, for profiles and briefs hold it.
`--counts` prints the table of docs/taxonomy.md.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from shared.contracts.taxonomy import DATA
from shared.contracts.taxonomy.entries import KINDS, ORDINARY, WORK, Entry, Reference, Unreadable, read_folder

LOCALES = ("en", "it")
CODES = DATA / "codes.txt"
SHAPES = {
    "service": re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*"),
    "skill": re.compile(r"[a-z][a-z0-9]*\.[a-z0-9]+(_[a-z0-9]+)*"),
    "tool": re.compile(r"[a-z][a-z0-9]*\.[a-z0-9]+(_[a-z0-9]+)*"),
    "language": re.compile(r"[a-z]{2}"),
    "industry": re.compile(r"[a-z]+(_[a-z]+)*"),
}
OWN = "own"
"""Codes that installations make for themselves begin with it; none that comes with Dextra does."""
LONGEST_CODE, LONGEST_NAME, LONGEST_DESCRIPTION = 60, 60, 200
ESCO = re.compile(r"http://data\.europa\.eu/esco/skill/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ONET_ACTIVITY = re.compile(r"[1-6]\.[A-E](\.\d+(\.[a-z](\.\d+(\.I\d\d(\.D\d\d)?)?)?)?)?")
ONET_COMMODITY = re.compile(r"\d{8}")
MATCHES = ("exact", "close", "broad")
_WORD = re.compile(r"[^\W_]+")


def folded(name: str) -> str:
    """Words without case, accents and signs, as clashes are looked for."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(_WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))


def problems(entries: Sequence[Entry], *, ours: bool = False) -> list[str]:
    """What is wrong, a sentence each. `ours`: the files come with Dextra."""
    found = [f"{code}: is given {count} times" for code, count in Counter(e.code for e in entries).items() if count > 1]
    services = {entry.code for entry in entries if entry.kind == "service"}
    for entry in entries:
        found += [f"{entry.code}: {problem}" for problem in _of_entry(entry, services, ours=ours)]
    return found + _clashes(entries)


def _of_entry(entry: Entry, services: set[str], *, ours: bool) -> Iterator[str]:
    if entry.kind not in KINDS:
        yield f"its kind is {entry.kind!r}; it must be skill or tool"
        return
    if not SHAPES[entry.kind].fullmatch(entry.code) or len(entry.code) > LONGEST_CODE:
        yield f"this is no code of a {entry.kind}"
    if ours and re.split(r"[._]", entry.code)[0] == OWN:
        yield f"codes that begin with {OWN!r} are for installations' own entries"
    if entry.kind in ("skill", "tool") and entry.service not in services:
        yield f"its service {entry.service!r} is not there"
    if entry.ordinary not in ORDINARY:
        yield f"'ordinary' is {entry.ordinary!r}; it must be one of {', '.join(ORDINARY[1:])}"
    yield from _of_texts(entry)
    for one in entry.esco:
        yield from _of_reference(one, "ESCO", ESCO.fullmatch(one.code) is not None)
    for one in entry.onet:
        shaped = ONET_ACTIVITY.fullmatch(one.code) or ONET_COMMODITY.fullmatch(one.code)
        yield from _of_reference(one, "O*NET", shaped is not None)


def _of_texts(entry: Entry) -> Iterator[str]:
    for locale in LOCALES:
        label = entry.labels.get(locale, "")
        if not label.strip() or label != label.strip() or len(label) > LONGEST_NAME:
            yield f"it needs a name in {locale!r} of at most {LONGEST_NAME} characters, without spaces around it"
        if entry.kind in WORK:
            told = entry.descriptions.get(locale, "")
            if not told.endswith(".") or len(told) > LONGEST_DESCRIPTION:
                yield f"it needs a description in {locale!r}: a sentence of at most {LONGEST_DESCRIPTION} characters"
    for locale, names in entry.synonyms.items():
        if locale not in LOCALES:
            yield f"synonyms are in {locale!r}; we speak {', '.join(LOCALES)}"
        for name in names:
            if not folded(name) or len(name) > LONGEST_NAME:
                yield f"{name!r} is no synonym"


def _of_reference(one: Reference, where: str, shaped: bool) -> Iterator[str]:  # noqa: FBT001
    if not shaped:
        yield f"{one.code!r} is no code of {where}"
    if one.match not in MATCHES or not one.title:
        yield f"{where}'s {one.code} needs its title there and how well it matches: {', '.join(MATCHES)}"


def _clashes(entries: Iterable[Entry]) -> list[str]:
    """Names that would mean two things of one kind: whoever types one would get both. A skill may be called like its
    service."""
    meant: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        kind = "skill" if entry.kind == "tool" else entry.kind
        for name in entry.names:
            meant.setdefault((kind, folded(name)), set()).add(entry.code)
    return [
        f"{name!r} is a name of {' and of '.join(sorted(codes))}"
        for (_kind, name), codes in sorted(meant.items())
        if len(codes) > 1
    ]


def against_given(entries: Iterable[Entry], given: Iterable[str]) -> list[str]:
    """What differs from the list of codes that were ever given."""
    now, before = {entry.code for entry in entries}, set(given)
    gone = [f"{code}: was given once and is gone; profiles and briefs may hold it" for code in sorted(before - now)]
    new = [f"{code}: is new; write it into codes.txt with --accept" for code in sorted(now - before)]
    return gone + new


def given_codes() -> list[str]:
    return CODES.read_text(encoding="utf-8").split()


def counts(entries: Sequence[Entry]) -> str:
    """As a table in Markdown."""
    kinds = Counter(entry.kind for entry in entries)
    work = [entry for entry in entries if entry.kind in WORK]
    exact = sum(any(one.match == "exact" for one in entry.esco) for entry in work)
    rows = [
        ("services", kinds["service"]),
        ("skills", kinds["skill"]),
        ("tools", kinds["tool"]),
        ("languages", kinds["language"]),
        ("lines of business", kinds["industry"]),
        ("English names and synonyms", sum(1 + len(e.synonyms.get("en", ())) for e in work)),
        ("Italian names and synonyms", sum(1 + len(e.synonyms.get("it", ())) for e in work)),
        ("with a concept of ESCO", sum(bool(entry.esco) for entry in work)),
        ("… of these an exact match", exact),
        ("with a code of O*NET", sum(bool(entry.onet) for entry in work)),
    ]
    return "\n".join(["| what | how many |", "| --- | ---: |", *(f"| {name} | {count:,} |" for name, count in rows)])


def main(arguments: Sequence[str]) -> int:
    folders = [argument for argument in arguments if not argument.startswith("--")]
    given = list(read_folder(DATA))
    if "--accept" in arguments:
        codes = sorted({*given_codes(), *(entry.code for entry in given)})
        CODES.write_text("\n".join(codes) + "\n", encoding="utf-8")
    if "--counts" in arguments:
        sys.stdout.write(counts(given) + "\n")
        return 0
    try:
        found = problems(given, ours=True) + against_given(given, given_codes())
        for folder in folders:
            own = list(read_folder(Path(folder)))
            # A code that is there already only gets more synonyms.
            known = {entry.code: entry for entry in given}
            joined = [e for e in own if e.code not in known]
            merged = [known[e.code].with_synonyms(e.synonyms) for e in own if e.code in known]
            rest = [e for e in given if e.code not in {m.code for m in merged}]
            found += problems([*rest, *merged, *joined])
    except Unreadable as error:
        found = [str(error)]
    for problem in found:
        sys.stderr.write(f"taxonomy: {problem}\n")
    if not found:
        sys.stdout.write(f"The taxonomy is in order: {len(given)} entries.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
