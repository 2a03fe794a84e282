"""Mermaid diagrams as pictures inside the page."""

from __future__ import annotations

import base64
from html import escape

import attrs

from docgen_core.api import draw_diagram
from docgen_plugin_html.words import Words

__all__ = ["Figures"]


@attrs.define
class Figures:
    """Draws the diagrams of one page.

    Attributes:
        words: The page's own words.
        wanted: Whether diagrams are drawn at all.
        left: How many more are drawn; each takes a process of its own.
        failed: How many could not be drawn.
        drawn: How many were drawn.
    """

    words: Words
    wanted: bool = True
    left: int = 50
    failed: int = 0
    drawn: int = 0

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know."""
        if not self.failed:
            return ()
        return (f"diagrams shown as text, since they could not be drawn: {self.failed}",)

    def figure(self, source: str, listing: str) -> str:
        """Draw one diagram.

        Args:
            source: The diagram as text.
            listing: The same as a block of code, shown on demand.

        Returns:
            A figure, or an empty text when it cannot be drawn.
        """
        self.left -= 1
        diagram = draw_diagram(source) if self.wanted and self.left >= 0 else None
        if diagram is None:
            self.failed += self.wanted
            return ""
        self.drawn += 1
        # As a picture: the ids of several drawings in one page would get in each other's way, and
        # a picture runs no script.
        data = base64.b64encode(diagram.svg.encode()).decode("ascii")
        label = f"{escape(self.words.diagram)} {self.drawn}"
        size = f'width="{diagram.width:.0f}" height="{diagram.height:.0f}"'
        return (
            f'<figure class="diagram"><div class="wide" role="group" tabindex="0" '
            f'aria-label="{label}">'
            f'<img src="data:image/svg+xml;base64,{data}" {size} '
            f'alt="{label}: {escape(self.words.as_text_below)}"></div>'
            f"<details><summary>{escape(self.words.as_text)}</summary>{listing}</details></figure>"
        )
