"""What a run returns."""

from __future__ import annotations

from pathlib import Path

import attrs

from docgen_core.errors import DocgenError, ServerError, TemplateError
from docgen_core.model import DeliverableResult, Document
from docgen_core.settings import OrchestrationConfig

__all__ = ["OrchestrationResult"]


@attrs.frozen(kw_only=True)
class OrchestrationResult:
    """What became of a brief.

    Attributes:
        deliverable_results: One result for each deliverable, in reading order.
        document: The merged document, or None when merging was off, nothing succeeded, or its
            template failed.
        document_error: Why the document's template failed; the sections are written.
        total_execution_time: Seconds from start to end.
        config_used: The settings of the run.
        files: What was written, the document first; empty without an output folder.
        warnings: What a reader should know about the run as a whole.
        export_errors: Why a further format was not written; the other files are.
    """

    deliverable_results: tuple[DeliverableResult, ...]
    document: Document | None = None
    document_error: TemplateError | None = None
    total_execution_time: float = 0.0
    config_used: OrchestrationConfig | None = None
    files: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    export_errors: tuple[DocgenError, ...] = ()

    @property
    def merged_document(self) -> str | None:
        """The merged document as Markdown, or None."""
        return None if self.document is None else self.document.markdown

    @property
    def total_tokens_used(self) -> int:
        """Prompt and completion tokens of this run's requests; kept answers cost none."""
        used = (item.usage for item in self.deliverable_results if not (item.reused or item.cached))
        return sum(usage.total_tokens for usage in used if usage is not None)

    @property
    def success_count(self) -> int:
        """How many deliverables have usable content."""
        return sum(item.success for item in self.deliverable_results)

    @property
    def error_count(self) -> int:
        """How many deliverables failed."""
        return len(self.deliverable_results) - self.success_count

    @property
    def exit_code(self) -> int:
        """What the command line returns: 0, 4 when the server was lost at once, or 5.

        A document whose template failed while its sections are written is 5 too, and so is a
        further format that failed.
        """
        if self.error_count == 0:
            return 5 if self.document_error or self.export_errors else 0
        errors = [item.error for item in self.deliverable_results if item.error is not None]
        if self.success_count == 0 and errors and errors[0].exit_code == ServerError.exit_code:
            return ServerError.exit_code
        return 5

    def result(self, deliverable_type: str) -> DeliverableResult | None:
        """The result of one deliverable, or None when it was not part of the run."""
        matches = (
            item for item in self.deliverable_results if item.deliverable_type == deliverable_type
        )
        return next(matches, None)
