"""Errors that cross services: a small closed set, each with a sentence that says what to do.

A sentence is kept as a template and its parameters, so that the page that shows it can be in another language than the
service that raised it: the template is the key of the translation catalogues. Pure: a `domain` may raise these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self


class Text(str):
    """An English sentence that remembers the template and parameters it was made from.

    >>> Text("At least %(min)s hours", min=5)
    'At least 5 hours'
    """

    template: str
    params: dict[str, Any]

    def __new__(cls, template: str, **params: Any) -> Self:
        text = super().__new__(cls, template % params if params else template)
        text.template = template
        text.params = params
        return text

    def to_wire(self) -> dict[str, Any]:
        return {"message": self.template, "params": self.params}

    @classmethod
    def from_wire(cls, data: Mapping[str, Any] | str) -> Text:
        if isinstance(data, str):
            return cls(data)
        return cls(str(data.get("message", "")), **dict(data.get("params") or {}))


FieldErrors = dict[str, list[Text]]


class DextraError(Exception):
    """Base of all errors that a caller may see. `code` crosses the wire; `status` is its HTTP status."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, template: str, /, **params: Any) -> None:
        self.text = Text(template, **params)
        self.fields: FieldErrors = {}
        super().__init__(str(self.text))


class NotFound(DextraError):
    """What was asked for does not exist, or the caller may not know that it does."""

    code = "not_found"
    status = 404


class Unauthenticated(DextraError):
    """Nobody is signed in, or the session has ended."""

    code = "unauthenticated"
    status = 401


class Forbidden(DextraError):
    """The caller is known and may not do this."""

    code = "forbidden"
    status = 403


class Unproven(DextraError):
    """The caller is signed in, and has to show once more who they are before this: something of weight is at stake."""

    code = "unproven"
    status = 403


class Conflict(DextraError):
    """The state does not allow it: the transition is not drawn, or somebody else was first."""

    code = "conflict"
    status = 409


KEY_USED = "This idempotency key was used for another request. Use a new key for each new request."


def key_used() -> Conflict:
    """For programs; pages say it in words of forms."""
    return Conflict(KEY_USED)


class Invalid(DextraError):
    """The input is wrong; `fields` says where. Nested fields are joined by dots: `terms.rate`."""

    code = "invalid"
    status = 422

    def __init__(
        self,
        template: str = "Some fields need your attention.",
        /,
        fields: Mapping[str, Sequence[Text]] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(template, **params)
        self.fields = {name: list(texts) for name, texts in (fields or {}).items()}

    @classmethod
    def field(cls, name: str, template: str, /, **params: Any) -> Invalid:
        """One wrong field, with the sentence shown beside it."""
        return cls(fields={name: [Text(template, **params)]})


class Unavailable(DextraError):
    """A part of Dextra does not answer now. Trying again later is safe."""

    code = "unavailable"
    status = 503


class Internal(DextraError):
    """Something broke that is nobody's input. The details are in the log, never in the answer."""


class TooMany(DextraError):
    """Too many attempts; the sentence says when to try again."""

    code = "too_many"
    status = 429


_BY_CODE: dict[str, type[DextraError]] = {
    kind.code: kind
    for kind in (NotFound, Unauthenticated, Forbidden, Unproven, Conflict, Invalid, Unavailable, Internal, TooMany)
}


def to_wire(error: BaseException) -> dict[str, Any]:
    """The error as it crosses RPC. Anything that is not ours becomes `internal`, without its message."""
    if not isinstance(error, DextraError):
        error = Internal("Something went wrong on our side. Nothing was changed; please try again.")
    return {
        "code": error.code,
        **error.text.to_wire(),
        "fields": {name: [text.to_wire() for text in texts] for name, texts in error.fields.items()},
    }


def from_wire(data: Mapping[str, Any]) -> DextraError:
    """The error that `to_wire` described. An unknown code (a newer service's) becomes `internal`."""
    kind = _BY_CODE.get(str(data.get("code")), Internal)
    error = kind.__new__(kind)
    DextraError.__init__(error, str(data.get("message", "")), **dict(data.get("params") or {}))
    error.fields = {
        name: [Text.from_wire(text) for text in texts] for name, texts in dict(data.get("fields") or {}).items()
    }
    return error
