"""A plain layout of any structured data, for deliverables that bring no template of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from docgen_core.structure.slots import Shape, Slot, shape_of
from docgen_core.templating.filters import fenced, ref, refs, target
from docgen_core.templating.view import escape_text

__all__ = ["lay_out"]

#: Fields that the document gathers in an appendix.
_GATHERED: Final = frozenset({"assumptions", "open_questions"})


def lay_out(data: Any, words: Mapping[str, str]) -> str:  # noqa: ANN401 - of a schema class
    """Write structured data as Markdown: a heading for each field, a list for each list.

    Args:
        data: An object of a schema class.
        words: Headings and labels by field, as plain text; a field without one is called by its
            name, and true and false by `yes` and `no`.

    Returns:
        Markdown in which every text of the data is escaped. Fields that are empty are left out.
    """
    return "\n\n".join(_Layout(words).sections(data))


class _Layout:
    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words

    def sections(self, data: Any) -> Iterator[str]:  # noqa: ANN401 - of a schema class
        for slot, value in _filled(data, shape_of(type(data))):
            if slot.name not in _GATHERED:
                yield f"## {self._label(slot)}"
                yield self._body(slot, value)

    def _body(self, slot: Slot, value: Any) -> str:  # noqa: ANN401 - what the slot holds
        if slot.lines and not slot.many:
            return fenced(value)
        if slot.many and slot.kind != "reference":
            return "\n".join(line for item in value for line in self._item(slot, item))
        if slot.shape is not None:
            return "\n".join(self._fields(value, slot.shape, ""))
        return self._inline(slot, value)

    def _item(self, slot: Slot, item: Any) -> Iterator[str]:  # noqa: ANN401 - as above
        if slot.shape is None:
            yield f"- {self._inline(slot, item)}"
            return
        name = _name_of(slot.shape)
        heads = [target(getattr(item, slot.shape.identity.name))] if slot.shape.identity else []
        if name is not None:
            heads.append(f"**{escape_text(getattr(item, name.name))}**")
        yield f"- {' '.join(filter(None, heads)) or self._label(slot)}"
        yield from self._fields(item, slot.shape, "  ", without=name)

    def _fields(
        self,
        data: Any,  # noqa: ANN401 - as above
        shape: Shape,
        indent: str,
        without: Slot | None = None,
    ) -> Iterator[str]:
        for slot, value in _filled(data, shape):
            if slot == without:
                continue
            if slot.shape is None and (not slot.many or slot.kind == "reference"):
                yield f"{indent}- {self._label(slot)}: {self._inline(slot, value)}"
                continue
            yield f"{indent}- {self._label(slot)}"
            for item in value if slot.many else (value,):
                yield from (f"{indent}  {line}" for line in self._item(slot, item))

    def _inline(self, slot: Slot, value: Any) -> str:  # noqa: ANN401 - as above
        if slot.kind == "reference":
            return refs(value) if slot.many else ref(value)
        if slot.kind == "flag":
            word = "yes" if value else "no"
            return escape_text(self._words.get(word, word))
        return escape_text(str(value))

    def _label(self, slot: Slot) -> str:
        own = slot.name.replace("_", " ").strip()
        return escape_text(self._words.get(slot.name, own[:1].upper() + own[1:]))


def _filled(data: Any, shape: Shape) -> Iterator[tuple[Slot, Any]]:  # noqa: ANN401 - as above
    for slot in shape.slots:
        value = getattr(data, slot.name)
        if slot.kind != "identity" and value not in ("", ()):
            yield slot, value


def _name_of(shape: Shape) -> Slot | None:
    """The field that tells an item from others best: its first text of one line."""
    texts = (slot for slot in shape.slots if slot.kind == "text" and not slot.many)
    return next((slot for slot in texts if not slot.lines), None)
