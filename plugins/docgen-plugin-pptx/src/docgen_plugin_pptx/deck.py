"""What stands on the slides: from the slides of a section's data, or from the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import attrs

from docgen_core.api import Document, Section, nodes

__all__ = ["Deck", "Slide", "make_deck"]

#: More slides than anybody shows.
_MOST: Final = 200
_DIGEST: Final = "no section has slides, so the first points of each section make one"
_TOO_MANY: Final = "slides left out, since a presentation has 200 at most"
_NOT_READ: Final = "edits of {} are not on the slides: they are no numbered list of bold titles"
#: Points of a slide that is made from text, and their length.
_POINTS: Final = 6
_POINT: Final = 160
#: Characters that speaker notes may have.
_NOTES: Final = 8_000
#: Characters of a text that comes from data.
_TEXT: Final = 4_000
_TITLES: Final = ("title", "heading", "name", "headline")
_TEXTS: Final = ("message", "text", "points", "bullets", "content", "body")
_VISUALS: Final = ("visual", "picture", "image", "chart")
_SPOKEN: Final = ("notes", "speaker_notes", "script")
_NAMES: Final = ("name", "title", "feature", "goal", "text", "description")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")  # noqa: RUF001 - signs of East Asia


@attrs.frozen(kw_only=True)
class Slide:
    """One slide.

    Attributes:
        title: Its title.
        points: What stands on it.
        visual: The picture that belongs on it, in words; empty for none.
        notes: What the speaker says.
    """

    title: str
    points: tuple[str, ...] = ()
    visual: str = ""
    notes: str = ""


@attrs.frozen(kw_only=True)
class Deck:
    """A presentation.

    Attributes:
        title: Its title.
        subtitle: What stands below it.
        slides: All slides but the first.
        told: What a reader should know, and how often it happened; 0 for what has no number.
    """

    title: str
    subtitle: str
    slides: tuple[Slide, ...]
    told: Counter[str] = attrs.field(factory=Counter)


def make_deck(document: Document, content: nodes.Content) -> Deck:
    """Find the slides of a document.

    A section whose data has a list `slides` gives one slide for each of its items. What a person
    changed in such a section counts instead of its data. Without any, each section gives one slide
    with its first points.

    Args:
        document: The merged document.
        content: The same as nodes.
    """
    bodies = dict(_bodies(content))
    names = _names(document.sections)
    told: Counter[str] = Counter()
    slides = [
        slide
        for section in document.sections
        for slide in _of_section(section, bodies.get(section.id, ()), names, told)
    ]
    if not slides:
        told[_DIGEST] = 0
        slides = list(_digest(content))
    if len(slides) > _MOST:
        told[_TOO_MANY] = len(slides) - _MOST
    texts = (block for block in content.front if isinstance(block, nodes.Paragraph))
    front = (nodes.plain_text(block.children) for block in texts)
    return Deck(
        title=content.title,
        subtitle="\n".join(text[:_POINT] for text in front if text),
        slides=tuple(slides[:_MOST]),
        told=told,
    )


def _of_section(
    section: Section,
    blocks: Sequence[nodes.Block],
    names: Mapping[str, str],
    told: Counter[str],
) -> list[Slide]:
    items = (section.data or {}).get("slides")
    if not isinstance(items, Sequence) or isinstance(items, str):
        return []
    written = _from_list(blocks) if section.edited else []
    if section.edited and not written:
        told[_NOT_READ.format(section.title)] = 0
    given = (item for item in items if isinstance(item, Mapping))
    return written or [_from_data(item, names) for item in given]


def _from_data(item: Mapping[str, Any], names: Mapping[str, str]) -> Slide:
    title = next(iter(_texts(item, _TITLES)), "")
    points = list(_texts(item, _TEXTS))
    visual = next(iter(_texts(item, _VISUALS)), "")
    known = {*_TITLES, *_TEXTS, *_VISUALS, *_SPOKEN, "id"}
    others = [text for key in item if key not in known for text in _strings(item[key])]
    points += [names[text] for text in others if text in names]
    spoken = [*_texts(item, _SPOKEN), *points, visual, *(x for x in others if x not in names)]
    return Slide(
        title=title,
        points=tuple(points),
        visual=visual,
        notes="\n".join(text for text in spoken if text)[:_NOTES],
    )


def _texts(item: Mapping[str, Any], keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        yield from _strings(item.get(key))


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - plain data of any shape
    if isinstance(value, str):
        text = " ".join(value[:_TEXT].split())
        if text:
            yield text
    elif isinstance(value, Sequence):
        for part in value:
            yield from _strings(part)


def _names(sections: Iterable[Section]) -> dict[str, str]:
    """What is shown in place of the id of an item that has a name."""
    found: dict[str, str] = {}
    for section in sections:
        for item in _mappings(section.data):
            key, name = item.get("id"), next(iter(_texts(item, _NAMES)), "")
            if isinstance(key, str) and key and name:
                found.setdefault(key, f"{key} {name}"[:_POINT])
    return found


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - the same
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from _mappings(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from _mappings(part)


def _bodies(content: nodes.Content) -> Iterator[tuple[str, tuple[nodes.Block, ...]]]:
    """The blocks of each section, without its heading."""
    starts = [
        number
        for number, block in enumerate(content.body)
        if isinstance(block, nodes.Heading) and block.section
    ]
    for start, end in zip(starts, [*starts[1:], len(content.body)], strict=False):
        heading = content.body[start]
        if isinstance(heading, nodes.Heading):
            yield heading.section, content.body[start + 1 : end]


def _from_list(blocks: Sequence[nodes.Block]) -> list[Slide]:
    """The slides of a numbered list whose items begin with a title in bold."""
    lists = (block for block in blocks if isinstance(block, nodes.List) and block.ordered)
    for block in reversed(list(lists)):
        slides = [_from_item(item) for item in block.items]
        found = [slide for slide in slides if slide is not None]
        if found and len(found) == len(slides):
            return found
    return []


def _from_item(item: nodes.ListItem) -> Slide | None:
    first = item.blocks[0] if item.blocks else None
    if not isinstance(first, nodes.Paragraph):
        return None
    title = first.children[0]
    if not isinstance(title, nodes.Span) or title.style != "strong":
        return None
    points = tuple(_points(item.blocks[1:]))
    return Slide(
        title=nodes.plain_text(title.children), points=points, notes="\n".join(points)[:_NOTES]
    )


def _digest(content: nodes.Content) -> Iterator[Slide]:
    """One slide for each section, with its first points."""
    sections = [
        block for block in content.body if isinstance(block, nodes.Heading) and block.section
    ]
    level = min(
        (block.level for block in content.body if isinstance(block, nodes.Heading)), default=2
    )
    title, blocks = content.title, list[nodes.Block]()
    for block in content.body:
        starts = isinstance(block, nodes.Heading) and (
            bool(block.section) if sections else block.level == level
        )
        if not starts or not isinstance(block, nodes.Heading):
            blocks.append(block)
            continue
        yield from _summary(title, blocks)
        title, blocks = nodes.plain_text(block.children), []
    yield from _summary(title, blocks)


def _summary(title: str, blocks: Sequence[nodes.Block]) -> Iterator[Slide]:
    if not blocks:
        return
    # A section of code alone shows its first lines; those of a diagram would say nothing.
    shown = [block for block in blocks if getattr(block, "language", "") != "mermaid"]
    points = list(islice(_points(blocks), _POINTS)) or islice(_points(shown, code=True), _POINTS)
    yield Slide(
        title=title,
        points=tuple(_shortened(_SENTENCE.split(point, maxsplit=1)[0]) for point in points),
        notes="\n".join(_points(blocks[:_MOST], code=True))[:_NOTES],
    )


def _points(blocks: Iterable[nodes.Block], *, code: bool = False) -> Iterator[str]:
    """What the blocks say, point by point, in reading order; lines of code on request."""
    for block in blocks:
        texts: Iterable[str] = ()
        if isinstance(block, nodes.Paragraph):
            texts = [nodes.plain_text(block.children)]
        elif isinstance(block, nodes.List):
            texts = _points((inner for item in block.items for inner in item.blocks), code=code)
        elif isinstance(block, nodes.Quote):
            texts = _points(block.blocks, code=code)
        elif isinstance(block, nodes.Table):
            texts = (" – ".join(filter(None, map(nodes.plain_text, row))) for row in block.rows)  # noqa: RUF001 - a dash between cells
        elif isinstance(block, nodes.Code) and code:
            texts = map(str.rstrip, block.text.split("\n"))
        yield from (text for text in texts if text)


def _shortened(text: str) -> str:
    if len(text) <= _POINT:
        return text
    kept = text[: _POINT - 1]
    at = kept.rfind(" ", _POINT // 2)  # scripts of East Asia have no spaces to end at
    return (kept[:at] if at > 0 else kept).rstrip(" ,;:") + "…"
