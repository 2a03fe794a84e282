"""Ids: defined once, never dangling, and used where the pack's other items are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import unquote

import attrs

from docgen_core.check.findings import Finding, found
from docgen_core.check.pack import Pack
from docgen_core.check.parts import Block, Part
from docgen_core.document.items import names_item

__all__ = ["check_items", "check_trace", "item_in_link"]

_MENTION: Final = re.compile(
    r"(?<![\w\-/.#§$€])([A-Z]{1,3}[1-9][0-9]{0,3})(?![\w\-]|[.,]\d)", re.ASCII
)
_PREFIX: Final = re.compile(r"[A-Z]+")
#: A heading that begins with an id: `P1 Maria`, `P1: Maria`, `P1`.
_DEFINED: Final = re.compile(
    rf"{_MENTION.pattern}(?:\s*[:.\u2013\u2014·|-]\s*|\s+|$)(.*)", re.DOTALL
)
#: From here on, a number is hardly the next one of its kind: `P95` is no ninety-fifth persona.
_SPARE: Final = 9


@attrs.define(kw_only=True)
class _Ids:
    """Where ids are defined and where they are named, over several parts."""

    #: By anchors.
    anchored: dict[str, list[tuple[Part, int]]]
    #: By headings, with the rest of the heading.
    headed: dict[str, list[tuple[Part, int, str]]]
    #: By the way they stand first in a line or a cell.
    led: dict[str, list[tuple[Part, int]]]
    #: Everywhere, also where they are defined.
    named: dict[str, list[tuple[Part, int]]]

    @property
    def known(self) -> set[str]:
        """All ids that something defines."""
        return {*self.anchored, *self.headed, *self.led}

    def home(self, name: str) -> tuple[Part, int] | None:
        """Where an id is defined first."""
        if name in self.anchored:
            return self.anchored[name][0]
        if name in self.headed:
            return self.headed[name][0][:2]
        return self.led[name][0] if name in self.led else None


def check_items(parts: Sequence[Part], pack: Pack) -> Iterator[Finding]:
    """Look at the ids of sections.

    Args:
        parts: The sections, from their own files or from the document.
        pack: What the run recorded.
    """
    ids = _collect([part for part in parts if not part.made])
    yield from _duplicates(ids)
    yield from _dangling(parts, ids)
    yield from _unknown(ids, pack)
    yield from _unused(ids, pack)


def check_trace(pack: Pack) -> Iterator[Finding]:
    """Look at the ids in the data that the run recorded."""
    if pack.trace is None:
        return
    seen: set[str] = set()
    for item in pack.trace.items:
        if item.id in seen:
            file = f".docgen/data/{item.section}.json"
            message = f"{item.id} is the id of two items"
            yield found("duplicate-id", file, 0, message, key=item.id)
        seen.add(item.id)
    for section, owner, name in pack.trace.dangling():
        file = f".docgen/data/{section}.json"
        message = f"{owner or section} refers to {name}, which is not there"
        yield found("dangling-id", file, 0, message, key=name)


def _collect(parts: Sequence[Part]) -> _Ids:
    ids = _Ids(
        anchored=defaultdict(list),
        headed=defaultdict(list),
        led=defaultdict(list),
        named=defaultdict(list),
    )
    for part in parts:
        for name, line in part.anchors:
            ids.anchored[name.upper()].append((part, line))
        labels = defaultdict(list)
        for link in part.links:
            labels[link.line].append(link.label)
        for block in part.blocks:
            _note(ids, part, block, labels.get(block.line, ()))
        for link in part.links:
            name = item_in_link(link.address)
            if name and name not in _mentions(link.label):
                ids.named[name].append((part, link.line))
    return ids


def _note(ids: _Ids, part: Part, block: Block, labels: Sequence[str]) -> None:
    """Note the ids of a block; one that begins it as a link is defined elsewhere."""
    defined = _DEFINED.match(block.prose)
    if defined is not None and block.kind == "heading":
        ids.headed[defined[1]].append((part, block.line, " ".join(defined[2].split())))
    elif defined is not None and not any(defined[1] in label for label in labels):
        ids.led[defined[1]].append((part, block.line))
    for offset, line in enumerate(block.prose.split("\n")):
        for name in _mentions(line):
            ids.named[name].append((part, block.line + offset))


def _mentions(text: str) -> list[str]:
    return _MENTION.findall(text)


def item_in_link(address: str) -> str:
    """The id that a link leads to, in capital letters; empty when it leads elsewhere."""
    fragment = unquote(address[1:]) if address.startswith("#") else ""
    return fragment.upper() if names_item(fragment.lower()) else ""


def _duplicates(ids: _Ids) -> Iterator[Finding]:
    for name, places in ids.anchored.items():
        first = places[0]
        for part, line in places[1:]:
            message = f"{name} is defined again; first in {first[0].file}:{first[1]}"
            yield found("duplicate-id", part.file, line, message, key=name)
    for name, headings in ids.headed.items():
        if name in ids.anchored:
            continue
        start, place, rest = headings[0]
        for part, line, other in headings[1:]:
            if not (other.startswith(rest) or rest.startswith(other)):
                message = f"{name} is defined again; first in {start.file}:{place}"
                yield found("duplicate-id", part.file, line, message, key=name)


def _dangling(parts: Sequence[Part], ids: _Ids) -> Iterator[Finding]:
    # Headings and rows define ids only where nobody wrote anchors.
    targets = {*ids.anchored} if ids.anchored else ids.known
    slugs = {name for name in ids.headed if any(not rest for _, _, rest in ids.headed[name])}
    for part in parts:
        for link in part.links:
            name = item_in_link(link.address)
            if name and name not in targets | slugs:
                message = f"the link leads to {name}, which is not defined anywhere"
                yield found("dangling-id", part.file, link.line, message, key=name)


def _unknown(ids: _Ids, pack: Pack) -> Iterator[Finding]:
    names = () if pack.trace is None else pack.trace.by_id
    recorded = {name for name in names if _MENTION.fullmatch(name)}
    known = ids.known if not ids.anchored else {*ids.anchored, *ids.headed}
    known |= recorded
    highest: dict[str, int] = defaultdict(int)
    for name in known:
        prefix = _prefix(name)
        highest[prefix] = max(highest[prefix], int(name[len(prefix) :]))
    linked = _linked(ids)
    for name, places in ids.named.items():
        prefix = _prefix(name)
        number = int(name[len(prefix) :])
        if name in known | linked or number > 2 * highest[prefix] + _SPARE:
            continue
        if highest[prefix]:
            part, line = places[0]
            message = f"{name} is named, but there is no such item"
            yield found("unknown-id", part.file, line, message, key=name)


def _linked(ids: _Ids) -> set[str]:
    """Ids that links lead to: where they dangle, that is told already."""
    parts = {id(part): part for places in ids.named.values() for part, _ in places}
    return {item_in_link(link.address) for part in parts.values() for link in part.links}


def _prefix(name: str) -> str:
    found_prefix = _PREFIX.match(name)
    return found_prefix[0] if found_prefix else ""


def _unused(ids: _Ids, pack: Pack) -> Iterator[Finding]:
    used = {name for name in ids.known if _is_used(ids, name)}
    if pack.trace is not None:
        names = [item.id for item in pack.trace.unused() if item.id not in used]
    else:
        kinds = {_prefix(name) for name in used if _used_elsewhere(ids, name)}
        names = sorted(name for name in ids.known - used if _prefix(name) in kinds)
    for name in names:
        home = ids.home(name)
        if home is not None:
            message = f"nothing refers to {name}"
            yield found("unused-item", home[0].file, home[1], message, key=name)


def _is_used(ids: _Ids, name: str) -> bool:
    home = ids.home(name)
    return any((part, line) != home for part, line in ids.named[name])


def _used_elsewhere(ids: _Ids, name: str) -> bool:
    home = ids.home(name)
    return home is not None and any(part is not home[0] for part, _ in ids.named[name])
