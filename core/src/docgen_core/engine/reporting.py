"""Adds the run's report to a document that is about to be exported."""

from __future__ import annotations

import attrs

from docgen_core.model import Document
from docgen_core.store import RunRecord

__all__ = ["with_report"]


def with_report(document: Document, record: RunRecord | None) -> Document:
    """Give exporters the report of the run that made the document.

    Args:
        document: The merged document.
        record: What run.json says of the run, or is about to say; None when nothing is known.
    """
    if record is None:
        return document
    # The template engine loads here.
    from docgen_core.report import render_report, summarise

    return attrs.evolve(document, report=render_report(summarise(record)))
