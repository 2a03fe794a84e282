"""The fault matrix in docs/reliability.md and the tests of this folder say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
from support.rows import Row, exists, marked_tests, read_rows

HERE = "faults/"


@pytest.fixture(scope="module")
def marked() -> Mapping[str, tuple[str, ...]]:
    """The tests that are marked as rows."""
    return marked_tests()


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return read_rows()


def test_every_row_stands_once(rows: tuple[Row, ...]) -> None:
    """An id names one row."""
    assert [name for name, count in Counter(row.id for row in rows).items() if count > 1] == []
    assert len(rows) > 100


def test_every_marked_test_has_its_row(
    rows: tuple[Row, ...], marked: Mapping[str, tuple[str, ...]]
) -> None:
    """A test for a fault that the page does not tell of is told here."""
    assert set(marked) - {row.id for row in rows} == set()


def test_every_row_names_its_marked_tests(
    rows: tuple[Row, ...], marked: Mapping[str, tuple[str, ...]]
) -> None:
    """All of them and no other; `python tests/support/rows.py` writes them."""
    for row in rows:
        named = tuple(test for test in row.tests if test.startswith(HERE))
        assert sorted(named) == sorted(marked.get(row.id, ())), row.id


def test_every_row_has_a_test(rows: tuple[Row, ...]) -> None:
    """Unless it belongs to a part that does not exist yet, and says which."""
    assert [row.id for row in rows if not row.tests and not row.later] == []
    assert [row.id for row in rows if row.tests and row.later] == []


def test_tests_elsewhere_exist(rows: tuple[Row, ...]) -> None:
    """By file and function."""
    named = {test for row in rows for test in row.tests if not test.startswith(HERE)}
    assert [test for test in sorted(named) if not exists(test)] == []


def test_every_cell_is_filled_where_it_must_be(rows: tuple[Row, ...]) -> None:
    """Fault, how it is injected, what the user sees, whether it is tried again."""
    for row in rows:
        for number in (1, 2, 3, 5):
            assert row.cells[number], row.id
