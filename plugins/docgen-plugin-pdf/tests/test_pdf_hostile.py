"""Whatever the model wrote, the PDF is harmless, whole, and leads where document.md leads."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import Destination, IndirectObject
from support.document_links import links_of
from support.hostile_documents import HOSTILE, UNMERGED, hostile_document, merged_document

from docgen_core.api import Document, read_document
from docgen_plugin_pdf import PdfSettings, exporter
from docgen_plugin_pdf.make import make_pdf, typeset

#: Actions and parts of a PDF that do something, or bring a file along.
_ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|SubmitForm|ImportData|GoToR|GoToE|RichMedia|EmbeddedFile|AA|XFA|"
    rb"OpenAction|Sound|Movie)\b"
)


class Pdf:
    """What a reader makes of a PDF: links, bookmarks and places."""

    def __init__(self, data: bytes) -> None:
        self.reader = PdfReader(io.BytesIO(data))
        self.names = {
            unquote(name.removeprefix("at:"))
            for name in self.reader.named_destinations
            if name.startswith("at:")
        }
        self.addresses: list[str] = []
        self.links: list[str] = []
        self.places: set[tuple[Any, ...]] = set()
        for note in self._annotations():
            self._read(note)

    def _annotations(self) -> Iterator[Any]:
        for page in self.reader.pages:
            for note in page.get("/Annots", ()):
                yield note.get_object()

    def _read(self, note: Any) -> None:
        if (action := note.get("/A")) is not None:
            assert action["/S"] == "/URI"
            self.addresses.append(str(action["/URI"]))
        elif isinstance(note["/Dest"], str):
            self.links.append(unquote(str(note["/Dest"]).removeprefix("at:")))
        else:
            page, *where = note["/Dest"]
            assert isinstance(page, IndirectObject)
            self.places.add((page.idnum, *map(str, where)))

    @property
    def bookmarks(self) -> list[str]:
        return list(_flat(self.reader.outline))

    @property
    def text(self) -> str:
        return "\n".join(page.extract_text() for page in self.reader.pages)


def _flat(items: Any) -> Iterator[str]:
    for item in items:
        if isinstance(item, Destination):
            yield str(item.title)
        else:
            yield from _flat(item)


@functools.cache
def made(name: str) -> tuple[Document, bytes]:
    """A hostile document and its PDF, made once."""
    document = (
        Document(title="T", markdown=UNMERGED) if name == "unmerged" else hostile_document(name)
    )
    return document, make_pdf(document, PdfSettings()).data


@functools.cache
def parsed(name: str) -> Pdf:
    return Pdf(made(name)[1])


@pytest.fixture(params=[*HOSTILE, "unmerged"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_nothing_in_the_file_acts(name: str) -> None:
    """No script, no form, no file inside, no start of a program."""
    root: Any = parsed(name).reader.trailer["/Root"]
    assert "/AcroForm" not in root
    assert not _ACTIVE.search(made(name)[1])


def test_links_lead_out_only_by_known_schemes(name: str) -> None:
    """To the web, mail and telephone."""
    assert all(re.match(r"https?://|mailto:|tel:", x) for x in parsed(name).addresses)


def test_the_file_has_the_links_of_the_markdown_document(name: str) -> None:
    """Every heading is a place with a bookmark; what is linked to is there."""
    document, _ = made(name)
    expected = links_of(document)
    found = parsed(name)
    assert set(found.links) <= found.names
    shown = {heading.id for heading in read_document(document).headings()}
    assert shown <= found.names
    assert set(expected.headings) <= found.names
    if name != "unmerged":
        assert expected.broken == frozenset()
        assert set(found.links) == expected.targets
        assert set(expected.anchors) <= found.names
    assert len(found.bookmarks) >= len(shown)


def test_each_numbered_item_is_a_place_with_a_name() -> None:
    """As in document.md, in paragraphs, headings, tables and lists; links lead there by name."""
    document = merged_document(
        {
            "first": "See [P1](#p1), [P2](#p2), [P3](#p3), [P4](#p4) and [P1](#p1).\n\n"
            'P1 <a id="p1"></a>one\n\n## <a id="p2"></a>P2 Two\n\n'
            '| <a id="p3"></a>P3 |\n|-|\n| <a id="p4"></a>P4 |\n\n- <a id="p5"></a>P5',
        }
    )
    found = Pdf(make_pdf(document, PdfSettings()).data)
    assert links_of(document).anchors == ("p1", "p2", "p3", "p4", "p5")
    assert {"p1", "p2", "p3", "p4", "p5"} <= found.names
    assert [found.links.count(name) for name in ("p1", "p2", "p3", "p4")] == [2, 1, 1, 1]
    assert "P2 Two" in found.bookmarks
    assert "place" not in found.text


def test_a_place_is_no_heading_to_who_hears_the_file() -> None:
    """The file's structure has the headings of the document only."""
    plain = {"first": "Text\n\n## Two\n\nText"}
    placed = {"first": 'Text <a id="p1"></a>\n\n## <a id="p2"></a>Two\n\nText'}
    kinds = [
        list(_kinds(Pdf(make_pdf(merged_document(text), PdfSettings()).data)))
        for text in (plain, placed)
    ]
    assert kinds[0] == kinds[1]
    assert kinds[0].count("/H2") == 1


