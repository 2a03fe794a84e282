"""Signals, and a reader that goes away: the run ends cleanly and the next one goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.rows import case, row
from support.terminal import Terminal

from docgen_core.testing import FakeLMStudio, Hold, Reply

BRIEF = "A booking app for climbing gyms"
OUT = "out"
ONE = ("generate", BRIEF, "-d", "problem_statement")


def strays(folder: Path) -> list[Path]:
    """Temporary files that nobody will come back for."""
    return [path for path in folder.rglob("*") if "tmp" in path.name]


MOMENTS: list[Any] = [
    case("interrupt-once/listing", "listing", signal.SIGINT),
    case("interrupt-once/before-the-answer", "head", signal.SIGINT),
    case("interrupt-once/in-the-answer", "answer", signal.SIGINT),
    case("interrupt-once/in-a-pause", "pause", signal.SIGINT),
    case("terminate-once", "answer", signal.SIGTERM),
]


@pytest.mark.parametrize(("moment", "kind"), MOMENTS)
def test_a_signal_stops_the_run_and_keeps_what_is_finished(
    online: Terminal, fake: FakeLMStudio, moment: str, kind: signal.Signals
) -> None:
    """Exit code 130 at any moment; the same command goes on."""
    hold = Hold()
    reached = _prepare(fake, moment, hold)
    process = online.start(*ONE, "-o", OUT)
    reached()
    process.send_signal(kind)
    _, errors = process.communicate(timeout=60)
    hold.release()
    assert process.returncode == 130, errors.decode()
    assert b"Traceback" not in errors
    fake.override("/api/v1/models")
    assert online.run(*ONE, "-o", OUT).returncode == 0
    assert strays(online.folder / OUT) == []


def _prepare(fake: FakeLMStudio, moment: str, hold: Hold) -> Callable[[], None]:
    """Let the server stop the program at the moment; gives a wait for it."""
    if moment == "pause":
        fake.enqueue(Reply.error(429, "busy").with_header("Retry-After", "100"))
        return lambda: fake.wait_until(lambda: fake.chats == 1 and fake.in_flight == 0, 60)
    if moment == "listing":
        fake.override("/api/v1/models", Reply.body("{}").held_after(0, hold))
    else:
        fake.enqueue(Reply.text("Half an answer").held_after(2 if moment == "answer" else 0, hold))
    return lambda: hold.wait_until_reached(timeout=60)


SLOW_PLUGIN = """
import os, time
from docgen_core.api import Deliverable, hookimpl
@hookimpl
def get_deliverables():
    return [Deliverable(id="slow", title="Slow", summary="Never ends.")]
@hookimpl
def get_instructions():
    return "Write."
@hookimpl
def postprocess():
    os.write(os.open("reached", os.O_WRONLY), b"x")
    while True:
        time.sleep(60)
"""


@row("interrupt-in-a-hook")
def test_a_plugin_that_does_not_return_is_not_waited_for(online: Terminal, tmp_path: Path) -> None:
    """One interrupt ends the program while foreign code is still running."""
    site = tmp_path / "site"
    info = site / "slow-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "slow_plugin.py").write_text(SLOW_PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[docgen.deliverables]\nslow = slow_plugin\n")
    os.mkfifo(online.folder / "reached")
    process = online.start(
        "generate", BRIEF, "-d", "slow", "-o", OUT, PYTHONPATH=str(site), DOCGEN_HOOK_TIMEOUT="600"
    )
    with (online.folder / "reached").open("rb") as reached:
        reached.read(1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors.decode()


@pytest.fixture
def heeded_hang_up() -> Iterator[None]:
    """Under `nohup` the tests would hand on that hang-ups are to be ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@row("hang-up-of-the-terminal")
@pytest.mark.usefixtures("heeded_hang_up")
def test_a_closed_terminal_ends_the_run(online: Terminal, fake: FakeLMStudio) -> None:
    """SIGHUP ends it at once; the next run goes on."""
    hold = Hold()
    fake.enqueue(Reply.text("Half an answer").held_after(2, hold))
    process = online.start(*ONE, "-o", OUT)
    hold.wait_until_reached(timeout=60)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    hold.release()
    assert process.returncode != 0
    assert online.run(*ONE, "-o", OUT).returncode == 0
    assert strays(online.folder / OUT) == []


@row("reader-goes-away")
def test_standard_output_that_nobody_reads(online: Terminal) -> None:
    """`docgen ... | head -1`: no traceback."""
    process = online.start(*ONE, "-o", OUT, "--json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.wait(timeout=60)
    process.stderr.close()
    assert b"Traceback" not in errors
    assert (online.folder / OUT / "document.md").exists()


@row("interrupt-twice")
@pytest.mark.parametrize("number", range(5))
def test_a_second_signal_leaves_at_once(online: Terminal, fake: FakeLMStudio, number: int) -> None:
    """However close they come; what was finished is on the disk, and the next run goes on."""
    hold = Hold()
    fake.enqueue(Reply.text("Late.").held_after(2, hold))
    process = online.start(*ONE, "-o", OUT)
    hold.wait_until_reached(timeout=60)
    for _ in range(2 + number):
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    hold.release()
    assert process.returncode in {130, -signal.SIGINT}
    assert online.run(*ONE, "-o", OUT).returncode == 0
    assert strays(online.folder / OUT) == []
