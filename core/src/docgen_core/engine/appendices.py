"""What the core adds behind the sections from their data: traceability, and all open points.

Knows the markers of schema classes and no deliverable: the items of a team's own deliverables take
part like any other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from docgen_core.document import Words, escape_inline
from docgen_core.document.trace import Item, Kind, Trace
from docgen_core.engine.job import Job, Tools
from docgen_core.model import DeliverableResult, Section
from docgen_core.structure.build import dump
from docgen_core.structure.slots import Shape, Slot, shape_of

__all__ = ["TRACE_KEY", "appendices", "keep_data", "trace_of"]

#: Under which name the trace stands beside the sections' data; no deliverable can be called so.
TRACE_KEY: Final = "_trace"
#: Longer names of items are cut in the table.
_LABEL: Final = 60
_Name = Callable[[Kind], str]


def keep_data(job: Job, tools: Tools) -> None:
    """Write the data of each finished section, and what refers to what, into the run folder.

    Raises:
        FileError: a file could not be written.
    """
    if job.folder is None:
        return
    held = {key: _json(dump(result.data)) for key, result, _ in _structured(job, tools)}
    for key, result in job.results.items():
        if result.success:
            job.folder.write_data(key, held.get(key))
    trace = trace_of(job, tools)
    if trace.kinds or job.folder.read_data(TRACE_KEY) is not None:
        job.folder.write_data(TRACE_KEY, _json(attrs.asdict(trace)))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _structured(job: Job, tools: Tools) -> Iterator[tuple[str, DeliverableResult, Shape]]:
    """The finished sections that have data of their schema's class."""
    for key in tools.plan.order:
        result = job.results.get(key)
        schema = tools.plan.deliverables[key].schema
        if result is None or schema is None or not result.success:
            continue
        if isinstance(result.data, schema):
            yield key, result, shape_of(schema)


def trace_of(job: Job, tools: Tools) -> Trace:
    """Collect the items and references of all finished sections."""
    kinds: dict[str, Kind] = {}
    items: list[Item] = []
    loose: list[tuple[str, str]] = []
    may_refer: dict[str, tuple[str, ...]] = {}
    for key, result, shape in _structured(job, tools):
        for kind in _kinds(shape, key, ""):
            known = kinds.setdefault(kind.prefix, kind)
            both = dict.fromkeys((*known.refers_to, *kind.refers_to))
            kinds[kind.prefix] = attrs.evolve(known, refers_to=tuple(both))
        walk = _Walk(key)
        walk.visit(shape, result.data, None)
        items += walk.items()
        loose += [(key, name) for name in walk.loose]
        if prefixes := tuple(dict.fromkeys(_prefixes(shape))):
            may_refer[key] = prefixes
    return Trace(
        kinds=tuple(kinds.values()),
        items=tuple(items),
        loose=tuple(loose),
        may_refer=may_refer,
    )


def _kinds(shape: Shape, section: str, field: str) -> Iterator[Kind]:
    if shape.identity is not None:
        prefix = shape.identity.prefix
        refers = tuple(dict.fromkeys(_prefixes(shape)))
        yield Kind(prefix=prefix, section=section, field=field, refers_to=refers)
    for slot in shape.slots:
        if slot.shape is not None:
            yield from _kinds(slot.shape, section, slot.name)


def _prefixes(shape: Shape) -> Iterator[str]:
    """What a shape refers to by itself: items within it speak for themselves."""
    for slot in shape.slots:
        if slot.kind == "reference":
            yield slot.prefix
        elif slot.shape is not None and slot.shape.identity is None:
            yield from _prefixes(slot.shape)


class _Walk:
    """Goes through one section's data and notes items and references."""

    def __init__(self, section: str) -> None:
        self.loose: list[str] = []
        self._section = section
        self._items: list[Item] = []
        self._references: dict[int, list[str]] = {}

    def items(self) -> Iterator[Item]:
        """The items found, each with its references."""
        for place, item in enumerate(self._items):
            references = dict.fromkeys(self._references[place])
            yield attrs.evolve(item, references=tuple(references))

    def visit(self, shape: Shape, data: Any, owner: int | None) -> None:  # noqa: ANN401 - a schema's
        """Note what an object holds; `owner` is the place of the item that it is part of."""
        identity = shape.identity
        if identity is not None and getattr(data, identity.name):
            owner = len(self._items)
            self._references[owner] = []
            item = Item(
                id=str(getattr(data, identity.name)),
                prefix=identity.prefix,
                section=self._section,
                label=_label(shape, data),
            )
            self._items.append(item)
        for slot in shape.slots:
            self._field(slot, _values(data, slot), owner)

    def _field(self, slot: Slot, values: Sequence[Any], owner: int | None) -> None:
        if slot.kind == "reference":
            target = self.loose if owner is None else self._references[owner]
            target += [str(value) for value in values if value]
        elif slot.shape is not None:
            for value in values:
                self.visit(slot.shape, value, owner)


