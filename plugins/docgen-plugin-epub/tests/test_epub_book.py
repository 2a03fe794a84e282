"""The book: whole, harmless, valid, and it leads where document.md leads."""

from __future__ import annotations

import functools
import importlib.metadata
import io
import posixpath
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.contrast import ENOUGH, contrast
from support.document_links import links_of
from support.hostile_documents import HOSTILE, UNMERGED, hostile_document, merged_document

from docgen_core.api import Document, Exporter, nodes, read_document
from docgen_plugin_epub import EpubSettings, exporter
from docgen_plugin_epub.body import _BLOCKS, _INLINE
from docgen_plugin_epub.book import make_book
from docgen_plugin_epub.quoting import address

_XHTML: Final = "{http://www.w3.org/1999/xhtml}"
_ACTIVE: Final = {
    "script", "iframe", "object", "embed", "form", "input", "style", "svg", "math", "video",
    "audio", "base",
}  # fmt: skip
SHOWCASE: Final = """\
# Booking *app*

CRM.md · 2026-11-23

## Contents

- [Goals](#goals)

## Goals

See [G1](#g1), [Plan](#plan) and [out](https://example.org/?a=1&b=2).[^a] Again.[^a]

| Item | Cost |
|:--|--:|
| <a id="g1"></a>G1 | 3 € |

- [x] done
- [ ] open

## Plan

```mermaid
flowchart LR
  A --> B
```

Back to [Goals](#goals), H<sub>2</sub>O.

[^a]: Said in March, see [Plan](#plan).
"""


class Book:
    """What a reader makes of a book: its files in order, links and places."""

    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        self.names = self.archive.namelist()
        self.pages = {
            name.removeprefix("EPUB/"): ET.fromstring(self.archive.read(name))  # noqa: S314 - our own file
            for name in self.names
            if name.endswith(".xhtml")
        }
        self.ids = {
            (name, element.get("id", ""))
            for name, page in self.pages.items()
            for element in page.iter()
            if element.get("id")
        }
        self.links = [
            (name, element.get("href", ""))
            for name, page in self.pages.items()
            for element in page.iter(f"{_XHTML}a")
        ]

    @property
    def inner(self) -> Iterator[tuple[str, str]]:
        """The file and the place of each link inside the book."""
        for name, href in self.links:
            if not re.match(r"[a-z]+:", href):
                file, _, place = href.partition("#")
                yield posixpath.normpath(file or name), unquote(place)

    @property
    def targets(self) -> set[str]:
        """The linked ids, without footnotes and the title page."""
        return {p for _, p in self.inner if p and not re.match(r"(note|mark)\.", p)}


def document(name: str) -> Document:
    if name == "unmerged":
        return Document(title="T", markdown=UNMERGED)
    if name == "showcase":
        return Document(title="Booking", markdown=SHOWCASE, language="en-GB", date="2026-11-23")
    return hostile_document(name)


@functools.cache
def data(name: str) -> bytes:
    return make_book(document(name), EpubSettings()).data


@functools.cache
def parsed(name: str) -> Book:
    """A book, read once."""
    return Book(data(name))


