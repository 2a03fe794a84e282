"""The calls that change a disk, one method each, and the one safe way to use them."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from pathlib import Path

__all__ = ["TEMPORARY", "Disk", "replace_file", "sweep"]

#: How the names of files that are still being written begin.
TEMPORARY = ".tmp-"
#: What `tempfile` puts into a name; nothing that a person is likely to call a file.
_RANDOM = "[a-z0-9_]" * 8


class Disk:
    """The operating system's calls, so that a test can let any one of them fail.

    Every method raises OSError where the call does.
    """

    def make_folder(self, path: Path) -> None:
        """Create a folder for the user alone (mode 0700), and its parents."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def read(self, path: Path) -> bytes:
        """The whole file."""
        return path.read_bytes()

    def create(self, folder: Path) -> tuple[int, Path]:
        """A new file with a name of its own, for the user alone (mode 0600), open for writing."""
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=TEMPORARY)
        return descriptor, Path(name)

    def write(self, descriptor: int, data: memoryview) -> int:
        """Write some of the data and say how much; on a full disk it may be less than all."""
        return os.write(descriptor, data)

    def flush(self, descriptor: int) -> None:
        """Wait until the data is on the disk."""
        os.fsync(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        """Give a file its final name in one step."""
        source.replace(target)

    def flush_folder(self, path: Path) -> None:
        """Wait until the folder's names are on the disk. Only POSIX systems can."""
        if os.name != "posix":
            return
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remove(self, path: Path) -> None:
        """Remove a file; it may be gone already."""
        path.unlink(missing_ok=True)


def replace_file(disk: Disk, path: Path, data: bytes) -> None:
    """Replace a file in one step, so that a crash leaves the old content or the new one.

    The temporary file stands in the same folder, because a rename is atomic only within a file
    system; file and folder are on the disk before this returns. After a failed flush nothing is
    flushed again (the kernel may have dropped the pages): the next try begins with a new file.

    Raises:
        OSError: a call failed; the old content stands, or the new one if only the last flush did.
    """
    descriptor, temporary = disk.create(path.parent)
    try:
        try:
            _write_all(disk, descriptor, data)
            disk.flush(descriptor)
        finally:
            os.close(descriptor)
        disk.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            disk.remove(temporary)
        raise
    disk.flush_folder(path.parent)


def _write_all(disk: Disk, descriptor: int, data: bytes) -> None:
    """Write every byte: one call on a nearly full disk writes a part and reports no error."""
    rest = memoryview(data)
    while rest:
        written = disk.write(descriptor, rest)
        if written <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[written:]
    if os.fstat(descriptor).st_size != len(data):
        raise OSError(errno.EIO, "the file is shorter than what was written to it")


def sweep(folder: Path) -> None:
    """Remove temporary files that a killed run left in a run folder."""
    pattern = TEMPORARY + _RANDOM
    # Not the whole tree below the folder: that may be the user's home.
    shown = [*folder.glob(pattern), *(folder / "sections").glob(pattern)]
    for stray in [*shown, *(folder / ".docgen").rglob(pattern)]:
        with contextlib.suppress(OSError):
            if stray.is_dir() and not stray.is_symlink():
                shutil.rmtree(stray)
            else:
                stray.unlink()
