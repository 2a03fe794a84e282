"""The end of a run in a few lines: what was written, what to know about it, where it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from docgen_core.cli.output import note
from docgen_core.cli.progress.board import Board
from docgen_core.cli.text import count, duration, one_line

if TYPE_CHECKING:
    from rich.console import Console

    from docgen_core.engine import OrchestrationResult

__all__ = ["print_summary"]


def print_summary(
    board: Board, result: OrchestrationResult, *, folder: Path, console: Console | None
) -> None:
    """Print the end of a run to stderr.

    Args:
        board: The run as it was seen.
        result: What became of it.
        folder: The output folder.
        console: The terminal, or None to print plain lines without the table.
    """
    if console is not None:
        from docgen_core.cli.progress.table import make_table

        console.print()
        console.print(make_table(board, board.rows, width=console.width))
    for line in _lines(result, folder):
        if console is None:
            note(f"docgen: {line}")
        else:
            _print(console, line)


def _print(console: Console, line: str) -> None:
    from rich.text import Text

    # Paths must stay whole so that they can be copied: the terminal wraps them.
    console.print(Text(line), soft_wrap=True)


def _lines(result: OrchestrationResult, folder: Path) -> Iterator[str]:
    yield from _remarks(result)
    yield _totals(result)
    yield from _files(result, folder)


def _remarks(result: OrchestrationResult) -> Iterator[str]:
    for item in result.deliverable_results:
        title = item.title or str(item.deliverable_type)
        yield from (one_line(f"{title}: {warning}") for warning in item.warnings)
    yield from (one_line(warning) for warning in result.warnings)


def _totals(result: OrchestrationResult) -> str:
    reused = sum(item.reused for item in result.deliverable_results)
    cached = sum(item.cached for item in result.deliverable_results)
    parts = [f"{result.success_count} of {count(len(result.deliverable_results), 'section')} done"]
    if reused:
        parts.append(f"{reused} unchanged")
    if cached:
        parts.append(f"{cached} from the cache")
    parts.append(count(result.total_tokens_used, "token"))
    parts.append(duration(result.total_execution_time))
    return ", ".join(parts)


def _files(result: OrchestrationResult, folder: Path) -> Iterator[str]:
    documents = [path for path in result.files if path.name.startswith("document.")]
    for path in documents:
        yield f"Document  {path}"
    if result.files:
        yield f"Folder    {folder}"
