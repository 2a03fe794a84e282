"""The one command for all benchmarks: `python tests/benchmarks/run.py [name ...]`.

Prints a table of figures, each a ratio of things measured inside one run. `--quick` does a tenth
of the work, to see that everything runs; its figures mean little.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.harness import Figure

_NAMES = (
    *("help", "packs", "tokens", "first_token", "makespan", "prefix"),
    *("modes", "memory", "soak", "kills", "validity", "exports"),
)


def main() -> int:
    """Run the benchmarks that are named, or all."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    if sys.argv[1:2] == ["--worker"]:
        return _work(*sys.argv[2:])
    parser = argparse.ArgumentParser(description="Print docgen's figures as ratios.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(_NAMES)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(_NAMES)):
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(_NAMES)}")
    return _run_all(arguments.names or _NAMES, quick=arguments.quick)


def _run_all(names: list[str] | tuple[str, ...], *, quick: bool) -> int:
    from benchmarks import harness

    print(harness.machine())
    figures: list[Figure] = []
    skipped: dict[str, str] = {}
    for name in names:
        print(f"{name} ...", file=sys.stderr)
        try:
            module = importlib.import_module(f"benchmarks.bench_{name}")
            figures += module.measure(quick=quick)
        except (harness.SkippedError, ImportError) as reason:
            skipped[name] = str(reason)
    print(harness.table(figures))
    for name, why in skipped.items():
        print(f"not measured: {name}: {why}")
    return 0


def _work(name: str, *arguments: str) -> int:
    """Do one benchmark's measured part in this process of its own; print its result as JSON."""
    module = importlib.import_module(f"benchmarks.bench_{name}")
    print(json.dumps(module.work(*arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
