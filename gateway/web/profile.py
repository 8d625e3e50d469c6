"""An assistant's own profile: written part by part, looked over, published, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import formats, i18n, practice, session
from gateway.caller import caller, maybe, to_json
from gateway.forms import (
    Choose,
    ChooseNumber,
    ChooseSome,
    Field,
    Form,
    Hidden,
    Hours,
    LongText,
    MoneyInput,
    Number,
    Rows,
    SkillName,
    Text,
    countries,
    industries,
    languages,
    named,
    posted_key,
    services,
)
from gateway.session import needs
from gateway.web import act, done, page
from shared.contracts import profiles as c
from shared.contracts.fields import LOCALES
from shared.platform.errors import Text as Sentence

pages = Blueprint("profile", __name__)
LANGUAGE_NAMES = i18n.LANGUAGES


class PartForm(Form):
    """A part of the profile. A draft may leave out what a published profile needs; `version` guards two windows."""

    version = Hidden(_l("Version"), optional=True)

    def __init__(
        self, kept: Mapping[str, Any] | None, fresh: Mapping[str, Any] | None = None, *, posted: bool = True
    ) -> None:
        self.draft = kept is None or kept["state"] != "published"
        super().__init__(initial=kept or {"version": 0, **(fresh or {})}, posted=posted)

    def check(self) -> None:
        if self.draft:
            for field in self:
                field.errors = [text for text in field.errors if text.template not in MAY_WAIT]

    @property
    def request(self) -> dict[str, Any]:
        """What ChangeProfile takes: this part's fields."""
        return {**self.payload, "version": formats.read_whole(self.version.value)}


MAY_WAIT = ("Please fill this in.", "Choose at least one.", "Add at least one.")
"""Problems that a draft does not have yet."""


class AboutForm(PartForm):
    """Name, and headline and story in every language of Dextra: `headline_en`, `story_en`, …"""

    display_name = Text(_l("Name of your practice, or your own"), most=120)
    locals().update(
        {
            f"headline_{locale}": Text(
                _l("In one line: what you do, and for whom"), most=140, optional=True, path="-", lang=locale
            )
            for locale in LOCALES
        }
    )
    locals().update(
        {
            f"story_{locale}": LongText(
                _l("About your practice"),
                most=5000,
                rows=8,
                optional=True,
                path="-",
                lang=locale,
                hint=_l("Whom you have worked for, how you work, what clients come back for."),
            )
            for locale in LOCALES
        }
    )
    story_locale = Choose(
        _l("Shown to readers of other languages"),
        lambda: [(code, LANGUAGE_NAMES[code]) for code in LOCALES],
        radios=True,
        default="en",
        hint=_l("Readers see the text in their language where there is one, and this one otherwise."),
    )

    def __init__(self, kept: Mapping[str, Any] | None, fresh: Mapping[str, Any] | None = None) -> None:
        super().__init__(kept, fresh)
        if not self.posted:
            self._show(kept or fresh or {})
        self[f"headline_{self._main}"].optional = False

    def _show(self, kept: Mapping[str, Any]) -> None:
        main = {"locale": kept.get("story_locale"), "headline": kept.get("headline"), "story": kept.get("story")}
        for told in (main, *kept.get("translations", ())):
            if told["locale"] in LOCALES:
                self[f"headline_{told['locale']}"].show(told["headline"] or None)
                self[f"story_{told['locale']}"].show(told["story"] or None)

    def check(self) -> None:
        super().check()
        written = [locale for locale in LOCALES if self[f"headline_{locale}"].value]
        for locale in LOCALES:
            if self[f"story_{locale}"].value and locale not in written:
                self.wrong(self[f"headline_{locale}"], "Say it in one line in this language, too.")
        if not written and not self.draft:
            self.wrong(self[f"headline_{self._main}"], "Say in one line what you do, and for whom.")

    @property
    def _main(self) -> str:
        """The language chosen; where it has no text, the first that has one."""
        chosen = str(self.story_locale.value or LOCALES[0])
        if self[f"headline_{chosen}"].value:
            return chosen
        return next((locale for locale in LOCALES if self[f"headline_{locale}"].value), chosen)

    @property
    def request(self) -> dict[str, Any]:
        main = self._main
        told = [self._told(locale) for locale in LOCALES if locale != main and self[f"headline_{locale}"].value]
        said = self._told(main)
        return {
            **super().request,
            "headline": said["headline"],
            "story": said["story"],
            "story_locale": main,
            "translations": told,
        }

    def _told(self, locale: str) -> dict[str, Any]:
        return {
            "locale": locale,
            "headline": self[f"headline_{locale}"].value or "",
            "story": self[f"story_{locale}"].value or "",
        }

    def _place(self, path: str, text: Sentence) -> None:
        if path in ("headline", "story"):
            self[f"{path}_{self._main}"].problem(text)
        elif path.startswith("translations."):
            number, _, name = path.removeprefix("translations.").partition(".")
            told = self.request["translations"]
            locale = told[int(number)]["locale"] if number.isdigit() and int(number) < len(told) else self._main
            self[f"{name if name == 'story' else 'headline'}_{locale}"].problem(text)
        else:
            super()._place(path, text)


