"""A pytest plugin: tests in tests/integration run on eventlet, as the services do; all others on plain threads.

Eventlet's patch covers the whole process and cannot be undone, and a browser cannot be driven under it. So the two
kinds run in two processes: `pytest tests/integration`, and `pytest` with any other folder, or none.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ON_EVENTLET = Path(__file__).resolve().parents[1] / "integration"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Patches before anything of the project is imported. Not at import of this module: that would break pytest's
    capture."""
    start = early_config.invocation_params.dir
    named = [start / argument.split("::", 1)[0] for argument in args if not argument.startswith("-")]
    kinds = {ON_EVENTLET in (path.resolve(), *path.resolve().parents) for path in named if path.exists()}
    if kinds == {True, False}:
        raise pytest.UsageError("tests/integration runs on eventlet: run it apart from other tests (`make test` does).")
    if kinds == {True}:
        import eventlet

        eventlet.monkey_patch()