def _kinds(found: Pdf) -> Iterator[str]:
    """The kinds of the parts of a tagged file, in reading order."""
    root: Any = found.reader.trailer["/Root"]
    waiting = [root["/StructTreeRoot"]]
    while waiting:
        part = waiting.pop().get_object()
        if isinstance(part, dict):
            if "/S" in part:
                yield str(part["/S"])
            inside = part.get("/K", [])
            inside = inside.get_object() if isinstance(inside, IndirectObject) else inside
            waiting += reversed(inside) if isinstance(inside, list) else [inside]
        elif isinstance(part, list):
            waiting += reversed(part)


def test_the_text_of_commands_is_text() -> None:
    """Those of the typesetter too."""
    text = "".join(parsed("answer").text.split()).replace("\u200b", "")
    assert '#read("/etc/passwd")' in text
    assert '#import"@preview/x:1.0.0"' in text
    assert "root:" not in text


@pytest.mark.parametrize("source", ['#read("/etc/passwd")', '#import "@preview/example:0.1.0"'])
def test_the_process_reads_no_file_and_fetches_no_package(source: str) -> None:
    """Even if a text became a command, it would find nothing."""
    request = {"source": source, "characters": "", "font": "", "font_paths": [], "timestamp": 0}
    answer, data = typeset({**request, "seconds": 30})
    assert data == b""
    assert re.search(r"access denied|not found|failed to (load|download)|proxy", answer["reason"])


@pytest.mark.parametrize(
    "source",
    [
        "#while true {}",
        "#let f(n) = f(n + 1)\n#f(0)",
        '#("x" * 100000000 * 100)',
    ],
)  # fmt: skip
def test_the_process_ends(source: str) -> None:
    """It has bounds in time and memory."""
    request = {"source": source, "characters": "", "font": "", "font_paths": [], "timestamp": 0}
    answer, data = typeset({**request, "seconds": 3})
    assert data == b""
    assert answer["reason"]


@given(
    st.lists(
        st.sampled_from(
            ["#", "## ", "*", "**", "`", "```\n", "~~~py\n", "[^a]", "[^a]: ", "&amp;", '"', "\\",
             "| a | b |\n|-|-|\n", "|", "- ", "1. ", "> ", "- [x] ", "<b>", "</b>", "<br>", "a",
             "$", "#panic()", '<a id="p1"></a>', "[x](#p1)", "[y](http://y.invalid)", "\n", "@x",
             "\n\n", "    ", "é中ש", "<sup>", "</sup>", "\u200b", "\ud800", "\ufdd0"]
        ),
        max_size=40,
    ).map("".join)
)  # fmt: skip
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_markdown_gives_a_pdf_without_plain_blocks(markdown: str) -> None:
    """Links lead somewhere, and nothing had to be simplified."""
    built = make_pdf(Document(title="T", markdown=markdown), PdfSettings(diagrams=False))
    assert not any("plain text" in remark for remark in built.remarks)
    found = Pdf(built.data)
    assert set(found.links) <= found.names


def test_a_name_in_the_title_is_no_path(tmp_path: Path) -> None:
    """Only the target is written."""
    exporter.export(hostile_document("zip slip"), tmp_path / "document.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["document.pdf"]
