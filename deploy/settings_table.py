"""Writes the tables of settings into docs/operating.md, from the code that reads them. `make docs` calls it."""

from __future__ import annotations

import sys
from pathlib import Path

from deploy.services import SERVICES, load_service
from gateway.settings import GatewaySettings
from shared.platform.settings import ServiceSettings, describe

PATH = Path(__file__).resolve().parents[1] / "docs" / "operating.md"
START, END = "<!-- settings -->\n", "<!-- /settings -->\n"


def tables() -> str:
    """Markdown: what all services read, then what each reads besides, then the gateway."""
    common = describe(ServiceSettings)
    parts = ["### Every service", _table(common)]
    for name, path in SERVICES.items():
        more = [row for row in describe(load_service(path).settings_class) if row not in common]
        if more:
            parts += [f"### {name}", _table(more)]
    parts += ["### gateway", _table(describe(GatewaySettings))]
    return "\n\n".join(parts) + "\n"


def _table(rows: list[tuple[str, str, str]]) -> str:
    lines = ["| setting | default | meaning |", "| --- | --- | --- |"]
    lines += [
        f"| `{name}` | {f'`{default}`' if default else '(empty)'} | {meaning} |" for name, default, meaning in rows
    ]
    return "\n".join(lines)


def updated(text: str) -> str:
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n{tables()}\n{END}{tail}"


def main() -> int:
    text = PATH.read_text(encoding="utf-8")
    fresh = updated(text)
    if "--check" in sys.argv:
        if fresh != text:
            print("docs/operating.md does not list today's settings: run `make docs`")
            return 1
        return 0
    PATH.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
