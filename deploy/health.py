"""Asks a container's own health address; for the health checks of docker-compose.yml: `python -m deploy.health 8080
/readyz`."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request


def main(arguments: list[str]) -> int:
    """0 when the address answers 200 within 4 seconds, else 1 with the reason."""
    if len(arguments) != 2:
        print("Usage: python -m deploy.health PORT PATH")
        return 2
    port, path = arguments
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{int(port)}{path}", timeout=4) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError) as error:
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
