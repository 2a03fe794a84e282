"""`docgen status`: what an output folder holds, and what the next run would do and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import columns, duration

if TYPE_CHECKING:
    from docgen_core.engine.freshness import FolderStatus, SectionStatus

__all__ = ["status"]

_HELP = """Show what an output folder holds, and what is stale.

OUT is a folder that `docgen generate` wrote. For each section you see whether it is up to date,
stale, missing or failed, and whether you edited its file. It is stale when the same command would
ask for it, or render it, again: --explain names what changed. No server is needed, and nothing is
written.

\b
Examples:
  docgen status output/my-project
  docgen status output/my-project --explain
  docgen status output/my-project -f brief.md      as if the brief were this one
  docgen status output/my-project --json | jq '.sections[] | select(.state == "stale")'
"""


@click.command(help=_HELP)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--explain", is_flag=True, help="Name each changed input of what is stale.")
@click.option(
    "-f",
    "--file",
    metavar="FILE",
    help="Compare with the brief in FILE (- is standard input) instead of the recorded one.",
)
@common_options
def status(session: Session, out: Path, *, explain: bool, file: str | None) -> None:
    """Compare the folder with what the same command would do now."""
    from docgen_core.cli.brief import read_brief

    brief = None if file is None else read_brief(None, file)
    with session.engine() as engine:
        found = engine.status(out, brief)
    if session.output.json:
        session.output.document(_facts(out, found))
        return
    _print(session, found, explain=explain)


def _print(session: Session, found: FolderStatus, *, explain: bool) -> None:
    record = found.record
    session.output.line(f"{record.brief_title}: {record.status}")
    session.output.line(
        f"written by docgen {record.docgen}, {record.started}, in {duration(record.seconds)}\n"
    )
    rows = [
        (item.id, item.state, item.file, _model(found, item), _why(item)) for item in found.sections
    ]
    for line in columns(("section", "state", "file", "model", ""), rows):
        session.output.line(line)
    if explain:
        _explain(session, found)
    elif any(item.state == "stale" for item in found.sections):
        session.output.line("\n`docgen status --explain` names what changed.")


def _model(found: FolderStatus, item: SectionStatus) -> str:
    section = found.record.section(item.id)
    return "" if section is None else section.model


def _why(item: SectionStatus) -> str:
    if item.error:
        return item.error
    return f"refined: {item.wish}" if item.wish else ""


def _explain(session: Session, found: FolderStatus) -> None:
    for item in found.sections:
        if item.state != "stale":
            continue
        will = "will be asked for again" if item.asks else "will be made again without asking"
        session.output.line(f"\n{item.id} {will}:")
        for change in item.changes:
            session.output.line(f"  {change}")


def _facts(out: Path, found: FolderStatus) -> dict[str, Any]:
    """The record as run.json has it, with what was found out about each section."""
    from docgen_core.cli.facts import plain

    facts: dict[str, Any] = plain(found.record)
    recorded = {section["id"]: section for section in facts["sections"]}
    facts["sections"] = [
        {
            **recorded.get(item.id, {"id": item.id, "status": "not started"}),
            "state": item.state,
            "file_state": item.file,
            "asks": item.asks,
            "wish": item.wish,
            "changes": [{**plain(change), "text": str(change)} for change in item.changes],
            "reason": item.error,
        }
        for item in found.sections
    ]
    return {"folder": str(out), **facts}
