"""A document as plain data, in the layout of `docs/document.schema.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from docgen_core.api import Document, Section, SectionFacts, nodes, read_document

__all__ = ["LAYOUT", "pack_of"]

#: Raised when the layout changes in a way that programs which read it would notice.
LAYOUT: Final = 1

_Node = nodes.Block | nodes.Inline | nodes.ListItem | nodes.Footnote


def pack_of(document: Document, *, with_nodes: bool = True) -> dict[str, Any]:
    """Give the whole pack as what JSON can hold.

    Args:
        document: The merged document.
        with_nodes: Whether the text is there as nodes too.
    """
    facts = {item.section: item for item in document.facts}
    anchors = {entry.section: entry.anchor for entry in reversed(document.outline)}
    return {
        "layout": LAYOUT,
        "title": document.title,
        "language": document.language,
        "date": document.date,
        "sections": [
            _section(section, anchors.get(section.id, ""), facts.get(section.id))
            for section in document.sections
        ],
        "outline": [attrs.asdict(entry) for entry in document.outline],
        "markdown": document.markdown,
        "content": _content(document) if with_nodes else None,
    }


def _section(section: Section, anchor: str, facts: SectionFacts | None) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "anchor": anchor,
        "edited": section.edited,
        "markdown": section.markdown,
        "data": _plain(section.data),
        "facts": None if facts is None else _facts(facts),
    }


def _facts(facts: SectionFacts) -> dict[str, Any]:
    made = attrs.asdict(facts)
    del made["section"]
    return made


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever the section's data holds
    """Mappings and sequences of the data as dicts and lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _content(document: Document) -> dict[str, Any]:
    content = read_document(document)
    return {
        "heading": None if content.heading is None else _node(content.heading),
        "front": _nodes(content.front),
        "body": _nodes(content.body),
        "notes": _nodes(content.notes),
    }


def _nodes(items: Iterable[_Node]) -> list[dict[str, Any]]:
    return [_node(item) for item in items]


def _node(node: _Node) -> dict[str, Any]:
    """One node: its class as `type`, then its fields under their own names."""
    found: dict[str, Any] = {"type": _kind(node)}
    for field in attrs.fields(type(node)):
        found[field.name] = _value(getattr(node, field.name))
    return found


def _kind(node: _Node) -> str:
    """`CrossReference` as `cross_reference`."""
    name = type(node).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


def _value(value: object) -> Any:  # noqa: ANN401 - a node, a tuple of them, or what JSON holds
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return _node(value) if attrs.has(type(value)) else value  # type: ignore[arg-type] # a node
