"""A finished Markdown document as nodes for exporters: read, made safe, its links checked."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, cast

import attrs
from markdown_it.token import Token

from docgen_core import nodes
from docgen_core.document.anchors import Slugger
from docgen_core.document.inline import plain_text
from docgen_core.document.parse import parse
from docgen_core.document.read_inline import Lines, item_anchors, mark_anchors
from docgen_core.document.repairs import clean_characters
from docgen_core.document.safe import make_safe
from docgen_core.model import Document

__all__ = ["read_document"]

#: Lists and quotes deeper than this are laid flat: no format shows more, and some break.
_DEEPEST: Final = 9
_LISTS: Final = frozenset({"bullet_list_open", "ordered_list_open"})
_CONTAINERS: Final = _LISTS | {"blockquote_open"}
_SECTION_LEVEL: Final = 2
_LANGUAGE: Final = re.compile(r"[a-z0-9_+#.-]{1,40}")


def read_document(document: Document) -> nodes.Content:
    """Read a document for export.

    Args:
        document: The document; its Markdown is untrusted.

    Returns:
        Its content, safe to write in any format. Ids of headings and items are those that the
        Markdown document's own links use.
    """
    counts: Counter[str] = Counter()
    tokens = parse(clean_characters(document.markdown))
    mark_anchors(tokens)
    tokens = make_safe(tokens, counts)
    numbers = _footnote_numbers(tokens)
    blocks, notes = _Reader(tokens, numbers).read()
    return _arranged(document, _with_sections(blocks, document), notes)


@attrs.define
class _Open:
    """A block that is being read, with what it holds so far."""

    token: Token
    blocks: list[nodes.Block] = attrs.field(factory=list)
    children: tuple[nodes.Inline, ...] = ()
    items: list[nodes.ListItem] = attrs.field(factory=list)
    cells: list[nodes.Cell] = attrs.field(factory=list)
    rows: list[tuple[nodes.Cell, ...]] = attrs.field(factory=list)
    alignments: list[nodes.Alignment] = attrs.field(factory=list)


class _Reader:
    """Turns a safe token stream into blocks and footnotes, in one pass."""

    def __init__(self, tokens: Sequence[Token], numbers: Mapping[str, int]) -> None:
        self._tokens = tokens
        self._numbers = numbers
        items = item_anchors(tokens)
        ids = _heading_ids(tokens, items)
        self._ids = iter(ids)
        self._lines = Lines(targets=items.union(ids), anchors=items, numbers=numbers)
        self._stack = [_Open(Token("root", "", 0))]
        self._notes: dict[int, tuple[nodes.Block, ...]] = {}

    def read(self) -> tuple[tuple[nodes.Block, ...], tuple[nodes.Footnote, ...]]:
        """Give the blocks and the footnotes."""
        for token in self._tokens:
            if token.nesting == 1:
                self._stack.append(_Open(token))
            elif token.type == "inline":
                self._stack[-1].children = self._lines.read(token.children or ())
            else:
                opened = self._stack.pop() if token.nesting else _Open(token)
                self._close(opened, self._stack[-1])
        return tuple(self._stack[0].blocks), tuple(self._footnotes())

    def _footnotes(self) -> Iterator[nodes.Footnote]:
        for number, blocks in sorted(self._notes.items()):
            marks = self._lines.marks[number]
            yield nodes.Footnote(number=number, blocks=blocks, marks=marks)

    def _close(self, block: _Open, holder: _Open) -> None:
        kind = block.token.type
        if kind == "list_item_open":
            checked = block.token.meta.get("checked")
            holder.items.append(nodes.ListItem(blocks=tuple(block.blocks), checked=checked))
        elif kind in {"th_open", "td_open"}:
            holder.cells.append(block.children)
            holder.alignments.append(_alignment(block.token))
        elif kind == "tr_open":
            holder.rows.append(tuple(block.cells))
            holder.alignments = block.alignments
        elif kind in {"thead_open", "tbody_open"}:
            holder.rows += block.rows
            holder.alignments = holder.alignments or block.alignments
        elif kind == "footnote_reference_open":
            number = self._numbers[block.token.meta["label"]]
            self._notes[number] = (*self._notes.get(number, ()), *block.blocks)
        else:
            holder.blocks += self._made(block)

    def _made(self, block: _Open) -> list[nodes.Block]:
        kind, token = block.token.type, block.token
        if kind == "heading_open":
            level, anchor = int(token.tag[1]), next(self._ids)
            return [nodes.Heading(level=level, id=anchor, children=block.children)]
        if kind == "paragraph_open":
            return [nodes.Paragraph(block.children)] if block.children else []
        if kind in {"fence", "code_block"}:
            return [_code(token)]
        if kind == "table_open":
            head, *rows = block.rows
            return [nodes.Table(alignments=tuple(block.alignments), head=head, rows=tuple(rows))]
        if kind == "hr":
            return [nodes.Rule()]
        return self._container(block)

    def _container(self, block: _Open) -> list[nodes.Block]:
        deep = sum(opened.token.type in _CONTAINERS for opened in self._stack) >= _DEEPEST
        if block.token.type in _LISTS:
            if deep:
                return [inner for item in block.items for inner in item.blocks]
            return [_list(block)]
        return block.blocks if deep or not block.blocks else [nodes.Quote(tuple(block.blocks))]


def _code(token: Token) -> nodes.Code:
    language = "".join(token.info.split()[:1]).lower().strip("{}=.")
    known = language if _LANGUAGE.fullmatch(language) else ""
    return nodes.Code(text=token.content.removesuffix("\n"), language=known)


def _list(block: _Open) -> nodes.List:
    token = block.token
    return nodes.List(
        items=tuple(block.items),
        ordered=token.type == "ordered_list_open",
        start=int(token.attrs.get("start", 1)),
        tight=all(_is_short(item) for item in block.items),
    )


def _is_short(item: nodes.ListItem) -> bool:
    return sum(isinstance(inner, nodes.Paragraph) for inner in item.blocks) <= 1


def _alignment(cell: Token) -> nodes.Alignment:
    style = str(cell.attrs.get("style", "")).removeprefix("text-align:")
    known = style if style in {"left", "center", "right"} else ""
    return cast("nodes.Alignment", known)


def _heading_ids(tokens: Sequence[Token], items: frozenset[str]) -> list[str]:
    slugger = Slugger(reserved=items)
    return [
        slugger.anchor(plain_text(inline.children))
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open"
    ]


def _footnote_numbers(tokens: Sequence[Token]) -> dict[str, int]:
    """Number the footnotes as the text names them; those that only notes name come after."""
    named: dict[str, list[str]] = {"": []}
    inside = [""]
    for token in tokens:
        if token.type == "footnote_reference_open":
            inside.append(token.meta["label"])
            named.setdefault(token.meta["label"], [])
        elif token.type == "footnote_reference_close":
            inside.pop()
        elif token.type == "inline":
            named[inside[-1]] += _labels(token)
    order: dict[str, int] = {}
    for first in (named.pop(""), list(named)):
        waiting = deque(first)
        while waiting:
            label = waiting.popleft()
            if label in named and label not in order:
                order[label] = len(order) + 1
                waiting.extend(named[label])
    return order


def _labels(token: Token) -> Iterator[str]:
    for child in token.children or ():
        if child.type == "footnote_ref":
            yield child.meta["label"]


def _with_sections(blocks: Sequence[nodes.Block], document: Document) -> list[nodes.Block]:
    """Tell of each section's own heading which section begins there."""
    waiting = deque((" ".join(item.title.split()), item.id) for item in document.sections)
    marked: list[nodes.Block] = []
    for block in blocks:
        if waiting and isinstance(block, nodes.Heading) and block.level == _SECTION_LEVEL:
            marked.append(_claimed(block, waiting))
        else:
            marked.append(block)
    return marked


