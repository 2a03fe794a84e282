"""The format `docx`: the document as a Word file. Loads nothing heavy on import."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import attrs

from docgen_core.api import Document

__all__ = ["DocxExporter", "DocxSettings", "exporter"]


@attrs.frozen(kw_only=True)
class DocxSettings:
    """What users may set under `[settings.docx]`.

    Attributes:
        template: A Word file of yours whose styles, page, header and footer are taken.
        page: The size of the page when there is no template.
        contents: Whether a table of contents stands before the first section.
        diagrams: Whether Mermaid diagrams are drawn; otherwise their text is shown.
    """

    template: Path | None = None
    page: Literal["a4", "letter"] = "a4"
    contents: bool = True
    diagrams: bool = True


@attrs.frozen
class DocxExporter:
    """Writes the Word file."""

    suffix: str = ".docx"
    settings: type[DocxSettings] = DocxSettings

    def export(
        self, document: Document, target: Path, settings: DocxSettings | None = None
    ) -> tuple[str, ...]:
        """Write `document` to `target`.

        Args:
            document: The merged document.
            target: The file to write.
            settings: The user's settings; None for the defaults.

        Returns:
            What a reader should know: what is shown as text, cut or squeezed.

        Raises:
            FileError: the template cannot be read.
            UsageError: the template is no Word file, or holds what docgen does not pass on.
        """
        from docgen_plugin_docx.whole import render_file

        made = render_file(document, settings or DocxSettings())
        target.write_bytes(made.data)
        return made.remarks


exporter: Final = DocxExporter()
