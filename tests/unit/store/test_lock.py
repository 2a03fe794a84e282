from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from docgen_core.errors import FileError
from docgen_core.store.lock import FolderLock


def test_a_lock_is_held_once_and_given_back(tmp_path: Path) -> None:
    """Also within one process; the message names the holder."""
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    first.acquire()
    with pytest.raises(FileError, match=f"process {os.getpid()}"):
        second.acquire()
    with pytest.raises(FileError, match=f"process {os.getpid()}"):
        second.check()
    first.release()
    second.check()
    second.acquire()
    second.release()


def test_a_child_does_not_keep_the_lock_alive(tmp_path: Path) -> None:
    """It does not inherit the descriptor, so a killed run's child cannot hold up the next run."""
    lock = FolderLock(tmp_path / "lock")
    lock.acquire()
    child = subprocess.Popen(
        [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        close_fds=False,
    )
    assert child.stdout is not None
    child.stdout.readline()  # until it runs, it is a copy of this process, descriptors and all
    lock.release()
    FolderLock(tmp_path / "lock").check()
    child.communicate()


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS])
def test_a_file_system_without_locks_is_used_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """As some network file systems are; two writers are not noticed there."""

    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)
    lock = FolderLock(tmp_path / "lock")
    lock.acquire()
    lock.release()


def test_a_lock_file_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    """The path is named."""
    with pytest.raises(FileError, match=r"cannot open .*nowhere/lock"):
        FolderLock(tmp_path / "nowhere" / "lock").acquire()
