"""Writes requirements.lock: every package that any way of running Dextra installs, pinned by version and hashes.

The lock is one file in three parts, each opened by a heading line, so that a shorter installation is a prefix of it:

    deployed      services and gateway in a container:     sed '/^# ==== local/,$d' requirements.lock
    local         adds the database of `make run`:         sed '/^# ==== development/,$d' requirements.lock
    development   adds tests, checkers and their stubs:    the whole file

Ranges are in pyproject.toml. Run it by `make lock`; versions already locked stay unless `make lock UPGRADE=1` is asked
for.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PARTS: dict[str, tuple[str, ...]] = {
    "deployed": (),
    "local": ("--group", "local"),
    "development": ("--group", "local", "--group", "dev"),
}
PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==", re.MULTILINE)


def main(arguments: list[str]) -> None:
    """Resolves everything at once, then sorts each pin into the first part that needs it."""
    everything = _resolve("development", upgrade="--upgrade" in arguments)
    pins = _pins(everything)
    text = ["# Written by `make lock` from pyproject.toml; see deploy/lock.py for its parts.\n"]
    placed: set[str] = set()
    for part in PARTS:
        names = set(_pins(_resolve(part, upgrade=False, constraints=everything)))
        text.append(f"\n# ==== {part}\n")
        text.extend(pins[name] for name in sorted(names - placed))
        placed |= names
    LOCK.write_text("".join(text))


def _resolve(part: str, *, upgrade: bool, constraints: str | None = None) -> str:
    """The universal resolution (every platform, Python 3.11 and later) of a part and those before it, as requirement
    lines."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
        *("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
        *PARTS[part],
        *(("--constraints", "-") if constraints is not None else ()),
        "pyproject.toml",
    ]
    if constraints is None and not upgrade and LOCK.exists():
        command += ["--constraints", str(LOCK)]
    return subprocess.run(command, cwd=ROOT, input=constraints, check=True, capture_output=True, text=True).stdout


def _pins(resolution: str) -> dict[str, str]:
    """Requirement blocks (pin and hashes) by package name; a package with one pin per Python version keeps all of
    them."""
    starts = [match.start() for match in PINNED.finditer(resolution)]
    blocks: dict[str, str] = {}
    for start, end in zip(starts, [*starts[1:], len(resolution)], strict=True):
        block = resolution[start:end].rstrip("\n") + "\n"
        name = block.split("==", 1)[0]
        blocks[name] = blocks.get(name, "") + block
    return blocks


if __name__ == "__main__":
    main(sys.argv[1:])
