"""The JSON API: the same path as the pages, for programs. OpenAPI 3.1 at /api/v1/openapi.json, a page of it at
/api/v1/docs.

Whoever calls it sends `Authorization: Bearer <token>`; the token of `POST /sessions` carries, signed, what the page's
cookie carries, so that an API call is one wait as well: the session's check travels beside the call. `Idempotency-Key`
on every POST, PUT and DELETE makes repeating safe; without one the call is done as often as it is sent. `X-Acting-For`
names the company that is acted for, where the account was invited to one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response, current_app, g, jsonify, render_template, request
from flask_smorest import Api
from flask_smorest import Blueprint as ApiBlueprint
from itsdangerous import BadSignature, URLSafeSerializer
from marshmallow import Schema
from marshmallow import fields as ma
from werkzeug.exceptions import HTTPException

from gateway import errors, session
from gateway.api import problems
from gateway.api.routes import ROUTES, Route
from gateway.caller import caller
from gateway.security import SIGN_IN_LIMIT, SIGN_UP_LIMIT, UPLOAD_LIMIT, csrf, limiter
from shared.contracts import charging, rate_cards, taxonomy
from shared.platform.contract import Command, Query
from shared.platform.errors import DextraError, Invalid, TooMany, Unauthenticated

PREFIX = "/api/v1"
LIMITS = {
    "/accounts": SIGN_UP_LIMIT,
    "/sessions": SIGN_IN_LIMIT,
    "/sessions/second-step": SIGN_IN_LIMIT,
    "/accounts/request-reset": SIGN_UP_LIMIT,
    "/profile/calendars": UPLOAD_LIMIT,
    "/profile/calendars/<id>/read": UPLOAD_LIMIT,
}
MOST_KEY = 200
ACTING_FOR = "X-Acting-For"
"""Names the company that the caller acts for, one of the account's `companies`; without it they act for themselves."""
MOST_LEVELS = 16


class Problem(Schema):
    """RFC 9457 problem details."""

    type = ma.String()
    title = ma.String()
    status = ma.Integer()
    detail = ma.String()
    instance = ma.String()
    errors = ma.List(ma.Dict(keys=ma.String(), values=ma.String()))


