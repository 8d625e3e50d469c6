"""Choosing skills by their names, proposals and the operators' console, the directory's search, and what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from gateway import forms, vocabulary
from shared.contracts import matching, taxonomy
from shared.contracts import vocabulary as c
from shared.contracts.taxonomy import search
from shared.platform.errors import Invalid, Text, Unavailable
from tests.unit.gateway.fake_rpc import FakeRpc

SignIn = Callable[..., FlaskClient]
FROG = {
    "code": "own.ledger_frog",
    "number": 7,
    "kind": "tool",
    "service": "bookkeeping",
    "labels": {"en": "Ledger Frog", "it": "Ledger Frog"},
    "synonyms": {"en": ["ledgerfrog"], "it": []},
    "descriptions": {"en": "Ledgers in Ledger Frog.", "it": "Registri in Ledger Frog."},
}
PROPOSAL = {
    "id": "p1",
    "kind": "tool",
    "name": "Ledger Frog",
    "description": "Registri",
    "service": "bookkeeping",
    "locale": "it",
    "state": "proposed",
    "proposers": 2,
    "code": "",
    "reason": "",
    "created_at": "2026-11-20T10:00:00+00:00",
    "decided_at": None,
    "version": 1,
}


@pytest.fixture(autouse=True)
def _only_what_is_given() -> Iterator[None]:
    yield
    taxonomy.forget_added()


class SkillsForm(forms.Form):
    skills = forms.Rows(
        "Skills",
        {
            "code": forms.SkillName("Skill"),
            "level": forms.ChooseNumber("Level", [("1", "Basic"), ("2", "Working")], default=2),
        },
    )


def typed(*names: str, **more: str) -> SkillsForm:
    rows = {f"skills-{number}-code": name for number, name in enumerate(names)}
    rows |= {f"skills-{number}-level": "2" for number in range(len(names))}
    return SkillsForm(data=MultiDict({**rows, **more}))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Xero", "books.xero"),
        ("  xero ", "books.xero"),
        ("books.xero", "books.xero"),
        ("fattureincloud", "books.fatture_in_cloud"),
        ("Prenotare voli", "travel.booking"),
        ("CONTABILITÀ", None),
        ("Bookkeeping", None),
        ("en", None),
        ("nothing like that", None),
    ],
)
def test_a_skill_is_chosen_by_any_of_its_names(client: FlaskClient, name: str, code: str | None) -> None:
    with client.application.test_request_context():
        form = typed(name)
        assert form.skills.value == ([{"code": code, "level": 2}] if code else [{"code": None, "level": 2}])
        assert form.valid is bool(code)


def test_what_is_nearly_a_name_is_asked_back_and_kept(client: FlaskClient) -> None:
    with client.application.test_request_context():
        form = typed("Mailchmp", "Xero")
        first, second = form.skills.rows[:2]
        assert first["code"].typed == "Mailchmp"
        assert isinstance(first["code"], forms.SkillName)
        assert "newsletter.mailchimp" in first["code"].near
        assert second["code"].value == "books.xero"
        picked = typed("Mailchmp", "Xero", **{"skills-0-code-pick": "newsletter.mailchimp"})
        assert [row["code"].value for row in picked.skills.rows if row["code"].value] == [
            "newsletter.mailchimp",
            "books.xero",
        ]
        assert picked.more
        assert not picked.valid


def test_the_form_offers_every_name_once(rpc: FakeRpc, sign_in: SignIn) -> None:
    page = sign_in("assistant").get("/profile/work").text
    assert page.count("<datalist") == 1
    assert page.count("<option value=") >= len(taxonomy.SKILLS)
    assert "/proposals/new" in page
    assert len(page) < 150_000


def test_search_finds_by_beginnings_by_words_and_by_sound() -> None:
    assert search.like("xer")[0] == "books.xero"
    assert search.like("salesfroce")[0] == "sales.salesforce"
    assert "books.e_invoicing" in search.like("fatturazione elettr")
    assert search.like("x") == []
    assert search.meant("Google Sheets") == "data.google_sheets"
    assert search.meant("travel", ("skill",)) == ""


def test_the_directory_is_searched(rpc: FakeRpc, client: FlaskClient) -> None:
    rpc.on(matching.GetDirectory, {"assistants": 3, "services": [], "skills": [{"code": "books.xero", "count": 3}]})

    found = client.get("/skills?q=xero").text
    assert "/skills/books.xero" in found
    assert "Bookkeeping" in found
    assert "Nothing is called like that" in client.get("/skills?q=qqqqq").text
    whole = client.get("/skills").text
    assert len(whole) < 120_000
    assert all(f'href="/skills/{code}"' in whole for code in taxonomy.SERVICES)


def test_a_page_asks_what_is_new_and_takes_it_up(rpc: FakeRpc, client: FlaskClient) -> None:
    rpc.on(c.GetAdditions, {"items": [FROG]}).on(matching.GetDirectory, {"assistants": 0, "services": [], "skills": []})
    held = client.application.extensions["dextra.vocabulary"]
    client.application.extensions["dextra.vocabulary"] = fresh = vocabulary.Vocabulary(rpc, 1000.0)
    try:
        client.get("/skills")
        client.get("/skills")
        assert [call.payload for call in rpc.calls(c.GetAdditions)] == [{"number": 0}]
        assert taxonomy.label("own.ledger_frog", "en") == "Ledger Frog"
        assert fresh.asks() == {"number": 7}
    finally:
        client.application.extensions["dextra.vocabulary"] = held


def test_an_unknown_code_is_asked_for_at_once_and_an_outage_is_survived() -> None:
    rpc = FakeRpc().on(c.GetAdditions, Unavailable("Away"))
    asking = vocabulary.Vocabulary(rpc, 1000.0)
    asking.look()
    asking.look()
    assert len(rpc.calls(c.GetAdditions)) == 1
    rpc.on(c.GetAdditions, {"items": [FROG]})
    again = vocabulary.Vocabulary(rpc, 1000.0)
    taxonomy.look_with(again.look)
    try:
        assert taxonomy.is_tool("own.ledger_frog") is False
        assert taxonomy.is_skill("own.ledger_frog")
    finally:
        taxonomy.look_no_more(again.look)


def test_a_proposal_shows_what_is_like_it_first(rpc: FakeRpc, sign_in: SignIn) -> None:
    rpc.on(c.ProposeWork, PROPOSAL).on(c.ListMyProposals, {"items": [PROPOSAL], "next": None})
    client = sign_in("assistant")
    wanted = {"name": "Xeroo", "kind": "tool", "service": "bookkeeping", "description": "", "_key": "k1"}

    asked = client.post("/proposals/new", data=wanted)
    assert "Is it one of these?" in asked.text
    assert "/skills/books.xero" in asked.text
    assert rpc.calls(c.ProposeWork) == []
    assert client.post("/proposals/new", data={**wanted, "sure": "1"}).status_code == 303
    assert rpc.calls(c.ProposeWork)[0].payload["name"] == "Xeroo"
    assert "Ledger Frog" in client.get("/proposals").text
    assert client.post("/proposals/new", data={**wanted, "name": ""}).status_code == 422


def test_operators_decide(rpc: FakeRpc, sign_in: SignIn) -> None:
    rpc.on(c.GetProposal, PROPOSAL).on(c.AcceptProposal, FROG).on(c.MergeProposal, FROG).on(c.DeclineProposal, PROPOSAL)
    rpc.on(c.ListProposals, {"items": [PROPOSAL], "next": None}).on(c.GetAdditions, {"items": [FROG]})
    client = sign_in("operator")
    accepted = {
        "do": "accept", "kind": "tool", "service": "bookkeeping", "label_en": "Ledger Frog", "label_it": "Ledger Frog",
        "description_en": "Ledgers.", "description_it": "Registri.", "synonyms_en": "ledgerfrog\nfrog, frogs",
        "_key": "k",
    }  # fmt: skip

    page = client.get("/operator/taxonomy/proposals/p1").text
    assert 'value="Ledger Frog"' in page
    assert client.post("/operator/taxonomy/proposals/p1", data=accepted).status_code == 303
    assert rpc.calls(c.AcceptProposal)[0].payload["synonyms"]["en"] == ["ledgerfrog", "frog", "frogs"]
    assert taxonomy.is_tool("own.ledger_frog")
    merged = client.post("/operator/taxonomy/proposals/p1", data={"do": "merge", "code": "Xero", "_key": "m"})
    assert merged.status_code == 303
    assert rpc.calls(c.MergeProposal)[0].payload == {"id": "p1", "code": "books.xero"}
    assert client.post("/operator/taxonomy/proposals/p1", data={"do": "decline", "reason": ""}).status_code == 422
    assert (
        client.post("/operator/taxonomy/proposals/p1", data={"do": "decline", "reason": "No tool"}).status_code == 303
    )
    listed = client.get("/operator/taxonomy").text
    assert "own.ledger_frog" in listed
    rpc.on(c.AcceptProposal, Invalid(fields={"labels.it": [Text("Taken.")]}))
    refused = client.post("/operator/taxonomy/proposals/p1", data={**accepted, "_key": "k2"})
    assert refused.status_code == 422
    assert "Taken." in refused.text


def test_operators_add_and_correct(rpc: FakeRpc, sign_in: SignIn) -> None:
    rpc.on(c.AddWork, FROG).on(c.CorrectWork, FROG).on(c.GetAdditions, {"items": [FROG]})
    client = sign_in("operator")
    entry = {
        "kind": "tool", "service": "bookkeeping", "label_en": "Ledger Frog", "label_it": "Ledger Frog",
        "description_en": "Ledgers.", "description_it": "Registri.", "_key": "k",
    }  # fmt: skip

    assert client.get("/operator/taxonomy/new").status_code == 200
    assert client.post("/operator/taxonomy/new", data=entry).status_code == 303
    assert 'value="Ledger Frog"' in client.get("/operator/taxonomy/entries/own.ledger_frog").text
    assert client.post("/operator/taxonomy/entries/own.ledger_frog", data=entry).status_code == 303
    given = client.get("/operator/taxonomy/entries/books.xero").text
    assert "label_en" not in given
    client.post("/operator/taxonomy/entries/books.xero", data={"synonyms_en": "zeero", "_key": "x"})
    assert rpc.calls(c.CorrectWork)[-1].payload["labels"]["en"] == "Xero"
    assert rpc.calls(c.CorrectWork)[-1].payload["synonyms"]["en"] == ["zeero"]
    assert client.get("/operator/taxonomy/entries/nothing").status_code == 404


@pytest.mark.parametrize("path", ["/operator/taxonomy", "/operator/taxonomy/new", "/operator/taxonomy/proposals/p1"])
def test_the_console_is_for_operators(rpc: FakeRpc, sign_in: SignIn, path: str) -> None:
    assert sign_in("assistant").get(path).status_code == 403