@pytest.fixture(params=[*HOSTILE, "unmerged", "showcase"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_nothing_in_the_book_acts(name: str) -> None:
    """No script, style, frame or form; no handler."""
    for page in parsed(name).pages.values():
        tags = {element.tag.removeprefix(_XHTML) for element in page.iter()}
        assert not tags & _ACTIVE
        attributes = {key for element in page.iter() for key in element.attrib}
        assert not {key for key in attributes if key.startswith("on") or key == "style"}


def test_the_book_names_only_its_own_files(name: str) -> None:
    """No picture from elsewhere, no path out of the archive."""
    book = parsed(name)
    assert book.names[0] == "mimetype"
    for file in book.names:
        assert re.fullmatch(r"mimetype|META-INF/container\.xml|EPUB/[a-z0-9.-]+", file)
    for page in book.pages.values():
        sources = [element.get("src") for element in page.iter() if element.get("src")]
        assert all(f"EPUB/{source}" in book.names for source in sources)


def test_links_lead_out_only_by_known_schemes(name: str) -> None:
    """To the web, mail and telephone."""
    for _, href in parsed(name).links:
        assert re.match(r"https?://|mailto:|tel:|[a-z0-9.-]+\.xhtml", href)


def test_the_book_has_the_links_of_the_markdown_document(name: str) -> None:
    """The same targets, none broken, across the files."""
    book = parsed(name)
    expected = links_of(document(name))
    places = book.ids | {(file, "") for file in book.pages}
    assert set(book.inner) <= places
    every = [place for _, place in book.ids]
    assert len(every) == len(set(every))
    ids = {place for place in every if not re.match(r"(note|mark)\.", place)}
    if name == "unmerged":
        return
    assert expected.broken == frozenset()
    assert book.targets == expected.targets
    assert ids == {*expected.headings, *expected.anchors}


def test_the_number_of_links_is_that_of_the_markdown_document() -> None:
    """Contents and text, each as often."""
    made = merged_document(
        {
            "first": "See [Second](#second), [own](#detail).\n\n## Detail\n\nx",
            "second": "[a](#first)",
        }
    )
    found = Book(make_book(made, EpubSettings()).data)
    assert sorted(place for _, place in found.inner) == list(links_of(made).links)


def test_each_section_has_a_file_and_the_contents_name_them() -> None:
    """In reading order: title, contents, sections, footnotes."""
    book = parsed("showcase")
    package = book.archive.read("EPUB/package.opf").decode()
    items = re.findall(r'<item id="(p\d+)" href="([^"]+)"', package)
    spine = re.findall(r'<itemref idref="(p\d+)"/>', package)
    order = [dict(items)[item] for item in spine]
    assert order == [
        "title.xhtml",
        "nav.xhtml",
        "section-1.xhtml",
        "section-2.xhtml",
        "notes.xhtml",
    ]


def test_title_language_date_and_time_stand_in_the_metadata() -> None:
    """For libraries and readers."""
    package = parsed("showcase").archive.read("EPUB/package.opf").decode()
    assert (
        "<dc:title>Booking app</dc:title>" in package or "<dc:title>Booking</dc:title>" in package
    )
    assert "<dc:language>en-GB</dc:language>" in package
    assert "<dc:date>2026-11-23</dc:date>" in package
    assert "2026-11-23T00:00:00Z" in package


def test_a_book_in_a_right_to_left_language_turns_its_pages_so() -> None:
    """The direction of the text as well."""
    book = parsed("right to left")
    assert 'page-progression-direction="rtl"' in book.archive.read("EPUB/package.opf").decode()
    assert book.pages["title.xhtml"].get("dir") == "rtl"


def test_a_diagram_is_a_picture_of_the_book_with_a_description() -> None:
    """Or text when that is set."""
    pictures = list(parsed("showcase").pages["section-2.xhtml"].iter(f"{_XHTML}img"))
    assert [picture.get("src") for picture in pictures] == ["diagram-1.svg"]
    assert "flowchart" in pictures[0].get("alt", "")
    plain = Book(make_book(document("showcase"), EpubSettings(diagrams=False)).data)
    assert not [file for file in plain.names if file.endswith(".svg")]


def test_the_same_document_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a clock; the time in the file can be set."""
    again = make_book(document("showcase"), EpubSettings()).data
    assert again == data("showcase")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    book = Book(make_book(document("showcase"), EpubSettings()).data)
    assert book.archive.infolist()[0].date_time == (2001, 9, 9, 1, 46, 40)


def test_the_first_file_says_what_the_archive_is() -> None:
    """Stored as it is, at the very beginning."""
    assert data("showcase")[30:58] == b"mimetypeapplication/epub+zip"


def test_only_the_target_is_written(tmp_path: Path) -> None:
    """Whatever the title says."""
    exporter.export(hostile_document("zip slip"), tmp_path / "document.epub")
    assert [path.name for path in tmp_path.iterdir()] == ["document.epub"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://example.org/a?b=c&d#e", "https://example.org/a?b=c&amp;d#e"),
        ("mailto:a@b.org", "mailto:a@b.org"),
        ("tel:+49%20123", "tel:+49%20123"),
        ("https://", ""),
        ("http://[::1", ""),
        ("http://a b/", ""),
        ("http://x.org/%zz", ""),
        ("http://x.org/a#b#c", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_an_address_that_readers_refuse_is_left_out(given: str, kept: str) -> None:
    """A book with one would not be valid."""
    assert address(given) == kept


@pytest.mark.parametrize("kind", [*nodes.Block.__args__, *nodes.Inline.__args__])
def test_every_kind_of_node_can_be_written(kind: type) -> None:
    """A node that the core adds must be added here."""
    assert kind in {*_BLOCKS, *_INLINE}


@given(
    st.lists(
        st.sampled_from(
            ["#", "## ", "*", "**", "`", "```\n", "[^a]", "[^a]: ", "&amp;", '"', "[[^a]](http://x.y)",
             "| a | b |\n|-|-|\n", "|", "- ", "1. ", "> ", "- [x] ", "<b>", "</b>", "<br>", "a",
             "<script>", '<a id="p1"></a>', "[x](#p1)", "[y](http://y.invalid)", "\n", "\ud800",
             "\n\n", "    ", "é中ש", "\ufdd0", "\U0001f600"]
        ),
        max_size=40,
    ).map("".join)
)  # fmt: skip
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_markdown_gives_a_whole_book(markdown: str) -> None:
    """Every file is XML, ids are unique, links lead somewhere and never nest."""
    made = Document(title="T", markdown=markdown)
    book = Book(make_book(made, EpubSettings(diagrams=False)).data)
    assert set(book.inner) <= book.ids | {(file, "") for file in book.pages}
    for page in book.pages.values():
        for link in page.iter(f"{_XHTML}a"):
            assert not list(link.iterfind(f".//{_XHTML}a"))
    shown = {heading.id for heading in read_document(made).headings()}
    assert shown <= {place for _, place in book.ids}


def test_it_is_an_exporter() -> None:
    """As the core asks for one."""
    assert isinstance(exporter, Exporter)
    points = importlib.metadata.distribution("docgen-plugin-epub").entry_points
    assert [(p.group, p.name, p.load()) for p in points] == [("docgen.exporters", "epub", exporter)]


def test_importing_it_loads_nothing_heavy() -> None:
    """Listing the formats stays quick."""
    code = "import sys, docgen_plugin_epub; print({'zipfile', 'markdown_it'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_a_section_without_headings_is_a_book_too() -> None:
    """The contents then lead to the title page."""
    made = attrs.evolve(document("showcase"), markdown="Only text.", outline=())
    book = Book(make_book(made, EpubSettings()).data)
    assert list(book.inner) == [("title.xhtml", "")]


def test_a_table_that_is_too_wide_for_a_small_screen_is_marked() -> None:
    """The style sheet breaks its words rather than letting it run off the page."""
    row = "|" + "a|" * 7 + "\n|" + "-|" * 7 + f"\n|{'x' * 30}|\n"
    found = Book(
        make_book(Document(title="T", markdown=f"# T\n\n## S\n\n{row}"), EpubSettings()).data
    )
    page = found.pages["section-1.xhtml"]
    assert [table.get("class") for table in page.iter(f"{_XHTML}table")] == ["many"]
    assert [c.get("class") for c in page.iter(f"{_XHTML}td") if c.text] == ["broken"]


def test_a_paragraph_that_is_read_from_the_right_says_so() -> None:
    """In a book in another language, too."""
    made = Document(title="T", markdown="# T\n\n## S\n\n1 שלום x\n\nLatin\n")
    page = Book(make_book(made, EpubSettings()).data).pages["section-1.xhtml"]
    assert [p.get("dir") for p in page.iter(f"{_XHTML}p")] == ["rtl", None]


def test_code_has_colours_by_day_and_by_night() -> None:
    """Every kind of part has one for each, and it can be read on what is behind it."""
    markdown = "# T\n\n## S\n\n```python\nreturn 1 < 2  # why\n```\n"
    book = Book(make_book(Document(title="T", markdown=markdown), EpubSettings()).data)
    page = book.pages["section-1.xhtml"]
    (code,) = page.iter(f"{_XHTML}code")
    assert "".join(code.itertext()) == "return 1 < 2  # why"
    assert next((part.get("class"), part.text) for part in code) == ("code-keyword", "return")
    day, night = book.archive.read("EPUB/style.css").decode().split("@media")
    for style in (day, night):
        behind = re.findall(r"pre \{ background: #([0-9a-f]{6})", style)[0]
        for kind in filter(None, nodes.CODE_KINDS):
            (colour,) = re.findall(rf"\.code-{kind}\b[^}}]* color: #([0-9a-f]{{6}})", style)
            assert contrast(colour, behind) >= ENOUGH


def test_a_diagram_that_cannot_be_drawn_is_told(tmp_path: Path) -> None:
    """Unless the user wanted none."""
    made = Document(title="T", markdown="# T\n\n## S\n\n```mermaid\nno diagram\n```\n")
    target = tmp_path / "document.epub"
    told = ("diagrams shown as text, since they could not be drawn: 1",)
    assert exporter.export(made, target) == told
    assert exporter.export(made, target, EpubSettings(diagrams=False)) == ()