def register(app: Flask) -> None:
    app.config.update(
        API_TITLE="Dextra",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
    api = Api(spec_kwargs={"marshmallow_plugin": plugin})
    api.init_app(app)
    assert plugin.converter is not None
    plugin.converter.add_attribute_function(_of_kinds)  # type: ignore[no-untyped-call]
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    blueprints: dict[str, ApiBlueprint] = {}
    for route in ROUTES:
        blueprint = blueprints.get(route.tag)
        if blueprint is None:
            blueprint = ApiBlueprint(f"api_{route.tag.lower().replace(' ', '_')}", __name__, url_prefix=PREFIX)
            blueprint.before_request(_sign_in)
            blueprints[route.tag] = blueprint
        _add(blueprint, route)
    for tag, blueprint in blueprints.items():
        api.register_blueprint(blueprint)
        csrf.exempt(blueprint)
        api.spec.tag({"name": tag})
    app.register_blueprint(_extras())
    _answer_with_problems(app)


def _schema_name(schema: Any) -> str:
    """Schemas of different contracts may share a name: `matching.Offer`, `messaging.Page`."""
    kind = schema if isinstance(schema, type) else type(schema)
    return f"{kind.__module__.rsplit('.', 1)[-1]}.{kind.__name__}"


_KINDS: dict[type[ma.Field[Any]], dict[str, Any]] = {
    rate_cards.RuleField: dict(rate_cards.RULES),
    charging.HappeningField: dict(charging.HAPPENINGS),
}


def _of_kinds(converter: Any, field: ma.Field[Any], **_: Any) -> dict[str, Any]:
    """A rate card's rule, or a happening, is one of many kinds, each with its own fields."""
    kinds = _KINDS.get(type(field))
    if kinds is None:
        return {}
    schemas = {kind: converter.resolve_nested_schema(schema) for kind, schema in kinds.items()}
    mapping = {kind: schema["$ref"] for kind, schema in schemas.items()}
    return {"oneOf": list(schemas.values()), "discriminator": {"propertyName": "kind", "mapping": mapping}}


# -- calls -------------------------------------------------------------------------------------------------------


def _add(blueprint: ApiBlueprint, route: Route) -> None:
    view = _view(route)
    view.__name__ = f"{route.method.lower()}_{route.call.name}"
    view.__doc__ = route.summary
    if route.method == "POST" and route.path in LIMITS:
        view = limiter.limit(LIMITS[route.path])(view)
    blueprint.route(route.path, methods=[route.method])(blueprint.doc(**_doc(route))(view))


def _view(route: Route) -> Callable[..., Any]:
    def view(**path: str) -> Any:
        named = {route.names.get(name, name): value for name, value in path.items()}
        if isinstance(route.call, Query):
            asked = _body() if route.method == "POST" else _query(route)
            return jsonify(caller.query(route.call, {**asked, **named}))
        assert isinstance(route.call, Command)
        answer = caller.command(route.call, {**_body(), **named}, key=_key())
        if isinstance(answer, dict) and "token" in answer:
            answer = {**answer, "token": _bearer(answer)}
        return jsonify(answer), route.status

    return view


def _body() -> dict[str, Any]:
    if not request.get_data(cache=True):
        return {}
    try:
        body = request.get_json()  # raises 400 or 415
    except RecursionError as error:
        raise Invalid("Send a JSON object.") from error
    if not isinstance(body, dict) or _is_deeper(body, MOST_LEVELS):
        raise Invalid("Send a JSON object.")
    return body


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects lie in one another more than `levels` deep: nothing that is asked for does."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(each, dict | list) and (levels <= 1 or _is_deeper(each, levels - 1)) for each in inner)


def _query(route: Route) -> dict[str, Any]:
    """The query string as the contract's fields: those that are lists may be repeated."""
    payload: dict[str, Any] = {}
    for name, field in route.call.request().fields.items():
        if name in request.args:
            payload[name] = request.args.getlist(name) if isinstance(field, ma.List) else request.args[name]
    return payload


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > MOST_KEY:
        raise Invalid("An Idempotency-Key has at most %(high)s characters.", high=MOST_KEY)
    return key


# -- who calls ---------------------------------------------------------------------------------------------------


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="api-token")


def _bearer(signed_in: dict[str, Any]) -> str:
    account = signed_in["account"]
    claims = {
        "token": signed_in["token"],
        "session_id": signed_in.get("session_id", ""),
        "account_id": account["id"],
        "name": account["name"],
        "email": account.get("email", ""),
        "roles": account["roles"],
        "locale": account["locale"],
        "time_zone": account["time_zone"],
        "email_confirmed": account["email_confirmed"],
        "companies": account.get("companies") or [],
    }
    return str(_signer().dumps(claims))


def _sign_in() -> None:
    """The bearer's session instead of a cookie's: a browser's cookie means nothing here."""
    g.without_cookie = True
    g.session = None
    header = request.headers.get("Authorization", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() == "bearer" and token:
        try:
            claims = _signer().loads(token.strip())
            g.session = session.of_claims(claims)
        except (BadSignature, TypeError, KeyError) as error:
            raise Unauthenticated("This token is not valid. Sign in again.") from error
    route = _route_of_request()
    if route is not None and not route.public and g.session is None:
        raise Unauthenticated("Please sign in first.")
    company = request.headers.get(ACTING_FOR, "").strip()
    if company and g.session is not None:
        caller.check(anew=True)  # the token tells which companies there were when it was given
        session.act_for("" if company == session.required().account_id else company)


_BY_ENDPOINT: dict[tuple[str, str], Route] = {(route.method, PREFIX + route.path): route for route in ROUTES}


def _route_of_request() -> Route | None:
    return _BY_ENDPOINT.get((request.method, str(request.url_rule))) if request.url_rule else None


# -- errors ------------------------------------------------------------------------------------------------------


def _answer_with_problems(app: Flask) -> None:
    """Everything under /api/v1 fails with problem details; pages keep their own."""

    def inside() -> bool:
        return request.path.startswith(PREFIX)

    page_error, page_http, page_crash = errors.on_dextra_error, errors.on_http_error, errors.on_crash

    def on_error(error: DextraError) -> Any:
        return problems.of_error(error) if inside() else page_error(error)

    def on_http(error: HTTPException) -> Any:
        if inside() and error.code == 429:
            return problems.of_error(TooMany("Too many attempts. Wait a minute, then try again."))
        return problems.of_http(error) if inside() and error.response is None else page_http(error)

    def on_crash(error: Exception) -> Any:
        return problems.of_crash(error) if inside() else page_crash(error)

    app.register_error_handler(DextraError, on_error)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_crash)


