"""Item anchors: where an id such as `P1` is defined, each kept once over a whole document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from markdown_it.token import Token

from docgen_core.document.inline import tidy

__all__ = ["CLOSING", "anchor_tokens", "item_anchors", "item_of", "keep_first", "names_item"]

CLOSING: Final = "</a>"
_NAME: Final = re.compile(r"[a-z]{1,3}[0-9]{1,4}")
_OPENING: Final = re.compile(rf'<a id="({_NAME.pattern})">')
_REPEATED: Final = "anchors of items that were already there were dropped"


def names_item(fragment: str) -> bool:
    """Whether a link's fragment has the form of an item's id, in small letters."""
    return _NAME.fullmatch(fragment) is not None


def item_of(children: Sequence[Token], position: int) -> str | None:
    """The item id that a whole anchor at this place defines, or None.

    Args:
        children: Inline tokens.
        position: Where the opening tag may stand; the closing one must follow at once.
    """
    opening, *rest = children[position : position + 2]
    if opening.type != "html_inline" or not rest or rest[0].content != CLOSING:
        return None
    found = _OPENING.fullmatch(opening.content) if rest[0].type == "html_inline" else None
    return None if found is None else found[1]


def anchor_tokens(name: str) -> list[Token]:
    """Make the tokens of an anchor."""
    opening = f'<a id="{name}">'
    return [Token("html_inline", "", 0, content=text) for text in (opening, CLOSING)]


def item_anchors(tokens: Sequence[Token]) -> Iterator[str]:
    """The ids that a section's anchors define, in reading order.

    Args:
        tokens: One section's tokens, made safe.
    """
    for token in tokens:
        for opening, closing in pairwise(token.children or ()):
            name = item_of([opening, closing], 0)
            if name is not None:
                yield name


def keep_first(tokens: Sequence[Token], seen: set[str], notes: Counter[str]) -> list[Token]:
    """Drop the anchors of items that are defined already, and paragraphs of nothing else.

    Args:
        tokens: One section's tokens, made safe; their inline children are replaced in place.
        seen: The ids defined so far; grows.
        notes: Counts what was dropped.

    Returns:
        The tokens that stay.
    """
    kept: list[Token] = []
    for token in tokens:
        if any(child.type == "html_inline" for child in token.children or ()):
            token.children = list(_first_only(token.children or [], seen, notes))
        kept.append(token)
        # An empty paragraph would part two lists, which a reader of the text sees as one.
        if token.type == "paragraph_close" and not tidy(kept[-2].children or ()):
            del kept[-3:]
    return kept


def _first_only(children: list[Token], seen: set[str], notes: Counter[str]) -> Iterator[Token]:
    dropped_until = 0
    for position, token in enumerate(children):
        name = item_of(children, position)
        if name is not None and name in seen:
            notes[_REPEATED] += 1
            dropped_until = position + 2
        elif name is not None:
            seen.add(name)
        if position >= dropped_until:
            yield token
