"""Heading ids as GitHub builds them, unique over one document.

Viewers compute the ids of an exported Markdown file from its headings, so links only work if docgen
computes the same ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

__all__ = ["Slugger", "slug"]

_KEPT_CATEGORIES: Final = frozenset({"Nd", "Nl", "Pc"})
#: Symbols that Unicode counts as alphabetic all the same: circled and squared Latin letters.
_ALPHABETIC_SYMBOLS: Final = re.compile("[\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f189]")
_PLAIN: Final = re.compile(r"[a-z0-9_ -]*")
#: The id of a heading that leaves nothing behind, such as one of emoji only.
_FALLBACK: Final = "section"


def slug(title: str) -> str:
    """Build a heading's id, not yet unique.

    Args:
        title: The heading as plain text.

    Returns:
        Lower-case letters, digits, `_` and `-`; never empty.
    """
    lowered = title.strip().lower()
    if not _PLAIN.fullmatch(lowered):
        lowered = "".join(filter(_stays, lowered))
    return lowered.replace(" ", "-") or _FALLBACK


def _stays(character: str) -> bool:
    category = unicodedata.category(character)
    return (
        category[0] in "LM"
        or category in _KEPT_CATEGORIES
        or character in "- "
        or _ALPHABETIC_SYMBOLS.match(character) is not None
    )


class Slugger:
    """Hands out ids in reading order; what comes later never changes an earlier one.

    Args:
        reserved: Ids that mean something else; a heading that would have one gets another.
    """

    def __init__(self, reserved: Collection[str] = ()) -> None:
        self._taken: dict[str, int] = {}
        self._reserved = frozenset(reserved)

    def is_own(self, title: str) -> bool:
        """Whether the id follows from the title, so that every viewer finds it by itself.

        Args:
            title: The heading as plain text.
        """
        return slug(title) not in self._reserved

    def anchor(self, title: str) -> str:
        """Give the next heading its id.

        Args:
            title: The heading as plain text.

        Returns:
            The slug, with `-1`, `-2`, ... when it was given out before, and with `section-` in
            front when it is reserved.
        """
        base = anchor = slug(title) if self.is_own(title) else f"{_FALLBACK}-{slug(title)}"
        while anchor in self._taken:
            self._taken[base] += 1
            anchor = f"{base}-{self._taken[base]}"
        self._taken[anchor] = 0
        return anchor
