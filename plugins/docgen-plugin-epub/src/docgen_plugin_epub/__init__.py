"""The format `epub`: the document as an e-book. Loads nothing heavy on import."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import attrs

from docgen_core.api import Document

__all__ = ["EpubExporter", "EpubSettings", "exporter"]


@attrs.frozen(kw_only=True)
class EpubSettings:
    """What users may set under `[settings.epub]`.

    Attributes:
        diagrams: Whether Mermaid diagrams are drawn; otherwise their text is shown.
    """

    diagrams: bool = attrs.field(
        default=True, metadata={"help": "Draw Mermaid diagrams; otherwise show their text."}
    )


@attrs.frozen
class EpubExporter:
    """Writes the book."""

    suffix: str = ".epub"
    settings: type[EpubSettings] = EpubSettings

    def export(
        self, document: Document, target: Path, settings: EpubSettings | None = None
    ) -> tuple[str, ...]:
        """Write `document` to `target`.

        Args:
            document: The merged document.
            target: The file to write.
            settings: The user's settings; None for the defaults.

        Returns:
            What a reader should know: diagrams shown as text.
        """
        from docgen_plugin_epub.book import make_book

        made = make_book(document, settings or EpubSettings())
        target.write_bytes(made.data)
        return made.remarks


exporter: Final = EpubExporter()
