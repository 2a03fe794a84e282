"""The whole document for the typesetter: how it looks, title page, contents, text, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType
from typing import Final

import attrs

from docgen_core.api import Document, nodes
from docgen_plugin_pdf import PdfSettings
from docgen_plugin_pdf.body import Body, anchors_in, label, place_name, placeless
from docgen_plugin_pdf.figures import Figures
from docgen_plugin_pdf.notes import notes_of
from docgen_plugin_pdf.plain import plain_block
from docgen_plugin_pdf.quoting import breakable, content, literal
from docgen_plugin_pdf.words import Words, words

__all__ = ["Source", "make_figures", "write_source"]

_MARGIN: Final = 62
#: Width and height of each paper, in points.
_PAPERS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {"a4": (595, 842), "a5": (420, 595), "us-letter": (612, 792), "us-legal": (612, 1008)}
)
_FONT: Final = "Libertinus Serif"
_CODE_FONT: Final = "DejaVu Sans Mono"
#: Which of several shapes of the same character readers of a language know.
_EAST_ASIAN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ja": ("Noto Serif CJK JP", "Noto Sans CJK JP", "Hiragino Mincho ProN", "Yu Mincho"),
        "ko": ("Noto Serif CJK KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Batang"),
        "zh": ("Noto Serif CJK SC", "Noto Sans CJK SC", "Songti SC", "SimSun"),
    }
)
_ARABIC: Final = ("Noto Naskh Arabic", "Noto Sans Arabic", "Amiri", "Geeza Pro", "Arial")
_EMOJI: Final = ("Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji")
_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(?:-[a-z]{4})?(?:-([a-z]{2}))?(?:-.*)?", re.IGNORECASE)


@attrs.frozen(kw_only=True)
class Source:
    """The document as the typesetter reads it.

    Attributes:
        text: The markup.
        first: The number of the line of the first block, from 1; one line for each.
        blocks: How many blocks there are.
        squeezed: How many tables are too wide for the page.
    """

    text: str
    first: int
    blocks: int
    squeezed: int


def make_figures(document: Document, settings: PdfSettings) -> Figures:
    """Prepare the drawing of diagrams for a page of this size."""
    width, height = _PAPERS[settings.paper]
    return Figures(
        label=words(document.language).diagram,
        width=width - 2 * _MARGIN,
        height=height - 2 * _MARGIN - 60,
        wanted=settings.diagrams,
    )


def write_source(
    document: Document,
    read: nodes.Content,
    settings: PdfSettings,
    figures: Figures,
    plain: frozenset[int] = frozenset(),
) -> Source:
    """Write the markup of a document.

    Args:
        document: The merged document.
        read: The same as nodes.
        settings: The user's.
        figures: Draws the diagrams.
        plain: Which blocks are written as plain text, by their number from 0.
    """
    said = words(document.language)
    every = (*read.front, *read.body)
    # Once every block is plain, all else is too.
    simply = bool(plain) and len(plain) == len(every)
    flowing = [block for at, block in enumerate(every) if at not in plain]
    body = Body(figures=figures, notes=notes_of(read, flowing), targets=_targets(read))
    lines = [
        plain_block(block) if at in plain else body.block(block) + "#parbreak();"
        for at, block in enumerate(every)
    ]
    head = [
        *_settings(document, read, settings, said),
        *_page(),
        *_title(read, body, simply=simply),
    ]
    front = len(read.front)
    between = _contents(read, said)
    # The contents stand on the line of the last block before them: each block keeps its number.
    if front:
        lines[front - 1] += between
    else:
        head[-1] += between
    text = "\n".join([*head, *lines, *_left(body, said, simply=simply)])
    return Source(text=text, first=len(head) + 1, blocks=len(every), squeezed=body.squeezed)


def _targets(read: nodes.Content) -> frozenset[str]:
    notes = (block for note in read.notes for block in note.blocks)
    found = {
        node.id
        for node in nodes.walk((*read.front, *read.body, *notes))
        if isinstance(node, nodes.Heading | nodes.Anchor)
    }
    for heading in (read.heading, read.contents):
        if heading is not None:
            found |= {node.id for node in nodes.walk([heading]) if hasattr(node, "id")}
    return frozenset(found)


def _settings(
    document: Document, read: nodes.Content, settings: PdfSettings, said: Words
) -> Iterator[str]:
    language, region = _language(document.language)
    before, middle, after = _page_words(said.page)
    yield "#let doc = ("
    yield f"  title: {literal(read.title or 'document')},"
    yield f"  running: {literal(_cut(read.title))},"
    yield f"  language: {literal(language)},"
    yield f"  region: {literal(region) if region else 'none'},"
    yield f"  paper: {literal(settings.paper)},"
    yield f"  margin: {_MARGIN}pt,"
    yield f"  fonts: {_fonts(settings.font or _FONT, language)},"
    yield f"  code-fonts: {_fonts(_CODE_FONT, language)},"
    yield (
        f"  page: (number, total) => {literal(before)} + number + {literal(middle)} + total"
        f" + {literal(after)},"
    )
    yield f"  sections: {_running(read)},"
    yield ")"


def _running(read: nodes.Content) -> str:
    """What the head of a page calls each section, by the label of its heading."""
    named = [
        f"{literal(place_name(block.id))}: {literal(_cut(nodes.plain_text(block.children)))}"
        for block in read.body
        if isinstance(block, nodes.Heading) and block.section
    ]
    return f"({', '.join(named) or ':'})"


def _page() -> Sequence[str]:
    return files(__package__).joinpath("page.typ").read_text(encoding="utf-8").splitlines()


def _language(tag: str) -> tuple[str, str]:
    found = _LANGUAGE.fullmatch(tag.replace("_", "-"))
    return (found[1].lower(), (found[2] or "").upper()) if found else ("en", "")


def _fonts(first: str, language: str) -> str:
    names = (first, _FONT, *_EAST_ASIAN.get(language, ()), *_ARABIC, *_EMOJI)
    return f"({', '.join(map(literal, dict.fromkeys(names)))},)"


def _page_words(text: str) -> tuple[str, str, str]:
    before, _, rest = text.partition("{number}")
    middle, _, after = rest.partition("{total}")
    return before, middle, after


def _cut(text: str, length: int = 60) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _title(read: nodes.Content, body: Body, *, simply: bool) -> list[str]:
    text = content(breakable(read.title or "document"))
    if read.heading is None:
        return ["#v(22%);", f"#title[{text}];"]
    # Only headings are named in the file, and the title is none.
    places = anchors_in([read.heading])
    inside = text if simply else body.still(placeless(read.heading.children))
    return ["#v(22%);", f"{places}#title[{inside}]"]


def _contents(read: nodes.Content, said: Words) -> str:
    """The table of contents on pages of its own; without headings there is none."""
    named = read.contents
    if not read.headings():
        return "#pagebreak();" if named is None else f"{anchors_in([named])}#pagebreak(weak: true);"
    text, places, place = said.contents, "", ""
    if named is not None:
        text, place = nodes.plain_text(named.children), label(named.id)
        places = anchors_in(named.children)
    heading = f"#heading(level: 1, outlined: false, bookmarked: true)[{content(text)}]{place}"
    return f"#pagebreak(weak: true);{places}{heading}#outline(title: none);#pagebreak(weak: true);"


def _left(body: Body, said: Words, *, simply: bool) -> list[str]:
    """The footnotes that no page could take."""
    left = body.notes.left
    if not left:
        return []
    lines = [f"#rule();#block(sticky: true, strong[{content(said.notes)}]);"]
    for note in left:
        place = f'#metadata("")#label({literal(f"note:{note.number}")});'
        written = "".join(map(plain_block, note.blocks)) if simply else body.aside(note.blocks)
        lines.append(
            f"{place}#block(inset: (left: 1.6em))[#place(dx: -1.6em)"
            f"[{content(f'{note.number}.')}]{written}];"
        )
    return lines