# -- description -------------------------------------------------------------------------------------------------


def _doc(route: Route) -> dict[str, Any]:
    """What OpenAPI says of the route, from its contract's schemas."""
    shown = {"schema": route.call.result}
    doc: dict[str, Any] = {
        "summary": route.summary,
        "operationId": f"{route.method.lower()}_{route.call.name}",
        "tags": [route.tag],
        "security": [] if route.public else [{"bearer": []}],
        "responses": {
            str(route.status): {"description": route.summary, "content": {"application/json": shown}},
            "default": {"description": "A problem", "content": {"application/problem+json": {"schema": Problem}}},
        },
    }
    hidden = set(route.names.values())
    if isinstance(route.call, Query) and route.method == "POST":
        doc["requestBody"] = {"content": {"application/json": {"schema": route.call.request}}}
    elif isinstance(route.call, Query):
        doc["parameters"] = [
            {"in": "query", "name": name, "required": False, "schema": _simple(field)}
            for name, field in route.call.request().fields.items()
            if name not in hidden and f"<{name}>" not in route.path
        ]
    else:
        doc["parameters"] = [
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": False,
                "schema": {"type": "string", "maxLength": MOST_KEY},
                "description": "The same key with the same body gives the same answer and acts once.",
            }
        ]
        if set(route.call.request().fields) - hidden - {"id"}:
            doc["requestBody"] = {"content": {"application/json": {"schema": route.call.request}}}
    return doc


def _simple(field: ma.Field[Any]) -> dict[str, Any]:
    if isinstance(field, ma.List):
        return {"type": "array", "items": _simple(field.inner)}
    if isinstance(field, ma.Integer):
        return {"type": "integer"}
    if isinstance(field, ma.Boolean):
        return {"type": "boolean"}
    return {"type": "string"}


def _extras() -> Blueprint:
    extras = Blueprint("api", __name__, url_prefix=PREFIX)

    @extras.get("/docs")
    def docs() -> str:
        """The API, readable: made from the same table as the API itself."""
        spec = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
        return render_template("api/docs.html", spec=spec, routes=_grouped(), prefix=PREFIX)

    @extras.get("/taxonomy")
    def listed() -> Response:
        """Services, skills and languages with their labels."""
        return jsonify(
            services=dict(taxonomy.SERVICES), skills=dict(taxonomy.SKILLS), languages=dict(taxonomy.LANGUAGES)
        )

    return extras


def _grouped() -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for route in ROUTES:
        row = {**{k: v for k, v in asdict(route).items() if k not in ("call", "names")}, "call": route.call}
        row["request"] = _shape(route.call.request())
        row["result"] = _shape(route.call.result())
        grouped.setdefault(route.tag, []).append(row)
    return grouped


def _shape(schema: Schema) -> list[dict[str, Any]]:
    """The fields of a schema for the documentation's tables."""
    rows = []
    for name, field in schema.fields.items():
        kind = type(field).__name__
        if isinstance(field, ma.List):
            kind = f"list of {type(field.inner).__name__}"
        rows.append({"name": name, "kind": kind, "required": field.required})
    return rows
