"""The directory of work: each service and skill, who offers it and what it usually costs; sitemaps and robots.txt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway import i18n, seo
from gateway.caller import caller, maybe
from gateway.web import page
from shared.contracts import matching, taxonomy
from shared.contracts.taxonomy import search
from shared.contracts.taxonomy.entries import WORK

pages = Blueprint("directory", __name__)

SITEMAP_SIZE = 10_000
A_DAY = 86_400
SHOWN = 6
FIRST = 6
"""Skills of a service that are shown in the list of all services."""
FOUND = 60
PLOT_WIDTH, PLOT_HEIGHT = 480, 96


@pages.get("/skills")
def index() -> Response:
    """All services, each with what is most offered in it; or, with `q`, what is called like that."""
    words = request.args.get("q", "").strip()[:80]
    directory = caller.query(matching.GetDirectory)
    counts = {one["code"]: one["count"] for one in (*directory["services"], *directory["skills"])}
    locale = i18n.current_locale()
    services = sorted(taxonomy.SERVICES, key=lambda code: taxonomy.label(code, locale).casefold())
    listed = [(code, counts.get(code, 0), _skills(code, counts)) for code in services]
    found = [(code, counts.get(code, 0)) for code in search.like(words, limit=FOUND)] if words else []
    return page(
        "directory/index.html",
        listed=listed,
        first=FIRST,
        words=words,
        found=found,
        assistants=directory["assistants"],
        skills=len(taxonomy.SKILLS),
    )


@pages.get("/skills/<code>")
def work(code: str) -> Response:
    entry = taxonomy.find(code)
    if entry is None or entry.kind not in WORK:
        abort(404)
    kind = "services" if entry.kind == "service" else "skills"
    got = caller.queries(
        work=(matching.DescribeWork, {"code": code}),
        cards=maybe(matching.BrowseAssistants, {kind: [code], "limit": SHOWN, "sort": "free"}),
        directory=maybe(matching.GetDirectory),
    )
    directory = got.pop("directory") or {"skills": (), "services": ()}
    counts = {one["code"]: one["count"] for one in directory["skills"]}
    plots = [{**rates, "bars": bars(rates)} for rates in got["work"]["rates"]]
    within = _skills(code, counts) if kind == "services" else []
    return page(
        "directory/work.html",
        kind=kind,
        entry=entry,
        belongs=entry.service,
        description=entry.description(i18n.current_locale()),
        skills=[pair for pair in within if not taxonomy.is_tool(pair[0])],
        tools=[pair for pair in within if taxonomy.is_tool(pair[0])],
        plots=plots,
        **got,
    )


def _skills(service: str, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Codes and counts of a service's skills and tools, those with most first."""
    locale = i18n.current_locale()
    listed = [(code, counts.get(code, 0)) for code in taxonomy.skills_of(service)]
    return sorted(listed, key=lambda pair: (-pair[1], taxonomy.label(pair[0], locale).casefold()))


def bars(rates: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of a small plot, PLOT_WIDTH by PLOT_HEIGHT: x, y, width, height, whether it is among the middle half, and the
    bin. The tallest bar fills the height."""
    bins = rates["bins"]
    most = max((one["count"] for one in bins), default=0) or 1
    width = PLOT_WIDTH / max(len(bins), 1)
    found = []
    for number, one in enumerate(bins):
        height = max(PLOT_HEIGHT * one["count"] / most, 2.0 if one["count"] else 0.0)
        usual = one["low"] < rates["usual_high"] and one["high"] > rates["usual_low"]
        found.append(
            {
                "x": round(number * width + 1, 1),
                "y": round(PLOT_HEIGHT - height, 1),
                "width": round(width - 2, 1),
                "height": round(height, 1),
                "usual": usual,
                **one,
            }
        )
    return found


@pages.get("/robots.txt")
def robots() -> Response:
    """What is not public needs a session anyway; this saves crawlers the way."""
    lines = ["User-agent: *", "Disallow: /api/", "Disallow: /language/", "Disallow: /sign-in", "Disallow: /sign-up"]
    response = make_response("\n".join([*lines, f"Sitemap: {seo.public_url(url_for('directory.sitemap'))}", ""]))
    return _kept(response, "text/plain; charset=utf-8")


@pages.get("/sitemap.xml")
def sitemap() -> Response:
    """The index of sitemaps: one of pages, and one for each ten thousand assistants."""
    asked = {"parts": True, "limit": SITEMAP_SIZE}
    starts = caller.query(matching.ListPublished, asked)["ids"]
    parts = [url_for("directory.sitemap_of_pages")]
    parts += [url_for("directory.sitemap_of_assistants", from_id=start) for start in starts]
    return _kept(make_response(render_template("directory/sitemaps.xml", paths=parts)), "application/xml")


@pages.get("/sitemaps/pages.xml")
def sitemap_of_pages() -> Response:
    codes = [*taxonomy.SERVICES, *taxonomy.SKILLS]
    paths = [url_for(name) for name in ("public.landing", "public.browse", "public.how_matching_works")]
    paths += [url_for("directory.index"), *(url_for("directory.work", code=code) for code in codes)]
    return _sitemap(paths)


@pages.get("/sitemaps/assistants.xml")
def sitemap_of_assistants() -> Response:
    asked = {"from_id": request.args.get("from_id", "")[:64], "limit": SITEMAP_SIZE}
    listed = caller.query(matching.ListPublished, asked)
    names = listed.get("addresses") or [""] * len(listed["ids"])
    paths = [
        url_for("public.by_name", name=name) if name else url_for("public.assistant", id=id)
        for id, name in zip(listed["ids"], names, strict=True)
    ]
    return _sitemap(paths)


def _sitemap(paths: list[str]) -> Response:
    return _kept(make_response(render_template("directory/sitemap.xml", paths=paths)), "application/xml")


def _kept(response: Response, kind: str) -> Response:
    response.headers["Content-Type"] = kind
    response.headers["Cache-Control"] = f"public, max-age={A_DAY}"
    return response
