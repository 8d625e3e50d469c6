"""Logs: JSON lines that quote nobody's data, whoever raised what."""

from __future__ import annotations

import contextlib
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from shared.platform.logs import configure_logs, outline


@contextlib.contextmanager
def configured() -> Iterator[io.StringIO]:
    """Logs as in a service; gives what is written to standard error."""
    root, containers = logging.getLogger(), logging.getLogger("nameko.containers")
    before = root.handlers[:], root.level, containers.level
    with contextlib.redirect_stderr(io.StringIO()) as written:
        configure_logs("INFO")
        yield written
    root.handlers[:], root_level, containers_level = before
    root.setLevel(root_level)
    containers.setLevel(containers_level)
    structlog.reset_defaults()


def fail() -> None:
    try:
        raise KeyError("anna@example.com")
    except KeyError as error:
        raise ValueError("no account anna@example.com") from error


def test_an_exception_is_told_by_its_type_and_its_way_and_not_by_its_message() -> None:
    with pytest.raises(ValueError) as raised:
        fail()

    told = outline(raised.value)

    assert "anna" not in told
    assert told.startswith("ValueError at ")
    assert "test_logs.py" in told
    assert "; from KeyError at " in told


def test_a_logged_exception_leaves_its_message_out() -> None:
    with configured() as written:
        try:
            fail()
        except ValueError:
            logging.getLogger("some.library").exception("it failed")
            structlog.get_logger("own").exception("own.failed")

    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["it failed", "own.failed"]
    assert all(line["exception"].startswith("ValueError at ") for line in lines)
    assert "anna" not in written.getvalue()


def test_the_container_does_not_quote_a_failed_handler() -> None:
    with configured() as written:
        logging.getLogger("nameko.containers").error("error handling worker: %s", "no account anna@example.com")

    assert written.getvalue() == ""
