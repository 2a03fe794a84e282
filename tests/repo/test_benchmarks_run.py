"""The benchmarks start with one command; their figures are read by people, not asserted here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_RUN = Path(__file__).resolve().parents[1] / "benchmarks" / "run.py"


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(_RUN), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_one_command_prints_a_table_of_ratios() -> None:
    """The quickest benchmark runs from any folder and names its target."""
    done = _run("makespan", "--quick")
    assert done.returncode == 0, done.stderr
    assert "makespan / lower bound, 4 slots, lengths known, 32 brief(s)" in done.stdout
    assert "not measured" not in done.stdout


def test_unknown_benchmark_is_refused_with_the_known_names() -> None:
    """A wrong name is a usage error."""
    done = _run("nope")
    assert done.returncode == 2
    assert "first_token" in done.stderr
