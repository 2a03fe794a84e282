"""The fixed method of all benchmarks.

What is compared runs in fresh processes, in interleaved rounds whose order is reversed every
other round; a figure is the median of the ratios inside the rounds. The fake server is a separate
process on another processor than the client. Client figures are CPU time, which other work on the
machine disturbs least.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import attrs

__all__ = [
    "Cost",
    "Figure",
    "SkippedError",
    "cost_of",
    "environment",
    "fake_server",
    "figure",
    "find_command",
    "interleave",
    "machine",
    "table",
    "worker",
]

_RUN = Path(__file__).with_name("run.py")
_FAILURE_LINES = 3
Result = TypeVar("Result")


class SkippedError(Exception):
    """A benchmark cannot be run here; the message says what is missing."""


@attrs.frozen(kw_only=True)
class Figure:
    """One line of the table.

    Attributes:
        what: What is compared with what.
        value: The figure, with its unit.
        spread: The lowest and highest of the rounds, with unit; empty for exact figures.
        target: What is aimed at.
        detail: The absolute numbers behind it.
    """

    what: str
    value: str
    spread: str = ""
    target: str = ""
    detail: str = ""


@attrs.frozen(kw_only=True)
class Cost:
    """What a command took, in seconds."""

    cpu: float
    wall: float


def figure(what: str, ratios: Sequence[float], *, target: str = "", detail: str = "") -> Figure:
    """The figure of a ratio that was measured in several rounds."""
    return Figure(
        what=what,
        value=f"{statistics.median(ratios):.2f}x",
        spread=f"{min(ratios):.2f}-{max(ratios):.2f}",
        target=target,
        detail=detail,
    )


def interleave(
    subjects: Mapping[str, Callable[[], Result]], rounds: int
) -> dict[str, list[Result]]:
    """Run all subjects in every round, backwards in every other, and collect what each gave."""
    results: dict[str, list[Result]] = {name: [] for name in subjects}
    for number in range(rounds):
        for name in sorted(subjects, reverse=number % 2 == 1):
            results[name].append(subjects[name]())
    return results


def environment(**changes: str) -> dict[str, str]:
    """The environment of measured processes: byte code is kept, no setting of the user counts."""
    mine = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DOCGEN_", "LM_")) and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**mine, "NO_COLOR": "1", **changes}


def cost_of(command: Sequence[str], env: Mapping[str, str]) -> Cost:
    """Run a command and say what it took.

    Raises:
        SkippedError: it failed.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SkippedError(_failure(command, process.returncode, said))
    return Cost(cpu=used.ru_utime + used.ru_stime, wall=time.perf_counter() - started)


def find_command(name: str) -> str | None:
    """A command beside this interpreter, else on the PATH."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def worker(name: str, *arguments: str, pinned: bool = True) -> Any:
    """Run the `work` function of a benchmark in a fresh process and return what it gave.

    Args:
        name: The benchmark.
        arguments: For its `work` function.
        pinned: Bind it to the first processor. Not where it starts a model server itself.

    Raises:
        SkippedError: it failed, for instance because a library is not installed.
    """
    start = _pinned(0) if pinned else []
    command = [*start, sys.executable, str(_RUN), "--worker", name, *arguments]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SkippedError(_failure([name, *arguments], done.returncode, done.stderr))
    return json.loads(done.stdout.splitlines()[-1])


@contextlib.contextmanager
def fake_server(**options: float) -> Iterator[str]:
    """The fake LM Studio in a process of its own on the last processor; gives its base URL.

    Args:
        options: Of `python -m docgen_core.testing`, with `_` for `-`.
    """
    flags = [part for key, x in options.items() for part in (f"--{key.replace('_', '-')}", str(x))]
    command = [*_pinned(-1), sys.executable, "-m", "docgen_core.testing", *flags]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment(), stdin=pipe, stdout=pipe, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate()


def machine() -> str:
    """One line on where this runs."""
    load = os.getloadavg()[0]
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} processors, "
        f"load {load:.1f} at the start"
    )


def table(figures: Iterable[Figure]) -> str:
    """The figures as an aligned table."""
    head = Figure(
        what="figure", value="measured", spread="rounds", target="target", detail="behind it"
    )
    rows = [attrs.astuple(row) for row in (head, *figures)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _pinned(cpu: int) -> list[str]:
    """The start of a command that binds it to one processor, where there is more than one."""
    taskset = shutil.which("taskset")
    count = os.cpu_count() or 1
    return [taskset, "-c", str(cpu % count)] if taskset and count > 1 else []


def _failure(command: Sequence[str], code: int, said: str) -> str:
    last = " / ".join(said.strip().splitlines()[-_FAILURE_LINES:])
    return f"`{' '.join(command)}` ended with {code}: {last}"
