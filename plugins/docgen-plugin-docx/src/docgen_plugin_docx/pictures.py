"""Mermaid diagrams as pictures in the text."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import attrs

from docgen_core.api import draw_diagram
from docgen_plugin_docx.language import Words
from docgen_plugin_docx.xml import Element, legal, make

if TYPE_CHECKING:
    from docx.parts.story import StoryPart

__all__ = ["Pictures"]

#: English Metric Units in a CSS pixel, at 96 pixels to the inch, and in a twip.
_EMU_PIXEL: Final = 9525
_EMU_TWIP: Final = 635
#: A PNG of this many pixels is sharp on paper over the whole width of a page.
_PNG_WIDTH: Final = 1600
#: Word keeps no longer description.
_DESCRIPTION: Final = 1_000
#: Scripts that a PNG is drawn without: boxes for East Asia, letters in the wrong order for Arabic.
_UNKNOWN: Final = re.compile(
    "[\u0590-\u1cff\u2e80-\ud7ff\uf900-\ufdff\ufe70-\uffdc\U00020000-\U0003ffff]"
)
_UNREADABLE: Final = "diagrams shown as text, since a picture could not show their letters"
_NOT_DRAWN: Final = "diagrams shown as text, since they could not be drawn"


@attrs.define
class Pictures:
    """Draws the diagrams of one file.

    Attributes:
        part: The part that they stand in.
        words: The file's own words.
        width: The width of the text in twips.
        height: The most that a picture may take, in twips.
        told: What a reader should know, and how often it happened.
        left: How many more are drawn; each takes a process of its own.
    """

    part: StoryPart
    words: Words
    width: int
    height: int
    told: Counter[str] = attrs.field(factory=Counter)
    left: int = 50
    _drawn: int = 0

    def run(self, source: str, indent: int) -> Element | None:
        """Draw one diagram.

        Args:
            source: The diagram as text, which becomes the picture's description.
            indent: What the text before it takes of the width, in twips.

        Returns:
            A run that holds the picture, or None when it cannot be drawn.
        """
        if _UNKNOWN.search(source):
            self.told[_UNREADABLE] += 1
            return None
        self.left -= 1
        diagram = draw_diagram(source, png_width=_PNG_WIDTH) if self.left >= 0 else None
        drawn = None
        if diagram is not None and diagram.png:
            size = self._fitted(diagram.width, diagram.height, self.width - indent)
            drawn = self._picture(diagram.png, size, source)
        if drawn is None:
            self.told[_NOT_DRAWN] += 1
        return drawn

    def _fitted(self, width: float, height: float, room: int) -> tuple[int, int]:
        wide, high = width * _EMU_PIXEL, height * _EMU_PIXEL
        scale = min(1.0, room * _EMU_TWIP / wide, self.height * _EMU_TWIP / high)
        return max(1, round(wide * scale)), max(1, round(high * scale))

    def _picture(self, png: bytes, size: tuple[int, int], source: str) -> Element | None:
        from docx.image.exceptions import InvalidImageStreamError, UnrecognizedImageError
        from docx.oxml.shape import CT_Inline
        from docx.shared import Emu

        try:
            relation, _ = self.part.get_or_add_image(io.BytesIO(png))
        except (InvalidImageStreamError, UnrecognizedImageError):
            return None
        self._drawn += 1
        name = f"{self.words.diagram} {self._drawn}"
        drawn = CT_Inline.new_pic_inline(
            self._drawn, relation, f"diagram{self._drawn}.png", Emu(size[0]), Emu(size[1])
        )
        drawn.docPr.set("name", name)
        drawn.docPr.set("descr", legal(f"{name}: {source}")[:_DESCRIPTION])
        return make("w:r", children=[make("w:drawing", children=[drawn])])
