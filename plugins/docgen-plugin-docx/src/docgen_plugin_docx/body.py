"""Blocks of a document as paragraphs and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import attrs

from docgen_core.api import nodes
from docgen_plugin_docx.code import code_paragraphs
from docgen_plugin_docx.inline import Inline, Look
from docgen_plugin_docx.language import reads_right_to_left
from docgen_plugin_docx.numbering import INDENT, LEVELS, Kind, Numbering
from docgen_plugin_docx.pictures import Pictures
from docgen_plugin_docx.tables import Columns, fit, is_short, parts
from docgen_plugin_docx.xml import Element, flag, make, properties, setting

__all__ = ["Body", "Place"]

_CUT: Final = "tables in several parts, since Word takes 63 columns at most"
_SQUEEZED: Final = "tables whose words are broken, since the page is not wide enough"
_QUOTE_INDENT: Final = 340
#: The least width that is left to text, however deep it stands.
_LEAST_ROOM: Final = 1_440


@attrs.frozen(kw_only=True)
class Place:
    """Where a block stands.

    Attributes:
        style: The style of its paragraphs, by name; empty for the usual one.
        indent: How far it is moved in, in twips.
        level: How many lists it stands in.
        number: The list and level that its first paragraph is an item of; empty for none.
        tight: Whether paragraphs stand close together.
        breaks_page: Whether a new page begins before it.
    """

    style: str = ""
    indent: int = 0
    level: int = 0
    number: tuple[str, str] | tuple[()] = ()
    tight: bool = False
    breaks_page: bool = False


@attrs.define
class Body:
    """Writes blocks.

    Attributes:
        inline: Writes what stands inside paragraphs.
        numbering: The lists of the file.
        pictures: Draws diagrams; None where there are none, as in footnotes.
        width: The width of the text in twips.
        right_to_left: Whether the document's language reads so.
    """

    inline: Inline
    numbering: Numbering
    pictures: Pictures | None
    width: int
    right_to_left: bool = False

    def blocks(self, blocks: Iterable[nodes.Block], place: Place | None = None) -> list[Element]:
        """Write blocks one after another."""
        here = place or Place()
        found: list[Element] = []
        before: nodes.Block | None = None
        for block in blocks:
            if isinstance(before, nodes.Code) and isinstance(block, nodes.Code):
                # Word joins the frames of two blocks of code that touch.
                found.append(self.paragraph([], Place(style="After Table")))
            found += self._block(block, here)
            before = block
        return found

    def paragraph(
        self,
        children: Sequence[Element],
        place: Place,
        *,
        text: str = "",
        more: Iterable[Element] = (),
    ) -> Element:
        """Make a paragraph.

        Args:
            children: Its runs.
            place: Where it stands.
            text: What it says, which decides over its direction.
            more: Further properties.
        """
        found = list(more)
        if place.style:
            found.append(setting("w:pStyle", self.inline.styles.id(place.style)))
        if place.breaks_page:
            found.append(flag("w:pageBreakBefore"))
        if reads_right_to_left(text, otherwise=self.right_to_left):
            found.append(flag("w:bidi"))
        found += _position(place)
        return make("w:p", children=[*properties("w:pPr", found), *children])

    def heading(self, heading: nodes.Heading, place: Place, style: str) -> Element:
        """Make a heading that links lead to.

        Args:
            heading: The heading.
            place: Where it stands.
            style: The name of its style.
        """
        runs = self.inline.write(heading.children)
        name = self.inline.bookmarks.names.get(heading.id)
        inside = runs if name is None else self.inline.bookmarks.around(name, runs)
        text = nodes.plain_text(heading.children)
        return self.paragraph(inside, attrs.evolve(place, style=style, number=()), text=text)

    def _block(self, block: nodes.Block, place: Place) -> Iterable[Element]:
        writer = _WRITERS.get(type(block))
        if writer is not None:
            return writer(self, block, place)
        # A kind of block that is not known yet is shown as its text.
        inside = (node for node in nodes.walk([block]) if isinstance(node, nodes.Text))
        return self._paragraph(nodes.Paragraph(tuple(inside)), place)

    def _paragraph(self, block: nodes.Paragraph, place: Place) -> list[Element]:
        runs = self.inline.write(block.children)
        return [self.paragraph(runs, place, text=nodes.plain_text(block.children))]

    def _heading(self, block: nodes.Heading, place: Place) -> list[Element]:
        if self.inline.in_note:
            return [self.heading(block, place, "footnote text")]
        # Level 1 is the document's title, which is no chapter of its own.
        return [self.heading(block, place, f"heading {max(1, block.level - 1)}")]

    def _quote(self, block: nodes.Quote, place: Place) -> list[Element]:
        inner = attrs.evolve(
            place, style="Quote", indent=place.indent + _QUOTE_INDENT, number=(), tight=False
        )
        return self.blocks(block.blocks, inner)

    def _list(self, block: nodes.List, place: Place) -> list[Element]:
        level = min(place.level, LEVELS - 1)
        number = self.numbering.numbered(level, block.start) if block.ordered else ""
        base = place.style if self.inline.in_note or place.style == "Quote" else "List Paragraph"
        inner = attrs.evolve(
            place,
            style=base,
            indent=place.indent + INDENT,
            level=place.level + 1,
            tight=block.tight,
        )
        items = (self._item(item, inner, number, str(level)) for item in block.items)
        return [element for item in items for element in item]

    def _item(
        self, item: nodes.ListItem, place: Place, number: str, level: str
    ) -> Iterator[Element]:
        if item.checked is not None:
            number = self.numbering.shared("done" if item.checked else "open")
        kind: Kind = "bullet"
        first = attrs.evolve(place, number=(number or self.numbering.shared(kind), level))
        rest = attrs.evolve(place, number=())
        blocks = item.blocks
        if not blocks or not isinstance(blocks[0], nodes.Paragraph):
            yield self.paragraph([], first)
            yield from self.blocks(blocks, rest)
            return
        yield from self._block(blocks[0], first)
        yield from self.blocks(blocks[1:], rest)

    def _code(self, block: nodes.Code, place: Place) -> list[Element]:
        if block.language == "mermaid" and self.pictures is not None:
            drawn = self.pictures.run(block.text, place.indent)
            if drawn is not None:
                return [self.paragraph([drawn], Place(style="Picture", indent=place.indent))]
        inner = attrs.evolve(place, style="Source Code", number=(), tight=False)
        return [self._code_lines(parts, inner) for parts in code_paragraphs(block)]

    def _code_lines(self, parts: Iterable[nodes.CodePart], place: Place) -> Element:
        runs = [run for part in parts for run in self.inline.text(part.text, Look(part=part.kind))]
        # Code reads from left to right in every language.
        more = [flag("w:bidi", on=False)] if self.right_to_left else []
        return self.paragraph(runs, place, text="x", more=more)

    def _rule(self, _block: nodes.Rule, place: Place) -> list[Element]:
        line = {"w:val": "single", "w:sz": "6", "w:space": "1", "w:color": "A6A6A6"}
        border = make("w:pBdr", children=[make("w:bottom", line)])
        return [self.paragraph([], Place(indent=place.indent), more=[border])]

    def _table(self, block: nodes.Table, place: Place) -> list[Element]:
        found: list[Element] = []
        pieces = tuple(parts(block))
        if len(pieces) > 1:
            self.inline.told[_CUT] += 1
        for part in pieces:
            # What follows a table must be a paragraph: two tables in a row would become one.
            found += [self._one_table(part, place), self.paragraph([], Place(style="After Table"))]
        return found

    def _one_table(self, table: nodes.Table, place: Place) -> Element:
        room = max(_LEAST_ROOM, self.width - place.indent)
        columns = fit(table, room)
        if columns.squeezed:
            self.inline.told[_SQUEEZED] += 1
        style = "Table Text Narrow" if columns.narrow else "Table Text"
        head = any(nodes.plain_text(cell) for cell in table.head)
        grid = [make("w:gridCol", {"w:w": str(width)}) for width in columns.widths]
        rows = [
            self._row(row, table.alignments, columns.widths, style, is_head=head and not number)
            for number, row in enumerate((table.head, *table.rows))
            if number or head or not table.rows
        ]
        layout = self._table_properties(place, columns, head=head)
        return make("w:tbl", children=[*layout, make("w:tblGrid", children=grid), *rows])

    def _table_properties(self, place: Place, columns: Columns, *, head: bool) -> list[Element]:
        look = {
            "w:val": "0420" if head else "0400",
            "w:firstRow": "1" if head else "0",
            "w:lastRow": "0",
            "w:firstColumn": "0",
            "w:lastColumn": "0",
            "w:noHBand": "0",
            "w:noVBand": "1",
        }
        found = [
            setting("w:tblStyle", self.inline.styles.id("Document Table")),
            make("w:tblW", {"w:w": str(sum(columns.widths)), "w:type": "dxa"}),
            make("w:tblLayout", {"w:type": "fixed"}),
            make("w:tblLook", look),
        ]
        if columns.narrow:
            sides = [
                make(f"w:{side}", {"w:w": "45", "w:type": "dxa"}) for side in ("left", "right")
            ]
            found.append(make("w:tblCellMar", children=sides))
        if place.indent:
            found.append(make("w:tblInd", {"w:w": str(place.indent), "w:type": "dxa"}))
        if self.right_to_left:
            found.append(flag("w:bidiVisual"))
        return properties("w:tblPr", found)

    def _row(
        self,
        row: Sequence[nodes.Cell],
        alignments: Sequence[nodes.Alignment],
        widths: Sequence[int],
        style: str,
        *,
        is_head: bool,
    ) -> Element:
        found = [flag("w:cantSplit")] if is_short(row) else []
        found += [flag("w:tblHeader")] if is_head else []
        cells = [
            make(
                "w:tc",
                children=[
                    *properties("w:tcPr", [make("w:tcW", {"w:w": str(width), "w:type": "dxa"})]),
                    self._cell(cell, alignment, style, keep=is_head),
                ],
            )
            for cell, alignment, width in zip(row, alignments, widths, strict=True)
        ]
        return make("w:tr", children=[*properties("w:trPr", found), *cells])

    def _cell(
        self, cell: nodes.Cell, alignment: nodes.Alignment, style: str, *, keep: bool
    ) -> Element:
        text = nodes.plain_text(cell)
        turned = reads_right_to_left(text, otherwise=self.right_to_left)
        # In a paragraph that reads from the right, Word's `left` is where its lines begin.
        side = {"left": "right", "right": "left"}.get(alignment, alignment) if turned else alignment
        more = [setting("w:jc", side)] if side else []
        # A head alone at the foot of a page says nothing, and LibreOffice loses the row after it.
        more += [flag("w:keepNext")] if keep else []
        return self.paragraph(self.inline.write(cell), Place(style=style), text=text, more=more)


def _position(place: Place) -> Iterator[Element]:
    if place.number:
        number, level = place.number
        yield make("w:numPr", children=[setting("w:ilvl", level), setting("w:numId", number)])
    if place.indent:
        indent = {"w:left": str(place.indent)}
        if place.number:
            indent["w:hanging"] = str(INDENT)
        yield make("w:ind", indent)
    if place.tight:
        yield flag("w:contextualSpacing")


_WRITERS: Final[Mapping[type, Callable[[Body, Any, Place], list[Element]]]] = MappingProxyType(
    {
        nodes.Heading: Body._heading,  # noqa: SLF001 - the table of the class above
        nodes.Paragraph: Body._paragraph,  # noqa: SLF001
        nodes.List: Body._list,  # noqa: SLF001
        nodes.Quote: Body._quote,  # noqa: SLF001
        nodes.Code: Body._code,  # noqa: SLF001
        nodes.Table: Body._table,  # noqa: SLF001
        nodes.Rule: Body._rule,  # noqa: SLF001
    }
)
