"""Mermaid diagrams as pictures of the book."""

from __future__ import annotations

from typing import Final

import attrs

from docgen_core.api import draw_diagram
from docgen_plugin_epub.quoting import text

__all__ = ["Figures"]

_LONGEST_TEXT: Final = 1_000


@attrs.define
class Figures:
    """Draws the diagrams of one book.

    Attributes:
        label: What a diagram is called.
        wanted: Whether diagrams are drawn at all.
        left: How many more are drawn; each takes a process of its own.
        failed: How many could not be drawn.
        files: The drawings as SVG, by the name of their file.
    """

    label: str
    wanted: bool = True
    left: int = 50
    failed: int = 0
    files: dict[str, str] = attrs.field(factory=dict)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know."""
        if not self.failed:
            return ()
        return (f"diagrams shown as text, since they could not be drawn: {self.failed}",)

    def figure(self, source: str) -> str:
        """Draw one diagram.

        Args:
            source: The diagram as text.

        Returns:
            A figure, or an empty text when it cannot be drawn.
        """
        self.left -= 1
        diagram = draw_diagram(source) if self.wanted and self.left >= 0 else None
        if diagram is None:
            self.failed += self.wanted
            return ""
        name = f"diagram-{len(self.files) + 1}.svg"
        self.files[name] = diagram.svg
        said = f"{self.label} {len(self.files)}: {' '.join(source.split())}"[:_LONGEST_TEXT]
        return f'<figure><img src="{name}" alt="{text(said)}"/></figure>'
