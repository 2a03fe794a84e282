"""`docgen report`: what a run asked for, when, and what came back, as one page."""

from __future__ import annotations

from pathlib import Path

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session

__all__ = ["report"]

_HELP = """Write the report of a folder's last run as one HTML page.

OUT is a folder that `docgen generate` wrote. The page shows a timeline with one bar for each
request (waiting, reading the prompt, writing), tokens in and out, tokens per second, time to first
token, what failed and why, what came from the cache, and which deliverable reads which. It needs
no network and no script, and opens in any browser.

\b
Examples:
  docgen report output/my-project
  docgen report output/my-project -o report.html
  docgen report output/my-project --json | jq .completion_tokens
"""


@click.command(help=_HELP)
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    help="Where to write the page; by default OUT/report.html.",
)
@common_options
def report(session: Session, out: Path, *, target: Path | None) -> None:
    """Read run.json and write the page, or the figures as JSON."""
    from docgen_core.errors import FileError
    from docgen_core.report import render_page, summarise
    from docgen_core.store.atomic import require_folder, write_text
    from docgen_core.store.record import read_run

    require_folder(out)
    record = read_run(out)
    if record is None:
        raise FileError(
            f"{out} holds no readable record of a run",
            hint="Name the folder that `docgen generate -o` wrote to, or run that command again.",
        )
    summary = summarise(record)
    if session.output.json:
        import attrs

        # The drawings are left out: they are for eyes.
        kept = attrs.filters.exclude("panels", "graph")
        session.output.document(attrs.asdict(summary, filter=kept))
        return
    path = target or out / "report.html"
    write_text(path, render_page(summary))
    session.output.line(str(path))
