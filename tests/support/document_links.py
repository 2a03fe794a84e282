"""The internal links of a Markdown document, for comparing exports with it."""

from __future__ import annotations

import functools
import re
from typing import Final
from urllib.parse import unquote

import attrs

from docgen_core.api import Document
from docgen_core.document import Slugger
from docgen_core.document.inline import plain_text
from docgen_core.document.parse import parse

__all__ = ["Links", "links_of"]

_ANCHOR: Final = re.compile(r'<a id="([a-z]{1,3}[0-9]{1,4})">')


@attrs.frozen(kw_only=True)
class Links:
    """The internal links of a document.

    Attributes:
        links: Where each link leads, sorted; the table of contents is part of it.
        headings: The id of every heading, in reading order.
        anchors: The ids of numbered items, sorted.
    """

    links: tuple[str, ...]
    headings: tuple[str, ...]
    anchors: tuple[str, ...]

    @property
    def targets(self) -> frozenset[str]:
        """The ids that are linked to."""
        return frozenset(self.links)

    @property
    def broken(self) -> frozenset[str]:
        """Linked ids that are not in the document."""
        return self.targets - {*self.headings, *self.anchors}


def links_of(document: Document) -> Links:
    """Read the links as a viewer of document.md would.

    That is from the Markdown itself, not from the nodes that exporters are given.
    """
    return _links(document.markdown)


@functools.cache
def _links(markdown: str) -> Links:
    slugger = Slugger()
    tokens = parse(markdown)
    headings = [
        slugger.anchor(plain_text(tokens[at + 1].children))
        for at, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    inline = [child for token in tokens for child in token.children or ()]
    hrefs = [str(child.attrs.get("href", "")) for child in inline if child.type == "link_open"]
    marks = [_ANCHOR.fullmatch(child.content) for child in inline if child.type == "html_inline"]
    anchors = {found[1] for found in marks if found}
    return Links(
        links=tuple(sorted(unquote(href[1:]) for href in hrefs if href.startswith("#"))),
        headings=tuple(headings),
        anchors=tuple(sorted(anchors)),
    )
