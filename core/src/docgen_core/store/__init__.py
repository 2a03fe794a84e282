"""The run folder: results, fingerprints, atomic writes, edit detection, one writer at a time."""

from docgen_core.store.folder import RunFolder, StoredAnswer
from docgen_core.store.record import RunRecord, SectionRecord, read_run

__all__ = ["RunFolder", "RunRecord", "SectionRecord", "StoredAnswer", "read_run"]
