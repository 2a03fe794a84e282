"""The whole file: title slide, one slide for each item, speaker notes, numbers and properties."""

from __future__ import annotations

import datetime as dt
import io
import re
import tomllib
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import attrs

from docgen_core.api import Document, read_document
from docgen_plugin_pptx import PptxSettings
from docgen_plugin_pptx.base import base_presentation
from docgen_plugin_pptx.deck import Deck, Slide, make_deck
from docgen_plugin_pptx.fit import Page, Room, fit_points, fit_title
from docgen_plugin_pptx.template import drop_unused, open_template

if TYPE_CHECKING:
    from pptx.presentation import Presentation

__all__ = ["Made", "render_file"]

#: English Metric Units in a point, and what a text box leaves free at each side.
_EMU: Final = 12_700
_INSET: Final = 91_440
#: The share of the width that points keep beside a picture, and the space between.
_BESIDE: Final = 0.6
_GAP: Final = 228_600
_CUT: Final = "slides whose text goes on in the speaker notes only"
_TITLES: Final = frozenset({"title", "ctrTitle"})
_BODIES: Final = frozenset({"obj", "body", "tx"})
#: What XML 1.0 cannot hold, and marks that turn the direction of text around.
_ILLEGAL: Final = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
_PROPERTY: Final = 255
#: When nothing says of which day the document is: the same bytes each time all the same.
_NO_DAY: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the file holds UTC without saying


@attrs.frozen(kw_only=True)
class Made:
    """A file with slides.

    Attributes:
        data: Its bytes.
        remarks: What a reader should know about it.
    """

    data: bytes
    remarks: tuple[str, ...]


def render_file(document: Document, settings: PptxSettings) -> Made:
    """Write a document as slides.

    Args:
        document: The merged document; its text and data are untrusted.
        settings: The user's.

    Returns:
        The file, and what is told about it.

    Raises:
        FileError: the template cannot be read.
        UsageError: the template cannot be used.
    """
    content = read_document(document)
    deck = make_deck(document, content)
    made = base_presentation() if settings.template is None else open_template(settings.template)
    drop_unused(made)
    writer = _Writer(
        presentation=made,
        language=_legal(content.language) or "en",
        visual=_word(content.language),
        told=deck.told,
    )
    writer.cover(deck)
    for slide in deck.slides:
        writer.slide(slide)
    _properties(made, document, content.title, content.language)
    told = (f"{what}: {count}" if count else what for what, count in deck.told.items())
    return Made(data=_saved(made), remarks=tuple(told))


