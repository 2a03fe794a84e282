"""The inside of paragraphs, headings and cells as nodes: styles, links that lead somewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote

import attrs
from markdown_it.token import Token

from docgen_core import nodes

__all__ = ["Lines", "item_anchors", "mark_anchors"]

#: Styles inside styles deeper than this are not shown.
_DEEPEST: Final = 9
_ITEM: Final = re.compile(r'<a id="([a-z]{1,3}[0-9]{1,4})">(</a>)?')
_ANCHOR: Final = "item_anchor"
_WEB: Final = re.compile(r"(?:https?://[^/?#\s]|mailto:[^\s?]|tel:\S)", re.IGNORECASE)
_TAG: Final = re.compile(r"<(/?)([a-z]+)>")
_STYLES: Final[Mapping[str, nodes.SpanStyle]] = MappingProxyType(
    {
        "b": "strong",
        "del": "strike",
        "em": "emphasis",
        "i": "emphasis",
        "ins": "underline",
        "kbd": "keyboard",
        "mark": "mark",
        "s": "strike",
        "small": "small",
        "strong": "strong",
        "sub": "subscript",
        "sup": "superscript",
        "u": "underline",
    }
)


def mark_anchors(tokens: Sequence[Token]) -> None:
    """Turn the raw anchors of numbered items into tokens of their own, in place.

    Args:
        tokens: A whole document's, raw HTML still in it.
    """
    for token in tokens:
        children = token.children or ()
        if any(child.type == "html_inline" and _ITEM.match(child.content) for child in children):
            token.children = list(_marked(children))


def _marked(children: Sequence[Token]) -> Iterator[Token]:
    skip = False
    for token, following in zip(children, (*children[1:], None), strict=True):
        found = _ITEM.fullmatch(token.content) if token.type == "html_inline" else None
        closed = following is not None and following.content == "</a>"
        if skip:
            skip = False
        elif found and (found[2] or closed):
            skip = not found[2]
            yield Token(_ANCHOR, "", 0, content=found[1])
        else:
            yield token


def item_anchors(tokens: Sequence[Token]) -> frozenset[str]:
    """The ids of numbered items that a document defines."""
    return frozenset(
        child.content for token in tokens for child in token.children or () if child.type == _ANCHOR
    )


@attrs.define
class _Run:
    """Inline nodes that belong together: the line itself, or the inside of a style or a link."""

    token: Token
    children: list[nodes.Inline] = attrs.field(factory=list)

    def add(self, *found: nodes.Inline) -> None:
        for node in found:
            last = self.children[-1] if self.children else None
            if isinstance(node, nodes.Text) and isinstance(last, nodes.Text):
                self.children[-1] = nodes.Text(last.text + node.text)
            else:
                self.children.append(node)


class Lines:
    """Reads lines of one document.

    Args:
        targets: The ids that internal links may lead to.
        anchors: The ids of numbered items; the first anchor of each is kept.
        numbers: The footnotes' numbers by label.

    Attributes:
        marks: How many marks of each footnote were read.
    """

    def __init__(
        self, *, targets: frozenset[str], anchors: frozenset[str], numbers: Mapping[str, int]
    ) -> None:
        self.marks: Counter[int] = Counter()
        self._targets = targets
        self._anchors = set(anchors)
        self._numbers = numbers

    def read(self, children: Sequence[Token]) -> tuple[nodes.Inline, ...]:
        """Give the nodes of one line.

        Args:
            children: Inline tokens that went through `make_safe`.
        """
        runs = [_Run(Token("root", "", 0))]
        for token in map(_as_style, children):
            if token.nesting == 1:
                runs.append(_Run(token))
            elif token.nesting == -1 and len(runs) > 1:
                run = runs.pop()
                runs[-1].add(*self._closed(run, depth=len(runs)))
            else:
                runs[-1].add(*self._leaf(token))
        while len(runs) > 1:
            run = runs.pop()
            runs[-1].add(*run.children)
        return tuple(runs[0].children)

    def _leaf(self, token: Token) -> Iterator[nodes.Inline]:
        if token.type == "text" and token.content:
            yield nodes.Text(token.content)
        elif token.type == "code_inline":
            yield nodes.InlineCode(token.content)
        elif token.type == "softbreak":
            yield nodes.Text(" ")
        elif token.type == "hardbreak" or token.content == "<br>":
            yield nodes.LineBreak()
        elif token.type == "footnote_ref" and token.meta["label"] in self._numbers:
            number = self._numbers[token.meta["label"]]
            self.marks[number] += 1
            yield nodes.FootnoteMark(number=number, occurrence=self.marks[number])
        elif token.type == _ANCHOR and token.content in self._anchors:
            self._anchors.remove(token.content)
            yield nodes.Anchor(token.content)

    def _closed(self, run: _Run, *, depth: int) -> tuple[nodes.Inline, ...]:
        children = tuple(run.children)
        if not children or depth > _DEEPEST:
            return children
        if run.token.type == "link_open":
            return self._link(str(run.token.attrs.get("href", "")), children)
        style = _STYLES.get(run.token.tag)
        return (nodes.Span(style=style, children=children),) if style else children

    def _link(self, address: str, children: tuple[nodes.Inline, ...]) -> tuple[nodes.Inline, ...]:
        if address.startswith("#"):
            target = unquote(address[1:])
            known = target in self._targets
            return (nodes.CrossReference(target=target, children=children),) if known else children
        # Other addresses would lead into the reader's own files or network.
        known = _WEB.match(address) is not None
        return (nodes.Link(address=address, children=children),) if known else children


def _as_style(token: Token) -> Token:
    """A kept raw tag as the Markdown token that means the same."""
    tag = _TAG.fullmatch(token.content) if token.type == "html_inline" else None
    if tag is None or tag[2] not in _STYLES:
        return token
    return Token("style", tag[2], -1 if tag[1] else 1)
