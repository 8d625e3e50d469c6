"""What search engines read: canonical and language addresses, and structured data (schema.org, as JSON-LD).

Pages that anyone may read are named in PUBLIC; all others ask not to be indexed, and so do lists with filters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext as _

from gateway import formats, i18n, practice
from shared.contracts import taxonomy
from shared.contracts.fields import LOCALES
from shared.platform.money import Money

PUBLIC = frozenset(
    {
        "public.landing", "public.browse", "public.assistant", "public.by_name", "public.how_matching_works",
        "directory.index", "directory.work",
    }
)  # fmt: skip
Json = dict[str, Any]


def public_url(path: str = "") -> str:
    """The address that people use; `path` begins with a slash."""
    settings = current_app.extensions["dextra.settings"]
    return str(settings.public_url).rstrip("/") + path


def indexed() -> bool:
    """Whether search engines may keep this page. A list with filters or a later part of one is not kept."""
    return request.endpoint in PUBLIC and not (set(request.args) - {"lang"})


def address(locale: str = "") -> str:
    """This page's own address: without parameters but the language, for a language. A page with several says which."""
    return public_url(g.get("canonical_path") or request.path) + ("?" + urlencode({"lang": locale}) if locale else "")


def alternates() -> list[tuple[str, str]]:
    """Language and address of each version of this page; `x-default` follows the browser."""
    return [*((locale, address(locale)) for locale in LOCALES), ("x-default", address())]


def breadcrumbs(steps: Sequence[tuple[str, str]]) -> Json:
    """Of names and paths, from the start page on."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": public_url(path)}
            for number, (name, path) in enumerate(steps, 1)
        ],
    }


def of_site() -> Json:
    """The start page: who runs this, and how to search it."""
    target = public_url(url_for("public.browse")) + "?text={search_term_string}"
    return _graph(
        {"@type": "Organization", "@id": public_url("/#organization"), "name": "Dextra", "url": public_url("/")},
        {
            "@type": "WebSite",
            "name": "Dextra",
            "url": public_url("/"),
            "inLanguage": list(LOCALES),
            "publisher": {"@id": public_url("/#organization")},
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": target},
                "query-input": "required name=search_term_string",
            },
        },
    )


def of_work(work: Mapping[str, Any]) -> Json:
    """A service or a skill with its usual rates."""
    locale, code = i18n.current_locale(), work["code"]
    name = taxonomy.label(code, locale)
    service: Json = {
        "@type": "Service",
        "name": name,
        "serviceType": taxonomy.label(taxonomy.service_of(code) or code, locale),
        "description": taxonomy.description(code, locale),
        "provider": {"@type": "Organization", "name": "Dextra", "url": public_url("/")},
        "url": address(),
    }
    if work["rates"]:
        rates = work["rates"][0]
        service["offers"] = {
            "@type": "AggregateOffer",
            "priceCurrency": rates["currency"],
            "lowPrice": str(Money(rates["low"], rates["currency"]).decimal),
            "highPrice": str(Money(rates["high"], rates["currency"]).decimal),
            "offerCount": rates["count"],
        }
    service["about"] = {"@id": address() + "#term"}
    steps = [(_("Services and skills"), url_for("directory.index")), (name, request.path)]
    if belongs := taxonomy.service_of(code):
        steps.insert(1, (taxonomy.label(belongs, locale), url_for("directory.work", code=belongs)))
    return _graph(service, _term(code, name), breadcrumbs(steps))


def _term(code: str, name: str) -> Json:
    """The service or skill as a term of our list; the same as what other classifications call exactly so."""
    entry = taxonomy.ENTRIES.get(code)
    term: Json = {
        "@type": "DefinedTerm",
        "@id": address() + "#term",
        "name": name,
        "termCode": code,
        "description": taxonomy.description(code, i18n.current_locale()),
        "inDefinedTermSet": public_url(url_for("directory.index")),
    }
    same = [one.code for one in entry.esco if one.match == "exact"] if entry else []
    if same:
        term["sameAs"] = same
    if entry and (others := sorted(entry.names - {name})):
        term["alternateName"] = others[:12]
    return term


def of_assistant(profile: Mapping[str, Any]) -> Json:
    """A published profile: the person, what she offers and her rate."""
    locale = i18n.current_locale()
    rate = formats.as_money(profile["hourly_rate"])
    person: Json = {
        "@type": "Person",
        "name": profile["display_name"],
        "jobTitle": _("Virtual assistant"),
        "description": practice.said(profile)["headline"],
        "url": address(),
        "knowsLanguage": [language["code"] for language in profile["languages"]],
        "knowsAbout": [taxonomy.label(skill["code"], locale) for skill in profile["skills"]],
    }
    if rate is not None:
        person["makesOffer"] = {
            "@type": "Offer",
            "itemOffered": {"@type": "Service", "name": _("Virtual assistance")},
            "priceSpecification": {
                "@type": "UnitPriceSpecification",
                "price": str(rate.decimal),
                "priceCurrency": rate.currency,
                "unitCode": "HUR",
            },
        }
    return _graph({"@type": "ProfilePage", "url": address(), "mainEntity": person})


def _graph(*nodes: Json) -> Json:
    return {"@context": "https://schema.org", "@graph": list(nodes)}


def init_seo(app: Flask) -> None:
    app.jinja_env.globals.update(
        indexed=indexed, public_url=public_url, page_address=address, alternates=alternates,
        of_site=of_site, of_work=of_work, of_assistant=of_assistant,
    )  # fmt: skip
