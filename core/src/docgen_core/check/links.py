"""Links inside a pack: to headings, to sections, and to files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from docgen_core.check.findings import Finding, found
from docgen_core.check.items import item_in_link
from docgen_core.check.pack import Pack
from docgen_core.check.parts import Part
from docgen_core.document.anchors import Slugger, slug

__all__ = ["check_links"]

_ELSEWHERE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|www\.")


def check_links(parts: Sequence[Part], pack: Pack) -> Iterator[Finding]:
    """Look for links that lead nowhere; those to ids are looked at with the items.

    Args:
        parts: The sections, from their own files or from the document.
        pack: Where files may stand.
    """
    anchors = _anchors(parts) | pack.keys | {slug(key) for key in pack.keys}
    for part in parts:
        for link in part.links:
            if _ELSEWHERE.match(link.address) or item_in_link(link.address):
                continue
            path, _, fragment = link.address.partition("#")
            if path:
                broken = not _is_file(pack, part.file, unquote(path))
            else:
                name = unquote(fragment)
                broken = not name or not {name, slug(name), f"section-{name}"} & anchors
            if broken:
                message = f"the link {link.label!r} leads to {link.address!r}, which is not there"
                yield found("broken-link", part.file, link.line, message, key=link.address)


def _anchors(parts: Sequence[Part]) -> set[str]:
    """The ids of all headings, by their files and over all of them.

    A link in a section's file may mean a heading of another section: the merge resolves both.
    """
    whole, names = Slugger(), set()
    alone: dict[str, Slugger] = {}
    for part in parts:
        own = alone.setdefault(part.file, Slugger())
        for title in (part.title, *(x.text for x in part.blocks if x.kind == "heading")):
            name = " ".join(title.split())
            names |= {whole.anchor(name), own.anchor(name)}
    # A heading that an item's id would clash with gets another anchor.
    return names | {f"section-{name}" for name in names}


def _is_file(pack: Pack, file: str, path: str) -> bool:
    if path.startswith("/"):
        return False
    folders = (PurePosixPath(file).parent, PurePosixPath())
    return any((pack.folder / folder / path).exists() for folder in folders)
