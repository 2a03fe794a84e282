"""`docgen cache`: what the cache of answers holds, and emptying it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import count

if TYPE_CHECKING:
    from docgen_core.cache import AnswerFolder

__all__ = ["cache"]

_HELP = """Show or empty the cache of answers.

An answer that came for a request is kept in your user cache folder, and used again in any output
folder when exactly the same request (model, prompt and every parameter) would be sent. Without
further settings only requests with temperature 0 or a seed take part.

\b
Examples:
  docgen cache info
  docgen cache clear
  docgen generate -f brief.md --seed 1             answers come from the cache the second time
  docgen generate -f brief.md --no-cache           ask, and keep nothing
"""


@click.group(invoke_without_command=True, help=_HELP)
@click.pass_context
@common_options
def cache(session: Session, ctx: click.Context) -> None:
    """Show, unless a sub-command was given."""
    if ctx.invoked_subcommand is None:
        _show(session)


@cache.command("info")
@common_options
def info(session: Session) -> None:
    """Show where the cache is and how much it holds (the default)."""
    _show(session)


def _show(session: Session) -> None:
    from docgen_core.cli.facts import plain

    config = session.settings().config
    folder = _folder()
    held = folder.contents()
    session.output.line(f"Folder  {folder.path}")
    session.output.line(f"Holds   {count(held.answers, 'answer')}, {_megabytes(held.size)}")
    session.output.line(f"Bound   {config.cache_size_mb:,} MB")
    session.output.line(f"Use     {config.cache}")
    if held.damaged:
        session.output.line(f"Damaged {count(held.damaged, 'file')}, set aside")
    if session.output.json:
        facts = {"limit": config.cache_size_mb * 1_000_000, "use": config.cache}
        session.output.document({"folder": str(folder.path), **plain(held), **facts})


@cache.command("clear")
@common_options
def clear(session: Session) -> None:
    """Remove every cached answer."""
    from docgen_core.cli.facts import plain

    folder = _folder()
    removed = folder.clear()
    files = count(removed.answers + removed.damaged, "file")
    session.output.line(f"Removed {files}, {_megabytes(removed.size)}, from {folder.path}")
    if session.output.json:
        session.output.document({"folder": str(folder.path), "removed": plain(removed)})


def _folder() -> AnswerFolder:
    from docgen_core.cache.folder import AnswerFolder, default_folder

    return AnswerFolder(default_folder())


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
