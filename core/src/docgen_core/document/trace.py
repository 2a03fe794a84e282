"""Which item builds on which: what is reached from an item, and where there are gaps. Data only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs

__all__ = ["Item", "Kind", "Trace", "read_trace"]


@attrs.frozen(kw_only=True)
class Kind:
    """Items whose ids share a prefix.

    Attributes:
        prefix: The prefix, for instance `UC`.
        section: The id of the section that defines them.
        field: The field of the section's data that holds them.
        refers_to: The prefixes that these items may refer to.
    """

    prefix: str
    section: str
    field: str
    refers_to: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Item:
    """One item that has an id.

    Attributes:
        id: The id, for instance `UC1`.
        prefix: Its kind.
        section: The id of the section that defines it.
        label: What it is called, as plain text.
        references: The ids that it refers to.
    """

    id: str
    prefix: str
    section: str
    label: str = ""
    references: tuple[str, ...] = ()


@attrs.define(kw_only=True, slots=False, frozen=True)
class Trace:
    """All items of a document with their references.

    Attributes:
        kinds: In the order in which the sections define them.
        items: In reading order.
        loose: References that no item makes: the section's id and the id referred to.
        may_refer: For each section, the prefixes that it may refer to outside of its items.
    """

    kinds: tuple[Kind, ...] = ()
    items: tuple[Item, ...] = ()
    loose: tuple[tuple[str, str], ...] = ()
    may_refer: Mapping[str, Sequence[str]] = attrs.field(factory=dict)

    @cached_property
    def by_id(self) -> dict[str, Item]:
        """The items by id; of two with one id, the first."""
        found: dict[str, Item] = {}
        for item in self.items:
            found.setdefault(item.id, item)
        return found

    @cached_property
    def users(self) -> dict[str, list[Item]]:
        """For each id, the items that refer to it."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            for name in item.references:
                found.setdefault(name, []).append(item)
        return found

    def columns(self) -> tuple[Kind, ...]:
        """The first kind that others build on, then those others; empty when there is none."""
        present = self._main()
        for first in present:
            reached = self._kinds_onto(first.prefix)
            others = [kind for kind in present if kind.prefix in reached and kind != first]
            if others:
                return (first, *others)
        return ()

    def onto(self, item: Item) -> tuple[Item, ...]:
        """The items that build on one, directly or through others, in reading order."""
        seen: dict[str, None] = {}
        waiting = [item.id]
        while waiting:
            for user in self.users.get(waiting.pop(), ()):
                if user.id not in seen and user.id != item.id:
                    seen[user.id] = None
                    waiting.append(user.id)
        return tuple(other for other in self.by_id.values() if other.id in seen)

    def unused(self) -> tuple[Item, ...]:
        """Items that something else in the document may refer to, but nothing does."""
        wanted = {name for kind in self._main() for name in kind.refers_to if name != kind.prefix}
        wanted.update(prefix for prefixes in self.may_refer.values() for prefix in prefixes)
        used = {*self.users, *(name for _, name in self.loose)}
        return tuple(x for x in self.by_id.values() if x.prefix in wanted and x.id not in used)

    def unrelated(self) -> Iterator[tuple[Item, Kind]]:
        """Items that may refer to a kind of which there are some, but refer to none."""
        main = {kind.prefix: kind for kind in self._main()}
        for item in self.by_id.values():
            named = {self.by_id[name].prefix for name in item.references if name in self.by_id}
            wanted = main[item.prefix].refers_to if item.prefix in main else ()
            for prefix in wanted:
                if prefix in main and prefix not in named and prefix != item.prefix:
                    yield item, main[prefix]

    def dangling(self) -> Iterator[tuple[str, str, str]]:
        """References to ids that no item has: the section, what refers, the id."""
        for item in self.items:
            for name in item.references:
                if name not in self.by_id:
                    yield item.section, item.id, name
        for section, name in self.loose:
            if name not in self.by_id:
                yield section, "", name

    def _main(self) -> tuple[Kind, ...]:
        """What each section is about: the first kind of items that it defines, if there are any."""
        prefixes = {item.prefix for item in self.items}
        first: dict[str, Kind] = {}
        for kind in self.kinds:
            if kind.prefix in prefixes:
                first.setdefault(kind.section, kind)
        return tuple(first.values())

    def _kinds_onto(self, prefix: str) -> set[str]:
        reached = {prefix}
        while True:
            more = {kind.prefix for kind in self.kinds if reached & {*kind.refers_to}} - reached
            if not more:
                return reached
            reached |= more


def read_trace(raw: object) -> Trace | None:
    """Read what `attrs.asdict` wrote as JSON, or give None when it is something else.

    Args:
        raw: Parsed JSON, perhaps damaged.
    """
    if not isinstance(raw, dict):
        return None
    try:
        kinds = [Kind(**_strings(each)) for each in raw["kinds"]]
        items = [Item(**_strings(each)) for each in raw["items"]]
        loose = tuple((str(section), str(name)) for section, name in raw["loose"])
        may_refer = {str(key): tuple(map(str, value)) for key, value in raw["may_refer"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return Trace(kinds=tuple(kinds), items=tuple(items), loose=loose, may_refer=may_refer)


def _strings(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with texts and lists of texts in them, whatever the file held."""
    return {
        name: tuple(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in raw.items()
    }
