"""The grammar of contracts: commands, queries and events, each a name, a version and marshmallow schemas.

`shared/contracts/<service>.py` declares them with these classes; the service shell answers them, the gateway calls
them, and the contract snapshot is made from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from shared.platform.context import Colleague
from shared.platform.errors import FieldErrors, Invalid, Text

SECRET_FIELDS = frozenset({"password", "token", "passcode"})
"""Fields of a request that leave no trace in a service, not even a digest's."""
UNKEEPABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters other than white space, and halves of surrogate pairs: no database or e-mail takes them."""


class Message(Schema):
    """Base of all contract schemas: fields that a newer sender added are ignored, not refused."""

    class Meta:
        unknown = EXCLUDE


class Empty(Message):
    """Nothing to say."""


def flatten(messages: Any, prefix: str = "") -> FieldErrors:
    """Marshmallow's nested error messages as one level: `{"terms": {"rate": [..]}}` becomes `{"terms.rate": [..]}`."""
    if isinstance(messages, Mapping):
        flat: FieldErrors = {}
        for key, value in messages.items():
            name = prefix if key == "_schema" and prefix else f"{prefix}.{key}" if prefix else str(key)
            for field_name, texts in flatten(value, name).items():
                flat.setdefault(field_name, []).extend(texts)
        return flat
    listed = messages if isinstance(messages, list) else [messages]
    return {prefix: [text if isinstance(text, Text) else Text(str(text)) for text in listed]}


def _unkeepable(data: Any, path: str = "") -> Iterator[str]:
    """Where in the data there is text that cannot be kept."""
    if isinstance(data, str):
        if UNKEEPABLE.search(data):
            yield path
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _unkeepable(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _unkeepable(value, f"{path}.{number}")


def load(schema: Schema, data: Any) -> Any:
    """The data with typed values. Raises Invalid with every wrong field."""
    if wrong := list(_unkeepable(data)):
        refusal = Text("This text holds characters that cannot be shown. Type it anew, or paste it as plain text.")
        raise Invalid(fields={path: [refusal] for path in wrong})
    try:
        return schema.load(data)
    except ValidationError as error:
        raise Invalid(fields=flatten(error.messages)) from error


@dataclass(frozen=True, eq=False)
class Call:
    """An RPC method of `service`. `request` and `result` are schema classes; `many` says that the result is a list."""

    service: str
    name: str
    request: type[Message]
    result: type[Message]
    many: bool = False
    version: int = 1
    secret: bool = False
    """The result holds a one-time secret: it is kept under its idempotency key for minutes only."""

    @property
    def safe(self) -> bool:
        """May be sent again without harm when no answer came."""
        return False

    def load_request(self, data: Any) -> dict[str, Any]:
        loaded: dict[str, Any] = load(self.request(), data)
        return loaded

    def dump_request(self, data: Any) -> Any:
        return self.request().dump(data)

    def dump_result(self, result: Any) -> Any:
        return self.result(many=self.many).dump(result if result is not None else {})

    def load_result(self, data: Any) -> Any:
        return self.result(many=self.many).load(data)


@dataclass(frozen=True, eq=False)
class Command(Call):
    """Changes something. Takes an idempotency key; runs in one transaction together with its events.

    `colleagues` are the roles in which somebody may do it for a client company. `personal`: it is about the caller's
    own account, whatever company they act for at the moment.
    """

    colleagues: tuple[Colleague, ...] = ("owner",)
    personal: bool = False


class Query(Call):
    """Changes nothing."""

    @property
    def safe(self) -> bool:
        return True


@dataclass(frozen=True, eq=False)
class Event:
    """A fact: past tense, versioned, self-contained.

    A `transient` event (one that carries a one-time secret) is forgotten once it is published and is not part of the
    history.
    """

    service: str
    name: str
    schema: type[Message]
    version: int = 1
    transient: bool = False

    def dump(self, data: Any) -> dict[str, Any]:
        dumped: dict[str, Any] = self.schema().dump(data)
        return dumped

    def load(self, data: Any) -> dict[str, Any]:
        loaded: dict[str, Any] = self.schema().load(data)
        return loaded
