"""What a finished document is made of, as exporters see it: blocks and inline nodes, data only.

`docgen_core.api.read_document` gives a `Content` of these. Everything in it is safe to write: no
raw HTML, no images, only links to the web, mail and telephone, and internal links whose target is
in the document. Texts are plain: an exporter escapes them for its own format and nothing more.

    Content
    ├── blocks: Heading, Paragraph, List (of ListItem), Quote, Code, Table, Rule
    ├── inside them: Text, InlineCode, Span, Link, CrossReference, Anchor, FootnoteMark, LineBreak
    └── notes: Footnote

A `Code` whose language is `mermaid` may be drawn: `docgen_core.api.draw_diagram` gives a `Diagram`.
The parts of other code, for colours, are `CodePart`s: `docgen_core.api.code_parts` gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import attrs

__all__ = [
    "CODE_KINDS",
    "SPAN_STYLES",
    "SPAN_TAGS",
    "Alignment",
    "Anchor",
    "Block",
    "Cell",
    "Code",
    "CodeKind",
    "CodePart",
    "Content",
    "CrossReference",
    "Diagram",
    "Footnote",
    "FootnoteMark",
    "Heading",
    "Inline",
    "InlineCode",
    "LineBreak",
    "Link",
    "List",
    "ListItem",
    "Paragraph",
    "Quote",
    "Rule",
    "Span",
    "SpanStyle",
    "Table",
    "Text",
    "plain_text",
    "walk",
]

SpanStyle: TypeAlias = Literal[
    "strong", "emphasis", "strike", "underline", "mark", "small", "keyboard", "subscript",
    "superscript",
]  # fmt: skip
Alignment: TypeAlias = Literal["", "left", "center", "right"]

#: Every style that a `Span` may have.
SPAN_STYLES: Final[tuple[SpanStyle, ...]] = (
    "strong", "emphasis", "strike", "underline", "mark", "small", "keyboard", "subscript",
    "superscript",
)  # fmt: skip

#: The element of HTML for each style of a `Span`.
SPAN_TAGS: Final[Mapping[SpanStyle, str]] = MappingProxyType(
    {
        "strong": "strong",
        "emphasis": "em",
        "strike": "s",
        "underline": "u",
        "mark": "mark",
        "small": "small",
        "keyboard": "kbd",
        "subscript": "sub",
        "superscript": "sup",
    }
)

#: What a part of code may be; `name` is one that is made there, `known` one that is used.
CodeKind: TypeAlias = Literal[
    "", "keyword", "string", "comment", "number", "name", "known", "added", "removed"
]  # fmt: skip

#: The same, for tables of an exporter that must know them all.
CODE_KINDS: Final[tuple[CodeKind, ...]] = (
    "", "keyword", "string", "comment", "number", "name", "known", "added", "removed",
)  # fmt: skip


@attrs.frozen
class Text:
    """Plain text on one line."""

    text: str


@attrs.frozen
class InlineCode:
    """Code inside a line of text."""

    text: str


@attrs.frozen(kw_only=True)
class Span:
    """A run of text in a style, such as strong."""

    style: SpanStyle
    children: tuple[Inline, ...]


@attrs.frozen(kw_only=True)
class Link:
    """A link out of the document.

    Attributes:
        address: Begins with `http://`, `https://`, `mailto:` or `tel:`, percent-encoded.
        children: What is shown.
    """

    address: str
    children: tuple[Inline, ...]


@attrs.frozen(kw_only=True)
class CrossReference:
    """A link inside the document.

    Attributes:
        target: The id of a `Heading` or an `Anchor` that is in the document, without `#`.
        children: What is shown.
    """

    target: str
    children: tuple[Inline, ...]


@attrs.frozen
class Anchor:
    """A place that cross references lead to, with nothing to see; its id is unique."""

    id: str


@attrs.frozen(kw_only=True)
class FootnoteMark:
    """The mark in the text that leads to a footnote.

    Attributes:
        number: Which footnote, from 1.
        occurrence: The how manieth mark of this footnote, from 1.
    """

    number: int
    occurrence: int = 1


@attrs.frozen
class LineBreak:
    """A new line inside a paragraph, a heading or a cell."""


Inline: TypeAlias = (
    Text | InlineCode | Span | Link | CrossReference | Anchor | FootnoteMark | LineBreak
)
Cell: TypeAlias = tuple[Inline, ...]


@attrs.frozen(kw_only=True)
class Heading:
    """A heading.

    Attributes:
        level: 1 to 6; 1 is the document's title.
        id: What cross references to it name; unique, the same as in the Markdown document.
        children: The heading's text.
        section: The id of the section that begins here; empty for other headings.
    """

    level: int
    id: str
    children: tuple[Inline, ...]
    section: str = ""


@attrs.frozen
class Paragraph:
    """A paragraph, never empty."""

    children: tuple[Inline, ...]


@attrs.frozen(kw_only=True)
class ListItem:
    """One item of a list.

    Attributes:
        blocks: What it holds; may be empty.
        checked: Whether its task box is ticked, or None when it has no box.
    """

    blocks: tuple[Block, ...]
    checked: bool | None = None


@attrs.frozen(kw_only=True)
class List:
    """A list.

    Attributes:
        items: Its items.
        ordered: Whether the items are numbered.
        start: The first item's number.
        tight: Whether the items stand close together, without space between paragraphs.
    """

    items: tuple[ListItem, ...]
    ordered: bool = False
    start: int = 1
    tight: bool = True


@attrs.frozen
class Quote:
    """A block quotation."""

    blocks: tuple[Block, ...]


@attrs.frozen(kw_only=True)
class Code:
    """A block of code, several lines.

    Attributes:
        text: The code, without a newline at the end.
        language: What the author called its language, in lower case; empty when not said.
            `mermaid` is a diagram as text.
    """

    text: str
    language: str = ""


@attrs.frozen(kw_only=True)
class Table:
    """A table; every row has as many cells as the head.

    Attributes:
        alignments: How each column is set; an empty text where nothing is asked for.
        head: The cells of the head.
        rows: The other rows.
    """

    alignments: tuple[Alignment, ...]
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@attrs.frozen
class Rule:
    """A line across the page."""


Block: TypeAlias = Heading | Paragraph | List | Quote | Code | Table | Rule


@attrs.frozen(kw_only=True)
class Footnote:
    """A footnote.

    Attributes:
        number: Its number, from 1, in the order in which the text names them.
        blocks: What it says.
        marks: How many marks in the text lead to it; 0 for one that is never named.
    """

    number: int
    blocks: tuple[Block, ...]
    marks: int = 0


@attrs.frozen(kw_only=True)
class Content:
    """A whole document, ready to be written in another format.

    Attributes:
        title: The document's title as plain text.
        language: Its language as a BCP 47 tag.
        heading: The first-level heading at the top, or None.
        front: What stands between that heading and the first section or the contents.
        contents: The heading over the table of contents, or None without one. The list itself is
            left out: an exporter makes it from `headings`.
        body: The sections.
        notes: The footnotes.
    """

    title: str
    language: str
    heading: Heading | None
    front: tuple[Block, ...]
    contents: Heading | None
    body: tuple[Block, ...]
    notes: tuple[Footnote, ...]

    def headings(self, depth: int = 6) -> tuple[Heading, ...]:
        """The headings of the body and of the notes, as a table of contents lists them.

        Args:
            depth: The deepest level that is listed, 2 to 6.
        """
        blocks = (*self.body, *(block for note in self.notes for block in note.blocks))
        found = (node for node in walk(blocks) if isinstance(node, Heading))
        return tuple(node for node in found if node.level <= depth)


@attrs.frozen(kw_only=True)
class Diagram:
    """A drawn diagram.

    Attributes:
        svg: The drawing: no script, no link, no reference outside itself.
        width: Its natural width in CSS pixels.
        height: Its natural height in CSS pixels.
        png: The same as a picture, if it was asked for.
    """

    svg: str
    width: float
    height: float
    png: bytes = b""


@attrs.frozen(kw_only=True)
class CodePart:
    """A part of a block of code, such as a comment.

    Attributes:
        kind: What it is; empty for nothing special.
        text: Its text; it may go over several lines.
    """

    kind: CodeKind = ""
    text: str


def plain_text(children: Iterable[Inline]) -> str:
    """The visible text of inline nodes on one line, without marks of footnotes."""
    return " ".join("".join(_texts(children)).split())


def _texts(children: Iterable[Inline]) -> Iterator[str]:
    for node in children:
        if isinstance(node, Text | InlineCode):
            yield node.text
        elif isinstance(node, LineBreak):
            yield " "
        elif isinstance(node, Span | Link | CrossReference):
            yield from _texts(node.children)


def walk(nodes: Iterable[Block | Inline]) -> Iterator[Block | Inline]:
    """Every node with all that is inside it, in reading order."""
    for node in nodes:
        yield node
        for inner in _inside(node):
            yield from walk(inner)


def _inside(node: Block | Inline) -> Iterable[Sequence[Block | Inline]]:
    if isinstance(node, Heading | Paragraph | Span | Link | CrossReference):
        return (node.children,)
    if isinstance(node, Quote):
        return (node.blocks,)
    if isinstance(node, List):
        return [item.blocks for item in node.items]
    if isinstance(node, Table):
        return [cell for row in (node.head, *node.rows) for cell in row]
    return ()