def _values(data: Any, slot: Slot) -> Sequence[Any]:  # noqa: ANN401 - a schema's
    value = getattr(data, slot.name)
    return value if slot.many else (value,)


def _label(shape: Shape, data: Any) -> str:  # noqa: ANN401 - a schema's
    texts = (slot for slot in shape.slots if slot.kind == "text" and not slot.many)
    first = next(texts, None)
    label = "" if first is None else " ".join(str(getattr(data, first.name)).split())
    return label if len(label) <= _LABEL else label[: _LABEL - 1].rstrip() + "…"


def appendices(job: Job, tools: Tools, words: Words) -> tuple[Section, ...]:
    """Write the appendices that have something to say.

    Args:
        job: Holds the results.
        tools: What the run shares.
        words: The headings in the document's language.

    Raises:
        TemplateError: a plugin's own words cannot be read.
    """
    trace = trace_of(job, tools)
    parts = (
        Section(
            id="appendix-traceability",
            title=words.traceability,
            markdown=traceability(trace, words, _names(job, tools)),
        ),
        Section(
            id="appendix-open-points",
            title=words.open_points,
            markdown=_open_points(job, tools, words),
        ),
    )
    return tuple(part for part in parts if part.markdown)


def _names(job: Job, tools: Tools) -> _Name:
    """What kinds are called in the document: the plugin's own word for them, or their section."""

    def name(kind: Kind) -> str:
        own = tools.templates.words(kind.section, tools.config.language).get(kind.field, "")
        return own or job.results[kind.section].title

    return name


def traceability(trace: Trace, words: Words, name: _Name) -> str:
    """Write the table of which item builds on which, and the gaps under it.

    Args:
        trace: The items.
        words: The words in the document's language.
        name: What a kind of items is called.

    Returns:
        Markdown; empty when no item may refer to another.
    """
    columns = trace.columns()
    if not columns:
        return ""
    first = columns[0]
    rows = [item for item in trace.by_id.values() if item.prefix == first.prefix]
    lines = [
        escape_inline(words.traced.format(kind=name(first))),
        "",
        _row(_cell(name(kind)) for kind in columns),
        _row("---" for _ in columns),
        *(_row(_cells(trace, item, columns, words)) for item in rows),
        "",
        f"### {words.gaps}",
        "",
        *(_gaps(trace, columns, words, name) or [words.no_gaps]),
    ]
    return "\n".join(lines)


def _cells(trace: Trace, item: Item, columns: Sequence[Kind], words: Words) -> Iterator[str]:
    yield _cell_of(item)
    onto = trace.onto(item)
    for kind in columns[1:]:
        links = [_link(other) for other in onto if other.prefix == kind.prefix]
        yield ", ".join(links) or f"**{words.none}**"


def _gaps(trace: Trace, columns: Sequence[Kind], words: Words, name: _Name) -> list[str]:
    unused = {item.id for item in trace.unused()}
    found: dict[str, list[str]] = {key: [words.unused] for key in unused}
    for item in trace.by_id.values():
        if item.prefix == columns[0].prefix and item.id not in unused:
            reached = {other.prefix for other in trace.onto(item)}
            lacking = [kind for kind in columns[1:] if kind.prefix not in reached]
            told = [words.lacking.format(kind=name(kind)) for kind in lacking]
            found.setdefault(item.id, []).extend(told)
    for item, kind in trace.unrelated():
        found.setdefault(item.id, []).append(words.unrelated.format(kind=name(kind)))
    return [
        f"- {_cell_of(item)}: {escape_inline('; '.join(found[item.id]))}"
        for item in trace.by_id.values()
        if found.get(item.id)
    ]


def _cell_of(item: Item) -> str:
    return f"{_link(item)} {_cell(item.label)}".strip()


def _link(item: Item) -> str:
    return f"[{item.id}](#{item.id.lower()})"


def _cell(text: str) -> str:
    return escape_inline(text).replace("|", "\\|")


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _open_points(job: Job, tools: Tools, words: Words) -> str:
    """All assumptions and open questions, each with the section that it comes from."""
    parts = (("assumptions", words.assumptions), ("open_questions", words.open_questions))
    blocks = []
    for field, heading in parts:
        lines = [
            f"- {escape_inline(text)} ([{escape_inline(result.title)}](#{key}))"
            for key, result, _ in _structured(job, tools)
            for text in _texts(result.data, field)
        ]
        blocks += [f"### {heading}\n\n" + "\n".join(lines)] if lines else []
    return "\n\n".join(blocks)


def _texts(data: object, field: str) -> Iterator[str]:
    value = getattr(data, field, ())
    return (text for text in value if isinstance(text, str) and text.strip())
