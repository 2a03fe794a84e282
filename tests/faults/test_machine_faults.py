"""Faults of the machine: disk, permissions, signals, clocks, a second run, damaged state."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.rows import case, row
from support.shop import Shop
from support.terminal import Terminal

from docgen_core.errors import FileError
from docgen_core.store import RunFolder
from docgen_core.testing import FakeLMStudio, Hold, Reply

BRIEF = "A booking app for climbing gyms"
OUT = "out"
ONE = ("generate", BRIEF, "-d", "problem_statement")
IDS = "ab"
_DROP_CAPABILITY, _DAC_OVERRIDE, _DAC_READ_SEARCH = 24, 1, 2


@pytest.fixture
def run(shop: Shop, tmp_path: Path) -> Callable[[], Any]:
    """Runs two deliverables in one folder, each time with a new engine."""
    for key in IDS:
        shop.offer(key)
    shop.fake.respond = lambda request: Reply.text(f"Text of {request.prompt[-8:]}")
    return lambda: shop.engine().orchestrate(BRIEF, output=tmp_path / OUT)


def strays(folder: Path) -> list[Path]:
    """Temporary files that nobody will come back for."""
    return [path for path in folder.rglob("*") if "tmp" in path.name]


class Failing:
    """Stands in for a function of `os`; fails at the n-th call, counted from 1."""

    def __init__(self, function: Callable[..., Any], number: int, code: int) -> None:
        self.calls = 0
        self._function = function
        self._number = number
        self._code = code

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        if self.calls == self._number:
            raise OSError(self._code, os.strerror(self._code))
        return self._function(*arguments, **options)


def refused(run: Callable[[], Any]) -> FileError | None:
    """The error of the run, if it had one."""
    try:
        run()
    except FileError as error:
        return error
    return None


def fails_in_turn(
    run: Callable[[], Any], fake: FakeLMStudio, folder: Path, fault: tuple[str, int, int]
) -> Iterator[None]:
    """Make the calls of `os.<name>` fail, each in a run of its own, and mend each run."""
    name, code, step = fault
    real = getattr(os, name)
    number, reached = 1 - step, True
    while reached:
        number += step
        failing = Failing(real, number, code)
        before = fake.chats
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, name, failing)
            told = refused(run)
        assert told is None or (os.strerror(code) in str(told) and told.hint)
        reached = failing.calls >= number
        assert run().exit_code == 0
        assert fake.chats - before <= len(IDS) + 1
        assert strays(folder) == []
        yield
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()


DISK: list[Any] = [
    case("disk-full/flush", "fsync", errno.ENOSPC, 5),
    case("disk-full/rename", "replace", errno.ENOSPC, 2),
    case("disk-error-on-flush", "fsync", errno.EIO, 6),
    case("quota-exceeded", "replace", errno.EDQUOT, 5),
]


@pytest.mark.parametrize(("name", "code", "step"), DISK)
def test_writes_fail_in_turn(
    run: Callable[[], Any], shop: Shop, tmp_path: Path, name: str, code: int, step: int
) -> None:
    """A clear error; the next run asks again for at most the one answer not yet stored."""
    turns = sum(1 for _ in fails_in_turn(run, shop.fake, tmp_path / OUT, (name, code, step)))
    assert turns > len(IDS)


def limited(kind: int, value: int) -> Callable[[], None]:
    """Set a limit of a child process before it starts."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(kind, (value, value))

    return limit


def docgen(terminal: Terminal, before: Callable[[], None]) -> subprocess.CompletedProcess[str]:
    """Run `docgen generate` in a process that was changed before it started."""
    return subprocess.run(
        [sys.executable, "-m", "docgen_core", *ONE, "-o", OUT],
        cwd=terminal.folder, env=terminal.environment(), capture_output=True, text=True,
        stdin=subprocess.DEVNULL, preexec_fn=before, check=False,
    )  # fmt: skip


