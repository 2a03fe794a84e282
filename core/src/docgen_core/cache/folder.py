"""The files of the cache: one for each answer, bounded in size, safe for several processes."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import attrs

from docgen_core.store.atomic import file_errors, make_folder, write_text
from docgen_core.store.disk import TEMPORARY

__all__ = ["AnswerFolder", "Contents", "default_folder"]

#: No answer is as long; a larger file is damage, and is not read into memory.
_LARGEST = 64_000_000
#: A temporary file this old has no writer any more.
_STRAY_SECONDS = 3600.0
_SHARD = re.compile(r"[0-9a-f]{2}")
_REST = re.compile(r"[0-9a-f]{62}")
_DAMAGED = ".corrupt"


@attrs.frozen(kw_only=True)
class Contents:
    """What the cache holds, or what was removed from it.

    Attributes:
        answers: How many answers.
        damaged: How many files that turned out to be damaged and were set aside.
        size: Bytes of all of them.
    """

    answers: int = 0
    damaged: int = 0
    size: int = 0


@attrs.frozen(kw_only=True)
class _File:
    path: Path
    size: int
    used: int


class AnswerFolder:
    """The folder `answers`, with a subfolder for the first two digits of each key.

    Processes need no lock: a file appears whole or not at all, and two that write the same key
    write an answer to the same request.

    Args:
        path: The folder; made when the first answer is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, key: str) -> bytes | None:
        """The file of `key`, marked as used now; None when there is none.

        Raises:
            FileError: it is there and cannot be read.
        """
        path = self.file(key)
        with file_errors("read", path):
            try:
                with path.open("rb") as file:
                    data = file.read(_LARGEST)
            except FileNotFoundError:
                return None
        with contextlib.suppress(OSError):  # on a read-only disk the order of use stays as it is
            os.utime(path)
        return data

    def write(self, key: str, text: str) -> None:
        """Put the file of `key` in place, whole.

        Raises:
            FileError: it could not be written.
        """
        path = self.file(key)
        for folder in (self.path.parent, self.path, path.parent):
            make_folder(folder)
        write_text(path, text)

    def set_aside(self, key: str) -> None:
        """Rename a damaged file, so that it is asked for again and can be looked at."""
        path = self.file(key)
        with contextlib.suppress(OSError):
            path.replace(path.with_name(path.name + _DAMAGED))

    def contents(self) -> Contents:
        """Count what is there."""
        return _sum(self._files())

    def trim(self, limit: int) -> Contents:
        """Remove what was not used for longest, until at most `limit` bytes are left.

        Returns:
            What was removed.
        """
        self._sweep()
        files = sorted(self._files(), key=lambda file: file.used)
        over = sum(file.size for file in files) - limit
        removed = []
        for file in files:
            if over <= 0:
                break
            if _remove(file.path):
                removed.append(file)
            over -= file.size
        return _sum(removed)

    def clear(self) -> Contents:
        """Remove everything that docgen put there, and say what it was.

        Raises:
            FileError: something could not be removed.
        """
        files = list(self._files())
        for file in files:
            with file_errors("remove", file.path):
                file.path.unlink(missing_ok=True)
        for shard in self._shards():
            with contextlib.suppress(OSError):  # another process may be writing there
                shard.rmdir()
        return _sum(files)

    def file(self, key: str) -> Path:
        """Where the answer with this key stands."""
        return self.path / key[:2] / key[2:]

    def _files(self) -> Iterator[_File]:
        for entry in self._entries():
            if _REST.fullmatch(entry.name.removesuffix(_DAMAGED)):
                with contextlib.suppress(FileNotFoundError):  # another process removed it
                    state = entry.stat(follow_symlinks=False)
                    yield _File(path=Path(entry.path), size=state.st_size, used=state.st_mtime_ns)

    def _sweep(self) -> None:
        """Remove temporary files that a killed process left behind."""
        old = time.time() - _STRAY_SECONDS
        for entry in self._entries():
            with contextlib.suppress(FileNotFoundError):
                if entry.name.startswith(TEMPORARY) and entry.stat().st_mtime < old:
                    _remove(Path(entry.path))

    def _entries(self) -> Iterator[os.DirEntry[str]]:
        for shard in self._shards():
            with contextlib.suppress(FileNotFoundError), os.scandir(shard) as entries:
                yield from list(entries)

    def _shards(self) -> list[Path]:
        try:
            names = os.listdir(self.path)  # noqa: PTH208 - names are all that is needed
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [self.path / name for name in sorted(names) if _SHARD.fullmatch(name)]


def default_folder() -> Path:
    """Where answers are kept: in the user's cache folder."""
    import platformdirs

    return platformdirs.user_cache_path("docgen", appauthor=False) / "answers"


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True


def _sum(files: Iterator[_File] | list[_File]) -> Contents:
    found = list(files)
    damaged = sum(file.path.name.endswith(_DAMAGED) for file in found)
    return Contents(
        answers=len(found) - damaged, damaged=damaged, size=sum(file.size for file in found)
    )
