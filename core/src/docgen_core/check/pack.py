"""Reads a pack from its folder: sections, document, what the run recorded; asks no plugin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from docgen_core.check.findings import Finding, found
from docgen_core.check.parts import Part, read_parts
from docgen_core.document.shell_words import LANGUAGES, words
from docgen_core.document.trace import Trace, read_trace
from docgen_core.errors import FileError
from docgen_core.store import RunRecord, read_run
from docgen_core.store.aside import is_aside
from docgen_core.store.atomic import file_errors, require_folder
from docgen_core.store.record import RUN_FILE

__all__ = ["Pack", "read_pack"]

_DOCUMENT: Final = "document.md"
_NAME: Final = "Name a folder that `docgen generate -o` wrote to, or one with Markdown files."
_TRACE: Final = ".docgen/data/_trace.json"


@attrs.frozen(kw_only=True)
class Pack:
    """What there is to check.

    Attributes:
        folder: Where it stands.
        sections: The sections by their own files.
        document: The sections of the merged document, the front matter first; empty without one.
        trace: The items of the run with their references, or None when nothing recorded them.
        language: The language that it should be in; empty when that is not known.
        findings: What could not be read.
        keys: The ids of the sections.
    """

    folder: Path
    sections: tuple[Part, ...]
    document: tuple[Part, ...]
    trace: Trace | None
    language: str
    findings: tuple[Finding, ...]
    keys: frozenset[str]


def read_pack(folder: Path, *, language: str = "") -> Pack:
    """Read a run folder, or a folder of Markdown files that somebody put together.

    Args:
        folder: The folder.
        language: The language that it should be in; by default what the run recorded.

    Raises:
        FileError: there is nothing to check, or a file cannot be read.
    """
    require_folder(folder, hint=_NAME)
    record = read_run(folder)
    names = _in_order(_section_files(folder), record)
    whole = [_DOCUMENT] if (folder / _DOCUMENT).is_file() else []
    if not names and not whole:
        hint = _NAME if record is None else "The run wrote no section; `docgen status` says why."
        raise FileError(f"there is no Markdown to check in {folder}", hint=hint)
    findings = list(_missing(folder, record))
    sections = [part for name in names for part in _parts(folder, name, 1, findings)]
    document = [part for name in whole for part in _parts(folder, name, 2, findings)]
    return Pack(
        folder=folder,
        sections=tuple(sections),
        document=tuple(_marked(document)),
        trace=_trace(folder, findings),
        language=language or ("" if record is None else record.language),
        findings=tuple(findings),
        keys=frozenset(Path(name).stem for name in names),
    )


def _section_files(folder: Path) -> list[str]:
    """The sections of a run folder; elsewhere, the Markdown files."""
    place = folder / "sections" if (folder / "sections").is_dir() else folder
    with file_errors("read", place):
        files = sorted(place.glob("*.md"))
    names = [file.relative_to(folder).as_posix() for file in files if file.is_file()]
    return [name for name in names if name != _DOCUMENT and not is_aside(Path(name).name)]


def _in_order(names: list[str], record: RunRecord | None) -> list[str]:
    """In the reading order of the run; files that it does not know come last, by name."""
    order = [] if record is None else [section.file for section in record.sections]
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def _missing(folder: Path, record: RunRecord | None) -> Iterator[Finding]:
    for section in () if record is None else record.sections:
        name = section.file or f"sections/{section.id}.md"
        if (folder / name).is_file():
            continue
        if section.file:
            yield found("missing-file", name, 0, f"the section {section.id!r} is gone")
        elif section.status != "done":
            reason = section.error or section.status
            message = f"the section {section.id!r} is not there: {reason}"
            yield found("missing-section", RUN_FILE, 0, message)


def _parts(folder: Path, name: str, split: int, findings: list[Finding]) -> list[Part]:
    with file_errors("read", folder / name):
        data = (folder / name).read_bytes()
    text = data.decode("utf-8", errors="replace")
    if data.decode("utf-8", errors="ignore") != text:
        line = text[: text.index("\ufffd")].count("\n") + 1 if "\ufffd" in text else 0
        findings.append(found("unreadable-file", name, line, "the file is not UTF-8 text"))
    parts = read_parts(name, text, title=Path(name).stem, split=split)
    first = parts[0]
    empty = not (first.blocks or first.fences or first.code_lines)
    return parts[1:] if split == 1 and len(parts) > 1 and empty else parts


def _marked(document: list[Part]) -> Iterator[Part]:
    """Mark what docgen makes from the sections: it repeats what they say."""
    tables = [words(language) for language in LANGUAGES]
    made = {table.contents for table in tables} | {table.about for table in tables}
    made |= {table.traceability for table in tables} | {table.open_points for table in tables}
    for place, part in enumerate(document):
        part.made = place == 0 or part.title in made
        yield part


def _trace(folder: Path, findings: list[Finding]) -> Trace | None:
    path = folder / _TRACE
    if not path.is_file():
        return None
    with file_errors("read", path):
        data = path.read_bytes()
    try:
        trace = read_trace(json.loads(data))
    except (ValueError, RecursionError):
        trace = None
    if trace is None:
        findings.append(found("unreadable-file", _TRACE, 0, "the record of all items is damaged"))
    return trace
