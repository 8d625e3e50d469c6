"""The taxonomy: its files and their check, what operators add, and who is told of what is new."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from marshmallow import ValidationError

from shared.contracts import fields, taxonomy
from shared.contracts.taxonomy import check
from shared.contracts.taxonomy.entries import Entry, Reference, Unreadable, read_folder

GIVEN = list(read_folder(taxonomy.DATA))
FROGS = Entry(
    code="own.frogs",
    kind="tool",
    service="bookkeeping",
    labels={"en": "Ledger Frog", "it": "Ledger Frog"},
    synonyms={"en": ("ledgerfrog",), "it": ()},
    descriptions={"en": "Ledgers in Ledger Frog.", "it": "Registri in Ledger Frog."},
)


@pytest.fixture(autouse=True)
def _only_what_is_given() -> Iterator[None]:
    yield
    taxonomy.forget_added()


def test_what_comes_with_dextra_is_in_order() -> None:
    assert check.problems(GIVEN, ours=True) == []
    assert check.against_given(GIVEN, check.given_codes()) == []


def test_there_are_several_hundred_of_each() -> None:
    kinds = [entry.kind for entry in GIVEN]
    assert kinds.count("service") >= 40
    assert kinds.count("skill") >= 300
    assert kinds.count("tool") >= 400
    assert sum(bool(entry.esco) for entry in GIVEN) >= 190
    assert sum(bool(entry.onet) for entry in GIVEN) >= 350


def test_codes_that_were_given_once_stay() -> None:
    first = {"calendar.management", "books.xero", "exec.decisions", "translate.other", "phone", "meetings.zoom"}
    assert first <= taxonomy.ENTRIES.keys()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(FROGS, code="Frogs"), "no code"),
        (replace(FROGS, code="frogs"), "no code"),
        (replace(FROGS, code="books.frogs", service="ponds"), "its service 'ponds' is not there"),
        (replace(FROGS, code="books.frogs", kind="pond"), "its kind is 'pond'"),
        (replace(FROGS, code="books.frogs", labels={"en": "Frog"}), "name in 'it'"),
        (replace(FROGS, code="books.frogs", labels={"en": " Frog", "it": "Frog"}), "name in 'en'"),
        (replace(FROGS, code="books.frogs", descriptions={"en": "Frogs.", "it": "Rane"}), "description in 'it'"),
        (replace(FROGS, code="books.frogs", synonyms={"en": ("…",)}), "no synonym"),
        (replace(FROGS, code="books.frogs", synonyms={"de": ("Frosch",)}), "synonyms are in 'de'"),
        (
            replace(FROGS, code="books.frogs", synonyms={"en": ("XÈRO",)}),
            "'xero' is a name of books.frogs and of books.xero",
        ),
        (replace(FROGS, code="books.frogs", ordinary="shouted"), "'ordinary' is 'shouted'"),
        (replace(FROGS, code="books.xero"), "books.xero: is given 2 times"),
        (replace(FROGS), "for installations' own entries"),
        (replace(FROGS, code="books.frogs", esco=(Reference("http://esco/1", "frogs", "exact"),)), "no code of ESCO"),
        (replace(FROGS, code="books.frogs", onet=(Reference("43-6011", "frogs", "exact"),)), "no code of O*NET"),
        (replace(FROGS, code="books.frogs", onet=(Reference("43231601", "frogs", "nearly"),)), "how well it matches"),
    ],
)
def test_what_is_wrong_is_said(wrong: Entry, said: str) -> None:
    assert any(said in problem for problem in check.problems([*GIVEN, wrong], ours=True))


def test_a_skill_may_be_called_like_a_service_but_not_like_a_tool() -> None:
    like_a_service = replace(FROGS, code="books.frogs", synonyms={"en": ("bookkeeping",)})
    assert check.problems([*GIVEN, like_a_service], ours=True) == []


def test_a_code_that_goes_or_comes_is_said() -> None:
    gone, new = check.against_given([FROGS], ["books.xero"])
    assert "books.xero" in gone
    assert "own.frogs" in new
    assert "--accept" in new


def test_a_folder_of_ones_own_adds_entries_and_synonyms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    services = tmp_path / "services"
    services.mkdir()
    told = {
        "code": "bookkeeping",
        "skills": {
            "own.frogs": {
                "kind": "tool",
                "label": FROGS.labels,
                "description": FROGS.descriptions,
            },
            "books.xero": {"kind": "tool", "label": {"en": "Xero", "it": "Xero"}, "synonyms": {"en": ["xero uk"]}},
        },
    }
    (services / "bookkeeping.json").write_text(json.dumps(told), encoding="utf-8")

    assert check.main([str(tmp_path)]) == 0
    assert {entry.code for entry in read_folder(tmp_path)} == {"own.frogs", "books.xero"}
    told["skills"]["own.frogs"]["label"] = {"en": "Xero"}  # type: ignore[index]
    (services / "bookkeeping.json").write_text(json.dumps(told), encoding="utf-8")
    assert check.main([str(tmp_path)]) == 1
    assert "own.frogs" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    path = tmp_path / "services" / "broken.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(Unreadable, match=r"broken\.json"):
        list(read_folder(tmp_path))
    path.write_text('{"code": "x", "label": 3}', encoding="utf-8")
    with pytest.raises(Unreadable, match=r"broken\.json: x"):
        list(read_folder(tmp_path))


def test_what_is_added_is_in_force_everywhere_at_once() -> None:
    before = taxonomy.version()

    taxonomy.take_up([FROGS])
    taxonomy.take_up([FROGS])

    assert taxonomy.version() == before + 1
    assert taxonomy.label("own.frogs", "it") == "Ledger Frog"
    assert taxonomy.is_tool("own.frogs")
    assert "own.frogs" in taxonomy.skills_of("bookkeeping")
    assert taxonomy.names()["own.frogs"] == {"Ledger Frog", "ledgerfrog"}
    fields.known_skill("own.frogs")


def test_what_comes_with_dextra_gets_synonyms_and_nothing_else() -> None:
    taxonomy.take_up([replace(FROGS, code="books.xero", synonyms={"en": ("zeero",), "it": ()})])

    assert taxonomy.label("books.xero", "en") == "Xero"
    assert "zeero" in taxonomy.names()["books.xero"]
    assert len(taxonomy.ENTRIES) == len(GIVEN)


def test_an_unknown_code_is_looked_for_once_more_before_it_is_refused() -> None:
    asked = []

    def look() -> None:
        asked.append(True)
        if len(asked) > 1:
            taxonomy.take_up([FROGS])

    taxonomy.look_with(look)
    try:
        with pytest.raises(ValidationError):
            fields.known_skill("own.frogs")
        fields.known_skill("own.frogs")
        fields.known_skill("books.xero")
    finally:
        taxonomy.look_no_more(look)
    assert len(asked) == 2


def test_services_take_no_languages_and_skills_no_services() -> None:
    for wrong in ("en", "bookkeeping", "technology", "nonsense"):
        with pytest.raises(ValidationError):
            fields.known_skill(wrong)
    for wrong in ("en", "books.xero", "technology"):
        with pytest.raises(ValidationError):
            fields.known_service(wrong)
