"""Sections into one document: each parsed alone, joined as tokens, under exact contents."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import attrs
from markdown_it.token import Token

from docgen_core.document.anchors import Slugger
from docgen_core.document.footnotes import relabel_footnotes
from docgen_core.document.inline import heading_tokens, plain_text
from docgen_core.document.items import anchor_tokens, item_anchors
from docgen_core.document.links import Targets, resolve_links
from docgen_core.document.render import escape_inline, render
from docgen_core.document.section import Prepared, as_notes, prepare
from docgen_core.model import OutlineEntry, Section

__all__ = ["Merged", "merge_sections"]

#: The title page holds the only first-level heading.
_SECTION_LEVEL = 2


@attrs.frozen(kw_only=True)
class Merged:
    """What the document shell is filled with.

    Attributes:
        body: The sections as Markdown, each under a second-level heading, without a newline at
            the end.
        contents: A nested list of links to the headings; empty without a table of contents.
        outline: Every heading of the document, the shell's own included, in reading order.
        notes: What was repaired or dropped, each with the section's id in front.
    """

    body: str
    contents: str
    outline: tuple[OutlineEntry, ...]
    notes: tuple[str, ...]


@attrs.frozen(kw_only=True)
class _Part:
    section: Section
    prepared: Prepared
    entries: tuple[OutlineEntry, ...]

    def targets(self, items: dict[str, str], document: dict[str, str]) -> Targets:
        alone = Slugger()
        local = {alone.anchor(entry.title): entry.anchor for entry in self.entries}
        own = {entry.anchor: entry.anchor for entry in self.entries}
        return Targets(items=items, own=own, local=local, document=document)


def merge_sections(
    sections: Sequence[Section], *, title: str, contents_title: str | None, depth: int = 3
) -> Merged:
    """Put sections together under one outline.

    Args:
        sections: In reading order; their Markdown is untrusted.
        title: The document's title as plain text, which the shell shows as first-level heading.
        contents_title: The heading that the shell puts over the contents, or None without one.
        depth: The deepest heading level that the contents list, 2 to 6.

    Returns:
        Body, contents, outline and notes. Merging a merged section again changes nothing.
    """
    with _collector_paused():
        return _merge(sections, title, contents_title, depth)


def _merge(
    sections: Sequence[Section], title: str, contents_title: str | None, depth: int
) -> Merged:
    prepared = _prepared(sections)
    items = {name: name for each in prepared for name in item_anchors(each.tokens)}
    slugger = Slugger(reserved=items)
    front = [OutlineEntry(level=1, title=title, anchor=slugger.anchor(title), section="")]
    if contents_title is not None:
        anchor = slugger.anchor(contents_title)
        front.append(OutlineEntry(level=2, title=contents_title, anchor=anchor, section=""))
    parts = [
        _part(section, each, slugger) for section, each in zip(sections, prepared, strict=True)
    ]
    outline = (*front, *(entry for part in parts for entry in part.entries))
    document = _document_targets(parts, outline)
    counts = [_finish(part, items, document) for part in parts]
    return Merged(
        body="\n\n".join(render(part.prepared.tokens) for part in parts),
        contents="" if contents_title is None else _contents(outline, depth),
        outline=outline,
        notes=tuple(_notes(parts, counts)),
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Hold cyclic garbage collection: it took 45 % of the time, and tokens form no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _prepared(sections: Sequence[Section]) -> list[Prepared]:
    """Each section's tokens; of two definitions of one item, only the first stays."""
    items: set[str] = set()
    return [prepare(section, level=_SECTION_LEVEL, items=items) for section in sections]


def _part(section: Section, prepared: Prepared, slugger: Slugger) -> _Part:
    title = " ".join(section.title.split())
    prepared.tokens[:0] = heading_tokens(_SECTION_LEVEL, title)
    entries = tuple(_outline(prepared.tokens, section.id, slugger))
    return _Part(section=section, prepared=prepared, entries=entries)


def _outline(tokens: Sequence[Token], section: str, slugger: Slugger) -> Iterator[OutlineEntry]:
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            title = plain_text(inline.children)
            anchor = slugger.anchor(title)
            if not slugger.is_own(title):
                inline.children = [*anchor_tokens(anchor), *(inline.children or ())]
            level = int(opening.tag[1])
            yield OutlineEntry(level=level, title=title, anchor=anchor, section=section)


def _document_targets(parts: Sequence[_Part], outline: Sequence[OutlineEntry]) -> dict[str, str]:
    by_id = {part.section.id: part.entries[0].anchor for part in parts}
    return by_id | {entry.anchor: entry.anchor for entry in outline}


def _finish(part: _Part, items: dict[str, str], document: dict[str, str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    resolve_links(part.prepared.tokens, part.targets(items, document), counts)
    relabel_footnotes(part.prepared.tokens, section=part.section.id)
    return counts


def _contents(outline: Sequence[OutlineEntry], depth: int) -> str:
    listed = [entry for entry in outline if entry.section and entry.level <= depth]
    return "\n".join(_line(entry) for entry in listed)


def _line(entry: OutlineEntry) -> str:
    indent = "  " * (entry.level - _SECTION_LEVEL)
    return f"{indent}- [{escape_inline(entry.title)}](#{entry.anchor})"


def _notes(parts: Sequence[_Part], counts: Sequence[Counter[str]]) -> Iterator[str]:
    for part, counted in zip(parts, counts, strict=True):
        for phrase in (*part.prepared.notes, *as_notes(counted)):
            yield f"{part.section.id}: {phrase}"
