"""Copies of what people wrote, beside the files that they stood in: their names, and tidying them.

A copy is removed only when another file holds the same bytes.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from docgen_core.errors import FileError
from docgen_core.store.atomic import is_link, read_text, remove_file
from docgen_core.store.disk import Disk
from docgen_core.store.seal import hash_file

__all__ = ["copies_of", "copy_place", "is_aside", "tidy"]

_COPY: Final = re.compile(r"(?P<stem>.+)\.edited(?:-(?P<number>\d+))?\.md")
_NEW: Final = ".new.md"


def is_aside(name: str) -> bool:
    """Whether a file was set aside for the user: a copy, or a new text beside an edited one."""
    return name.endswith(_NEW) or _COPY.fullmatch(name) is not None


def copy_place(path: Path, text: str, disk: Disk) -> Path:
    """Where to keep a copy of a text that a person wrote.

    Args:
        path: The file that it stood in, ending in `.md`.
        text: The text.
        disk: Does the reading.

    Returns:
        The earlier copy that has this text, or else the first name that is free.
    """
    for copy in copies_of(path):
        if read_text(copy, disk) == text:
            return copy
    stem = path.name.removesuffix(".md")
    names = (f"{stem}.edited{part}.md" for part in _numbers())
    return next(place for name in names if not _exists(place := path.parent / name))


def copies_of(path: Path) -> list[Path]:
    """The copies of what people wrote in a file, the oldest first."""
    found = (_COPY.fullmatch(copy.name) for copy in path.parent.glob("*.edited*.md"))
    mine = [match for match in found if match and f"{match['stem']}.md" == path.name]
    mine.sort(key=lambda match: int(match["number"] or 1))
    copies = (path.parent / match[0] for match in mine)
    return [copy for copy in copies if not is_link(copy) and copy.is_file()]


def tidy(files: Iterable[Path], disk: Disk) -> list[str]:
    """Remove the copies whose text stands in another copy, or in the file itself.

    Args:
        files: The files that docgen writes and people may edit.
        disk: Does the removing.

    Returns:
        What was removed and why, one sentence each. A copy that cannot be read or removed stays:
        the run whose texts are written already is not to fail for it.
    """
    told: list[str] = []
    for file in files:
        with contextlib.suppress(FileError):
            for copy, same in _needless(file):
                remove_file(copy, disk)
                told.append(f"{copy} was removed, because {same.name} says the same")
    return told


def _needless(path: Path) -> Iterator[tuple[Path, Path]]:
    """Each copy whose text stands elsewhere, and where."""
    seen: dict[str, Path] = {}
    for file in (path, *copies_of(path)):
        digest = None if is_link(file) else hash_file(file)
        if digest in seen:
            yield file, seen[digest]
        elif digest is not None:
            seen[digest] = file


def _exists(path: Path) -> bool:
    return is_link(path) or path.exists()


def _numbers() -> Iterator[str]:
    yield ""
    yield from map("-{}".format, itertools.count(2))
