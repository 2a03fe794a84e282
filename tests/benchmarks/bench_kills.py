"""What SIGKILL at seeded moments of a batch run costs: answers lost, questions asked twice, time.

The kills are those of tests/e2e/test_kill.py; the store is timed against plain writes.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.harness import Figure, figure, interleave
from support.kills import DELIVERABLES, SLOTS, Killer, Series

from docgen_core.model import Usage
from docgen_core.store import RunFolder, StoredAnswer

_SEED = 7
_TEXT = "An answer of some length, as models give. " * 200


def measure(*, quick: bool) -> list[Figure]:
    """Kill runs and count; then time what keeping an answer safe costs."""
    with tempfile.TemporaryDirectory() as folder:
        killer = Killer(Path(folder), _SEED)
        done = list(killer.series(5 if quick else 50))
        left = len(killer.survivors())
    return [*_counted(done, left), *_timed(20 if quick else 200)]


def _counted(done: list[Series], left: int) -> list[Figure]:
    kills = sum(series.kills for series in done)
    extra = sum(series.requests - DELIVERABLES for series in done)
    stored = sum(count for series in done for count in series.stored)
    behind = f"{kills} kills in {len(done)} runs"
    return [
        Figure(
            what="finished answers asked for again",
            value=str(sum(len(series.repeated) for series in done)),
            target="0",
            detail=f"{behind}; {stored} answers were stored when killed",
        ),
        Figure(
            what="requests repeated per kill",
            value=f"{extra / kills:.2f}",
            target=f"<= {SLOTS} (the slots)",
            detail=behind,
        ),
        Figure(
            what="documents that differ from an unbroken run",
            value=str(sum(not series.same for series in done)),
            target="0",
            detail=f"{len(done)} documents",
        ),
        Figure(
            what="stray files, locks and processes",
            value=str(left + sum(len(series.strays) for series in done)),
            target="0",
            detail=behind,
        ),
    ]


def _timed(answers: int) -> list[Figure]:
    """Milliseconds to keep an answer (object, journal, flushes) against a plain write."""
    seconds = interleave({"safe": lambda: _safe(answers), "plain": lambda: _plain(answers)}, 5)
    ratios = [safe / plain for safe, plain in zip(seconds["safe"], seconds["plain"], strict=True)]
    safe, plain = (statistics.median(seconds[name]) / answers * 1e3 for name in ("safe", "plain"))
    behind = f"{safe:.2f} / {plain:.2f} ms for {len(_TEXT) // 1000} kB"
    return [figure("keeping an answer / a plain write without a flush", ratios, detail=behind)]


def _safe(answers: int) -> float:
    with tempfile.TemporaryDirectory() as path, RunFolder(Path(path)) as folder:
        return _time(answers, lambda n: folder.save_answer("a", _answer(n)))


def _plain(answers: int) -> float:
    with tempfile.TemporaryDirectory() as path:
        return _time(answers, lambda n: Path(path, f"{n}").write_text(_TEXT))


def _time(times: int, work: Callable[[int], object]) -> float:
    started = time.perf_counter()
    for number in range(times):
        work(number)
    return time.perf_counter() - started


def _answer(number: int) -> StoredAnswer:
    return StoredAnswer(
        fingerprint=f"{number:064}",
        text=_TEXT,
        model="demo",
        finish_reason="stop",
        usage=Usage(),
        attempts=1,
        seconds=1.0,
        time_to_first_token=None,
    )
