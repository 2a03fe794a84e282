"""The statements in docs/security.md and the tests that hold them say the same."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from support.rows import STATEMENTS, Row, exists, marked_tests, read_rows

HERE = "security/"
NUMBERED = tuple(f"S{number}" for number in range(1, 47))


@pytest.fixture(scope="module")
def marked() -> Mapping[str, tuple[str, ...]]:
    """The tests that are marked with statements."""
    return marked_tests(STATEMENTS)


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return read_rows(STATEMENTS)


def test_every_statement_stands_once_and_in_order(rows: tuple[Row, ...]) -> None:
    """None is left out, none is told twice."""
    assert tuple(row.id for row in rows) == (*NUMBERED, "telemetry")


def test_every_marked_test_has_its_statement(
    rows: tuple[Row, ...], marked: Mapping[str, tuple[str, ...]]
) -> None:
    """A mark with a typing error would hold nothing."""
    assert set(marked) - {row.id for row in rows} == set()


def test_every_statement_names_its_marked_tests(
    rows: tuple[Row, ...], marked: Mapping[str, tuple[str, ...]]
) -> None:
    """All of them and no other; `python tests/support/rows.py` writes them."""
    for row in rows:
        named = tuple(test for test in row.tests if test.startswith(HERE))
        assert sorted(named) == sorted(marked.get(row.id, ())), row.id


def test_every_statement_has_a_test_or_a_part_that_is_not_built(rows: tuple[Row, ...]) -> None:
    """One of the two, never both."""
    assert [row.id for row in rows if bool(row.tests) is row.later] == []


def test_tests_elsewhere_exist(rows: tuple[Row, ...]) -> None:
    """By file and function."""
    named = {test for row in rows for test in row.tests if not test.startswith(HERE)}
    assert [test for test in sorted(named) if not exists(test)] == []
