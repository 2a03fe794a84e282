"""`docgen refine`: one section again, with a wish."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen_core.cli.completion import complete_ids
from docgen_core.cli.options import (
    cache_flags,
    cache_options,
    common_options,
    server_flags,
    server_options,
)
from docgen_core.cli.session import Session

if TYPE_CHECKING:
    from docgen_core.engine import OrchestrationEngine
    from docgen_core.engine.refine import Refinement
    from docgen_core.settings import LoadedSettings

__all__ = ["refine"]

_HELP = """Write one section of a folder again, with a wish.

ID is a section of the folder that `docgen generate` wrote to (-o), WISH what is to be different,
in your own words. The model gets the section as it stands and the wish. You see what changed;
what you edited by hand is merged. The wish stays in the folder: a later `docgen generate` heeds
it, and writes again what depends on the section. --undo takes the latest wish back.

\b
Examples:
  docgen refine glossary "make it shorter" -o output/my-project
  docgen refine glossary "make it shorter" -o output/my-project --dry-run
  docgen refine glossary --undo -o output/my-project
"""

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@click.command(help=_HELP)
@click.argument("deliverable", metavar="ID", shell_complete=complete_ids)
@click.argument("wish", required=False)
@click.option(
    "-o",
    "--output",
    "out",
    metavar="OUT",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that holds the section.",
)
@click.option("--undo", is_flag=True, help="Take the latest wish for the section back.")
@click.option("--dry-run", is_flag=True, help="Show the prompt; contact no server.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress and no changes.")
@server_options
@cache_options
@common_options
def refine(  # noqa: PLR0913 - one parameter per option
    session: Session,
    /,
    *,
    deliverable: str,
    wish: str | None,
    out: Path,
    undo: bool,
    dry_run: bool,
    quiet: bool,
    models: tuple[str, ...],
    base_url: str | None,
    server: str | None,
    cache: str | None,
    no_cache: bool,
) -> int:
    """Ask, or take a wish back, and show what changed."""
    from docgen_core.errors import UsageError

    if undo == (wish is not None):
        what = "--undo takes no wish" if undo else "there is no wish"
        raise UsageError(
            what, hint='Say what is to change: docgen refine ID "make them B2B" -o OUT'
        )
    flags = {**server_flags(models, base_url, server), **cache_flags(cache, no_cache=no_cache)}
    loaded = session.settings(flags)
    if dry_run and wish is not None:
        with session.engine(loaded) as engine:
            return _show_prompt(session, engine, deliverable, wish, out)
    found = _run(session, loaded, deliverable, wish, out, quiet=quiet)
    return _conclude(session, found, quiet=quiet)


def _show_prompt(
    session: Session, engine: OrchestrationEngine, deliverable: str, wish: str, out: Path
) -> int:
    from docgen_core.cli.facts import plain

    found = engine.preview_refine(deliverable, wish, output=out)
    if session.output.json:
        session.output.document({"dry_run": True, **plain(found)})
    session.output.line(found.prompt)
    return 0


def _run(
    session: Session,
    loaded: LoadedSettings,
    deliverable: str,
    wish: str | None,
    out: Path,
    *,
    quiet: bool,
) -> Refinement:
    from docgen_core.cli.progress import choose_display
    from docgen_core.cli.progress.board import Board

    if wish is None:
        with session.engine(loaded) as engine:
            return engine.undo_refine(deliverable, output=out)
    verbose = session.verbosity > 0 or loaded.config.enable_logging
    streaming = loaded.config.completion_mode == "streaming"
    display = choose_display(Board(), quiet=quiet, verbose=verbose, streaming=streaming)
    with session.engine(loaded, listeners=[display]) as engine, display:
        return engine.refine(deliverable, wish, output=out)


def _conclude(session: Session, found: Refinement, *, quiet: bool) -> int:
    from docgen_core.cli.output import note
    from docgen_core.cli.text import one_line

    if session.output.json:
        session.output.document(_facts(found))
    for warning in found.warnings:
        note(f"docgen: warning: {one_line(warning)}")
    if not found.result.success and found.wish:
        error = found.result.error
        hint = f". {error.hint}" if error is not None and error.hint else ""
        note(f"docgen: error: {one_line(str(error))}{hint}")
        return 5 if error is None else error.exit_code
    if not quiet:
        _show_diff(session, found)
    if found.stale:
        note(f"docgen: stale now: {', '.join(found.stale)}; `docgen generate` writes them again")
    return 0


def _show_diff(session: Session, found: Refinement) -> None:
    coloured = sys.stdout.isatty()
    for line in found.diff.splitlines() or [f"{found.id} is the same as before"]:
        session.output.line(line, colour=_COLOURS.get(line[:1], "") if coloured else "")


def _facts(found: Refinement) -> dict[str, Any]:
    from docgen_core.cli.report import error_facts

    error = found.result.error
    return {
        "id": found.id,
        "wish": found.wish,
        "success": found.result.success,
        "error": None if error is None else error_facts(error),
        "changed": found.before != found.after,
        "diff": found.diff,
        "stale": list(found.stale),
        "files": [str(path) for path in found.files],
        "warnings": list(found.warnings),
        "reused": found.result.reused,
        "attempts": found.result.attempts,
    }
