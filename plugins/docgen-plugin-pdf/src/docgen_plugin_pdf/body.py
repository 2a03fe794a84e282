"""Nodes of a document to the typesetter's markup: every text a literal, one line for each block."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from unicodedata import bidirectional
from urllib.parse import quote

import attrs

from docgen_core.api import nodes
from docgen_plugin_pdf.figures import Figures
from docgen_plugin_pdf.notes import Notes
from docgen_plugin_pdf.quoting import LONGEST_WORD, SYLLABLES, breakable, content, literal
from docgen_plugin_pdf.tables import MANY, columns, word_limits

__all__ = ["Body", "anchor", "anchors_in", "label", "place_name", "placeless"]

#: The deepest heading that the contents list, as in the Markdown document.
_DEPTH: Final = 3
#: Characters of a line of code.
_CODE_LINE: Final = 80
#: A head with more characters is not repeated on each page: it could fill them.
_LONGEST_HEAD: Final = 600
_LONGEST_CODE: Final = 20_000
_LANGUAGE: Final = re.compile(r"[a-z0-9+#-]{1,20}")
_STYLES: Final[Mapping[nodes.SpanStyle, str]] = MappingProxyType(
    {
        "strong": "strong",
        "emphasis": "emph",
        "strike": "strike",
        "underline": "underline",
        "mark": "highlight",
        "small": "text(size: 0.85em)",
        "keyboard": "keyboard",
        "subscript": "sub",
        "superscript": "super",
    }
)


def place_name(target: str) -> str:
    """What a place is called in the file: readers agree on names in ASCII only."""
    return f"at:{quote(target, safe='')}"


def label(target: str) -> str:
    """Name a place, as an expression."""
    return f"#label({literal(place_name(target))});"


def anchor(target: str) -> str:
    """Make a place without anything to see."""
    return f"#anchor({literal(place_name(target))});"


def anchors_in(blocks: Iterable[nodes.Block | nodes.Inline]) -> str:
    """Places without anything to see, for all ids inside."""
    return "".join(
        anchor(node.id)
        for node in nodes.walk(blocks)
        if isinstance(node, nodes.Anchor | nodes.Heading)
    )


@attrs.define
class Body:
    """Writes blocks as markup.

    Attributes:
        figures: Draws diagrams.
        notes: Says where each footnote stands.
        targets: The ids that are in the document; a link to another is text.
        squeezed: How many tables are too wide for the page.
    """

    figures: Figures
    notes: Notes
    targets: frozenset[str]
    squeezed: int = 0
    _level: int = 0
    #: Characters that a word may have here.
    _longest: int = LONGEST_WORD
    #: Whether footnotes may be set here: not in what is shown more than once, nor in themselves.
    _flowing: bool = True

    def block(self, block: nodes.Block) -> str:
        """Write one block on one line."""
        return _BLOCKS[type(block)](self, block)

    def blocks(self, blocks: Iterable[nodes.Block]) -> str:
        """Write blocks one after another."""
        return "".join(f"{self.block(block)}#parbreak();" for block in blocks)

    def inline(self, children: Iterable[nodes.Inline]) -> str:
        """Write the inside of a paragraph, heading or cell."""
        return "".join(_INLINE[type(node)](self, node) for node in children)

    def aside(self, blocks: Iterable[nodes.Block]) -> str:
        """Write what stands in a footnote: marks in it are links."""
        before, self._flowing = self._flowing, False
        written = self._inside(blocks)
        self._flowing = before
        return written

    def _inside(self, blocks: Iterable[nodes.Block], *, tight: bool = False) -> str:
        """Write blocks that begin on the line of a number or a bullet."""
        return "#parbreak();".join(
            self.inline(block.children)
            if isinstance(block, nodes.Paragraph) and (tight or not at)
            else self.block(block)
            for at, block in enumerate(blocks)
        )

    def still(self, children: Iterable[nodes.Inline]) -> str:
        """Write what may be shown more than once: marks of footnotes are links."""
        before, self._flowing = self._flowing, False
        written = self.inline(children)
        self._flowing = before
        return written

    def _heading(self, heading: nodes.Heading) -> str:
        # Levels follow one another: readers of tagged files refuse gaps.
        self._level = max(1, min(heading.level - 1, self._level + 1))
        plain = nodes.plain_text(heading.children)
        # A new section begins on a page of its own.
        before = "#pagebreak(weak: true);" if heading.section else ""
        outlined = "true" if heading.level <= _DEPTH else "false"
        # Places inside would be read as a part of the bookmark's name.
        return (
            f"{before}{anchors_in(heading.children)}"
            f"#heading(level: {self._level}, outlined: {outlined}, bookmarked: true, "
            f"supplement: [{content(breakable(plain))}])"
            f"[{self.still(placeless(heading.children))}]{label(heading.id)}"
        )

    def _paragraph(self, paragraph: nodes.Paragraph) -> str:
        written = f"#par[{self.inline(paragraph.children)}];"
        if not _right_to_left(nodes.plain_text(paragraph.children)):
            return written
        return f"#[#set text(dir: rtl);{written}];"

    def _list(self, block: nodes.List) -> str:
        items = ", ".join(f"[{self._item(item, tight=block.tight)}]" for item in block.items)
        tight = "true" if block.tight else "false"
        if block.ordered:
            return f"#enum(tight: {tight}, start: {block.start}, {items});"
        boxes = all(item.checked is not None for item in block.items)
        marker = "marker: [], body-indent: 0pt, " if boxes else ""
        return f"#list(tight: {tight}, {marker}{items});"

    def _item(self, item: nodes.ListItem, *, tight: bool) -> str:
        box = "" if item.checked is None else f"#task({'true' if item.checked else 'false'});"
        return box + self._inside(item.blocks, tight=tight)

    def _quote(self, quote: nodes.Quote) -> str:
        return f"#quote(block: true)[{self.blocks(quote.blocks)}];"

    def _code(self, code: nodes.Code) -> str:
        drawn = self.figures.figure(code.text) if code.language == "mermaid" else ""
        return drawn or listing(code.text, code.language)

    def _table(self, table: nodes.Table) -> str:
        if not table.head:
            return ""
        length = sum(len(nodes.plain_text(cell)) for cell in table.head)
        repeat = "true" if length <= _LONGEST_HEAD else "false"
        places = anchors_in(node for cell in table.head for node in cell)
        limits = word_limits(table, self.figures.width)
        self.squeezed += min(limits, default=SYLLABLES) < SYLLABLES
        kept = tuple(map(placeless, table.head))
        head = ", ".join(self._row(kept, limits, self.still))
        cells = "".join(
            f"{cell}, " for row in table.rows for cell in self._row(row, limits, self.inline)
        )
        aligned = ", ".join(alignment or "auto" for alignment in table.alignments)
        many = len(table.head) > MANY
        look = "set text(size: 0.8em);#set table(inset: (x: 2.5pt, y: 5pt))" if many else ""
        return (
            f"{places}#[{look and f'#{look};'}#table(columns: {columns(table)}, "
            f"align: ({aligned},), table.header(repeat: {repeat}, {head}), {cells});];"
        )

    def _row(
        self,
        row: Iterable[nodes.Cell],
        limits: Sequence[int],
        write: Callable[[Iterable[nodes.Inline]], str],
    ) -> Iterator[str]:
        """Write cells, with words no longer than their columns take."""
        before = self._longest
        for at, cell in enumerate(row):
            self._longest = min(before, limits[at]) if limits else before
            yield f"[{write(cell)}]"
        self._longest = before

    def _span(self, span: nodes.Span) -> str:
        return f"#{_STYLES[span.style]}[{self.inline(span.children)}];"

    def _link(self, link: nodes.Link) -> str:
        return f"#link({literal(link.address)})[#linked[{self.inline(link.children)}];];"

    def _text(self, text: nodes.Text) -> str:
        return content(breakable(text.text, self._longest))

    def _inline_code(self, code: nodes.InlineCode) -> str:
        return f"#raw({literal(breakable(code.text, self._longest))});"

    def _reference(self, reference: nodes.CrossReference) -> str:
        text = self.inline(reference.children)
        if reference.target not in self.targets or not nodes.plain_text(reference.children):
            return text
        return f"#link({label(reference.target)[1:-1]})[#linked[{text}];];"

    def _mark(self, mark: nodes.FootnoteMark) -> str:
        return self.notes.mark(mark.number, self, flowing=self._flowing)


def listing(text: str, language: str = "") -> str:
    """Write code as a block of its own, coloured if its language is known."""
    known = _LANGUAGE.fullmatch(language) and len(text) <= _LONGEST_CODE
    lang = f", lang: {literal(language)}" if known else ""
    return f"#raw({literal(breakable(text, _CODE_LINE) or ' ')}, block: true{lang});"


def _right_to_left(text: str) -> bool:
    """Whether the first letter of a paragraph has it read from the right."""
    strong = (kind for kind in map(bidirectional, text) if kind in {"L", "R", "AL"})
    return next(strong, "L") != "L"


def placeless(cell: nodes.Cell) -> nodes.Cell:
    """The same without its anchors, which may stand in the document only once."""
    return tuple(_without(node) for node in cell if not isinstance(node, nodes.Anchor))


def _without(node: nodes.Inline) -> nodes.Inline:
    if isinstance(node, nodes.Span | nodes.Link | nodes.CrossReference):
        return attrs.evolve(node, children=placeless(node.children))
    return node


_BLOCKS: Final[Mapping[type, Callable[[Body, Any], str]]] = MappingProxyType(
    {
        nodes.Heading: Body._heading,  # noqa: SLF001 - this module's own
        nodes.Paragraph: Body._paragraph,  # noqa: SLF001
        nodes.List: Body._list,  # noqa: SLF001
        nodes.Quote: Body._quote,  # noqa: SLF001
        nodes.Code: Body._code,  # noqa: SLF001
        nodes.Table: Body._table,  # noqa: SLF001
        nodes.Rule: lambda _body, _node: "#rule();",
    }
)
_INLINE: Final[Mapping[type, Callable[[Body, Any], str]]] = MappingProxyType(
    {
        nodes.Text: Body._text,  # noqa: SLF001
        nodes.InlineCode: Body._inline_code,  # noqa: SLF001
        nodes.Span: Body._span,  # noqa: SLF001
        nodes.Link: Body._link,  # noqa: SLF001
        nodes.CrossReference: Body._reference,  # noqa: SLF001
        nodes.Anchor: lambda _body, node: anchor(node.id),
        nodes.FootnoteMark: Body._mark,  # noqa: SLF001
        nodes.LineBreak: lambda _body, _node: "#linebreak();",
    }
)
