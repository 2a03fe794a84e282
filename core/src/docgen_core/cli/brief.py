"""Reads the brief: an argument, a file, or standard input, but only one of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from docgen_core.cli.output import note
from docgen_core.errors import FileError, UsageError

if TYPE_CHECKING:
    from docgen_core.model import Brief

__all__ = ["LIMIT", "read_brief"]

#: The most bytes that a brief may have.
LIMIT: Final = 20_000_000

_WAYS = 'Give it as an argument, `docgen generate "A CRM for small shops"`, or in a file, -f FILE.'


def read_brief(argument: str | None, file: str | None) -> Brief:
    """Read the brief from the one place that was named.

    Args:
        argument: The brief itself, or `-` for standard input.
        file: The file that holds it, or `-`.

    Raises:
        UsageError: none or two were given, or it is empty, too large or not UTF-8.
        FileError: the file cannot be read.
    """
    from docgen_core.model import Brief

    if argument is not None and file is not None:
        msg = "a brief was given twice, as an argument and with -f"
        raise UsageError(msg, hint="Leave one of them out.")
    if argument is None and file is None:
        msg = "no brief was given"
        raise UsageError(msg, hint=_WAYS)
    text, source = _read(argument, file)
    if not text.strip():
        msg = f"the brief is empty ({source})"
        raise UsageError(msg, hint="Write down what you want, in a sentence or more.")
    # A file's name stands on the title page; "argument" and "standard input" would say nothing.
    return Brief.from_text(text, source="" if file is None or file == "-" else Path(file).name)


def _read(argument: str | None, file: str | None) -> tuple[str, str]:
    if "-" in (argument, file):
        return _decode(_take(_standard_input(), "standard input"), "standard input"), "-"
    if file is not None:
        return _decode(_read_file(Path(file)), file), file
    text = argument or ""
    if _names_a_file(text):
        msg = f"the brief {text!r} is the name of a file"
        raise UsageError(msg, hint=f"To read the brief from it, write -f {text}")
    return text, "argument"


def _names_a_file(text: str) -> bool:
    try:
        return bool(text.strip()) and len(text.split()) == 1 and Path(text).is_file()
    except (OSError, ValueError):  # too long or not a possible name: it is a brief
        return False


def _standard_input() -> BinaryIO:
    if sys.stdin.isatty():
        note("Type the brief; end it with Ctrl-D on a line of its own.")
    return sys.stdin.buffer


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _take(file, str(path))
    except OSError as error:
        msg = f"cannot read the brief {path}: {error.strerror or error}"
        raise FileError(msg, hint="Check the path and its permissions.") from error


def _take(file: BinaryIO, source: str) -> bytes:
    data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        msg = f"the brief is larger than {LIMIT // 1_000_000} MB ({source})"
        raise UsageError(msg, hint="A brief is a page or a few; take out what is not needed.")
    return data


def _decode(data: bytes, source: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"the brief is not UTF-8 text: byte {error.start} cannot be read ({source})"
        raise UsageError(msg, hint=_encoding_hint(data)) from error
    if "\0" in text:
        msg = f"the brief is not text: byte {data.index(0)} is zero ({source})"
        raise UsageError(msg, hint=_encoding_hint(data))
    return text


def _encoding_hint(data: bytes) -> str:
    if data.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "It looks like a PDF or Office file: save its text as .md or .txt first."
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "It looks like UTF-16: save it as UTF-8."
    return "Save it as UTF-8, for instance: iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW"