@row("file-size-limit")
@pytest.mark.parametrize("size", [0, 1000])
def test_no_file_can_grow(online: Terminal, fake: FakeLMStudio, size: int) -> None:
    """Short writes are noticed; afterwards the same command finishes."""
    fake.respond = lambda _: Reply.text("".join(f"- line {n * n} of the text\n" for n in range(99)))
    done = docgen(online, limited(resource.RLIMIT_FSIZE, size))
    words = " ".join(done.stderr.split())
    assert done.returncode == 6, words
    assert "Traceback" not in words
    assert "large" in words or "full" in words or "space" in words
    before = fake.chats
    assert docgen(online, lambda: None).returncode == 0
    assert fake.chats - before <= 1
    assert strays(online.folder / OUT) == []


def without_privileges() -> None:
    """Let the permissions of files hold for root too, in the program that is started next."""
    if os.geteuid() == 0:
        drop = ctypes.CDLL(None).prctl
        for capability in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
            drop(_DROP_CAPABILITY, capability, 0, 0, 0)


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        case("read-only-folder", "", 0o500),
        case("permission-denied/state", ".docgen", 0o500),
        case("permission-denied/sections", "sections", 0o500),
        case("permission-denied/unreadable", ".docgen", 0o000),
    ],
)
def test_a_folder_that_may_not_be_written(
    online: Terminal, fake: FakeLMStudio, path: str, mode: int
) -> None:
    """Exit code 6 and the path; what stood there stands there still."""
    assert docgen(online, lambda: None).returncode == 0
    document = (online.folder / OUT / "document.md").read_bytes()
    folder = online.folder / OUT / path
    fake.respond = lambda _: Reply.text("Other text.")
    command = [sys.executable, "-m", "docgen_core", *ONE]
    usual = folder.stat().st_mode
    folder.chmod(mode)
    try:
        done = subprocess.run(
            [*command, "-o", OUT, "--force"], cwd=online.folder, env=online.environment(),
            capture_output=True, text=True, stdin=subprocess.DEVNULL,
            preexec_fn=without_privileges, check=False,
        )  # fmt: skip
    finally:
        folder.chmod(usual)
    words = "".join(done.stderr.split())
    assert done.returncode == 6, done.stderr
    assert OUT in words
    assert "ermissiondenied" in words
    assert "Traceback" not in done.stderr
    assert (online.folder / OUT / "document.md").read_bytes() == document


@row("read-only-parent")
def test_a_folder_that_cannot_be_made(terminal: Terminal, fake: FakeLMStudio) -> None:
    """Nobody, not even root, can make a folder in /proc; said before anything is asked."""
    done = terminal.run("generate", BRIEF, "-o", "/proc/docgen", DOCGEN_BASE_URL=fake.base_url)
    assert done.returncode == 6
    assert "/proc/docgen" in done.stderr
    assert fake.chats == 0


@row("folder-vanishes")
def test_a_folder_that_vanishes_in_the_middle(
    shop: Shop, run: Callable[[], Any], tmp_path: Path
) -> None:
    """A file error, not a crash; the next run starts over."""

    def vanish(_: object) -> Reply:
        if shop.fake.chats == 2:
            (tmp_path / OUT).rename(tmp_path / "moved")
        return Reply.text("Text.")

    shop.fake.respond = vanish
    with pytest.raises(FileError, match=OUT):
        run()
    assert run().exit_code == 0
    assert (tmp_path / "moved" / "sections").is_dir()


@row("two-runs-on-one-folder")
def test_a_second_run_is_told_who_writes(online: Terminal, fake: FakeLMStudio) -> None:
    """Exit code 6 with the process id; the first one is not disturbed."""
    hold = Hold()
    fake.enqueue(Reply.text("First. ").held_after(1, hold))
    first = online.start(*ONE, "-o", OUT)
    hold.wait_until_reached(timeout=60)
    second = online.run(*ONE, "-o", OUT)
    hold.release()
    _, errors = first.communicate(timeout=60)
    assert second.returncode == 6
    assert str(first.pid) in second.stderr
    assert (first.returncode, fake.chats) == (0, 1), errors
    assert "First." in (online.folder / OUT / "document.md").read_text(encoding="utf-8")


