"""Runs all checks over a pack; what the sections' files show is not told again of the document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from docgen_core.check.figures import check_figures
from docgen_core.check.findings import Finding, Report
from docgen_core.check.items import check_items, check_trace
from docgen_core.check.language import NOT_INSTALLED, can_tell, check_language
from docgen_core.check.links import check_links
from docgen_core.check.pack import Pack, read_pack
from docgen_core.check.parts import Part
from docgen_core.check.wording import check_wording, conflicts
from docgen_core.store.atomic import read_text

__all__ = ["check_pack"]


def check_pack(folder: Path, *, language: str = "") -> Report:
    """Look for what is wrong with a pack, without a model, a server or a plugin.

    Args:
        folder: A run folder, or a folder of Markdown files.
        language: The language that it should be in, as a BCP 47 tag; by default what the run
            recorded, or else the language of most of the text.

    Raises:
        FileError: there is nothing to check, or a file cannot be read.
    """
    pack = read_pack(folder, language=language)
    findings = [*pack.findings, *check_trace(pack), *_texts(pack.sections, pack)]
    told = {(finding.code, finding.key) for finding in findings}
    # A link that dangles in a section is plain text in the document.
    told |= {("unknown-id", key) for code, key in told if code == "dangling-id"}
    document = _texts(pack.document, pack)
    findings += [finding for finding in document if (finding.code, finding.key) not in told]
    ordered = sorted(set(findings), key=lambda finding: (finding.file, finding.line, finding.code))
    return Report(findings=tuple(ordered), not_checked=() if can_tell() else (NOT_INSTALLED,))


def _texts(parts: Sequence[Part], pack: Pack) -> Iterator[Finding]:
    for file in dict.fromkeys(part.file for part in parts):
        yield from conflicts(file, read_text(pack.folder / file) or "")
    yield from check_wording(parts)
    yield from check_items(parts, pack)
    yield from check_links(parts, pack)
    yield from check_figures([part for part in parts if not part.made])
    if can_tell():
        yield from check_language(parts, pack.language)
