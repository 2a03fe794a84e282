"""Files that are whole or absent, whatever happens while they are written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from docgen_core.errors import FileError

__all__ = ["file_errors", "make_folder", "read_text", "sha256", "write_text"]


@contextlib.contextmanager
def file_errors(doing: str, path: Path) -> Iterator[None]:
    """Turn an OSError into a FileError that says what was being done to which path."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(
            f"cannot {doing} {path}: {reason}",
            hint="Choose another folder with -o, or make this one writable and free some space.",
        ) from error


def make_folder(path: Path) -> None:
    """Create `path`, if it is not there, for the user alone (mode 0700); and its parents."""
    with file_errors("create the folder", path):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)


def read_text(path: Path) -> str | None:
    """The file's text, or None when there is no such file."""
    with file_errors("read", path):
        try:
            return path.read_bytes().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return None


def write_text(path: Path, text: str) -> None:
    """Replace the file in one step, so that a crash leaves the old text or the new one.

    The temporary file stands in the same folder (a rename is atomic only within a file system),
    and file and folder are flushed to the disk before this returns.
    """
    with file_errors("write", path):
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-", suffix=path.name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("utf-8", errors="replace"))
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)  # noqa: PTH105 - the pair to mkstemp's plain name
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)  # noqa: PTH108 - the pair to mkstemp's plain name
            raise
        _flush_folder(path.parent)


def _flush_folder(path: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(text: str) -> str:
    """The text's SHA-256 as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
