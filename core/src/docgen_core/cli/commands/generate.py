"""`docgen generate`: from a brief to a folder of documents."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from docgen_core.cli.completion import complete_ids
from docgen_core.cli.locked import held, lock_options
from docgen_core.cli.options import (
    cache_flags,
    cache_options,
    common_options,
    format_option,
    server_flags,
    server_options,
)
from docgen_core.cli.session import Session

if TYPE_CHECKING:
    from docgen_core.engine import OrchestrationResult
    from docgen_core.errors import DocgenError
    from docgen_core.model import Brief
    from docgen_core.plugins import Registry
    from docgen_core.settings import LoadedSettings, OrchestrationConfig

__all__ = ["generate"]

_HELP = """Write documents from a brief.

BRIEF is what you want, in your own words: a sentence, or a page of Markdown. Give it as an
argument, in a file (-f FILE), or on standard input (-). Without -d, every installed document is
written; what a document needs is written too.

The documents land in a folder (-o). Run the same command again after a failure or an
interruption: what is finished and unchanged is not asked for again, and sections that you have
edited are kept.

\b
Examples:
  docgen generate "A booking app for climbing gyms"
  docgen generate -f brief.md -o out -d glossary -d risk_log
  docgen generate -f brief.md --mode streaming     watch the text as it comes
  docgen generate -f brief.md --dry-run            what would be asked, no server needed
  docgen generate - --json < brief.md | jq .files
"""

_ROOT: Final = "output"


class _Ask(NamedTuple):
    """What the options say that is not a setting."""

    deliverables: tuple[str, ...] | None
    output: Path | None
    force: bool
    quiet: bool


class _Folder(click.Path):
    """A folder's path; without this, an empty one (`-o "$UNSET"`) is the current folder."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401 - click's own signature
        """Refuse an empty path."""
        if not os.fspath(value):
            self.fail("the folder's name is empty", param, ctx)
        return super().convert(value, param, ctx)


def _settings_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_SETTINGS):
        function = option(function)
    return function


def _concurrency(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> object:
    return int(value) if value is not None and value.isdecimal() else value


_SETTINGS = (
    click.option(
        "--mode",
        type=click.Choice(["sequential", "batch", "streaming"]),
        help="One after another, as many at once as the server answers faster, or one after "
        "another with the text shown.  [default: sequential]",
    ),
    click.option(
        "--concurrency",
        metavar="auto|N",
        callback=_concurrency,
        help="Most requests at once in batch mode.  [default: auto]",
    ),
    format_option(
        required=False,
        help_text="Also write the document in this format; may be given again.",
    ),
    click.option(
        "--no-merge", is_flag=True, help="Write the sections only, not one document of them."
    ),
    click.option("--no-toc", is_flag=True, help="Leave out the table of contents."),
    click.option("--max-tokens", type=int, metavar="N", help="Longest answer.  [default: 2048]"),
    click.option(
        "--temperature",
        type=float,
        metavar="X",
        help="0 is steady, 2 is wild.  [default: 0.7]",
    ),
    click.option("--top-p", type=float, metavar="X", help="Nucleus sampling mass.  [default: 0.9]"),
    click.option("--seed", type=int, metavar="N", help="Sampling seed, for answers that repeat."),
    click.option(
        "--timeout",
        type=float,
        metavar="S",
        help="Seconds of silence allowed within an answer.  [default: 60]",
    ),
    click.option(
        "--max-retries",
        type=int,
        metavar="N",
        help="How often a failed request is sent again.  [default: 3]",
    ),
    click.option(
        "--language",
        metavar="TAG",
        help="Language to write in, such as en or pt-BR.  [default: en]",
    ),
)


@click.command(help=_HELP)
@click.argument("brief", required=False)
@click.option("-f", "--file", metavar="FILE", help="Read the brief from FILE; - is standard input.")
@click.option(
    "-d",
    "--deliverable",
    "deliverables",
    multiple=True,
    metavar="ID",
    shell_complete=complete_ids,
    help="Document to write; may be given again. `docgen deliverables` lists them.",
)
@click.option("--all", "everything", is_flag=True, help="Write every installed document (default).")
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    type=_Folder(path_type=Path, file_okay=False),
    help="Folder to write to.  [default: output/ and the brief's title]",
)
@server_options
@_settings_options
@cache_options
@click.option("--force", is_flag=True, help="Ask for everything again, also what is unchanged.")
@click.option("--dry-run", is_flag=True, help="Show what would be asked; contact no server.")
@click.option("-q", "--quiet", is_flag=True, help="Show nothing but errors.")
@lock_options
@common_options
def generate(  # noqa: PLR0913 - one parameter per option
    session: Session,
    /,
    *,
    brief: str | None,
    file: str | None,
    deliverables: tuple[str, ...],
    everything: bool,
    output: Path | None,
    force: bool,
    dry_run: bool,
    quiet: bool,
    locked: bool,
    lock_file: Path | None,
    **options: Any,  # noqa: ANN401 - the options that are settings
) -> int:
    """Read the brief, load the settings, and run or preview."""
    from docgen_core.cli.brief import read_brief

    wanted = _wanted(deliverables, everything=everything)
    read = read_brief(brief, file)
    loaded = held(session, session.settings(_flags(**options)), locked=locked, lock_file=lock_file)
    if dry_run:
        from docgen_core.cli.dry_run import show_plan

        return show_plan(session, loaded, read, wanted)
    ask = _Ask(wanted, output, force, quiet)
    return _write(session, loaded, read, ask)


