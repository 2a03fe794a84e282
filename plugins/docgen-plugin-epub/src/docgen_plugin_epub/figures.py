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
        left: How many more are drawn; each takes a process of its own.
        files: The drawings as SVG, by the name of their file.
    """

    label: str
    left: int = 50
    files: dict[str, str] = attrs.field(factory=dict)

    def figure(self, source: str) -> str:
        """Draw one diagram.

        Args:
            source: The diagram as text.

        Returns:
            A figure, or an empty text when it cannot be drawn.
        """
        self.left -= 1
        diagram = draw_diagram(source) if self.left >= 0 else None
        if diagram is None:
            return ""
        name = f"diagram-{len(self.files) + 1}.svg"
        self.files[name] = diagram.svg
        said = f"{self.label} {len(self.files)}: {' '.join(source.split())}"[:_LONGEST_TEXT]
        return f'<figure><img src="{name}" alt="{text(said)}"/></figure>'
