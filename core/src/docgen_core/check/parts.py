"""Markdown as a check sees it: sections with their headings, texts, table rows, links and lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import attrs
from markdown_it.token import Token

from docgen_core.document.inline import plain_text
from docgen_core.document.items import CLOSING, item_of
from docgen_core.document.parse import parse
from docgen_core.document.repairs import clean_characters

__all__ = ["Block", "Fence", "Link", "Part", "Row", "read_parts"]

_KEPT_TAG: Final = re.compile(r"</?(?:a|b|br|del|em|i|ins|kbd|mark|s|small|strong|sub|sup|u)\b")
_BREAKS: Final = frozenset({"softbreak", "hardbreak"})


@attrs.frozen(kw_only=True)
class Block:
    """One piece of text.

    Attributes:
        kind: `heading`, `text` or `cell`.
        line: Where it begins in its file, from 1.
        text: What a reader sees, links by their labels, lines kept apart.
        level: Of a heading, 1 to 6.
        prose: The text without inline code.
    """

    kind: str
    line: int
    text: str
    level: int = 0
    prose: str = ""


@attrs.frozen(kw_only=True)
class Row:
    """One row of a table below its header."""

    line: int
    header: tuple[str, ...]
    cells: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Link:
    """One link and where it stands."""

    line: int
    address: str
    label: str


@attrs.frozen(kw_only=True)
class Fence:
    """One code block and whether it ends."""

    line: int
    info: str
    closed: bool


@attrs.define(kw_only=True)
class Part:
    """One section of one file.

    Attributes:
        file: Relative to the folder.
        title: Its heading, or the file's name.
        line: Where it begins.
        blocks: Its headings (its own left out), paragraphs and cells.
        rows: Its table rows.
        links: Its links.
        fences: Its code blocks.
        anchors: The item ids that it defines, with their lines.
        code_lines: Where other content stands: code and rules.
        made: Whether docgen wrote it from the others (contents, appendices).
    """

    file: str
    title: str
    line: int = 1
    blocks: list[Block] = attrs.field(factory=list)
    rows: list[Row] = attrs.field(factory=list)
    links: list[Link] = attrs.field(factory=list)
    fences: list[Fence] = attrs.field(factory=list)
    anchors: list[tuple[str, int]] = attrs.field(factory=list)
    code_lines: list[int] = attrs.field(factory=list)
    made: bool = False

    @property
    def texts(self) -> list[Block]:
        """The blocks that are no headings."""
        return [block for block in self.blocks if block.kind != "heading"]


def read_parts(file: str, text: str, *, title: str, split: int) -> list[Part]:
    """Read a file into its sections.

    Args:
        file: Relative to the folder.
        text: Its text.
        title: What the file is called where no heading says it.
        split: The level of the headings that begin a section: 1 for the file of one section, 2
            for a whole document.
    """
    text = clean_characters(text)
    reader = _Reader(file, text.split("\n"), title, split)
    for token in parse(text):
        reader.take(token)
    return reader.parts


class _Reader:
    """Goes through one file's tokens and sorts them into parts."""

    def __init__(self, file: str, lines: list[str], title: str, split: int) -> None:
        self.parts = [Part(file=file, title=title)]
        self._lines = lines
        self._split = split
        self._line = 1
        self._heading = 0
        self._row: list[str] | None = None
        self._header: tuple[str, ...] = ()
        self._table_line = self._rows = 0

    def take(self, token: Token) -> None:
        """Note what one token brings."""
        if token.map is not None:
            self._line = token.map[0] + 1
        if token.type == "heading_open":
            self._heading = int(token.tag[1])
        elif token.type in {"fence", "code_block"}:
            self._code(token)
        elif token.type == "hr":
            self.parts[-1].code_lines.append(self._line)
        elif token.type in _TABLE:
            self._table(token)
        elif token.type == "inline":
            self._inline(token)

    def _code(self, token: Token) -> None:
        part = self.parts[-1]
        part.code_lines.append(self._line)
        if token.type == "fence" and token.map is not None:
            last = self._lines[token.map[1] - 1].strip(" >\t")
            mark = token.markup
            closed = token.map[1] - token.map[0] > 1 and not last.strip(mark[0])
            closed = closed and len(last) >= len(mark)
            part.fences.append(Fence(line=self._line, info=token.info.strip(), closed=closed))

    def _table(self, token: Token) -> None:
        if token.type == "table_open":
            self._table_line, self._header, self._rows = self._line, (), 0
        elif token.type == "tr_open":
            self._row = []
        elif self._row is not None:
            cells = tuple(self._row)
            if self._header:
                row = Row(line=self._row_line, header=self._header, cells=cells)
                self.parts[-1].rows.append(row)
                self._rows += 1
            self._header, self._row = self._header or cells, None

    @property
    def _row_line(self) -> int:
        """Tokens of rows know no line; the line under the header only draws it."""
        return self._table_line + (2 + self._rows if self._header else 0)

    def _inline(self, token: Token) -> None:
        line = self._line if self._row is None else self._row_line
        children = token.children or []
        level, self._heading = self._heading, 0
        if level and level == self._split and not (self._split == 1 and self._begun()):
            title = plain_text(children)
            self.parts.append(Part(file=self.parts[0].file, title=title, line=line))
            if not title:
                self._add("heading", line, children, level)
        else:
            kind = "heading" if level else "text" if self._row is None else "cell"
            self._add(kind, line, children, level)
        part = self.parts[-1]
        part.anchors += _anchors(children, line)
        part.links += _links(children, line)

    def _begun(self) -> bool:
        """Whether the one section of a file has its title already."""
        return len(self.parts) > 1

    def _add(self, kind: str, line: int, children: Sequence[Token], level: int) -> None:
        text = "".join(_seen(children, code=True))
        prose = "".join(_seen(children, code=False))
        block = Block(kind=kind, line=line, text=text, level=level, prose=prose)
        self.parts[-1].blocks.append(block)
        if self._row is not None:
            self._row.append(" ".join(text.split()))


_TABLE: Final = frozenset({"table_open", "tr_open", "tr_close"})


def _seen(children: Sequence[Token], *, code: bool) -> Iterator[str]:
    for token in children:
        if token.type == "text" or (token.type == "code_inline" and code):
            yield token.content
        elif token.type == "code_inline":
            yield " "
        elif token.type in _BREAKS:
            yield "\n"
        elif token.type == "html_inline" and not _KEPT_TAG.match(token.content):
            yield token.content
        elif token.type == "image":
            yield plain_text(token.children)


def _anchors(children: Sequence[Token], line: int) -> Iterator[tuple[str, int]]:
    for position, token in enumerate(children):
        line += token.type in _BREAKS
        name = item_of(children, position) if token.content != CLOSING else None
        if name is not None:
            yield name, line


def _links(children: Sequence[Token], line: int) -> Iterator[Link]:
    for position, token in enumerate(children):
        line += token.type in _BREAKS
        if token.type == "link_open":
            label = []
            for inner in children[position + 1 :]:
                if inner.type == "link_close":
                    break
                label.append(inner)
            address = str(token.attrs.get("href", ""))
            yield Link(line=line, address=address, label=plain_text(label))
