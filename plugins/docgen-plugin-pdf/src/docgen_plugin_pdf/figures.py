"""Mermaid diagrams as pictures with a text for those who cannot see them."""

from __future__ import annotations

from typing import Final

import attrs

from docgen_core.api import draw_diagram
from docgen_plugin_pdf.quoting import literal

__all__ = ["Figures"]

#: Points of a CSS pixel.
_POINTS: Final = 0.75
_LONGEST_TEXT: Final = 1_000


@attrs.define
class Figures:
    """Draws the diagrams of one document.

    Attributes:
        label: What a diagram is called.
        width: The widest that one may be, in points.
        height: The highest.
        left: How many more are drawn; each takes a process of its own.
    """

    label: str
    width: float
    height: float
    left: int = 50
    _drawn: dict[str, str] = attrs.field(factory=dict)

    def figure(self, source: str) -> str:
        """Draw one diagram.

        Args:
            source: The diagram as text.

        Returns:
            A picture for the typesetter, or an empty text when it cannot be drawn.
        """
        if source not in self._drawn:
            self._drawn[source] = self._draw(source)
        return self._drawn[source]

    def _draw(self, source: str) -> str:
        self.left -= 1
        diagram = draw_diagram(source) if self.left >= 0 else None
        if diagram is None:
            return ""
        width, height = diagram.width * _POINTS, diagram.height * _POINTS
        scale = min(1.0, self.width / width, self.height / height)
        said = f"{self.label}: {' '.join(source.split())}"[:_LONGEST_TEXT]
        return (
            f"#drawing({literal(diagram.svg)}, width: {width * scale:.1f}pt, alt: {literal(said)});"
        )
