"""The entry point `docgen`: reads arguments, runs a command, turns errors into exit codes."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from docgen_core import __version__
from docgen_core.cli import report
from docgen_core.cli.lazy import LazyGroup
from docgen_core.cli.output import ClosedOutputError, note, silence
from docgen_core.cli.session import Session
from docgen_core.errors import DocgenError

__all__ = ["docgen", "main", "run"]

_BROKEN_PIPE = 141

_HELP = """Write a pack of documents from one brief, with a language model on your own machine.

docgen sends your brief to a local model server (LM Studio, or any other with an
OpenAI-compatible address), asks it for each document that you want (a problem statement,
use cases, ...) and puts the answers together into one Markdown document. Each kind of
document is a plugin that you install with pip.

\b
First steps:
  docgen health                              check that everything is in place
  docgen deliverables                        see which documents it can write
  docgen generate "A booking app for gyms"   write all of them from a brief
"""

_EPILOG = """
\b
Settings come from options, then DOCGEN_ variables, then docgen.toml.
Exit codes: 0 done, 2 wrong usage or settings, 3 plugin, 4 server or model,
5 some documents failed, 6 file, 130 interrupted, 1 a bug in docgen.
Plugins may bring more commands: `docgen plugins` lists them.
"""


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    help=_HELP,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
)
@click.version_option(
    __version__, "-V", "--version", prog_name="docgen", message="%(prog)s %(version)s"
)
@click.pass_context
def docgen(ctx: click.Context) -> None:
    """Show the help when no command was given."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run() -> NoReturn:
    """Run `docgen` and leave the process with its exit code."""
    session = Session()
    sys.excepthook = functools.partial(report.report_bug, session)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    _open_closed_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = main(sys.argv[1:], session)
    except KeyboardInterrupt:  # one more Ctrl-C, while the first was being dealt with
        code = report.INTERRUPTED
    if code == report.INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def _open_closed_streams() -> None:
    """Give the streams that were closed from the start (`2>&-`) a place to write to."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))


def main(arguments: Sequence[str], session: Session | None = None) -> int:
    """Run one command.

    Args:
        arguments: The command line without the program's name.
        session: Shared state; a new one by default.

    Returns:
        The exit code. An unforeseen exception is raised: that is a bug in docgen.
    """
    session = session or Session()
    # Known before click has read anything, so that its own refusals are a document too.
    session.output.json = "--json" in arguments
    try:
        with contextlib.closing(session.output):
            return _run_command(arguments, session)
    except (BrokenPipeError, ClosedOutputError):
        # The reader went away (`docgen plugins | head -1`); nothing can be said to it any more.
        silence(sys.stdout)
        return _BROKEN_PIPE


def _run_command(arguments: Sequence[str], session: Session) -> int:
    try:
        code = docgen.main(list(arguments), "docgen", standalone_mode=False, obj=session)
        sys.stdout.flush()
    except DocgenError as error:
        return report.report_error(error, session)
    except click.ClickException as error:
        return report.report_usage(error, session)
    except (KeyboardInterrupt, click.Abort):
        note("docgen: interrupted")
        return report.INTERRUPTED
    return code if isinstance(code, int) else 0
