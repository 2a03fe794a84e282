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
        wanted: Whether diagrams are drawn at all.
        left: How many more are drawn; each takes a process of its own.
        failed: How many could not be drawn.
    """

    label: str
    width: float
    height: float
    wanted: bool = True
    left: int = 50
    failed: int = 0
    _drawn: dict[str, str] = attrs.field(factory=dict)

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
            A picture for the typesetter, or an empty text when it cannot be drawn.
        """
        if source not in self._drawn:
            self._drawn[source] = self._draw(source)
        return self._drawn[source]

    def _draw(self, source: str) -> str:
        self.left -= 1
        diagram = draw_diagram(source) if self.wanted and self.left >= 0 else None
        if diagram is None:
            self.failed += self.wanted
            return ""
        width, height = diagram.width * _POINTS, diagram.height * _POINTS
        scale = min(1.0, self.width / width, self.height / height)
        said = f"{self.label}: {' '.join(source.split())}"[:_LONGEST_TEXT]
        return (
            f"#drawing({literal(diagram.svg)}, width: {width * scale:.1f}pt, alt: {literal(said)});"
        )
