"""The gateway's one way to the services: contracts in, plain JSON out.

A page asks `queries(...)` once: all of it travels side by side in one wait, and with it the check that the session is
still good and the counts of the header's badges. A form does `command(...)` once, with the key made when it was drawn.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol, cast

from flask import current_app, g
from werkzeug.local import LocalProxy

from gateway import session, vocabulary
from shared.contracts import accounts, messaging
from shared.contracts.vocabulary import GetAdditions
from shared.platform.context import Actor, Context
from shared.platform.contract import SECRET_FIELDS, Call, Command, Query
from shared.platform.errors import KEY_USED, Conflict, DextraError, Unauthenticated
from shared.platform.money import Money
from shared.platform.rpc_client import Call as RpcCall

Json = Any
"""What came over the wire: dicts, lists, strings, numbers. Instants and money are parsed by the template filters."""


class Rpc(Protocol):
    """What the caller needs of shared.platform.rpc_client.RpcClient, and of its stand-in in tests."""

    def call(
        self,
        service: str,
        method: str,
        payload: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        safe: bool = False,
    ) -> Json:
        """The result. Raises a DextraError."""

    def gather(self, calls: Mapping[str, RpcCall], *, return_exceptions: bool = False) -> dict[str, Json]:
        """Results by name, and the errors among them where `return_exceptions`."""


@dataclass(frozen=True, slots=True)
class Maybe:
    """What a page can do without: None instead of its failure."""

    contract: Call
    payload: Mapping[str, Any]


def maybe(contract: Call, payload: Mapping[str, Any] | None = None) -> Maybe:
    return Maybe(contract, payload or {})


Asked = tuple[Query, Mapping[str, Any]] | Query | Maybe


def to_json(value: Any) -> Json:
    """Typed values as they cross the wire."""
    if isinstance(value, Money):
        return {"amount": value.amount, "currency": value.currency}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _wire_name(contract: Call) -> str:
    return contract.name if contract.version == 1 else f"{contract.name}.v{contract.version}"


@dataclass
class Caller:
    """Calls on behalf of one request's reader."""

    rpc: Rpc
    context: Context
    timeout: float = 8.0
    counts: dict[str, Any] = field(default_factory=dict)
    checked: bool = False
    """Whether this request has made sure of the session."""

    def query(self, contract: Query, payload: Mapping[str, Any] | None = None) -> Json:
        return self.queries(answer=(contract, payload or {}))["answer"]

    def queries(self, **asked: Asked) -> dict[str, Json]:
        """All answers by name, in one wait. Raises the first failure of those that are not `maybe`."""
        named = {name: _normal(each) for name, each in asked.items()}
        calls = {name: self._call(each, payload) for name, (each, payload, _) in named.items()}
        checking = self._checks()
        answers = self._gather({**calls, **checking, **self._news()})
        vocabulary.current().takes(answers.get("_taxonomy"))
        if checking:
            self._judge(answers)
        result: dict[str, Json] = {}
        for name, (_, _, needed) in named.items():
            answer = answers[name]
            if isinstance(answer, DextraError):
                if needed:
                    raise answer
                answer = None
            result[name] = answer
        return result

    def command(self, contract: Command, payload: Mapping[str, Any] | None = None, *, key: str) -> Json:
        """Does it, once for each `key`. Raises a DextraError."""
        self.check()
        sent = to_json(payload or {})
        headers = {**self._headers(), "idempotency_key": _bound(key, sent)}
        try:
            return self.rpc.call(
                contract.service,
                _wire_name(contract),
                sent,
                headers=headers,
                timeout=self.timeout,
                safe=bool(key),
            )
        except Conflict as error:
            if error.text.template != KEY_USED or g.get("without_cookie"):
                raise
            raise Conflict(
                "This form was sent before, with something else in it. Look whether that is what you wanted; if not, "
                "send it again."
            ) from error

    def check(self, *, anew: bool = False) -> None:
        """Makes sure that the session is still good, `anew` whatever is known of it. Raises Unauthenticated when it is
        not."""
        current = session.current()
        if current and (anew or (not self.checked and not session.known_good(current))):
            self._judge(self._gather({"_session": self._session_check(current.token)}))
        self.checked = True

    def _checks(self) -> dict[str, RpcCall]:
        current = session.current()
        if not current or self.checked:
            return {}
        checks = {"_counts": self._call(messaging.GetCounts, {})}
        if not session.known_good(current):
            checks["_session"] = self._session_check(current.token)
        return checks

    def _news(self) -> dict[str, RpcCall]:
        """What was added to the taxonomy, when it is time to ask."""
        taxonomy = vocabulary.current()
        return {"_taxonomy": self._call(GetAdditions, taxonomy.asks())} if taxonomy.is_due else {}

    def _judge(self, answers: Mapping[str, Json]) -> None:
        """Raises Unauthenticated when the session's check was refused; what else was answered is thrown away."""
        verdict = answers.get("_session")
        if isinstance(verdict, Unauthenticated):
            session.end()
            raise verdict
        if isinstance(verdict, DextraError):
            raise verdict
        if verdict is not None:
            session.confirmed(verdict["account"])
            self.context = replace(self.context, actor=session.required().actor)
        counts = answers.get("_counts")
        if isinstance(counts, Mapping):
            self.counts = dict(counts)
        self.checked = True

    def _gather(self, calls: Mapping[str, RpcCall]) -> Mapping[str, Json]:
        if not calls:
            return {}
        return self.rpc.gather(calls, return_exceptions=True)

    def _call(self, contract: Call, payload: Mapping[str, Any]) -> RpcCall:
        name = _wire_name(contract)
        return RpcCall(contract.service, name, to_json(payload), self._headers(), self.timeout, safe=True)

    def _session_check(self, token: str) -> RpcCall:
        return self._call(accounts.CheckSession, {"token": token})

    def _headers(self) -> dict[str, Any]:
        return self.context.child().to_headers()


def _bound(key: str, sent: Mapping[str, Any]) -> str:
    """The key, made one with the request's secrets where it has any.

    Services keep no trace of a password or a token, so that they cannot tell a repeated request from one with another
    password under the same key: the answer to the first would be given to whoever sends the second.
    """
    secrets = {name: sent[name] for name in SECRET_FIELDS if name in sent}
    if not key or not secrets:
        return key
    told = json.dumps([key, secrets], sort_keys=True).encode()
    return hmac.new(str(current_app.secret_key).encode(), told, "sha256").hexdigest()


def _normal(asked: Asked) -> tuple[Call, Mapping[str, Any], bool]:
    if isinstance(asked, Maybe):
        return asked.contract, asked.payload, False
    if isinstance(asked, Query):
        return asked, {}, True
    return asked[0], asked[1], True


def _current() -> Caller:
    if "caller" not in g:
        current = session.current()
        actor = current.actor if current else Actor()
        context = Context(actor=actor, request_id=g.request_id, traceparent=g.traceparent, locale=g.locale)
        g.caller = Caller(
            current_app.extensions["dextra.rpc"], context, current_app.extensions["dextra.settings"].call_timeout
        )
    return cast("Caller", g.caller)


caller: Caller = cast("Caller", LocalProxy(_current))
"""The present request's caller."""
