"""What is shown of a structured answer while it arrives."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.cli.progress.json_words import JsonWords


def shown(text: str, size: int) -> str:
    words = JsonWords()
    return "".join(words.take(text[at : at + size]) for at in range(0, len(text), size))


ANSWER = {
    "current_state": 'Say "no"\nat the desk.',
    "days": 3,
    "goals": [{"name": "Fewer calls", "tags": ["a", "b"]}, {"name": "Ende für alle", "tags": []}],
}
LINES = """
Current state: Say "no" at the desk.
Days: 3
Goals:\x20
    Name: Fewer calls
    Tags:\x20
      - a
      - b
    Name: Ende für alle
    Tags:\x20"""


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_field_is_a_line(size: int, indent: int | None) -> None:
    """However the pieces are cut and the JSON is set."""
    assert shown(json.dumps(ANSWER, indent=indent), size) == LINES


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("text", ["# Goals\n\n- one", "`x` is {one}", "``` text", "[1]", "  hm"])
def test_other_text_is_shown_as_it_is(text: str, size: int) -> None:
    """A deliverable without a schema writes Markdown."""
    assert shown(text, size) == text


def test_a_fence_around_it_is_left_out() -> None:
    """Models write one where no grammar holds them."""
    assert shown('```json\n{"name": "A"}', 2) == "\nName: A"


@given(st.text(alphabet='{}[]",:\\u0a1`x \n', max_size=60), st.integers(1, 9))
def test_broken_json_is_shown_somehow(text: str, size: int) -> None:
    """The display must never end a run; how the text is cut into pieces does not matter."""
    assert shown("{" + text, size) == shown("{" + text, 1000)
