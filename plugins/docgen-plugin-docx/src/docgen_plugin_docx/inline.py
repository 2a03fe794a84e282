"""Runs of text: what stands inside a paragraph, a heading or a cell."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import attrs

from docgen_core.api import nodes
from docgen_plugin_docx.bookmarks import Bookmarks
from docgen_plugin_docx.language import direction_runs
from docgen_plugin_docx.notes import Notes
from docgen_plugin_docx.styles import Styles
from docgen_plugin_docx.xml import Element, flag, legal, make, properties, setting, text_element

if TYPE_CHECKING:
    from docx.opc.part import Part

__all__ = ["Inline", "Look", "field"]

#: Characters of one run; longer text nodes than some 10 MB are refused by XML readers.
_RUN: Final = 50_000
#: Word refuses a file with a longer address.
_ADDRESS: Final = 2_000
_NO_ADDRESS: Final = "links shown as text, since Word cannot read their address"
_SPACE: Final = re.compile('[\\s"<>\\\\^`{|}]')
_HYPERLINK: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


@attrs.frozen(kw_only=True)
class Look:
    """How a run looks.

    Attributes:
        styles: The spans that it stands in, the outermost first.
        code: Whether it is code.
        link: Whether it is part of a link.
        part: Which part of a block of code it is, if it is one with a colour.
    """

    styles: tuple[nodes.SpanStyle, ...] = ()
    code: bool = False
    link: bool = False
    part: nodes.CodeKind = ""


@attrs.define
class Inline:
    """Writes inline nodes.

    Attributes:
        part: The part that the text stands in, which holds the addresses of its links.
        styles: The styles of the file.
        bookmarks: The places that links lead to.
        notes: The footnotes.
        in_note: Whether the text is that of a footnote.
        told: What a reader should know, and how often it happened.
    """

    part: Part
    styles: Styles
    bookmarks: Bookmarks
    notes: Notes
    in_note: bool = False
    told: Counter[str] = attrs.field(factory=Counter)
    _addresses: dict[str, str] = attrs.field(factory=dict)

    def write(self, children: Iterable[nodes.Inline], look: Look | None = None) -> list[Element]:
        """Write nodes one after another."""
        shown = look or Look()
        return [element for node in children for element in self._node(node, shown)]

    def text(self, text: str, look: Look | None = None) -> list[Element]:
        """Write plain text, in as many runs as its directions need."""
        return list(self._text(text, look or Look()))

    def _node(self, node: nodes.Inline, look: Look) -> Iterable[Element]:
        writer = _WRITERS.get(type(node))
        # A kind of node that is not known yet is shown as its text.
        return writer(self, node, look) if writer else self._text(nodes.plain_text([node]), look)

    def _text(self, text: str, look: Look) -> Iterator[Element]:
        for piece, right_to_left in direction_runs(legal(text)):
            style = self._properties(look, right_to_left=right_to_left)
            for at in range(0, len(piece), _RUN):
                yield make("w:r", children=_copies(style, piece[at : at + _RUN]))

    def _properties(self, look: Look, *, right_to_left: bool) -> list[Element]:
        found = [make_property() for name in look.styles for make_property in _SPANS[name]]
        if look.link:
            found.append(setting("w:rStyle", self.styles.id("Hyperlink")))
        elif look.code:
            found.append(setting("w:rStyle", self.styles.id("Source Text")))
        elif look.part:
            found.append(setting("w:rStyle", self.styles.id(f"Source {look.part}")))
        if right_to_left:
            found.append(flag("w:rtl"))
        return properties("w:rPr", found)

    def _span(self, node: nodes.Span, look: Look) -> list[Element]:
        # A kind of span that is not known yet leaves its text as it is.
        styles = (*look.styles, node.style) if node.style in _SPANS else look.styles
        return self.write(node.children, attrs.evolve(look, styles=styles))

    def _link(self, node: nodes.Link, look: Look) -> list[Element]:
        if not _is_address(node.address):
            self.told[_NO_ADDRESS] += 1
            return self.write(node.children, look)
        if look.link:
            return self.write(node.children, look)
        inside = self.write(node.children, attrs.evolve(look, link=True))
        known = self._addresses.get(node.address)
        if known is None:
            known = f"link{len(self._addresses) + 1}"
            self.part.rels.add_relationship(_HYPERLINK, node.address, known, is_external=True)
            self._addresses[node.address] = known
        return [make("w:hyperlink", {"r:id": known, "w:history": "1"}, inside)]

    def _reference(self, node: nodes.CrossReference, look: Look) -> list[Element]:
        name = self.bookmarks.names.get(node.target)
        if look.link or name is None:
            return self.write(node.children, look)
        inside = self.write(node.children, attrs.evolve(look, link=True))
        return [make("w:hyperlink", {"w:anchor": name, "w:history": "1"}, inside)]

    def _anchor(self, node: nodes.Anchor, _look: Look) -> list[Element]:
        name = self.bookmarks.names.get(node.id)
        return [] if name is None else self.bookmarks.around(name)

    def _mark(self, node: nodes.FootnoteMark, look: Look) -> list[Element]:
        style = properties("w:rPr", [setting("w:rStyle", self.styles.id("footnote reference"))])
        first = self.notes.first_mark(node.number, in_note=self.in_note)
        place = self.notes.place(node.number)
        if first is not None:
            mark = make("w:footnoteReference", {"w:id": str(first)})
            return self.bookmarks.around(place, [make("w:r", children=[*style, mark])])
        number = str(self.notes.shown(node.number))
        run = make("w:r", children=[*style, text_element("w:t", number)])
        if look.link or not self.notes.is_reached(node.number):
            return [run]
        if not self.notes.in_text(node.number):
            return [make("w:hyperlink", {"w:anchor": place, "w:history": "1"}, [run])]
        # Word has no second mark of the same footnote: a reference to the first one's number.
        return field(f"NOTEREF {place} \\f \\h", [run])

    def _break(self, _node: nodes.LineBreak, _look: Look) -> list[Element]:
        return [make("w:r", children=[make("w:br")])]

    def _code(self, node: nodes.InlineCode, look: Look) -> Iterator[Element]:
        return self._text(node.text, attrs.evolve(look, code=True))


def field(instruction: str, result: Iterable[Element]) -> list[Element]:
    """A field of Word; its instruction is never a model's text.

    Args:
        instruction: Such as `PAGE`.
        result: What is shown until Word works it out anew.
    """
    text = text_element("w:instrText", f" {instruction} ")
    return [
        make("w:r", children=[make("w:fldChar", {"w:fldCharType": "begin"})]),
        make("w:r", children=[text]),
        make("w:r", children=[make("w:fldChar", {"w:fldCharType": "separate"})]),
        *result,
        make("w:r", children=[make("w:fldChar", {"w:fldCharType": "end"})]),
    ]


def _copies(style: list[Element], piece: str) -> Iterator[Element]:
    yield from (copy.deepcopy(element) for element in style)
    lines = piece.split("\n")
    for number, line in enumerate(lines):
        if number:
            yield make("w:br")
        for column, part in enumerate(line.split("\t")):
            if column:
                yield make("w:tab")
            if part:
                yield text_element("w:t", part)


def _is_address(address: str) -> bool:
    """Whether Word can read the address: one that it cannot makes it refuse the whole file."""
    if len(address) > _ADDRESS or _SPACE.search(address) or not address.isascii():
        return False
    try:
        parts = urlsplit(address)
        valid_port = parts.port is None or parts.port >= 0
    except ValueError:
        return False
    return valid_port and (bool(parts.hostname) or parts.scheme in {"mailto", "tel"})


_SPANS: Final[Mapping[str, tuple[Callable[[], Element], ...]]] = MappingProxyType(
    {
        "strong": (lambda: flag("w:b"), lambda: flag("w:bCs")),
        "emphasis": (lambda: flag("w:i"), lambda: flag("w:iCs")),
        "strike": (lambda: flag("w:strike"),),
        "underline": (lambda: setting("w:u", "single"),),
        "mark": (lambda: setting("w:highlight", "yellow"),),
        "small": (lambda: setting("w:sz", "18"), lambda: setting("w:szCs", "18")),
        "keyboard": (
            lambda: make(
                "w:bdr", {"w:val": "single", "w:sz": "4", "w:space": "0", "w:color": "8C8C8C"}
            ),
        ),
        "subscript": (lambda: setting("w:vertAlign", "subscript"),),
        "superscript": (lambda: setting("w:vertAlign", "superscript"),),
    }
)
_WRITERS: Final[Mapping[type, Callable[[Inline, Any, Look], Iterable[Element]]]] = MappingProxyType(
    {
        nodes.Text: lambda inline, node, look: inline.text(node.text, look),
        nodes.InlineCode: Inline._code,  # noqa: SLF001 - the table of the class above
        nodes.Span: Inline._span,  # noqa: SLF001
        nodes.Link: Inline._link,  # noqa: SLF001
        nodes.CrossReference: Inline._reference,  # noqa: SLF001
        nodes.Anchor: Inline._anchor,  # noqa: SLF001
        nodes.FootnoteMark: Inline._mark,  # noqa: SLF001
        nodes.LineBreak: Inline._break,  # noqa: SLF001
    }
)
