"""Hand edits: how a text that a person changed meets the one that was newly generated."""

from __future__ import annotations

import attrs

from docgen_core.document import normalise_section, split_section
from docgen_core.document.threeway import has_conflict, merge_texts, mine_of
from docgen_core.model import DeliverableResult, Section
from docgen_core.store import RunFolder

__all__ = ["Standing", "body_by_hand", "meet", "section_of", "write_standing"]


@attrs.frozen(kw_only=True)
class Standing:
    """How a section's file is to stand.

    Attributes:
        text: The file's text.
        generated: The section as it was newly generated: the base of the next merge.
        edited: Whether a person's words are in it.
        conflicts: In how many places the two clash; they are marked in the file.
        open: Whether marks of an earlier conflict still stand there, so that nothing was merged.
        aside: Whether the new text could not be merged and stands in a file beside it.
    """

    text: str
    generated: str
    edited: bool = False
    conflicts: int = 0
    open: bool = False
    aside: bool = False

    @property
    def body(self) -> str:
        """The section's body for a reader: in a clash the person's words."""
        return split_section(mine_of(self.text))


def section_of(result: DeliverableResult) -> Section:
    """A result as a section of the document."""
    return Section(
        id=str(result.deliverable_type),
        title=result.title,
        markdown=result.content,
        data=attrs.asdict(result.data) if attrs.has(type(result.data)) else None,
    )


def meet(folder: RunFolder, section: Section) -> Standing:
    """Merge the newly generated section into the file, without writing anything.

    Args:
        folder: Holds the file and what was last generated.
        section: The newly generated section.

    Raises:
        FileError: a file could not be read.
    """
    generated, _ = normalise_section(section)
    standing = folder.read_section(section.id)
    if standing is None or not standing[1] or standing[0] == generated:
        return Standing(text=generated, generated=generated)
    mine, base = standing[0], folder.generated(section.id)
    kept = Standing(text=mine, generated=generated, edited=True, open=has_conflict(mine))
    if base == generated or folder.was_merged(section.id, mine, generated):
        return kept
    if base is None or kept.open:
        return attrs.evolve(kept, aside=True)
    merge = merge_texts(base, mine, generated)
    return attrs.evolve(kept, text=merge.text, conflicts=merge.conflicts)


def body_by_hand(folder: RunFolder, result: DeliverableResult) -> str | None:
    """The section's body as it will stand, or None when no person changed it.

    Raises:
        FileError: a file could not be read.
    """
    standing = meet(folder, section_of(result))
    return standing.body if standing.edited else None


def write_standing(folder: RunFolder, new: Section, standing: Standing) -> list[str]:
    """Write a person's text with the new one in it.

    Returns:
        What a reader should know.

    Raises:
        FileError: a file could not be written.
    """
    file = folder.section_file(new.id)
    if standing.open:
        note = f"{new.title}: {file} still holds the marks of a conflict; your words are used"
        if not standing.aside:
            return [f"{note} until you resolve it"]
        kept = folder.keep_aside(f"sections/{new.id}.new.md", standing.generated)
        return [f"{note}, and the new text is in {kept}"]
    if standing.aside:
        kept = folder.keep_aside(f"sections/{new.id}.new.md", standing.generated)
        folder.write_generated(new.id, standing.generated)
        return [f"{new.title}: your edited text was kept; the new text is in {kept}"]
    if folder.generated(new.id) == standing.generated:
        return []
    folder.write_merged(new.id, standing.text, standing.generated)
    if not standing.conflicts:
        return [f"{new.title}: your changes were merged into the new text"]
    places = "one place" if standing.conflicts == 1 else f"{standing.conflicts} places"
    clash = f"{new.title}: your changes and the new text clash in {places}, marked in {file}"
    return [f"{clash}; the document keeps your words"]
