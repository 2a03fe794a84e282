"""`docgen status`: what an output folder holds, and what was changed since it was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import columns, duration

if TYPE_CHECKING:
    from docgen_core.store import RunRecord, SectionRecord

__all__ = ["status"]

_HELP = """Show what an output folder holds.

OUT is a folder that `docgen generate` wrote. For each section you see whether it is finished,
which model wrote it, and whether its file was edited or removed since.

\b
Examples:
  docgen status output/my-project
  docgen status output/my-project --json | jq '.sections[] | select(.status != "done")'
"""


@click.command(help=_HELP)
@click.argument("out", type=click.Path(path_type=Path))
@common_options
def status(session: Session, out: Path) -> None:
    """Read the folder's record and compare the files with it."""
    record = _read(out)
    states = {section.id: _file_state(out, section) for section in record.sections}
    if session.output.json:
        session.output.document(_facts(out, record, states))
        return
    session.output.line(f"{record.brief_title}: {record.status}")
    session.output.line(
        f"written by docgen {record.docgen}, {record.started}, in {duration(record.seconds)}\n"
    )
    rows = [
        (section.id, section.status, states[section.id], section.model, section.error)
        for section in record.sections
    ]
    for line in columns(("section", "status", "file", "model", ""), rows):
        session.output.line(line)


def _read(out: Path) -> RunRecord:
    from docgen_core.errors import FileError
    from docgen_core.store import read_run

    record = read_run(out) if out.is_dir() else None
    if record is None:
        msg = f"{out} holds no readable run.json" if out.is_dir() else f"there is no folder {out}"
        raise FileError(msg, hint="Name the folder that `docgen generate -o` wrote to.")
    return record


def _file_state(out: Path, section: SectionRecord) -> str:
    """Compare a section's file with what docgen wrote: unchanged, edited, missing, or none."""
    import hashlib

    if not section.file:
        return "-"
    try:
        content = (out / section.file).read_bytes()
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
    same = not section.sha256 or hashlib.sha256(content).hexdigest() == section.sha256
    return "unchanged" if same else "edited"


def _facts(out: Path, record: RunRecord, states: dict[str, str]) -> dict[str, Any]:
    from docgen_core.cli.facts import plain

    facts: dict[str, Any] = plain(record)
    for section in facts["sections"]:
        section["file_state"] = states[section["id"]]
    return {"folder": str(out), **facts}
