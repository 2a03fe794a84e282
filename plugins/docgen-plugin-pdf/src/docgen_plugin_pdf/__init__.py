"""The format `pdf`: the document as a tagged PDF. Loads nothing heavy on import."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import attrs

from docgen_core.api import Document

__all__ = ["PdfExporter", "PdfSettings", "exporter"]


@attrs.frozen(kw_only=True)
class PdfSettings:
    """What users may set under `[settings.pdf]`.

    Attributes:
        paper: The size of a page.
        font: The family that text is set in; empty for the built-in one.
        font_paths: Folders with fonts, besides those of the system.
        diagrams: Whether Mermaid diagrams are drawn; otherwise their text is shown.
    """

    paper: Literal["a4", "a5", "us-letter", "us-legal"] = attrs.field(
        default="a4", metadata={"help": "The size of a page: a4, a5, us-letter or us-legal."}
    )
    font: str = attrs.field(
        default="", metadata={"help": "The family of the text; empty for the built-in one."}
    )
    font_paths: tuple[Path, ...] = attrs.field(
        default=(), metadata={"help": "Folders with fonts, besides those of the system."}
    )
    diagrams: bool = attrs.field(
        default=True, metadata={"help": "Draw Mermaid diagrams; otherwise show their text."}
    )


@attrs.frozen
class PdfExporter:
    """Writes the PDF."""

    suffix: str = ".pdf"
    settings: type[PdfSettings] = PdfSettings

    def export(
        self, document: Document, target: Path, settings: PdfSettings | None = None
    ) -> tuple[str, ...]:
        """Write `document` to `target`.

        Args:
            document: The merged document.
            target: The file to write.
            settings: The user's settings; None for the defaults.

        Returns:
            What a reader should know: letters without a font, blocks shown as plain text.

        Raises:
            FileError: a folder with fonts is not there.
            PluginError: not even the plain text could be set.
        """
        from docgen_plugin_pdf.make import make_pdf

        made = make_pdf(document, settings or PdfSettings())
        target.write_bytes(made.data)
        return made.remarks


exporter: Final = PdfExporter()