class WorkForm(PartForm):
    level = Choose(
        _l("Level"),
        named("level"),
        radios=True,
        hint=_l("Administrative: you carry out what is set. Executive: you also decide small things for the client."),
    )
    services = ChooseSome(_l("Services"), services)
    skills = Rows(
        _l("Skills"),
        {
            "code": SkillName(_l("Skill"), placeholder=_l("Type a name, such as Xero")),
            "level": ChooseNumber(_l("Level"), named("skill_level"), default=2),
        },
        add=_l("Another skill"),
        spare=2,
        hint=_l("Matches count them by level. Name those that you can show."),
    )
    languages = Rows(
        _l("Languages"),
        {
            "code": Choose(_l("Language"), languages, blank=_l("Choose a language")),
            "cefr": Choose(_l("Level"), named("cefr"), default="B2"),
        },
        most=12,
        add=_l("Another language"),
    )


class ClientsForm(PartForm):
    minimum_weekly_minutes = Hours(
        _l("Smallest engagement, hours a week"), optional=True, default=0, hint=_l("Leave empty for none.")
    )
    notice_days = Number(
        _l("Days of notice before you begin"), optional=True, default=0, hint=_l("0: you can begin at once.")
    )
    target_industries = ChooseSome(
        _l("Lines of business you work for best"),
        industries,
        optional=True,
        hint=_l("Leave empty if you like them all."),
    )
    target_sizes = ChooseSome(_l("Size of the company"), named("company_size"), optional=True)
    target_languages = ChooseSome(_l("Languages you like to work in"), languages, optional=True)
    target_countries = ChooseSome(_l("Where your clients are"), countries, optional=True, css="field--folded")
    assurances = ChooseSome(
        _l("What you are ready for"),
        named("assurance"),
        optional=True,
        hint=_l("Shown to clients as your own statement: nobody checks it. Tick only what is so today."),
    )
    equipment = LongText(
        _l("What you work with"),
        most=600,
        rows=3,
        optional=True,
        hint=_l("Computers, lines, headsets, licences of your own: what a client would ask."),
    )


class ChargesForm(PartForm):
    """What an hour costs, from practices whose rate card sells nothing by time: lists and matches compare by it."""

    hourly_rate = MoneyInput(_l("Rate an hour"))


def mine() -> dict[str, Any] | None:
    """The reader's profile with its completeness; None before the first save."""
    kept: dict[str, Any] | None = caller.queries(profile=maybe(c.GetMyProfile))["profile"]
    return kept


def part(code: str, form: PartForm, kept: Mapping[str, Any] | None, template: str, **context: Any) -> Response:
    """A part's page: shows it, or saves it and goes on to the next step or stays."""
    if form.valid:
        with form.catching():
            caller.command(c.ChangeProfile, form.request, key=form.key)
            to = practice.after(code) if request.form.get("go") else practice.address_of(code)
            return done(_("Your draft is saved.") if form.draft else _("Your profile is saved."), to)
    if "_preview" in request.form:
        context["preview"] = _as_typed(form, kept)
    return form.page(template, kept=kept, **context)


def _as_typed(form: PartForm, kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """What her page would show: what is kept, with what is typed now where that can be read."""
    blank = to_json(c.ProfileContent().load({}))
    asked = {**form.request, **{field.path: field.readable for field in form if isinstance(field, Rows)}}
    typed = {name: value for name, value in to_json(asked).items() if value not in (None, "")}
    seen: dict[str, Any] = {**blank, "away": [], "published_at": None, **(kept or {}), **typed}
    seen["assistant_id"] = session.required().account_id
    hours = formats.week(seen["working_hours"], seen["time_zone"]) if seen["time_zone"] else []
    return {"profile": seen, "hours": hours}


def fresh() -> dict[str, Any]:
    """What a first profile begins with: what the account says."""
    me = session.required()
    return {"display_name": me.name, "time_zone": me.time_zone, "story_locale": me.locale}


@pages.route("/profile", methods=["GET", "POST"])
@needs("assistant")
def edit() -> Response:
    kept = mine()
    form = AboutForm(kept, fresh())
    main = str(form.story_locale.value or LOCALES[0])
    texts = sorted(LOCALES, key=lambda code: code != main)
    return part("about", form, kept, "practice/edit.html", texts=texts)


@pages.route("/profile/work", methods=["GET", "POST"])
@needs("assistant")
def work() -> Response:
    kept = mine()
    return part("work", WorkForm(kept), kept, "practice/work.html")


@pages.route("/profile/clients", methods=["GET", "POST"])
@needs("assistant")
def clients() -> Response:
    kept = mine()
    return part("clients", ClientsForm(kept), kept, "practice/clients.html")


@pages.route("/profile/charges", methods=["GET", "POST"])
@needs("assistant")
def charges() -> Response:
    """Linked from the rate card where that does not say what an hour costs."""
    kept = mine()
    return part("rates", ChargesForm(kept), kept, "practice/charges.html")


@pages.get("/profile/review")
@needs("assistant")
def review() -> Response:
    """All points: what is there, what is needed, what is worth adding."""
    return page("practice/review.html", kept=mine())


@pages.post("/profile/publish")
@needs("assistant")
def publish() -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.PublishProfile, key=key),
        said=_("Your profile is published: clients can find you now."),
        to=url_for("profile.edit"),
        else_to=url_for("profile.review"),
    )


@pages.post("/profile/unpublish")
@needs("assistant")
def unpublish() -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.UnpublishProfile, key=key),
        said=_("Your profile is taken back: clients no longer find you. Your contracts go on."),
        to=url_for("profile.edit"),
    )


__all__ = ["Field", "PartForm", "fresh", "mine", "pages", "part"]
