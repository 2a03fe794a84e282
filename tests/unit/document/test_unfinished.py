from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.document.unfinished import drop_unfinished

CASES = {
    "half a sentence": ("One. Two. Thr", "One. Two.\n"),
    "half a line after a paragraph": ("First paragraph.\n\nSecond para", "First paragraph.\n"),
    "a whole sentence": ("One. Two.", "One. Two.\n"),
    "half a list item": ("- one\n- two\n- thr", "- one\n- two\n"),
    "an enumerator alone": ("1. One item\n2.", "1. One item\n"),
    "a heading without text": ("Text.\n\n## Next", "Text.\n"),
    "half a sentence under a heading": ("Text.\n\n## Next\n\nThe beg", "Text.\n"),
    "half a table row": (
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 |",
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 |\n",
    ),
    "a sentence that ends in bold": ("**Done.** And th", "**Done.**\n"),
    "Japanese": ("一つ。二", "一つ。\n"),
    "code is left for the fence repair": ("```\nx = 1", "```\nx = 1"),
    "nothing whole": ("The begin", "The begin"),
    "a number with a point": ("It costs 3.5 eur", "It costs 3.5 eur"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_cut_text_ends_with_its_last_whole_piece(text: str, expected: str) -> None:
    """Each row is a way in which the token limit can fall."""
    assert drop_unfinished(text) == expected


@given(st.text(alphabet="a.#-| \n`1", max_size=60))
def test_what_is_kept_is_a_beginning_of_the_text(text: str) -> None:
    """Nothing is invented or moved."""
    kept = drop_unfinished(text)
    assert "".join(text.split()).startswith("".join(kept.split()))
