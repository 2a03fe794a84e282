"""Says what went wrong, in one place: message, hint, traceback on request, and the exit code."""

from __future__ import annotations

import os
from types import TracebackType

import click

from docgen_core.cli.output import note
from docgen_core.cli.session import INTERRUPTED, Session
from docgen_core.cli.text import one_line
from docgen_core.errors import DocgenError, LockError, SettingsError
from docgen_core.plain import clean

__all__ = ["INTERRUPTED", "error_facts", "report_bug", "report_error", "report_usage"]


def report_error(error: DocgenError, session: Session) -> int:
    """Report an error that docgen raised on purpose.

    Returns:
        The exit code.
    """
    if _wants_traceback(session):
        import traceback

        note(clean("".join(traceback.format_exception(error)).rstrip()))
    problems = error.problems if isinstance(error, SettingsError | LockError) else ()
    message = error.message.partition("\n")[0] if problems else error.message
    note(f"docgen: error: {one_line(message)}")
    for line in (*problems, error.hint):
        if line:
            note(f"  {one_line(line)}")
    _write_json(session, error_facts(error))
    return error.exit_code


def error_facts(error: DocgenError) -> dict[str, object]:
    """Give an error as JSON holds it."""
    facts: dict[str, object] = {
        "type": type(error).__name__,
        "message": error.message,
        "hint": error.hint,
        "exit_code": error.exit_code,
    }
    if isinstance(error, SettingsError | LockError):
        facts["problems"] = list(error.problems)
    return facts


def report_usage(error: click.ClickException, session: Session) -> int:
    """Report what click refuses: an unknown option or command, a missing argument."""
    note(f"docgen: error: {one_line(error.format_message())}")
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = f"Try `{context.command_path} --help`." if context is not None else ""
    if hint:
        note(f"  {hint}")
    facts = {"type": "UsageError", "message": error.format_message(), "hint": hint}
    _write_json(session, {**facts, "exit_code": error.exit_code})
    return error.exit_code


def report_bug(
    session: Session,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    """Report an exception that nobody foresaw; in place of Python's own report (exit code 1)."""
    import traceback

    session.output.close()
    text = "".join(traceback.format_exception(kind, error, trace))
    summary = one_line(f"{kind.__name__}: {error}")
    if _wants_traceback(session):
        note(clean(text))
    note(f"docgen: error: this is a bug in docgen: {summary}")
    where = "Please report it with the traceback above"
    if not _wants_traceback(session):
        where = f"Please report it with the traceback in {_keep(text)}"
    note(f"  {where} and the command that you ran.")


def _keep(text: str) -> str:
    """Write a traceback to a file of its own that only the user can read."""
    import tempfile

    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="docgen-bug-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
    except OSError:
        return "the output of the same command with -v"
    return file.name


def _wants_traceback(session: Session) -> bool:
    return session.verbosity > 0 or os.environ.get("DOCGEN_DEBUG", "") not in {"", "0"}


def _write_json(session: Session, facts: dict[str, object]) -> None:
    if session.output.json and not session.output.written:
        session.output.document({"error": facts})
