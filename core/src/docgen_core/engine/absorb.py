"""Takes what a person changed in document.md into the sections that it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import attrs

from docgen_core.document import normalise_section, section_heading
from docgen_core.document.parse import parse_blocks
from docgen_core.document.threeway import has_conflict, merge_texts
from docgen_core.model import Section
from docgen_core.store import RunFolder

__all__ = ["absorb"]


@attrs.frozen(kw_only=True)
class _Chunk:
    """A part of the document: what stands under one second-level heading, or before the first."""

    heading: str
    body: str


def absorb(folder: RunFolder) -> None:
    """Merge a person's changes of document.md into the section files.

    What cannot be told to belong to one section (title page, contents, a changed section heading,
    the same lines changed in both files) is left, and a copy of the document is kept when the new
    one is written. What was done is said in the folder's warnings.

    Raises:
        FileError: a file could not be read or written.
    """
    edit = folder.document_edit()
    if edit is None:
        return
    base, now = (list(_chunks(text)) for text in edit)
    if [chunk.heading for chunk in base] != [chunk.heading for chunk in now]:
        return
    owners = _owners(folder, base)
    changed = [(old, new) for old, new in zip(base, now, strict=True) if old.body != new.body]
    done = [_take(folder, owners.get(old.heading, ""), old, new) for old, new in changed]
    if all(done):
        folder.document_absorbed(edit[1])


def _chunks(text: str) -> Iterator[_Chunk]:
    """Part a document at its second-level headings."""
    lines = text.replace("\r\n", "\n").split("\n")
    tokens = parse_blocks("\n".join(lines))
    heading, start = "", 0
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2" and opening.level == 0:
            first, after = opening.map or (start, start)
            yield _Chunk(heading=heading, body="\n".join(lines[start:first]).strip("\n"))
            heading, start = inline.content, after
    yield _Chunk(heading=heading, body="\n".join(lines[start:]).strip("\n"))


def _owners(folder: RunFolder, chunks: list[_Chunk]) -> Mapping[str, str]:
    """Which section stands under which heading, where that is certain."""
    previous = folder.previous
    ids = [] if previous is None else [item.id for item in previous.sections if item.file]
    headings = {key: section_heading(folder.generated(key) or "") for key in ids}
    written = [chunk.heading for chunk in chunks]
    told = list(headings.values())
    return {
        heading: key
        for key, heading in headings.items()
        if heading and told.count(heading) == 1 and written.count(heading) == 1
    }


def _take(folder: RunFolder, key: str, old: _Chunk, new: _Chunk) -> bool:
    """Merge one changed chunk into its section's file; False when that cannot be done safely."""
    standing = folder.read_section(key) if key else None
    if standing is None or has_conflict(standing[0]):
        return False
    base, theirs = (_as_file(key, chunk) for chunk in (old, new))
    merge = merge_texts(base, standing[0], theirs)
    if merge.conflicts or not _holds(merge.text, old.body, new.body):
        return False
    if merge.text != standing[0]:
        folder.write_edit(key, merge.text)
        file = folder.section_file(key)
        folder.warnings.append(f"{new.heading}: your changes in document.md went into {file}")
    return True


def _as_file(key: str, chunk: _Chunk) -> str:
    """A chunk in the form of a section's file."""
    return normalise_section(Section(id=key, title=chunk.heading, markdown=chunk.body))[0]


def _holds(text: str, old: str, new: str) -> bool:
    """Whether every line that the person added is in the text: nothing was lost on the way."""
    before = set(old.split("\n"))
    added = (line.lstrip("# ").strip() for line in new.split("\n") if line not in before)
    return all(line in text for line in added)
