"""Three-way merge of texts by lines: what a person changed meets what was newly generated."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Final

import attrs

__all__ = ["MINE", "THEIRS", "Merge", "has_conflict", "merge_texts", "mine_of"]

#: What stands behind the marks of a conflict, as in `git merge`.
MINE: Final = "yours"
THEIRS: Final = "newly generated"

_OPEN: Final = f"<<<<<<< {MINE}"
_MIDDLE: Final = "======="
_CLOSE: Final = f">>>>>>> {THEIRS}"
_CONFLICT: Final = re.compile(
    rf"^{_OPEN}\n((?:.*\n)*?){_MIDDLE}\n(?:.*\n)*?{_CLOSE}(?:\n|\Z)", re.MULTILINE
)


@attrs.frozen(kw_only=True)
class Merge:
    """What became of two changed versions of one text.

    Attributes:
        text: Both changes together; a place where they clash holds both between marks.
        conflicts: In how many places they clash.
    """

    text: str
    conflicts: int = 0


def merge_texts(base: str, mine: str, theirs: str) -> Merge:
    """Join two changed versions of a text.

    The method is that of diff3: lines that all three share are the fixed points; between two of
    them a side that left the base alone gives way to the other. A paragraph that one side only
    adds next to what the other changed is no conflict.

    Args:
        base: The text that both started from.
        mine: What a person made of it.
        theirs: What was newly generated.
    """
    texts = [_lines(text) for text in (base, mine, theirs)]
    lines: list[str] = []
    conflicts = 0
    for gap, shared in _gaps(*texts):
        resolved = _resolve(*gap)
        if resolved is None:
            conflicts += 1
            resolved = [_OPEN, *gap[1], _MIDDLE, *gap[2], _CLOSE]
        lines += [*resolved, *shared]
    return Merge(text="\n".join(lines) + "\n" if lines else "", conflicts=conflicts)


def has_conflict(text: str) -> bool:
    """Whether a text still holds a conflict that `merge_texts` marked."""
    return _CONFLICT.search(text) is not None


def mine_of(text: str) -> str:
    """The text with the person's version in the place of each marked conflict."""
    return _CONFLICT.sub(r"\1", text)


def _lines(text: str) -> list[str]:
    # Not splitlines: a form feed or a line separator inside a line is no line end here.
    text = text.replace("\r\n", "\n")
    return text.removesuffix("\n").split("\n") if text else []


_Gap = tuple[list[str], list[str], list[str]]


def _gaps(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[_Gap, list[str]]]:
    """Part the texts at the lines that all three share: what stands before each, and the line."""
    in_mine, in_theirs = _matches(base, mine), _matches(base, theirs)
    at = (0, 0, 0)
    for index, line in enumerate(base):
        if index in in_mine and index in in_theirs:
            here = (index, in_mine[index], in_theirs[index])
            gap = (base[at[0] : here[0]], mine[at[1] : here[1]], theirs[at[2] : here[2]])
            yield gap, [line]
            at = (here[0] + 1, here[1] + 1, here[2] + 1)
    yield (base[at[0] :], mine[at[1] :], theirs[at[2] :]), []


def _matches(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Where each line of the base that is still there stands in the other text."""
    matcher = difflib.SequenceMatcher(None, base, other, autojunk=False)
    blocks = matcher.get_matching_blocks()
    return {block.a + i: block.b + i for block in blocks for i in range(block.size)}


def _resolve(base: list[str], mine: list[str], theirs: list[str]) -> list[str] | None:
    """The lines for one gap, or None when the two sides clash."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    return _with_added(base, mine, theirs) or _with_added(base, theirs, mine)


def _with_added(base: list[str], adds: list[str], changes: list[str]) -> list[str] | None:
    """The changed lines with what the other side only put before or after them."""
    size, extra = len(base), len(adds) - len(base)
    if not base or extra <= 0:
        return None
    if adds[:size] == base and not adds[size].strip():
        return [*changes, *adds[size:]]
    if adds[extra:] == base and not adds[extra - 1].strip():
        return [*adds[:extra], *changes]
    return None
