"""Ties tests to the rows of the fault matrix in docs/reliability.md, by the row's id.

`python tests/support/rows.py` writes the last column of the tables from the marked tests.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

__all__ = ["MATRIX", "TESTS", "Row", "case", "marked_tests", "read_rows", "row", "tests_cell"]

TESTS = Path(__file__).parents[1]
MATRIX = TESTS.parent / "docs" / "reliability.md"
_COLUMNS = 7
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@attrs.frozen(kw_only=True)
class Row:
    """One row of the matrix.

    Attributes:
        id: Names it in tests.
        cells: All its cells, the id first and the tests last.
        tests: The test ids that it names, relative to the tests folder.
        later: Whether it belongs to a part that does not exist yet.
    """

    id: str
    cells: tuple[str, ...]
    tests: tuple[str, ...]
    later: bool


def row(*names: str) -> pytest.MarkDecorator:
    """Mark a test as one that holds these rows."""
    return pytest.mark.row(*names)


def case(name: str, *values: Any) -> Any:
    """A parameter set for the row `name`; `name/variant` where a row has several."""
    return pytest.param(*values, id=name.replace("/", "-"), marks=row(name.partition("/")[0]))


def read_rows() -> tuple[Row, ...]:
    """Every row of every table of the matrix."""
    lines = MATRIX.read_text(encoding="utf-8").splitlines()
    cells = (_cells(line) for line in lines if line.startswith("| "))
    return tuple(_row(item) for item in cells if len(item) == _COLUMNS and _is_row(item[0]))


def marked_tests() -> Mapping[str, tuple[str, ...]]:
    """The test ids of each row, as pytest collects them; a whole function by its name alone."""
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider"]
    plugin = ["-p", "support.row_listing", str(TESTS / "faults")]
    done = subprocess.run(
        [*command, *plugin], cwd=TESTS.parent, capture_output=True, text=True, check=False
    )
    listing = [line for line in done.stdout.splitlines() if line.startswith("ROWS ")]
    if done.returncode or not listing:
        raise AssertionError(done.stdout[-2000:] + done.stderr[-2000:])
    collected: list[tuple[str, list[str]]] = json.loads(listing[0][5:])
    return _folded(collected)


def tests_cell(tests: Iterable[str]) -> str:
    """The last cell of a row."""
    return "<br>".join(f"`{test}`" for test in tests)


def _folded(collected: list[tuple[str, list[str]]]) -> dict[str, tuple[str, ...]]:
    cases: dict[str, set[str]] = defaultdict(set)
    rows: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for test, names in collected:
        function = test.partition("[")[0]
        cases[function].add(test)
        for name in names:
            rows[name][function].append(test)
    return {
        name: tuple(
            test
            for function, found in functions.items()
            for test in ([function] if set(found) == cases[function] else found)
        )
        for name, functions in rows.items()
    }


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip()[1:-1].split("|"))


def _is_row(first: str) -> bool:
    return first != "id" and _ID.fullmatch(first) is not None


def _row(cells: tuple[str, ...]) -> Row:
    last = cells[-1]
    return Row(
        id=cells[0],
        cells=cells,
        tests=tuple(re.findall(r"`([^`]+)`", last)),
        later=last.startswith("later:"),
    )


def _write() -> None:
    marked = marked_tests()
    lines = MATRIX.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        cells = _cells(line) if line.startswith("| ") else ()
        if len(cells) == _COLUMNS and cells[0] in marked:
            elsewhere = [test for test in _row(cells).tests if not test.startswith("faults/")]
            tests = [*marked[cells[0]], *elsewhere]
            lines[number] = "| " + " | ".join([*cells[:-1], tests_cell(tests)]) + " |"
    MATRIX.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write()
