"""An audit that looked at nothing is not a clean one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.audited import main, problems
from support.rows import row

PINS = "# the known-good set\njinja2==3.1.6\nrich==15.0.0\n"
CLEAN = [
    {"name": "jinja2", "version": "3.1.6", "vulns": []},
    {"name": "Rich", "version": "15.0.0", "vulns": []},
]


@row("S7")
@pytest.mark.parametrize(
    ("found", "pins", "expected"),
    [
        pytest.param(CLEAN, PINS, [], id="clean"),
        pytest.param([], PINS, ["jinja2: was not audited", "rich: was not audited"], id="nothing"),
        pytest.param(
            [CLEAN[0], {"name": "rich", "skip_reason": "not found"}],
            PINS,
            ["rich: was not audited"],
            id="skipped",
        ),
        pytest.param(
            [{**CLEAN[0], "vulns": [{"id": "CVE-2025-27516"}]}, CLEAN[1]],
            PINS,
            ["jinja2 3.1.6: CVE-2025-27516"],
            id="vulnerable",
        ),
        pytest.param([], "", ["there are no pins to audit"], id="no-pins"),
    ],
)
def test_the_report_of_an_audit(found: list[Any], pins: str, expected: list[str]) -> None:
    """Every pinned package must have been looked at, and none be known to be vulnerable."""
    assert problems(json.dumps({"dependencies": found, "fixes": []}), pins) == expected


@row("S7")
def test_an_audit_of_nothing_fails_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make audit` ends with its exit code."""
    report, pins = tmp_path / "report.json", tmp_path / "pins.txt"
    report.write_text('{"dependencies": []}', encoding="utf-8")
    pins.write_text(PINS, encoding="utf-8")
    assert main([str(report), str(pins)]) == 1
    assert "jinja2: was not audited" in capsys.readouterr().out
