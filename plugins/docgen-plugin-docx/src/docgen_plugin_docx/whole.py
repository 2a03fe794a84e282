"""The whole file: base, title page, contents, body, footnotes, page numbers and properties."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from typing import TYPE_CHECKING, Final

import attrs

from docgen_core.api import Document, nodes, read_document
from docgen_plugin_docx import DocxSettings
from docgen_plugin_docx.body import Body, Place
from docgen_plugin_docx.bookmarks import Bookmarks, ids_of
from docgen_plugin_docx.front import contents, footer, title_page
from docgen_plugin_docx.inline import Inline
from docgen_plugin_docx.language import east_asian_font, is_right_to_left, word_tag, words
from docgen_plugin_docx.notes import Notes
from docgen_plugin_docx.numbering import Numbering
from docgen_plugin_docx.package import add_part, base_package, parse_asset, save
from docgen_plugin_docx.pictures import Pictures
from docgen_plugin_docx.styles import Styles
from docgen_plugin_docx.template import open_template
from docgen_plugin_docx.xml import Element, flag, legal, make, name_of, properties, setting

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.section import _Footer, _Header

__all__ = ["Made", "render_file"]

_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#: Letter in twips; A4 is what the base has.
_LETTER: Final = (12_240, 15_840)
#: A page of A4 with its usual margins, where a template does not say.
_TEXT_WIDTH: Final = 9_070
_TEXT_HEIGHT: Final = 14_000
#: English Metric Units.
_TWIP: Final = 635
#: The longest text that a property may be.
_PROPERTY: Final = 255
#: When nothing says of which day the document is: the same bytes each time all the same.
_NO_DAY: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the file holds UTC without saying


@attrs.frozen(kw_only=True)
class Made:
    """A Word file.

    Attributes:
        data: Its bytes.
        remarks: What a reader should know about it.
    """

    data: bytes
    remarks: tuple[str, ...]


def render_file(document: Document, settings: DocxSettings) -> Made:
    """Write a document as a Word file.

    Args:
        document: The merged document; its Markdown is untrusted.
        settings: The user's.

    Returns:
        The file, and what is told about it.

    Raises:
        FileError: the template cannot be read.
        UsageError: the template cannot be used.
    """
    content = read_document(document)
    word = _base(settings)
    body = _body(word, content, settings)
    said = words(content.language)
    parts = title_page(content, body)
    if settings.contents:
        parts += contents(content, body, said)
    parts += _sections(content, body)
    parts += _leftover(body, said.footnotes)
    _put(word, parts)
    _footnotes(word, body)
    _page(word, body, content)
    _language(word, content.language, own=settings.template is None)
    _properties(word, document, content)
    told = (f"{what}: {count}" for what, count in body.inline.told.items())
    return Made(data=save(word), remarks=tuple(told))


def _base(settings: DocxSettings) -> WordDocument:
    import docx

    if settings.template is not None:
        return open_template(settings.template)
    word = docx.Document(io.BytesIO(base_package()))
    if settings.page == "letter":
        size = word.element.body.sectPr.find(name_of("w:pgSz"))
        for name, value in zip(("w:w", "w:h"), _LETTER, strict=True):
            size.set(name_of(name), str(value))
    return word


def _body(word: WordDocument, content: nodes.Content, settings: DocxSettings) -> Body:
    width, height = _room(word)
    told: Counter[str] = Counter()
    inline = Inline(
        part=word.part,
        styles=Styles(word.styles.element),
        bookmarks=Bookmarks.of(ids_of(content)),
        notes=Notes.of(content),
        told=told,
    )
    pictures = Pictures(
        part=word.part,
        words=words(content.language),
        width=width,
        height=height * 7 // 10,
        told=told,
    )
    return Body(
        inline=inline,
        numbering=Numbering(_numbering(word)),
        pictures=pictures if settings.diagrams else None,
        width=width,
        right_to_left=is_right_to_left(content.language),
    )


def _room(word: WordDocument) -> tuple[int, int]:
    """The width and height that the page leaves to the text, in twips."""
    page = word.sections[-1] if len(word.sections) else None
    if page is None or page.page_width is None or page.page_height is None:
        return _TEXT_WIDTH, _TEXT_HEIGHT
    wide = page.page_width - (page.left_margin or 0) - (page.right_margin or 0)
    high = page.page_height - (page.top_margin or 0) - (page.bottom_margin or 0)
    return max(_TEXT_WIDTH // 4, int(wide / _TWIP)), max(_TEXT_HEIGHT // 4, int(high / _TWIP))


def _numbering(word: WordDocument) -> Element:
    kind = f"{_RELATION}/numbering"
    for relation in word.part.rels.values():
        if relation.reltype == kind:
            return relation.target_part.element
    root = make("w:numbering")
    add_part(word, "/word/numbering.xml", f"{_TYPE}.numbering+xml", kind, root)
    return root


def _sections(content: nodes.Content, body: Body) -> list[Element]:
    if not content.body:
        return []
    first, *others = content.body
    place = Place(breaks_page=True)
    if isinstance(first, nodes.Heading):
        return [*body.blocks([first], place), *body.blocks(others)]
    new_page = attrs.evolve(place, style="After Table")
    return [body.paragraph([], new_page), *body.blocks(content.body)]


def _leftover(body: Body, title: str) -> list[Element]:
    """The footnotes that no mark in the text leads to, at the end."""
    notes = body.inline.notes
    if not notes.leftover:
        return []
    at_end = attrs.evolve(body, inline=attrs.evolve(body.inline, in_note=True), pictures=None)
    above = make("w:spacing", {"w:before": "480", "w:after": "160"})
    runs = body.inline.text(title)
    found = [body.paragraph(runs, Place(style="TOC Heading"), text=title, more=[above])]
    for note in notes.leftover:
        style = setting("w:rStyle", body.inline.styles.id("footnote reference"))
        number = body.inline.text(str(notes.shown(note.number)))
        for run in number:
            run[:0] = properties("w:rPr", [style])
        mark = body.inline.bookmarks.around(notes.place(note.number), number)
        found += _note_blocks(note, at_end, mark)
    return found


def _footnotes(word: WordDocument, body: Body) -> None:
    notes = body.inline.notes
    if not notes.texts:
        return
    root = parse_asset("footnotes.xml")
    kind = f"{_RELATION}/footnotes"
    part = add_part(word, "/word/footnotes.xml", f"{_TYPE}.footnotes+xml", kind, root)
    inline = attrs.evolve(body.inline, part=part, in_note=True, addresses={})
    inside = attrs.evolve(body, inline=inline, pictures=None)
    style = body.inline.styles.id("footnote reference")
    for note in notes.texts:
        look = properties("w:rPr", [setting("w:rStyle", style)])
        mark = [make("w:r", children=[*look, make("w:footnoteRef")])]
        number = {"w:id": str(notes.shown(note.number))}
        root.append(make("w:footnote", number, _note_blocks(note, inside, mark)))


def _note_blocks(note: nodes.Footnote, body: Body, mark: list[Element]) -> list[Element]:
    """The paragraphs of a footnote, the first of which begins with its mark."""
    place = Place(style="footnote text")
    start = [*mark, *body.inline.text(" ")]
    written = body.blocks(note.blocks, place)
    if note.blocks and isinstance(note.blocks[0], nodes.Paragraph | nodes.Heading):
        at = 1 if len(written[0]) and written[0][0].tag == name_of("w:pPr") else 0
        written[0][at:at] = start
        return written
    return [body.paragraph(start, place), *written]


def _put(word: WordDocument, parts: list[Element]) -> None:
    end = word.element.body.get_or_add_sectPr()
    for element in parts:
        end.addprevious(element)


def _page(word: WordDocument, body: Body, content: nodes.Content) -> None:
    """Page numbers and the title on each page but the first, where the template has none."""
    end = word.element.body.sectPr
    section = word.sections[-1]
    if end.find(name_of("w:footerReference")) is None:
        said = words(content.language)
        number = footer(body, said)
        _fill(section.footer, body.paragraph(number, Place(style="footer"), text=said.page))
        section.different_first_page_header_footer = True
    if end.find(name_of("w:headerReference")) is None:
        title = content.title[:_PROPERTY]
        runs = body.inline.text(title)
        _fill(section.header, body.paragraph(runs, Place(style="header"), text=title))
    if body.right_to_left and end.find(name_of("w:bidi")) is None:
        after = [end.find(name_of(name)) for name in ("w:rtlGutter", "w:docGrid")]
        follower = next((element for element in after if element is not None), None)
        if follower is None:
            end.append(flag("w:bidi"))
        else:
            follower.addprevious(flag("w:bidi"))


def _fill(story: _Header | _Footer, paragraph: Element) -> None:
    story.is_linked_to_previous = False
    root: Element = story.part.element
    for child in list(root):
        root.remove(child)
    root.append(paragraph)


def _language(word: WordDocument, language: str, *, own: bool) -> None:
    """What spelling is checked by, and what is read aloud."""
    tag = word_tag(language)
    root: Element = word.styles.element
    defaults = root.find(name_of("w:docDefaults"))
    if defaults is None:
        defaults = make("w:docDefaults")
        root.insert(0, defaults)
    style = _child(_child(defaults, "w:rPrDefault"), "w:rPr")
    for old in style.findall(name_of("w:lang")):
        style.remove(old)
    named = {"w:val": tag}
    if tag[:2].lower() in {"ja", "ko", "zh"}:
        named["w:eastAsia"] = tag
    if is_right_to_left(language):
        named["w:bidi"] = tag
    style.append(make("w:lang", named))
    fonts = style.find(name_of("w:rFonts"))
    if own and fonts is not None:
        fonts.set(name_of("w:eastAsia"), east_asian_font(language))


def _child(element: Element, name: str) -> Element:
    found = element.find(name_of(name))
    if found is None:
        found = make(name)
        element.insert(0, found)
    return found


def _properties(word: WordDocument, document: Document, content: nodes.Content) -> None:
    try:
        day = dt.datetime.fromisoformat(document.date[:10])
    except ValueError:
        day = _NO_DAY
    facts = word.core_properties
    facts.title = legal(content.title)[:_PROPERTY]
    facts.language = legal(content.language)[:_PROPERTY]
    facts.author = facts.last_modified_by = "docgen"
    facts.comments = ""
    facts.created = facts.modified = day
    facts.revision = 1
