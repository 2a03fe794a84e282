"""`docgen replay`: make a document again from its folder, without a server."""

from __future__ import annotations

from pathlib import Path

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session

__all__ = ["replay"]

_HELP = """Make the document of an output folder again, without a server.

OUT is a folder that `docgen generate` wrote. Sections and document are made from the answers, the
brief, the settings and the date that are stored there; nothing is asked and no connection is
opened. Sections that you edited are kept. Of a run that was killed you get what is finished.

\b
Examples:
  docgen replay output/my-project
  rm output/my-project/document.md; docgen replay output/my-project
"""


@click.command(help=_HELP)
@click.argument("out", type=click.Path(path_type=Path))
@common_options
def replay(session: Session, out: Path) -> int:
    """Rebuild, then name the document and what is missing."""
    from docgen_core.cli.facts import run_facts
    from docgen_core.cli.output import note
    from docgen_core.cli.text import one_line
    from docgen_core.engine.replay import replay as make_again

    result = make_again(out)
    if session.output.json:
        session.output.document(run_facts(result, out))
    for item in result.deliverable_results:
        if item.error is not None:
            note(f"docgen: error: {one_line(str(item.error))}. {item.error.hint}")
    if result.document_error is not None:
        error = result.document_error
        note(f"docgen: error: no document: {one_line(str(error))}. {error.hint}")
    told = [f"{x.title}: {warning}" for x in result.deliverable_results for warning in x.warnings]
    for warning in (*told, *result.warnings):
        note(f"docgen: warning: {one_line(warning)}")
    session.output.line(str(result.files[0]))
    return result.exit_code
