"""The run folder: answers, journal, fingerprints, atomic writes, edits, one writer at a time."""

from docgen_core.store.folder import RunFolder, StoredAnswer
from docgen_core.store.recipe import Recipe, read_recipe
from docgen_core.store.record import RunRecord, SectionRecord, read_run

__all__ = [
    "Recipe",
    "RunFolder",
    "RunRecord",
    "SectionRecord",
    "StoredAnswer",
    "read_recipe",
    "read_run",
]
