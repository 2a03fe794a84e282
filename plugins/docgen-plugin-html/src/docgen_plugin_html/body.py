"""Nodes of a document to HTML: every text escaped, every attribute from a fixed alphabet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from types import MappingProxyType
from typing import Any, Final

import attrs

from docgen_core.api import code_parts, nodes
from docgen_plugin_html.figures import Figures
from docgen_plugin_html.words import Words

__all__ = ["Body"]

#: Characters of a cell that is not broken into lines.
_SHORT: Final = 12
#: Characters from which on a cell holds a sentence.
_LONG: Final = 40


@attrs.define
class Body:
    """Writes blocks as HTML.

    Attributes:
        words: The page's own words in the document's language.
        figures: Draws diagrams.
        details: What follows the heading of a section, by the section's id, as HTML.
    """

    words: Words
    figures: Figures
    details: Mapping[str, str] = attrs.field(factory=dict)
    _tables: int = 0

    def blocks(self, blocks: Iterable[nodes.Block]) -> str:
        """Write blocks one after another."""
        return "\n".join(self._block(block) for block in blocks)

    def inline(self, children: Iterable[nodes.Inline]) -> str:
        """Write the inside of a paragraph, heading or cell."""
        return "".join(_INLINE[type(node)](self, node) for node in children)

    def notes(self, notes: Iterable[nodes.Footnote]) -> str:
        """Write the list of footnotes; empty without any."""
        items = "\n".join(self._note(note) for note in notes)
        if not items:
            return ""
        title = escape(self.words.footnotes)
        return f'<section class="footnotes" aria-label="{title}">\n<ol>\n{items}\n</ol>\n</section>'

    def _note(self, note: nodes.Footnote) -> str:
        label = escape(self.words.back)
        marks = " ".join(
            f'<a class="back" href="#note.{note.number}.{mark}" aria-label="{label} {mark}">↩</a>'
            for mark in range(1, note.marks + 1)
        )
        text = self.blocks(note.blocks)
        ends_in_text = text.endswith("</p>")
        text = f"{text.removesuffix('</p>')} {marks}</p>" if ends_in_text else f"{text}\n{marks}"
        return f'<li id="note.{note.number}">{text}</li>'

    def _block(self, block: nodes.Block) -> str:
        return _BLOCKS[type(block)](self, block)

    def _heading(self, heading: nodes.Heading) -> str:
        tag = f"h{heading.level}"
        text = self.inline(heading.children)
        extra = self.details.get(heading.section, "") if heading.section else ""
        return f'<{tag} id="{escape(heading.id)}">{text}</{tag}>{extra}'

    def _paragraph(self, paragraph: nodes.Paragraph) -> str:
        return f"<p>{self.inline(paragraph.children)}</p>"

    def _list(self, block: nodes.List) -> str:
        tag = "ol" if block.ordered else "ul"
        start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
        items = "\n".join(self._item(item, tight=block.tight) for item in block.items)
        return f"<{tag}{start}>\n{items}\n</{tag}>"

    def _item(self, item: nodes.ListItem, *, tight: bool) -> str:
        parts = [
            self.inline(block.children)
            if tight and isinstance(block, nodes.Paragraph)
            else self._block(block)
            for block in item.blocks
        ]
        inside = "\n".join(parts)
        if item.checked is None:
            return f"<li>{inside}</li>"
        word, box = (self.words.done, "☑") if item.checked else (self.words.open, "☐")
        label = escape(word)
        return f'<li class="task"><span role="img" aria-label="{label}">{box}</span> {inside}</li>'

    def _quote(self, quote: nodes.Quote) -> str:
        return f"<blockquote>\n{self.blocks(quote.blocks)}\n</blockquote>"

    def _code(self, code: nodes.Code) -> str:
        listing = _listing(code)
        if code.language != "mermaid":
            return listing
        return self.figures.figure(code.text, listing) or listing

    def _table(self, table: nodes.Table) -> str:
        self._tables += 1
        head = self._row(table, table.head, "th")
        rows = "\n".join(self._row(table, row, "td") for row in table.rows)
        body = f"<tbody>\n{rows}\n</tbody>" if rows else ""
        label = f"{escape(self.words.table)} {self._tables}"
        return (
            f'<div class="wide" role="group" tabindex="0" aria-label="{label}">\n<table>\n'
            f"<thead>\n{head}\n</thead>\n{body}\n</table>\n</div>"
        )

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
        # A figure and its unit stay on one line; a sentence gets room for some words a line.
        length = len(nodes.plain_text(cell))
        width = "short" if length <= _SHORT else "long" if length > _LONG else ""
        classes = " ".join(filter(None, (alignment, width)))
        kind = f' class="{classes}"' if classes else ""
        return f"<{tag}{scope}{kind}>{self.inline(cell)}</{tag}>"

    def _span(self, span: nodes.Span) -> str:
        tag = nodes.SPAN_TAGS[span.style]
        return f"<{tag}>{self.inline(span.children)}</{tag}>"

    def _link(self, link: nodes.Link) -> str:
        # On paper the address follows the text, unless it is the text.
        bare = ' class="bare"' if nodes.plain_text(link.children) == link.address else ""
        text = self.inline(link.children)
        return f'<a href="{escape(link.address)}"{bare} rel="noreferrer noopener">{text}</a>'

    def _reference(self, reference: nodes.CrossReference) -> str:
        return f'<a href="#{escape(reference.target)}">{self.inline(reference.children)}</a>'

    def _mark(self, mark: nodes.FootnoteMark) -> str:
        number = mark.number
        label = f"{escape(self.words.footnote)} {number}"
        return (
            f'<sup><a class="mark" id="note.{number}.{mark.occurrence}" href="#note.{number}" '
            f'aria-label="{label}">{number}</a></sup>'
        )


def _listing(code: nodes.Code) -> str:
    inside = "".join(map(_part, code_parts(code)))
    return f'<pre tabindex="0"><code>{inside}</code></pre>'


def _part(part: nodes.CodePart) -> str:
    text = escape(part.text)
    return f'<span class="code-{part.kind}">{text}</span>' if part.kind else text


_BLOCKS: Final[Mapping[type, Callable[[Body, Any], str]]] = MappingProxyType(
    {
        nodes.Heading: Body._heading,  # noqa: SLF001 - this module's own
        nodes.Paragraph: Body._paragraph,  # noqa: SLF001
        nodes.List: Body._list,  # noqa: SLF001
        nodes.Quote: Body._quote,  # noqa: SLF001
        nodes.Code: Body._code,  # noqa: SLF001
        nodes.Table: Body._table,  # noqa: SLF001
        nodes.Rule: lambda _body, _node: "<hr>",
    }
)
_INLINE: Final[Mapping[type, Callable[[Body, Any], str]]] = MappingProxyType(
    {
        nodes.Text: lambda _body, node: escape(node.text),
        nodes.InlineCode: lambda _body, node: f"<code>{escape(node.text)}</code>",
        nodes.Span: Body._span,  # noqa: SLF001
        nodes.Link: Body._link,  # noqa: SLF001
        nodes.CrossReference: Body._reference,  # noqa: SLF001
        nodes.Anchor: lambda _body, node: f'<span id="{escape(node.id)}"></span>',
        nodes.FootnoteMark: Body._mark,  # noqa: SLF001
        nodes.LineBreak: lambda _body, _node: "<br>",
    }
)
