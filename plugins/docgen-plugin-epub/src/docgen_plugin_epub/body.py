"""Nodes of a document to XHTML: every text escaped, every link to the file that has its target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final
from unicodedata import bidirectional

import attrs

from docgen_core.api import code_parts, nodes
from docgen_plugin_epub.figures import Figures
from docgen_plugin_epub.quoting import address, fragment, text
from docgen_plugin_epub.words import Words

__all__ = ["NOTES", "Body"]

#: The file with the footnotes.
NOTES: Final = "notes.xhtml"
#: Columns from which on a table gets small letters and breaks words, to fit on a small screen.
_MANY: Final = 6
#: Characters of a word that no small screen has room for in a cell.
_LONGEST_WORD: Final = 24


@attrs.define
class Body:
    """Writes blocks as XHTML.

    Attributes:
        words: The book's own words.
        figures: Draws diagrams.
        places: The file of each place, by its id.
        marks: The file of each mark of a footnote that was written.
        file: The file that is being written.
    """

    words: Words
    figures: Figures
    places: Mapping[str, str]
    marks: dict[tuple[int, int], str] = attrs.field(factory=dict)
    file: str = ""
    #: Whether a link is open: links do not nest.
    _linked: bool = False

    def blocks(self, blocks: Iterable[nodes.Block]) -> str:
        """Write blocks one after another."""
        return "\n".join(_BLOCKS[type(block)](self, block) for block in blocks)

    def inline(self, children: Iterable[nodes.Inline]) -> str:
        """Write the inside of a paragraph, heading or cell."""
        return "".join(_INLINE[type(node)](self, node) for node in children)

    def notes(self, notes: Iterable[nodes.Footnote]) -> str:
        """Write the footnotes; their marks in the text must have been written before."""
        return "\n".join(self._note(note) for note in notes)

    def _note(self, note: nodes.Footnote) -> str:
        written = self.blocks(note.blocks)
        back = " ".join(
            f'<a href="{self.marks[note.number, mark]}#mark.{note.number}.{mark}" '
            f'role="doc-backlink" aria-label="{text(self.words.back)}">↩</a>'
            for mark in range(1, note.marks + 1)
            if (note.number, mark) in self.marks
        )
        return (
            f'<aside epub:type="footnote" id="note.{note.number}">\n'
            f'<p class="number">{note.number}. {back}</p>\n{written}\n</aside>'
        )

    def _heading(self, heading: nodes.Heading) -> str:
        tag = f"h{heading.level}"
        inside = self.inline(heading.children)
        return f'<{tag} id="{text(heading.id)}">{inside}</{tag}>'

    def _paragraph(self, paragraph: nodes.Paragraph) -> str:
        letters = map(bidirectional, nodes.plain_text(paragraph.children))
        first = next((kind for kind in letters if kind in {"L", "R", "AL"}), "L")
        direction = "" if first == "L" else ' dir="rtl"'
        return f"<p{direction}>{self.inline(paragraph.children)}</p>"

    def _list(self, block: nodes.List) -> str:
        tag = "ol" if block.ordered else "ul"
        start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
        items = "\n".join(self._item(item, tight=block.tight) for item in block.items)
        return f"<{tag}{start}>\n{items}\n</{tag}>"

    def _item(self, item: nodes.ListItem, *, tight: bool) -> str:
        inside = "\n".join(
            self.inline(block.children)
            if tight and isinstance(block, nodes.Paragraph)
            else self.blocks([block])
            for block in item.blocks
        )
        if item.checked is None:
            return f"<li>{inside}</li>"
        word, box = (self.words.done, "☑") if item.checked else (self.words.open, "☐")
        label = text(word)
        return f'<li class="task"><span role="img" aria-label="{label}">{box}</span> {inside}</li>'

    def _code(self, code: nodes.Code) -> str:
        drawn = self.figures.figure(code.text) if code.language == "mermaid" else ""
        return drawn or f"<pre><code>{''.join(map(_part, code_parts(code)))}</code></pre>"

    def _table(self, table: nodes.Table) -> str:
        head = self._row(table, table.head, "th")
        rows = "\n".join(self._row(table, row, "td") for row in table.rows)
        body = f"\n<tbody>\n{rows}\n</tbody>" if rows else ""
        many = ' class="many"' if len(table.head) > _MANY else ""
        return f"<table{many}>\n<thead>\n{head}\n</thead>{body}\n</table>"

    def _row(self, table: nodes.Table, row: Iterable[nodes.Cell], tag: str) -> str:
        cells = "".join(
            self._cell(cell, tag, alignment)
            for cell, alignment in zip(row, table.alignments, strict=True)
        )
        return f"<tr>{cells}</tr>"

    def _cell(self, cell: nodes.Cell, tag: str, alignment: nodes.Alignment) -> str:
        # An empty head cell heads nothing, and a screen reader would announce it.
        tag = tag if cell else "td"
        scope = ' scope="col"' if tag == "th" else ""
        words = (len(word) for word in nodes.plain_text(cell).split())
        broken = "broken" if max(words, default=0) > _LONGEST_WORD else ""
        classes = " ".join(filter(None, (alignment, broken)))
        kind = f' class="{classes}"' if classes else ""
        return f"<{tag}{scope}{kind}>{self.inline(cell)}</{tag}>"

    def _span(self, span: nodes.Span) -> str:
        tag = nodes.SPAN_TAGS[span.style]
        return f"<{tag}>{self.inline(span.children)}</{tag}>"

    def _link(self, link: nodes.Link) -> str:
        return self._linking(address(link.address), link.children)

    def _reference(self, reference: nodes.CrossReference) -> str:
        file = self.places.get(reference.target, "")
        target = f"{file}#{fragment(reference.target)}" if file else ""
        return self._linking(target, reference.children)

    def _linking(self, target: str, children: Iterable[nodes.Inline]) -> str:
        if self._linked or not target:
            return self.inline(children)
        self._linked = True
        inside = self.inline(children)
        self._linked = False
        return f'<a href="{target}">{inside}</a>'

    def _mark(self, mark: nodes.FootnoteMark) -> str:
        number = mark.number
        place = f"mark.{number}.{mark.occurrence}"
        self.marks[number, mark.occurrence] = self.file
        if self._linked:
            return f'<sup id="{place}">{number}</sup>'
        label = f"{text(self.words.note)} {number}"
        return (
            f'<sup><a epub:type="noteref" role="doc-noteref" id="{place}" '
            f'href="{NOTES}#note.{number}" aria-label="{label}">{number}</a></sup>'
        )


def _part(part: nodes.CodePart) -> str:
    inside = text(part.text)
    return f'<span class="code-{part.kind}">{inside}</span>' if part.kind else inside


_BLOCKS: Final[Mapping[type, Callable[[Body, Any], str]]] = MappingProxyType(
    {
        nodes.Heading: Body._heading,  # noqa: SLF001 - this module's own
        nodes.Paragraph: Body._paragraph,  # noqa: SLF001
        nodes.List: Body._list,  # noqa: SLF001
        nodes.Quote: lambda body, node: f"<blockquote>\n{body.blocks(node.blocks)}\n</blockquote>",
        nodes.Code: Body._code,  # noqa: SLF001
        nodes.Table: Body._table,  # noqa: SLF001
        nodes.Rule: lambda _body, _node: "<hr/>",
    }
)
_INLINE: Final[Mapping[type, Callable[[Body, Any], str]]] = MappingProxyType(
    {
        nodes.Text: lambda _body, node: text(node.text),
        nodes.InlineCode: lambda _body, node: f"<code>{text(node.text)}</code>",
        nodes.Span: Body._span,  # noqa: SLF001
        nodes.Link: Body._link,  # noqa: SLF001
        nodes.CrossReference: Body._reference,  # noqa: SLF001
        nodes.Anchor: lambda _body, node: f'<span id="{text(node.id)}"></span>',
        nodes.FootnoteMark: Body._mark,  # noqa: SLF001
        nodes.LineBreak: lambda _body, _node: "<br/>",
    }
)
