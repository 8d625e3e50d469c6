"""The gateway's application: pages, the API, and what every request goes through."""

from __future__ import annotations

import hashlib
import re
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from flask_compress import Compress

from gateway import commands, formats, forms, i18n, labels, practice, sentences, seo, session, uploads, vocabulary, web
from gateway.caller import Rpc, caller
from gateway.errors import init_errors
from gateway.security import init_security
from gateway.settings import GatewaySettings
from shared.platform.context import TRACEPARENT, new_traceparent
from shared.platform.ids import new_id
from shared.platform.logs import configure_logs
from shared.platform.rpc_client import RpcClient
from shared.platform.settings import load_settings

access = structlog.get_logger("gateway.access")
REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,80}$")


def create_app(settings: GatewaySettings | None = None, rpc: Rpc | None = None) -> Flask:
    """`settings`: the environment's, unless given. `rpc`: a client of our own making, unless given (tests)."""
    if settings is None:
        settings = load_settings(GatewaySettings)
        configure_logs(settings.log_level, "gateway")
    app = Flask(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["dextra.settings"] = settings
    app.extensions["dextra.rpc"] = RpcClient(settings.amqp_uri, timeout=settings.call_timeout) if rpc is None else rpc
    app.extensions["dextra.checks"] = session.Checks(settings.session_check_seconds)
    app.before_request(begin_request)
    vocabulary.init_vocabulary(app)
    init_security(app, settings)
    i18n.init_i18n(app)
    formats.init_formats(app)
    labels.init_labels(app)
    sentences.init_sentences(app)
    seo.init_seo(app)
    practice.init_practice(app)
    init_errors(app)
    init_templates(app)
    web.register(app)
    if find_spec("gateway.api"):
        import_module("gateway.api").register(app)
    app.after_request(end_request)
    return app


def begin_request() -> None:
    """Gives the request its id and its place in a trace; a proxy of ours may have done so before."""
    settings: GatewaySettings = current_app.extensions["dextra.settings"]
    g.started = time.perf_counter()
    came = request.headers.get("X-Request-Id", "") if settings.proxies else ""
    g.request_id = came if REQUEST_ID.match(came) else new_id()
    traceparent = request.headers.get("traceparent", "")
    g.traceparent = traceparent if TRACEPARENT.match(traceparent) else new_traceparent()
    view = current_app.view_functions.get(request.endpoint or "")
    g.view_needs_session = bool(getattr(view, "needs_session", False))
    uploads.allow_size()
    i18n.asked_in_address()
    i18n.current_locale()


def end_request(response: Response) -> Response:
    """One line a request: the route, never the address with its values, and no personal data."""
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint not in ("static", "public.livez"):
        access.info(
            "request",
            method=request.method,
            route=str(request.url_rule or "(none)"),
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
            request_id=g.get("request_id", ""),
            trace_id=g.get("traceparent", "--").split("-")[1],
            locale=g.get("locale", ""),
        )
    return response


def init_templates(app: Flask) -> None:
    """What every template may use."""
    versions: dict[str, str] = {}

    def version(filename: str) -> str:
        """A file's fingerprint: its address changes with its content, so that browsers may keep it for a year."""
        if app.debug or filename not in versions:
            path = Path(str(app.static_folder)) / filename
            versions[filename] = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
        return versions[filename]

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values and not values["filename"].endswith(".woff2"):
            values["v"] = version(values["filename"])

    # Files of ours only: a compressed page would let others guess at the secrets in it (BREACH).
    app.config.update(COMPRESS_MIMETYPES=["text/css", "text/javascript", "image/svg+xml"], COMPRESS_REGISTER=True)
    Compress(app)

    @app.after_request
    def keep_static(response: Response) -> Response:
        if request.endpoint == "static" and (request.args.get("v") or request.path.endswith(".woff2")):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    @app.context_processor
    def reader() -> dict[str, Any]:
        return {
            "me": session.current(),
            "may": commands.may,
            "counts": caller.counts,
            "places": web.places,
            "mailbox_on": app.extensions["dextra.settings"].mailbox,
            "request_id": g.get("request_id", ""),
        }

    app.jinja_env.globals.update(skill_names=forms.skill_names, first_time=forms.first_time)
    app.jinja_env.globals.update(new_key=forms.new_key, has_page=lambda endpoint: endpoint in app.view_functions)
