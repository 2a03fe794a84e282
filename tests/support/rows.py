"""Ties tests to the rows of a table in the docs, by the row's id: faults, security statements.

`python tests/support/rows.py` writes the last column of the tables from the marked tests.
"""

from __future__ import annotations

import ast
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

__all__ = [
    "MATRIX",
    "STATEMENTS",
    "TESTS",
    "Page",
    "Row",
    "case",
    "exists",
    "marked_tests",
    "read_rows",
    "row",
    "tests_cell",
]

TESTS = Path(__file__).parents[1]
_ID = re.compile(r"[A-Za-z0-9]+(?:-[a-z0-9]+)*")
_LATER = ("later:", "not yet built:")


@attrs.frozen(kw_only=True)
class Page:
    """A page with tables whose rows are held by tests.

    Attributes:
        path: The page.
        folder: The folder in tests whose tests are marked with its rows.
        columns: How many columns such a table has.
    """

    path: Path
    folder: str
    columns: int


_DOCS = TESTS.parent / "docs"
MATRIX = Page(path=_DOCS / "reliability.md", folder="faults", columns=7)
STATEMENTS = Page(path=_DOCS / "security.md", folder="security", columns=3)


@attrs.frozen(kw_only=True)
class Row:
    """One row.

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


def read_rows(page: Page = MATRIX) -> tuple[Row, ...]:
    """Every row of every table of a page."""
    lines = page.path.read_text(encoding="utf-8").splitlines()
    cells = (_cells(line) for line in lines if line.startswith("| "))
    return tuple(_row(item) for item in cells if len(item) == page.columns and _is_row(item[0]))


def marked_tests(page: Page = MATRIX) -> Mapping[str, tuple[str, ...]]:
    """The test ids of each row, as pytest collects them; a whole function by its name alone."""
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider"]
    plugin = ["-p", "support.row_listing", str(TESTS / page.folder)]
    done = subprocess.run(
        [*command, *plugin], cwd=TESTS.parent, capture_output=True, text=True, check=False
    )
    listing = [line for line in done.stdout.splitlines() if line.startswith("ROWS ")]
    if done.returncode or not listing:
        raise AssertionError(done.stdout[-2000:] + done.stderr[-2000:])
    collected: list[tuple[str, list[str]]] = json.loads(listing[0][5:])
    return _folded(collected)


def exists(test: str) -> bool:
    """Whether the function of a test id stands in its file."""
    path, _, function = test.partition("::")
    base = TESTS.parent if path.startswith("plugins/") else TESTS
    return function.partition("[")[0] in _functions(base / path)


def tests_cell(tests: Iterable[str]) -> str:
    """The last cell of a row."""
    return "<br>".join(f"`{test}`" for test in tests)


def _functions(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {item.name for item in body if isinstance(item, ast.FunctionDef)}


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
        later=last.startswith(_LATER),
    )


def _write(page: Page) -> None:
    marked = marked_tests(page)
    lines = page.path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        cells = _cells(line) if line.startswith("| ") else ()
        if len(cells) == page.columns and cells[0] in marked:
            named = _row(cells).tests
            elsewhere = [test for test in named if not test.startswith(f"{page.folder}/")]
            tests = [*marked[cells[0]], *elsewhere]
            lines[number] = "| " + " | ".join([*cells[:-1], tests_cell(tests)]) + " |"
    page.path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write(MATRIX)
    _write(STATEMENTS)
