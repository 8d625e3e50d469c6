"""A child of tests/unit/platform/test_child.py: does what its input says."""

from __future__ import annotations

import os
import sys
import time

from shared.platform.child import limit


def main() -> None:
    limit(memory=400_000_000, seconds=5)
    asked = sys.stdin.buffer.read()
    if asked == b"sleep":
        time.sleep(30)
    elif asked == b"crash":
        raise SystemExit(3)
    elif asked == b"swell":
        bytearray(800_000_000)
    elif asked == b"secrets":
        sys.stdout.buffer.write(" ".join(sorted(os.environ)).encode())
    else:
        sys.stdout.buffer.write(asked)


if __name__ == "__main__":
    main()
