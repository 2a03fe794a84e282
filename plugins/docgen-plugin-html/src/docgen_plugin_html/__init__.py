"""The format `html`: the document as one self-contained page. Loads nothing heavy on import."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import attrs

from docgen_core.api import Document

__all__ = ["HtmlExporter", "HtmlSettings", "exporter"]


@attrs.frozen(kw_only=True)
class HtmlSettings:
    """What users may set under `[settings.html]`.

    Attributes:
        theme: `auto` follows the reader's system; `light` or `dark` is what the page begins with.
        details: Whether each section tells how it was made, on demand.
        diagrams: Whether Mermaid diagrams are drawn; otherwise their text is shown.
        report: Whether the report of the run stands beside the document, as a second tab.
        stylesheet: A CSS file of yours, put after docgen's own.
    """

    theme: Literal["auto", "light", "dark"] = attrs.field(
        default="auto", metadata={"help": "What the page begins with; auto follows the system."}
    )
    details: bool = attrs.field(
        default=True, metadata={"help": "Tell under each section how it was made."}
    )
    diagrams: bool = attrs.field(default=True, metadata={"help": "Draw Mermaid diagrams."})
    report: bool = attrs.field(
        default=True, metadata={"help": "Have the report of the run as a second tab."}
    )
    stylesheet: Path | None = attrs.field(
        default=None, metadata={"help": "A CSS file of yours, put after docgen's own."}
    )


@attrs.frozen
class HtmlExporter:
    """Writes the page."""

    suffix: str = ".html"
    settings: type[HtmlSettings] = HtmlSettings

    def export(
        self, document: Document, target: Path, settings: HtmlSettings | None = None
    ) -> tuple[str, ...]:
        """Write `document` to `target`.

        Args:
            document: The merged document.
            target: The file to write.
            settings: The user's settings; None for the defaults.

        Returns:
            What a reader should know: diagrams shown as text.

        Raises:
            FileError: the user's style sheet cannot be read.
            UsageError: the user's style sheet would end the page's own style element.
        """
        from docgen_plugin_html.page import render_page

        page = render_page(document, settings or HtmlSettings())
        target.write_text(page.text, encoding="utf-8", errors="replace", newline="\n")
        return page.remarks


exporter: Final = HtmlExporter()
