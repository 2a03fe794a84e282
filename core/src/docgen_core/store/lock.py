"""One writer at a time in a run folder."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from docgen_core.errors import FileError
from docgen_core.store.atomic import file_errors

__all__ = ["FolderLock"]


class FolderLock:
    """An advisory lock that the operating system frees when the process ends, however it ends.

    Args:
        path: The lock file; it holds the writer's process id for the message to the second one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def check(self) -> None:
        """Do nothing but see that nobody is writing; needs no right to write.

        Raises:
            FileError: another process holds it; the message names its process id.
        """
        try:
            descriptor = os.open(self._path, os.O_RDONLY)
        except OSError:
            return  # Never locked, or not readable: then what is read next says so.
        try:
            self._take(descriptor)
        finally:
            os.close(descriptor)

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            FileError: another process holds it; the message names its process id.
        """
        with file_errors("open", self._path):
            # Not inheritable by children (the default): a child must not keep the lock alive.
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self._path, flags, 0o600)
        try:
            self._take(descriptor)
            with file_errors("write", self._path):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; does nothing when it is not held."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def _take(self, descriptor: int) -> None:
        if not _try_lock(descriptor):
            holder = os.read(descriptor, 32).decode("ascii", errors="replace").strip() or "unknown"
            raise FileError(
                f"another docgen (process {holder}) is writing to {self._path.parent.parent}",
                hint="Wait for it to finish, or choose another folder with -o.",
            )


def _try_lock(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows has no flock; two writers are not detected there.
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # A network file system without locks: two writers are not detected there.
        if error.errno not in {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}:
            raise
    return True
