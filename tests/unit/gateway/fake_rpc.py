"""A stand-in for the services: canned answers by method, and a record of what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.platform.contract import Call as Contract
from shared.platform.errors import DextraError, Unavailable
from shared.platform.rpc_client import Call as RpcCall

Answer = Any | DextraError | Callable[[dict[str, Any]], Any]


@dataclass
class Asked:
    """A call that arrived. `together` numbers the wait it was part of."""

    method: str
    payload: dict[str, Any]
    headers: dict[str, Any]
    together: int


@dataclass
class FakeRpc:
    """Answers by `service.method`: a value, an error to raise, or a function of the payload."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    waits: int = 0

    def on(self, contract: Contract, answer: Answer) -> FakeRpc:
        self.answers[f"{contract.service}.{contract.name}"] = answer
        return self

    def calls(self, contract: Contract) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == f"{contract.service}.{contract.name}"]

    def forget(self) -> None:
        self.asked.clear()
        self.waits = 0

    def call(
        self,
        service: str,
        method: str,
        payload: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        safe: bool = False,
    ) -> Any:
        self.waits += 1
        answer = self._answer(RpcCall(service, method, payload or {}, headers or {}, timeout, safe))
        if isinstance(answer, DextraError):
            raise answer
        return answer

    def gather(self, calls: Mapping[str, RpcCall], *, return_exceptions: bool = False) -> dict[str, Any]:
        self.waits += 1
        answers = {name: self._answer(call) for name, call in calls.items()}
        if not return_exceptions:
            for answer in answers.values():
                if isinstance(answer, DextraError):
                    raise answer
        return answers

    def _answer(self, call: RpcCall) -> Any:
        method = f"{call.service}.{call.method}"
        self.asked.append(Asked(method, dict(call.payload), dict(call.headers), self.waits))
        if method not in self.answers:
            return Unavailable("Nothing was canned for %(method)s.", method=method)
        answer = self.answers[method]
        if callable(answer):
            try:
                return answer(dict(call.payload))
            except DextraError as error:
                return error
        return answer