def _claimed(heading: nodes.Heading, waiting: deque[tuple[str, str]]) -> nodes.Heading:
    title, section = waiting[0]
    if nodes.plain_text(heading.children) != title:
        return heading
    waiting.popleft()
    return attrs.evolve(heading, section=section)


def _arranged(
    document: Document, blocks: list[nodes.Block], notes: tuple[nodes.Footnote, ...]
) -> nodes.Content:
    """Part the document into its title page, its contents and its sections."""
    heading = blocks.pop(0) if blocks and _level(blocks[0]) == 1 else None
    first = next((at for at, block in enumerate(blocks) if _level(block)), len(blocks))
    front, rest = blocks[:first], blocks[first:]
    contents = rest[0] if _is_contents(rest) else None
    return nodes.Content(
        title=" ".join(clean_characters(document.title).split()),
        language=document.language,
        heading=cast("nodes.Heading | None", heading),
        front=tuple(front),
        contents=cast("nodes.Heading | None", contents),
        body=tuple(rest[2:] if contents else rest),
        notes=notes,
    )


def _level(block: nodes.Block) -> int:
    return block.level if isinstance(block, nodes.Heading) else 0


def _is_contents(blocks: Sequence[nodes.Block]) -> bool:
    """Whether a heading with a list of nothing but cross references comes first."""
    if len(blocks) < 2 or _level(blocks[0]) != _SECTION_LEVEL:  # noqa: PLR2004 - heading, list
        return False
    listing = blocks[1]
    paragraphs = [node for node in nodes.walk([listing]) if isinstance(node, nodes.Paragraph)]
    return isinstance(listing, nodes.List) and all(
        len(paragraph.children) == 1 and isinstance(paragraph.children[0], nodes.CrossReference)
        for paragraph in paragraphs
    )