def _wanted(deliverables: tuple[str, ...], *, everything: bool) -> tuple[str, ...] | None:
    from docgen_core.errors import UsageError

    if deliverables and everything:
        msg = "-d and --all contradict each other"
        raise UsageError(msg, hint="Leave one of them out.")
    return deliverables or None


def _flags(
    *,
    models: tuple[str, ...],
    base_url: str | None,
    server: str | None,
    formats: tuple[str, ...],
    no_merge: bool,
    no_toc: bool,
    cache: str | None,
    no_cache: bool,
    **settings: Any,  # noqa: ANN401 - options with the names of their settings
) -> dict[str, object]:
    """Give the options as settings; what was not given is None."""
    return {
        **settings,
        **server_flags(models, base_url, server),
        **cache_flags(cache, no_cache=no_cache),
        "formats": formats or None,
        "merge": False if no_merge else None,
        "toc": False if no_toc else None,
    }


def _write(session: Session, loaded: LoadedSettings, brief: Brief, ask: _Ask) -> int:
    from docgen_core.cli.progress import choose_display, print_summary
    from docgen_core.cli.progress.board import Board
    from docgen_core.cli.progress.choose import terminal
    from docgen_core.cli.text import slug
    from docgen_core.cli.trust import ensure_trusted

    ensure_trusted(session, loaded)
    folder = ask.output or Path(_ROOT) / slug(brief.title)
    board = Board()
    verbose = session.verbosity > 0 or loaded.config.enable_logging
    streaming = loaded.config.completion_mode == "streaming"
    display = choose_display(board, quiet=ask.quiet, verbose=verbose, streaming=streaming)
    with session.engine(loaded, listeners=[display]) as engine, display:
        base = folder.absolute()
        made = engine.orchestrate(brief, ask.deliverables, output=folder, force=ask.force)
    result = _as_asked(made, folder, base)
    if not ask.quiet:
        print_summary(board, result, folder=folder, console=terminal())
        _say_warnings(engine.registry, loaded.config, result)
    return _conclude(session, result, folder, quiet=ask.quiet)


def _as_asked(result: OrchestrationResult, folder: Path, base: Path) -> OrchestrationResult:
    """Name the files as the user named the folder."""
    import attrs

    files = tuple(folder / path.relative_to(base) for path in result.files)
    return attrs.evolve(result, files=files)


def _conclude(session: Session, result: OrchestrationResult, folder: Path, *, quiet: bool) -> int:
    import sys

    from docgen_core.cli.facts import run_facts

    if session.output.json:
        session.output.document(run_facts(result, folder))
    elif not quiet and not (sys.stdout.isatty() and sys.stderr.isatty()):
        # Somebody (or a script) would not see the summary, or wants only the name.
        session.output.line(str(_main_file(result, folder)))
    _say_failures(result)
    return result.exit_code


def _main_file(result: OrchestrationResult, folder: Path) -> Path:
    markdown = [path for path in result.files if path.name == "document.md"]
    return markdown[0] if markdown else folder


def _say_failures(result: OrchestrationResult) -> None:
    from docgen_core.cli.output import note
    from docgen_core.cli.text import count, one_line

    results = result.deliverable_results
    failed = [(item, item.error) for item in results if item.error is not None]
    if failed:
        total = count(len(results), "section")
        note(f"docgen: error: {len(failed)} of {total} failed")
    hints: set[str] = set()
    for item, error in failed:
        # What needs a section that failed has its hint: said once, it is read.
        hint = "" if error.hint in hints else error.hint
        hints.add(hint)
        note(f"  {item.deliverable_type}: {one_line(_reason(error, hint))}")
    without = result.document_error
    if without is not None:
        note(f"docgen: error: no document: {one_line(_reason(without, without.hint))}")
    for error in result.export_errors:
        note(f"docgen: error: {one_line(_reason(error, error.hint))}")


def _reason(error: DocgenError, hint: str) -> str:
    return f"{error.message.rstrip('.')}. {hint}" if hint else error.message


def _say_warnings(
    registry: Registry, config: OrchestrationConfig, result: OrchestrationResult
) -> None:
    """Name broken plugins, unless a failure tells of them anyway, and settings that go nowhere."""
    from docgen_core.cli.output import note

    told = " ".join(str(item.error) for item in result.deliverable_results)
    for warning in registry.warnings():
        if warning.partition(" (affects ")[0] not in told:
            note(f"docgen: warning: {warning}")
    for name, problem in registry.unknown_tables(config.settings).items():
        note(f"docgen: warning: [settings.{name}] has no effect: {problem}")
