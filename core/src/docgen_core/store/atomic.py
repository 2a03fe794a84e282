"""Texts that are whole or absent, whatever happens while they are written."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docgen_core.errors import FileError
from docgen_core.store.disk import Disk, replace_file

__all__ = [
    "file_errors",
    "is_link",
    "make_folder",
    "read_text",
    "refuse_link",
    "remove_file",
    "require_folder",
    "sha256",
    "write_bytes",
    "write_text",
]

_NAME: Final = "Name the folder that `docgen generate -o` wrote to."


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


def make_folder(path: Path, disk: Disk | None = None) -> None:
    """Create `path`, if it is not there, for the user alone (mode 0700); and its parents."""
    with file_errors("create the folder", path):
        (disk or Disk()).make_folder(path)


def require_folder(path: Path, *, hint: str = _NAME) -> None:
    """Refuse a path that is no folder, before anything is read in it.

    Args:
        path: What the user named.
        hint: What to do.

    Raises:
        FileError: there is nothing, or a file.
    """
    if not path.exists():
        raise FileError(f"there is no folder {path}", hint=hint)
    if not path.is_dir():
        raise FileError(f"{path} is a file, not a folder that docgen wrote", hint=hint)


def is_link(path: Path) -> bool:
    """Whether the path is a symbolic link.

    Raises:
        FileError: its folder cannot be read.
    """
    with file_errors("read", path):
        return path.is_symlink()


def refuse_link(folder: Path) -> None:
    """Refuse a folder inside a run folder that is a link: it would lead writing elsewhere.

    Raises:
        FileError: it is one.
    """
    if is_link(folder):
        raise FileError(
            f"{folder} is a link, and docgen writes through none",
            hint="Remove the link, or choose another folder with -o.",
        )


def read_text(path: Path, disk: Disk | None = None) -> str | None:
    """The file's text, or None when there is no such file."""
    with file_errors("read", path):
        try:
            return (disk or Disk()).read(path).decode("utf-8", errors="replace")
        except FileNotFoundError:
            return None


def remove_file(path: Path, disk: Disk) -> None:
    """Remove a file; it may be gone already.

    Raises:
        FileError: it cannot be removed.
    """
    with file_errors("remove", path):
        disk.remove(path)


def write_text(path: Path, text: str, disk: Disk | None = None) -> None:
    """Replace a file's text as `write_bytes` does."""
    write_bytes(path, text.encode("utf-8", errors="replace"), disk)


def write_bytes(path: Path, data: bytes, disk: Disk | None = None) -> None:
    """Replace the file in one step, so that a crash leaves the old content or the new one.

    Raises:
        FileError: it could not be written; the old content stands.
    """
    with file_errors("write", path):
        replace_file(disk or Disk(), path, data)


def sha256(text: str) -> str:
    """The text's SHA-256 as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
