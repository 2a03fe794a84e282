"""`docgen check`: what is wrong with a finished pack?"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.output import note
from docgen_core.cli.session import Session
from docgen_core.cli.text import count, one_line

if TYPE_CHECKING:
    from docgen_core.check import Finding, Report

__all__ = ["check"]

_HELP = """Look for what is wrong with a finished pack, without a model or a server.

OUT is a folder that `docgen generate` wrote, or any folder of Markdown files. Finds ids that lead
nowhere or stand twice, items that nothing refers to, figures that contradict each other, repeated
paragraphs, empty sections, texts left to be filled in, a wrong language, broken links and unclosed
code blocks. Nothing is changed.

\b
Exit code: 0 when no error was found, 5 otherwise; with --strict, warnings count, too.

\b
Examples:
  docgen check output/my-project
  docgen check output/my-project --json | jq -r '.findings[] | "\\(.file):\\(.line) \\(.message)"'
"""

_FOUND = 5


@click.command(help=_HELP)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--strict", "warnings_count", is_flag=True, help="Let warnings count as errors.")
@click.option(
    "--language",
    metavar="TAG",
    default="",
    help="The language that the pack should be in.  [default: that of the run]",
)
@common_options
def check(session: Session, out: Path, *, warnings_count: bool, language: str) -> int:
    """Check, and list what was found by file."""
    from docgen_core.check import Severity, check_pack

    report = check_pack(out, language=language)
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    if session.output.json:
        session.output.document(_facts(out, report))
    for file, findings in groupby(report.findings, key=lambda finding: finding.file):
        session.output.line(one_line(file))
        for finding in findings:
            for line in _lines(finding):
                session.output.line(line)
        session.output.line()
    session.output.line(f"{count(errors, 'error')}, {count(warnings, 'warning')} in {out}")
    for reason in report.not_checked:
        note(f"not checked: {reason}")
    return _FOUND if errors or (warnings_count and warnings) else 0


def _lines(finding: Finding) -> tuple[str, str]:
    place = f"{finding.line}:" if finding.line else ""
    head = f"  {place:>5} {finding.severity}: {one_line(finding.message)} [{finding.code}]"
    return head, f"        {finding.advice}"


def _facts(out: Path, report: Report) -> dict[str, Any]:
    from docgen_core.check import Severity

    return {
        "folder": str(out),
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "findings": [
            {
                "file": finding.file,
                "line": finding.line,
                "severity": finding.severity.value,
                "code": finding.code,
                "message": finding.message,
                "advice": finding.advice,
            }
            for finding in report.findings
        ],
        "not_checked": list(report.not_checked),
    }
