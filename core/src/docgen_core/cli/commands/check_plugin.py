"""`docgen check-plugin`: does a plugin keep the contract?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session

if TYPE_CHECKING:
    from docgen_core.conformance import Finding, Report

__all__ = ["check_plugin"]

_HELP = """Check a plugin against the contract that docgen has with all plugins.

PLUGIN is a document's id, the name of a pack or package that is installed, or the folder of a
plugin's project, which need not be installed. Every fault is shown with its file and line and
with what to do about it. The exit code is 3 when there is any.

The plugin's code runs in a process of its own, without network and without writing files; one
that hangs or ends its process is a fault like others. Only check what you would also install.

\b
Examples:
  docgen check-plugin glossary
  docgen check-plugin ./docgen-plugin-glossary
  docgen check-plugin . --json | jq '.findings[].code'
"""

_FAULTS = 3


@click.command("check-plugin", help=_HELP)
@click.argument("plugin")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1, max=600),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long importing the plugin, or one call of a hook, may take.",
)
@common_options
def check_plugin(session: Session, plugin: str, timeout: float) -> int:
    """Check and list what was found."""
    from docgen_core.conformance import check_plugin as check

    report = check(plugin, seconds=timeout, total=max(120.0, 12 * timeout))
    if session.output.json:
        session.output.document(_facts(report))
    for line in _lines(report):
        session.output.line(line)
    return _FAULTS if report.findings else 0


def _facts(report: Report) -> dict[str, object]:
    from docgen_core.cli.facts import plain

    return {
        "plugin": report.target,
        "valid": not report.findings,
        "checked": list(report.checked),
        "findings": [plain(finding) for finding in report.findings],
        "not_checked": list(report.missed),
    }


def _lines(report: Report) -> Iterator[str]:
    from docgen_core.cli.text import count, one_line

    for finding in report.findings:
        yield f"{_where(finding)}{finding.code} {one_line(finding.message)}"
        yield f"    {finding.hint}"
    if report.missed:
        yield f"Not checked because of this: {', '.join(report.missed)}."
    what = ", ".join(report.checked) or report.target
    yield f"{what}: {count(len(report.findings), 'fault') if report.findings else 'no faults'}"


def _where(finding: Finding) -> str:
    """Give the place as editors and terminals know it, from the working folder if below it."""
    from pathlib import Path

    if not finding.file:
        return ""
    path = Path(finding.file)
    file = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{file}:{finding.line}: " if finding.line else f"{file}: "
