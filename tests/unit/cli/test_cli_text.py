"""Small text tools: safe to show, in columns, in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.cli.text import clean, columns, count, duration, one_line, slug

CLEANED = [
    ("plain", "plain"),
    ("tab\tand\nline", "tab\tand\nline"),
    ("a\x1b[31mred\x1b[0m", "ared"),
    ("a\x1b]0;title\x07b", "ab"),
    ("a\x1b]8;;http://x\x1b\\b", "ab"),
    ("bell\x07\x00\x9b31m", "bell31m"),
    ("over\rwrite", "overwrite"),
    ("rtl\u202eevil\u2066", "rtlevil"),
    ("café · 日本", "café · 日本"),
]

DURATIONS = [(0.0, "0.0 s"), (3.24, "3.2 s"), (59.94, "59.9 s"), (65, "1:05"), (3723, "1:02:03")]

SLUGS = [
    ("Create a CRM", "create-a-crm"),
    ("  ../../etc/passwd ", "etc-passwd"),
    ("Ünïcode!", "n-code"),
    ("日本", "document"),
    ("", "document"),
    ("x" * 100, "x" * 48),
]


@pytest.mark.parametrize(("text", "expected"), CLEANED)
def test_clean(text: str, expected: str) -> None:
    """Escapes and control characters go, everything readable stays."""
    assert clean(text) == expected


@given(st.text())
def test_nothing_unsafe_is_left(text: str) -> None:
    """Whatever comes in, no control character but tab and newline comes out."""
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", clean(text))


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    """No line end of any kind is left."""
    assert len(one_line(text).splitlines()) <= 1


@pytest.mark.parametrize(("seconds", "expected"), DURATIONS)
def test_duration(seconds: float, expected: str) -> None:
    """Durations read as people say them."""
    assert duration(seconds) == expected


@pytest.mark.parametrize(("title", "expected"), SLUGS)
def test_slug(title: str, expected: str) -> None:
    """Folder names come from a fixed alphabet."""
    assert slug(title) == expected


@given(st.text())
def test_slug_is_always_a_safe_name(title: str) -> None:
    """No title leads out of the folder."""
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?", slug(title))


def test_count() -> None:
    """One thing, two things, many things."""
    assert [count(n, "token") for n in (0, 1, 1234)] == ["0 tokens", "1 token", "1,234 tokens"]


def test_columns_are_aligned() -> None:
    """Each column is as wide as its widest cell; the last one is not padded."""
    lines = list(columns(("id", "what"), [("a", "one"), ("long", "two\nlines")]))
    assert lines == ["id    what", "a     one", "long  two lines"]


def test_columns_without_rows() -> None:
    """An empty table is its header."""
    assert list(columns(("id", "what"), [])) == ["id  what"]
