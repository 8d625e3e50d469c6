"""Busy times of a calendar that somebody's address gave: worked out in a process of its own (`python -m` this module).

A small file can ask for days of reckoning, with rules that repeat a thousand times over or that no day ever meets. The
process ends at its limit of processor time, and with it the reading, and nothing else waits.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

from services.profiles.domain.calendars import BusySpan, busy_times
from shared.platform.child import AllBusy, ChildFailed, limit, run_child
from shared.platform.errors import Invalid

MEMORY = 1_000_000_000
CPU_SECONDS = 8
"""Three times what the largest file takes that is no trap."""
SECONDS = 15.0
MODULE = "services.profiles.inspection.times"


def times(data: bytes, zone: str, begin: datetime, end: datetime, *, seconds: float = SECONDS) -> tuple[BusySpan, ...]:
    """What is taken between two instants. Raises Invalid, with a sentence for whoever follows the calendar."""
    asked = json.dumps({"zone": zone, "begin": begin.isoformat(), "end": end.isoformat()}).encode()
    try:
        answer = json.loads(run_child(MODULE, asked + b"\n" + data, seconds=seconds))
    except AllBusy as error:
        raise Invalid("Many files are being looked through just now. Please try again in a moment.") from error
    except ChildFailed as error:
        sentence = "This calendar holds too many events. Use one with fewer, such as the one for work."
        raise Invalid(sentence) from error
    if "refused" in answer:
        raise Invalid(answer["refused"])
    return tuple(BusySpan(*map(datetime.fromisoformat, span)) for span in answer["busy"])


def times_here(given: bytes) -> bytes:
    """The same in this process: what the child does."""
    line, _, data = given.partition(b"\n")
    asked = json.loads(line)
    begin, end = (datetime.fromisoformat(asked[name]) for name in ("begin", "end"))
    try:
        busy = busy_times(data, asked["zone"], begin, end)
    except Invalid as error:
        return json.dumps({"refused": error.text.template}).encode()
    return json.dumps({"busy": [(span.start.isoformat(), span.end.isoformat()) for span in busy]}).encode()


def main() -> None:
    limit(memory=MEMORY, seconds=CPU_SECONDS)
    sys.stdout.buffer.write(times_here(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
