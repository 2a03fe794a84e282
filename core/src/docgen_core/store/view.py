"""A run folder for readers: nothing is locked, put in order or written."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Self

from docgen_core.store.answers import StoredAnswer, decode_answer
from docgen_core.store.atomic import read_text, sha256
from docgen_core.store.folder import RunFolder
from docgen_core.store.objects import unframe
from docgen_core.store.record import SectionRecord
from docgen_core.store.seal import hash_file

__all__ = ["FolderView"]


class FolderView(RunFolder):
    """Reads a run folder that may be in use; what is damaged counts as absent.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._read_state()

    def __enter__(self) -> Self:
        return self

    def holds(self, key: str, fingerprint: str) -> bool:
        """Whether an answer to exactly this question is stored."""
        return (key, fingerprint) in self._answers

    def load_answer(self, key: str, fingerprint: str) -> StoredAnswer | None:
        """The answer to this question, or else the one that the recorded run got."""
        recorded = None if self.previous is None else self.previous.section(key)
        found = self._answers.get((key, fingerprint))
        if found is None and recorded is not None:
            found = self._answers.get((key, recorded.fingerprint))
        return None if found is None else found[1]

    def begin(self, key: str, fingerprint: str) -> None:
        """Note nothing: nobody is asked."""

    def give_up(self, key: str, fingerprint: str, reason: str) -> None:
        """Note nothing: nobody was asked."""

    def read_section(self, key: str) -> tuple[str, bool] | None:
        """The section's text as it stands, and whether it differs from what was generated."""
        text = self._read_shown(f"sections/{key}.md")
        return None if text is None else (text, text != self.generated(key))

    def was_merged(self, key: str, text: str, generated: str) -> bool:  # noqa: ARG002 - see RunFolder
        """Unknown without the journal."""
        return False

    def file_state(self, section: SectionRecord) -> str:
        """Compare a section's file with what docgen generated.

        Returns:
            `unchanged`, `edited`, `missing`, or `-` for a section without a file.

        Raises:
            FileError: it cannot be read.
        """
        if not section.file:
            return "-"
        digest = hash_file(self.path / section.file)
        if digest is None:
            return "missing"
        generated = self.generated(section.id)
        wanted = section.sha256 if generated is None else sha256(generated)
        return "unchanged" if digest == wanted or not wanted else "edited"

    def section_text(self, section: SectionRecord) -> str:
        """The section's file as it stands; empty when there is none.

        Raises:
            FileError: it cannot be read.
        """
        return (read_text(self.path / section.file) or "") if section.file else ""

    @cached_property
    def _answers(self) -> dict[tuple[str, str], tuple[int, StoredAnswer]]:
        found: dict[tuple[str, str], tuple[int, StoredAnswer]] = {}
        for digest in self._objects:
            body = unframe(self._objects.file(digest).read_bytes())
            decoded = None if body is None else decode_answer(body)
            if decoded is not None:
                key, number, answer = decoded
                place = (key, answer.fingerprint)
                if place not in found or found[place][0] <= number:
                    found[place] = (number, answer)
        return found
