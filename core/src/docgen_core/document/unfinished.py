"""Takes the loose end off an answer that was cut at its token limit."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["drop_unfinished"]

#: A sentence's end: its mark, and quotes, brackets or emphasis that close behind it.
_END: Final = re.compile(r"""(?:[.!?…:]["'”’»)\]*_`]*(?=\s|$))|[。！？]""")  # noqa: RUF001 - CJK marks
#: A full stop here ends an enumerator ("1."), not a sentence.
_MARKER: Final = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s+|$)(?:\[[ xX]\]\s+)?")
_HEADING: Final = re.compile(r"\s{0,3}#{1,6}(?:\s|$)")
_FENCE: Final = re.compile(r"\s{0,3}(?:```|~~~)")


def drop_unfinished(text: str) -> str:
    """Cut a text back to the last sentence, list item, table row or code line that is whole.

    Args:
        text: Markdown that stopped in the middle.

    Returns:
        The text up to its last whole piece, without headings that nothing follows; the text as it
        is when nothing of it is whole.
    """
    lines = text.rstrip().splitlines()
    if _inside_fence(lines):
        return text
    kept = _trim_last(lines)
    while kept and (not kept[-1].strip() or _HEADING.match(kept[-1])):
        kept.pop()
    return "\n".join(kept) + "\n" if kept else text


def _inside_fence(lines: list[str]) -> bool:
    return sum(1 for line in lines if _FENCE.match(line)) % 2 == 1


def _trim_last(lines: list[str]) -> list[str]:
    """Keep the last line as far as it is whole."""
    if not lines:
        return []
    *before, last = lines
    if _FENCE.match(last) or last.rstrip().endswith("|"):
        return lines
    marker = _MARKER.match(last)
    start = marker.end() if marker else 0
    ends = [match.end() for match in _END.finditer(last, start)]
    return [*before, last[: ends[-1]]] if ends else before