@row("two-runs-on-one-folder")
def test_a_killed_run_leaves_no_lock(online: Terminal, fake: FakeLMStudio) -> None:
    """The system gives it back, however the process ended."""
    hold = Hold()
    fake.enqueue(Reply.text("First. ").held_after(1, hold))
    first = online.start(*ONE, "-o", OUT)
    hold.wait_until_reached(timeout=60)
    first.kill()
    first.communicate(timeout=60)
    hold.release()
    assert online.run(*ONE, "-o", OUT).returncode == 0


@row("lock-and-children")
def test_a_child_process_does_not_keep_the_lock(tmp_path: Path) -> None:
    """A server that outlives docgen must not bar the folder."""
    with RunFolder(tmp_path / OUT):
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False
        )
    try:
        with RunFolder(tmp_path / OUT):
            assert child.poll() is None
    finally:
        child.communicate(b"\n", timeout=60)


def state_files(folder: Path) -> list[Path]:
    """What docgen keeps for itself, and run.json."""
    found = (path for path in (folder / ".docgen").rglob("*") if path.is_file())
    return sorted([*(path for path in found if path.name != "lock"), folder / "run.json"])


DAMAGES: list[Any] = [
    case("state-half-written", lambda data: data[: len(data) // 2]),
    case("state-half-written/empty", lambda _: b""),
    case("state-corrupt/zeroes", lambda data: bytes(len(data))),
    case("state-corrupt/noise", lambda data: bytes(255 - byte for byte in data)),
    case("state-corrupt/other-json", lambda _: b'{"schema": 1}'),
    case("state-corrupt/list", lambda _: b"[1, 2]"),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_state_is_never_served(
    run: Callable[[], Any], tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    """Each file in turn: the run finishes with the same document, or names the file."""
    run()
    folder = tmp_path / OUT
    document = (folder / "document.md").read_bytes()
    for path in state_files(folder):
        if not path.exists():
            continue
        path.write_bytes(damage(path.read_bytes()))
        result = run()
        assert result.exit_code == 0, path
        assert (folder / "document.md").read_bytes() == document, path
    assert strays(folder) == []


@row("state-is-a-folder")
def test_a_folder_where_a_file_should_be(run: Callable[[], Any], tmp_path: Path) -> None:
    """Named, with exit code 6 at the command line."""
    run()
    record = tmp_path / OUT / "run.json"
    record.unlink()
    record.mkdir()
    with pytest.raises(FileError, match=r"run\.json"):
        run()


@row("state-of-a-newer-version")
def test_a_record_of_a_newer_docgen(run: Callable[[], Any], shop: Shop, tmp_path: Path) -> None:
    """Refused before anything is asked, and left as it is."""
    run()
    record = tmp_path / OUT / "run.json"
    newer = json.dumps({**json.loads(record.read_text(encoding="utf-8")), "schema": 99})
    record.write_text(newer, encoding="utf-8")
    before = shop.fake.chats
    with pytest.raises(FileError, match="newer"):
        run()
    assert shop.fake.chats == before
    assert record.read_text(encoding="utf-8") == newer


@row("clock-jumps")
@pytest.mark.parametrize("step", [-3600.0, 86_400.0 * 400])
def test_the_wall_clock_jumps_during_a_run(
    run: Callable[[], Any], shop: Shop, tmp_path: Path, step: float
) -> None:
    """Durations stay as they were; nothing is asked for again."""
    jumped = [0.0]
    real = time.time

    def respond(_: object) -> Reply:
        jumped[0] += step
        return Reply.text("Text.")

    shop.fake.respond = respond
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: real() + jumped[0])
        result = run()
        again = run()
    assert result.exit_code == again.exit_code == 0
    assert 0 <= result.total_execution_time < 60
    assert all(0 <= item.execution_time < 60 for item in result.deliverable_results)
    record = json.loads((tmp_path / OUT / "run.json").read_text(encoding="utf-8"))
    assert 0 <= record["seconds"] < 60
    assert shop.fake.chats == len(IDS)
