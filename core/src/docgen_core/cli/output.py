"""Keeps standard output pure: plain lines, or exactly one JSON document and nothing else."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from docgen_core.plain import clean, escape_controls

__all__ = ["ClosedOutputError", "Output", "note", "reader_may_leave", "silence"]


class ClosedOutputError(Exception):
    """Whoever read standard output went away. No OSError: click would make it exit code 1."""


@contextlib.contextmanager
def reader_may_leave() -> Iterator[None]:
    """Tell a reader who went away from the faults of files.

    Raises:
        ClosedOutputError: something was written to a pipe that nobody reads any more.
    """
    try:
        yield
    except BrokenPipeError as error:
        raise ClosedOutputError from error


def note(text: str) -> None:
    """Write one line for people to stderr; when that is closed or full, the line is dropped."""
    try:
        print(clean(text), file=sys.stderr, flush=True)  # noqa: T201 - the command line's own voice
    except OSError:
        silence(sys.stderr)


def silence(stream: TextIO) -> None:
    """Send all that is still written to a stream to nowhere, also what C libraries write."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError):  # no file behind it
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class Output:
    """Where a command puts its result.

    With `--json`, everything that any code prints goes to stderr from `begin` on (also what a
    child process or a C library writes), and only `document` reaches standard output.

    Attributes:
        json: Whether `--json` was given.
        written: Whether the document has been written.
    """

    def __init__(self) -> None:
        self.json = False
        self.written = False
        self._pipe: io.BufferedWriter | None = None
        self._stdout: TextIO | None = None

    def begin(self) -> None:
        """Take standard output away from everybody else, if `--json` was given."""
        if not self.json or self._stdout is not None:
            return
        self._stdout = sys.stdout
        self._stdout.flush()
        with contextlib.suppress(OSError):  # no file behind it: swapping the stream must do
            self._pipe = os.fdopen(os.dup(self._stdout.fileno()), "wb")
            os.dup2(sys.stderr.fileno(), self._stdout.fileno())
        sys.stdout = sys.stderr

    def document(self, value: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
        """Write the one JSON document."""
        import json

        self.begin()
        text = escape_controls(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"
        self.written = True
        if self._pipe is not None:
            # An unpaired surrogate (an undecodable file name) becomes a JSON escape.
            self._pipe.write(text.encode("utf-8", "backslashreplace"))
            self._pipe.flush()
        elif self._stdout is not None:
            self._stdout.write(text)

    def line(self, text: str = "", *, colour: str = "") -> None:
        """Write one line of the result for people; nothing with `--json`.

        Args:
            text: The line.
            colour: Its colour by name, for a terminal; empty for none.
        """
        if not self.json:
            shown = clean(text)
            if colour:
                import click

                shown = click.style(shown, fg=colour)
            print(shown)  # noqa: T201 - the result of the command

    def close(self) -> None:
        """Give standard output back."""
        if self._stdout is None:
            return
        sys.stdout = self._stdout
        if self._pipe is not None:
            os.dup2(self._pipe.fileno(), self._stdout.fileno())
            self._pipe.close()
        self._pipe = self._stdout = None
