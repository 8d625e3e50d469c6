"""Every check and every test but the long ones, in parts that run side by side: `make test`.

As many parts at once as there are cores. What a part printed is shown when it has ended; its whole
log is kept under build/tests. Each part is a process of its own, so that tests on eventlet and tests without it never
share one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tests.support.demo import SHARED

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "build" / "tests"
SHOWN = 6
"""Last lines of a part that passed; of one that failed all are shown."""
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    part: Part
    code: int
    seconds: float
    output: str


def files(folder: str) -> list[str]:
    """The test files of a folder, the largest first: a rough measure of how long they take."""
    found = sorted((ROOT / "tests" / folder).glob("test_*.py"), key=lambda path: -path.stat().st_size)
    return [str(path.relative_to(ROOT)) for path in found]


LONGEST = "test_quality_people"
"""Begins, and makes the demo's data; what needs none of them runs beside it meanwhile."""


def parts() -> Iterator[Part]:
    """In the order in which they begin. Every test file is in one of them."""
    journeys = [Part(Path(path).stem, (*PYTEST, path)) for path in files("journeys")]
    yield from (part for part in journeys if part.name == LONGEST)
    yield Part("lint", ("make", "--no-print-directory", "lint"))
    yield Part("unit and contracts", (*PYTEST, "tests/unit", "tests/contracts"))
    integration = files("integration")
    for number in range(2):
        yield Part(f"integration {number + 1}", (*PYTEST, *integration[number::2]))
    yield from (part for part in journeys if part.name != LONGEST)
    yield Part("faults", (*PYTEST, "tests/faults"))


def run(part: Part, environ: dict[str, str]) -> Ended:
    started = time.monotonic()
    done = subprocess.run(
        part.command,
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    (LOGS / f"{part.name.replace(' ', '-')}.log").write_text(done.stdout, encoding="utf-8")
    return Ended(part, done.returncode, time.monotonic() - started, done.stdout)


def show(ended: Ended) -> None:
    passed = ended.code == 0
    lines = ended.output.rstrip().splitlines()
    told = lines[-SHOWN:] if passed else lines
    print(f"==== {ended.part.name}: {'passed' if passed else 'FAILED'} after {ended.seconds:.0f} s", *told, sep="\n")
    sys.stdout.flush()


def summary(all_ended: Iterable[Ended], seconds: float) -> int:
    failed = [ended.part.name for ended in all_ended if ended.code]
    said = f"FAILED: {', '.join(failed)}" if failed else "all passed"
    print(f"==== {said} after {seconds:.0f} s; logs are in {LOGS.relative_to(ROOT)}")
    return 1 if failed else 0


def main() -> int:
    started = time.monotonic()
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="dextra-tests-") as shared:
        environ = {**os.environ, SHARED: shared}
        with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
            running = [pool.submit(run, part, environ) for part in parts()]
            ended = []
            for future in as_completed(running):
                ended.append(future.result())
                show(ended[-1])
    return summary(ended, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
