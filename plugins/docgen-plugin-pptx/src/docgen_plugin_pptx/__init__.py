"""The format `pptx`: the presentation as slides. Loads nothing heavy on import."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import attrs

from docgen_core.api import Document

__all__ = ["PptxExporter", "PptxSettings", "exporter"]


@attrs.frozen(kw_only=True)
class PptxSettings:
    """What users may set under `[settings.pptx]`.

    Attributes:
        template: A PowerPoint file of yours whose master and layouts are taken.
    """

    template: Path | None = None


@attrs.frozen
class PptxExporter:
    """Writes the slides."""

    suffix: str = ".pptx"
    settings: type[PptxSettings] = PptxSettings

    def export(
        self, document: Document, target: Path, settings: PptxSettings | None = None
    ) -> tuple[str, ...]:
        """Write `document` to `target`.

        Args:
            document: The merged document.
            target: The file to write.
            settings: The user's settings; None for the defaults.

        Returns:
            What a reader should know: where the slides come from, and what was cut.

        Raises:
            FileError: the template cannot be read.
            UsageError: the template is no PowerPoint file, or holds what docgen does not pass on.
        """
        from docgen_plugin_pptx.whole import render_file

        made = render_file(document, settings or PptxSettings())
        target.write_bytes(made.data)
        return made.remarks


exporter: Final = PptxExporter()