@attrs.frozen(kw_only=True)
class _Writer:
    """Writes slides.

    Attributes:
        presentation: The file.
        language: The language of the text.
        visual: The word for a picture in it.
        told: What a reader should know, and how often it happened.
    """

    presentation: Presentation
    language: str
    visual: str
    told: Counter[str]

    def cover(self, deck: Deck) -> None:
        """Write the first slide."""
        slide = self.presentation.slides.add_slide(self._layout("title", 0))
        title, size = fit_title(_legal(deck.title), self._room(_title(slide)).width / 1.3)
        self._write(_title(slide) or self._box(slide, 0.3), [title], round(size * 1.3))
        others = [shape for shape in slide.placeholders if not _is_title(shape)]
        subtitle = [line for line in _legal(deck.subtitle).split("\n") if line]
        if subtitle:
            (page, *_) = fit_points(subtitle, self._room(others[0] if others else None))
            self._write(others[0] if others else self._box(slide, 0.6), page.points, page.size)
        _drop_empty(slide)

    def slide(self, slide: Slide) -> None:
        """Write one item, over as many slides as it needs."""
        slide = attrs.evolve(
            slide,
            title=_legal(slide.title),
            points=tuple(_legal(point) for point in slide.points),
            visual=_legal(slide.visual),
        )
        layout = self._layout("obj", 1)
        first = self.presentation.slides.add_slide(layout)
        whole = self._room(_body(first))
        share = _BESIDE if slide.visual else 1.0
        room = attrs.evolve(whole, width=whole.width * share - (_GAP / _EMU if slide.visual else 0))
        pages = fit_points(slide.points, room)
        if pages[-1].cut:
            self.told[_CUT] += 1
        for number, page in enumerate(pages):
            made = first if not number else self.presentation.slides.add_slide(layout)
            counted = f" ({number + 1}/{len(pages)})" if len(pages) > 1 else ""
            self._page(made, slide, page, counted)

    def _page(self, made: Any, slide: Slide, page: Page, counted: str) -> None:  # noqa: ANN401 - the library's slide
        heading = _title(made) or self._box(made, 0.05)
        title, size = fit_title(slide.title, self._room(heading).width, counted)
        self._write(heading, [title], size)
        body = _body(made) or self._box(made, 0.25)
        left, top, width, height = body.left, body.top, body.width, body.height
        if slide.visual:
            body.left, body.top, body.height = left, top, height
            body.width = round(width * _BESIDE) - _GAP
            start = left + round(width * _BESIDE)
            self._picture(made, slide.visual, (start, top, left + width - start, height))
        if page.points:
            self._write(body, page.points, page.size)
        _number(made)
        _drop_empty(made)
        made.notes_slide.notes_text_frame.text = _legal(slide.notes or slide.title)

    def _picture(self, made: Any, text: str, box: tuple[int, int, int, int]) -> None:  # noqa: ANN401 - the same
        """A dashed frame that says which picture belongs there."""
        from pptx.enum.dml import MSO_LINE
        from pptx.enum.shapes import MSO_SHAPE
        from pptx.util import Pt

        shape = made.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box)
        shape.shadow.inherit = False
        shape.fill.solid()
        shape.fill.fore_color.rgb = _colour("F3F6FA")
        shape.line.color.rgb = _colour("8FA8C8")
        shape.line.width = Pt(1.25)
        shape.line.dash_style = MSO_LINE.DASH
        said = f"{self.visual}: {text}"
        (page, *_) = fit_points([said], self._room(shape))
        self._write(shape, page.points[:1], min(page.size, 18))
        for paragraph in shape.text_frame.paragraphs:
            for run in paragraph.runs:
                run.font.italic = True
                run.font.color.rgb = _colour("4A5D78")

    def _write(self, shape: Any, texts: Sequence[str], size: int) -> None:  # noqa: ANN401 - the same
        from pptx.enum.text import MSO_AUTO_SIZE
        from pptx.util import Pt

        frame = shape.text_frame
        frame.word_wrap = True
        frame.auto_size = MSO_AUTO_SIZE.NONE
        for number, text in enumerate(texts):
            paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = text
            run.font.size = Pt(size)
            paragraph.space_after = Pt(size * 0.4 if len(texts) > 1 else 0)
            run._r.get_or_add_rPr().set("lang", self.language)  # noqa: SLF001 - no call takes any tag
            if _reads_right_to_left(text):
                look = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - the library has no call for it
                look.set("rtl", "1")
                look.set("algn", "r")

    def _layout(self, kind: str, otherwise: int) -> Any:  # noqa: ANN401 - the library's layout
        """The layout that a template means for this kind of slide."""
        layouts = list(self.presentation.slide_layouts)
        named = [layout for layout in layouts if layout._element.get("type") == kind]  # noqa: SLF001 - the same
        return named[0] if named else layouts[min(otherwise, len(layouts) - 1)]

    def _room(self, shape: Any) -> Room:  # noqa: ANN401 - the same
        width, height = self.presentation.slide_width or 0, self.presentation.slide_height or 0
        if shape is not None and shape.width and shape.height:
            width, height = shape.width, shape.height
        return Room((width - 2 * _INSET) / _EMU, (height - 2 * _INSET) / _EMU)

    def _box(self, made: Any, share: float) -> Any:  # noqa: ANN401 - the same
        """A text box where the layout has no place for the text."""
        width, height = self.presentation.slide_width or 0, self.presentation.slide_height or 0
        side, top = width // 20, round(height * share)
        return made.shapes.add_textbox(side, top, width - 2 * side, height - top - height // 10)


def _colour(code: str) -> Any:  # noqa: ANN401 - the library's colour
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(code)  # type: ignore[no-untyped-call] # it has no types here


def _kind(shape: Any) -> str:  # noqa: ANN401 - the same
    return str(shape._element.ph.get("type", "obj"))  # noqa: SLF001 - the enumeration knows fewer


def _is_title(shape: Any) -> bool:  # noqa: ANN401 - the same
    return _kind(shape) in _TITLES


def _title(slide: Any) -> Any:  # noqa: ANN401 - the same
    return next((shape for shape in slide.placeholders if _is_title(shape)), None)


def _body(slide: Any) -> Any:  # noqa: ANN401 - the same
    return next((shape for shape in slide.placeholders if _kind(shape) in _BODIES), None)


def _drop_empty(slide: Any) -> None:  # noqa: ANN401 - the same
    """An empty placeholder would ask whoever edits the slide to click on it."""
    for shape in list(slide.placeholders):
        if not shape.has_text_frame or not shape.text_frame.text:
            shape._element.getparent().remove(shape._element)  # noqa: SLF001 - no call for it


def _number(slide: Any) -> None:  # noqa: ANN401 - the same
    """Show the slide's number where the layout has a place for it."""
    import copy

    for shape in slide.slide_layout.placeholders:
        if _kind(shape) == "sldNum":
            slide.shapes._spTree.append(copy.deepcopy(shape._element))  # noqa: SLF001 - no call for it
            slide.shapes[-1]._element.nvSpPr.cNvPr.set("id", str(len(slide.shapes) + 100))  # noqa: SLF001 - the same


def _reads_right_to_left(text: str) -> bool:
    kinds = (unicodedata.bidirectional(char) for char in text[:_PROPERTY])
    return next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L") != "L"


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _word(language: str) -> str:
    text = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    primary = language.replace("_", "-").split("-")[0].lower()
    return str(tables.get(primary, tables["en"])["visual"])


def _properties(made: Presentation, document: Document, title: str, language: str) -> None:
    try:
        day = dt.datetime.fromisoformat(document.date[:10])
    except ValueError:
        day = _NO_DAY
    facts = made.core_properties
    facts.title = _legal(title)[:_PROPERTY]
    facts.language = _legal(language)[:_PROPERTY]
    facts.author = facts.last_modified_by = "docgen"
    facts.comments = facts.keywords = ""
    facts.created = facts.modified = day
    facts.revision = 1


def _saved(made: Presentation) -> bytes:
    """The finished file; the same document gives the same bytes."""
    written, result = io.BytesIO(), io.BytesIO()
    made.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            # ZipInfo's own date is constant; that of a plain name would be the clock's.
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return result.getvalue()
