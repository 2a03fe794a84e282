"""A disk that fails where a test wants it to."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from docgen_core.store.disk import Disk

__all__ = ["BrokenDisk", "ShortDisk"]


class BrokenDisk(Disk):
    """Counts the calls that change something and lets one of them fail.

    Args:
        fail_at: The number of the call that fails, from 0; None to let all pass.
        code: How it fails.

    Attributes:
        calls: How many there were.
    """

    def __init__(self, fail_at: int | None = None, code: int = errno.ENOSPC) -> None:
        self.calls = 0
        self._fail_at = fail_at
        self._code = code

    def make_folder(self, path: Path) -> None:
        self._count()
        super().make_folder(path)

    def create(self, folder: Path) -> tuple[int, Path]:
        self._count()
        return super().create(folder)

    def write(self, descriptor: int, data: memoryview) -> int:
        self._count()
        return super().write(descriptor, data)

    def flush(self, descriptor: int) -> None:
        self._count()
        super().flush(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        self._count()
        super().replace(source, target)

    def flush_folder(self, path: Path) -> None:
        self._count()
        super().flush_folder(path)

    def remove(self, path: Path) -> None:
        self._count()
        super().remove(path)

    def _count(self) -> None:
        self.calls += 1
        if self.calls - 1 == self._fail_at:
            raise OSError(self._code, os.strerror(self._code))


class ShortDisk(Disk):
    """Writes at most `most` bytes in one call and, on a full disk, `room` bytes in all."""

    def __init__(self, most: int, room: int | None = None) -> None:
        self._most = most
        self._room = room

    def write(self, descriptor: int, data: memoryview) -> int:
        size = self._most if self._room is None else min(self._most, self._room)
        written = super().write(descriptor, data[:size])
        if self._room is not None:
            self._room -= written
        return written
