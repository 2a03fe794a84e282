"""Reads a report of pip-audit: what is vulnerable, and whether it looked at anything at all.

`python tests/support/audited.py REPORT PINS` fails unless each pinned package was looked at, and
none is known to be vulnerable. pip-audit itself passes over what it cannot find, with exit code 0.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["main", "problems"]


def problems(report: str, pins: str) -> list[str]:
    """Give what is wrong, a line each.

    Args:
        report: What `pip-audit --format json` wrote.
        pins: Lines of `name==version`.
    """
    found = {item["name"].lower(): item for item in json.loads(report)["dependencies"]}
    audited = {name for name, item in found.items() if "vulns" in item}
    wanted = {line.partition("==")[0].strip().lower() for line in pins.splitlines() if "==" in line}
    missing = [f"{name}: was not audited" for name in sorted(wanted - audited)]
    known = [
        f"{name} {item['version']}: {vulnerability['id']}"
        for name, item in sorted(found.items())
        for vulnerability in item.get("vulns", ())
    ]
    return [*missing, *known] if wanted else ["there are no pins to audit"]


def main(arguments: Sequence[str]) -> int:
    """Print the problems; 0 when there are none."""
    report, pins = (Path(argument).read_text(encoding="utf-8") for argument in arguments)
    wrong = problems(report, pins)
    print("\n".join(wrong) or f"no known vulnerability in {pins.count('==')} packages")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
