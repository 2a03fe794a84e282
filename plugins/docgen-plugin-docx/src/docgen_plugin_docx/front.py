"""The title page, the table of contents, and the line with the page's number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from docgen_core.api import nodes
from docgen_plugin_docx.body import Body, Place
from docgen_plugin_docx.inline import Look, field
from docgen_plugin_docx.language import Words
from docgen_plugin_docx.xml import Element, make, setting

__all__ = ["contents", "footer", "title_page"]

#: The deepest heading that the contents list, as in the Markdown document.
_DEPTH: Final = 3


def title_page(content: nodes.Content, body: Body) -> list[Element]:
    """Write the title and what stands below it."""
    if content.heading is None:
        runs = body.inline.text(content.title)
        title = body.paragraph(runs, Place(style="Title"), text=content.title)
    else:
        title = body.heading(content.heading, Place(), "Title")
    found = [title]
    for block in content.front:
        style = "Subtitle" if isinstance(block, nodes.Paragraph) else ""
        found += body.blocks([block], Place(style=style))
    return found


def contents(content: nodes.Content, body: Body, words: Words) -> list[Element]:
    """Write the table of contents: Word's own, filled in, so that it is right before an update.

    Args:
        content: The document.
        body: Writes blocks.
        words: The file's own words.
    """
    place = Place(style="TOC Heading", breaks_page=True)
    if content.contents is None:
        runs = body.inline.text(words.contents)
        heading = body.paragraph(runs, place, text=words.contents)
    else:
        heading = body.heading(content.contents, place, "TOC Heading")
    gallery = make(
        "w:docPartObj",
        children=[setting("w:docPartGallery", "Table of Contents"), make("w:docPartUnique")],
    )
    inside = [heading, *_entries(content.headings(_DEPTH), body)]
    return [
        make(
            "w:sdt",
            children=[
                make("w:sdtPr", children=[gallery]),
                make("w:sdtContent", children=inside),
            ],
        )
    ]


def footer(body: Body, words: Words) -> list[Element]:
    """The runs that say which page it is."""
    return [*body.inline.text(f"{words.page} "), *field("PAGE", body.inline.text("1"))]


def _entries(headings: Sequence[nodes.Heading], body: Body) -> list[Element]:
    *before, end = field(f'TOC \\o "1-{_DEPTH - 1}" \\h \\z', ())
    lines = [
        body.paragraph(
            [*(before if not number else ()), *_entry(heading, body)],
            Place(style=f"toc {max(1, heading.level - 1)}"),
            text=nodes.plain_text(heading.children),
        )
        for number, heading in enumerate(headings)
    ]
    closing = [end] if lines else [*before, end]
    return [*lines, body.paragraph(closing, Place())]


def _entry(heading: nodes.Heading, body: Body) -> list[Element]:
    runs = body.inline.text(nodes.plain_text(heading.children), Look())
    name = body.inline.bookmarks.names[heading.id]
    return [make("w:hyperlink", {"w:anchor": name, "w:history": "1"}, runs)]
