"""Links to items and headings: items first, then the own section's headings, then all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote

import attrs
from markdown_it.token import Token

from docgen_core.document.anchors import slug
from docgen_core.document.items import names_item

__all__ = ["Targets", "resolve_links"]

_DEAD: Final = "links to headings that do not exist were turned into text"
_DANGLING: Final = "links to items that do not exist were turned into text"


@attrs.frozen(kw_only=True)
class Targets:
    """What a `#link` in one section may mean.

    Attributes:
        items: The ids of all items that the document defines, by themselves.
        own: The section's anchors by themselves, as the document has them.
        local: The section's anchors by the id they would have if the section stood alone.
        document: The anchors of the whole document by name, those of sections by id too.
    """

    items: Mapping[str, str]
    own: Mapping[str, str]
    local: Mapping[str, str]
    document: Mapping[str, str]

    def find(self, fragment: str) -> str | None:
        """The anchor that a fragment means, or None when it leads nowhere.

        Args:
            fragment: What stands after `#`, decoded.
        """
        tables = (self.items, self.own, self.local, self.document)
        spellings = (fragment, slug(fragment)) if fragment else ()
        found = (table[name] for name in spellings for table in tables if name in table)
        return next(found, None)


def resolve_links(tokens: Sequence[Token], targets: Targets, notes: Counter[str]) -> None:
    """Point `#links` at the document's anchors and take dead ones apart, in place.

    Args:
        tokens: One section's tokens.
        targets: What its links may mean.
        notes: Counts the dead links.
    """
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = _resolved(token.children, targets, notes)


def _resolved(children: Sequence[Token], targets: Targets, notes: Counter[str]) -> list[Token]:
    kept: list[Token] = []
    alive: list[bool] = []
    for token in children:
        if token.type == "link_open":
            alive.append(_point(token, targets, notes))
        if token.type not in {"link_open", "link_close"} or alive[-1]:
            kept.append(token)
        if token.type == "link_close":
            alive.pop()
    return kept


def _point(opening: Token, targets: Targets, notes: Counter[str]) -> bool:
    address = str(opening.attrs.get("href", ""))
    if not address.startswith("#"):
        return True
    fragment = unquote(address[1:])
    anchor = targets.find(fragment)
    if anchor is not None:
        opening.attrs["href"] = f"#{anchor}"
    else:
        notes[_DANGLING if names_item(fragment.lower()) else _DEAD] += 1
    return anchor is not None
