"""Three-way merges: what must hold for any three texts, and the cases that people meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.document.threeway import has_conflict, merge_texts, mine_of

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "# h", "- x"]), max_size=12)
TEXTS = LINES.map(lambda lines: "".join(f"{line}\n" for line in lines))


@given(TEXTS, TEXTS)
def test_a_side_that_changed_nothing_gives_way(base: str, changed: str) -> None:
    """Whichever side it is."""
    assert merge_texts(base, base, changed).text == changed
    assert merge_texts(base, changed, base).text == changed


@given(TEXTS, TEXTS)
def test_the_same_change_on_both_sides_is_no_conflict(base: str, changed: str) -> None:
    """It is made once."""
    merge = merge_texts(base, changed, changed)
    assert (merge.text, merge.conflicts) == (changed, 0)


@given(TEXTS, TEXTS, TEXTS)
def test_no_line_of_the_person_is_lost_without_a_mark(base: str, mine: str, theirs: str) -> None:
    """What a person added is in the result, merged or marked."""
    merged = merge_texts(base, mine, theirs).text.split("\n")
    added = set(mine.split("\n")) - set(base.split("\n"))
    assert added <= set(merged)


@given(TEXTS, TEXTS, TEXTS)
def test_conflicts_are_found_again(base: str, mine: str, theirs: str) -> None:
    """Marks are there exactly when there is a conflict; the person's side can be read back."""
    merge = merge_texts(base, mine, theirs)
    assert has_conflict(merge.text) == (merge.conflicts > 0)
    assert not has_conflict(mine_of(merge.text))


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        ("a\n\nb\n", "A\n\nb\n", "a\n\nB\n", "A\n\nB\n"),
        ("a\n\nb\n", "b\n", "a\n\nb\n\nc\n", "b\n\nc\n"),
        ("a\n", "a\n\nmine\n", "x\n\ny\n", "x\n\ny\n\nmine\n"),
        ("a\n", "mine\n\na\n", "x\n", "mine\n\nx\n"),
        ("a\r\n\r\nb\r\n", "a\n\nB\n", "A\n\nb\n", "A\n\nB\n"),
        ("a\u2028b\n\nc\n", "a\u2028b\n\nC\n", "a\u2028b\n\nc\n\nd\n", None),
        ("", "mine\n", "", "mine\n"),
    ],
)
def test_what_does_not_clash_is_merged(
    base: str, mine: str, theirs: str, merged: str | None
) -> None:
    """None: the sides change the same place."""
    merge = merge_texts(base, mine, theirs)
    if merged is not None:
        assert (merge.text, merge.conflicts) == (merged, 0)
    else:
        assert "C\n" in merge.text
        assert "d\n" in merge.text


def test_a_clash_is_marked_as_git_does() -> None:
    """With a name on each side."""
    merge = merge_texts("a\n\nb\n", "x\n\nb\n", "y\n\nb\n")
    marked = "<<<<<<< yours\nx\n=======\ny\n>>>>>>> newly generated\n\nb\n"
    assert (merge.text, merge.conflicts) == (marked, 1)
    assert mine_of(merge.text) == "x\n\nb\n"
