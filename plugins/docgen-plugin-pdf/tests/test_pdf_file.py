"""The PDF: complete, tagged, with contents and bookmarks, the same for the same document."""

from __future__ import annotations

import importlib.metadata
import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from pypdf import PdfReader
from support.contrast import ENOUGH, contrast

from docgen_core.api import Document, Exporter, FileError, PluginError, nodes, read_document
from docgen_plugin_pdf import PdfSettings, exporter, make
from docgen_plugin_pdf.body import Body
from docgen_plugin_pdf.make import make_pdf
from docgen_plugin_pdf.notes import notes_of
from docgen_plugin_pdf.source import Source, make_figures, write_source
from docgen_plugin_pdf.tables import word_limits

MERGED = """\
# Booking *app*

CRM.md · 2026-11-23

## Contents

- [Goals](#goals)

## Goals

Be *quick*, **sure** and ~~late~~, says [G1](#g1).[^a] And again.[^a] [Out](https://example.org/).

### Why[^h]

- [x] asked
- [ ] answered

| Item[^t] | Cost |
|:--|--:|
| <a id="g1"></a>G1 | 3 € |

## Plan

```python
def f(): return "x"  # why
```

```mermaid
flowchart LR
  A --> B
```

[^a]: Said in March, see [^h].
[^h]: In a heading.
[^t]: In the head of a table.
"""


def document(**changes: Any) -> Document:
    plain = Document(title="Booking app", markdown=MERGED, language="en-GB", date="2026-11-23")
    changed: Document = attrs.evolve(plain, **changes)
    return changed


def reader(made: Document, settings: PdfSettings | None = None) -> PdfReader:
    return PdfReader(io.BytesIO(make_pdf(made, settings or PdfSettings()).data))


def text(made: Document) -> str:
    return "\n".join(page.extract_text() for page in reader(made).pages)


def test_it_is_an_exporter() -> None:
    """As the core asks for one."""
    assert isinstance(exporter, Exporter)
    points = importlib.metadata.distribution("docgen-plugin-pdf").entry_points
    assert [(p.group, p.name, p.load()) for p in points] == [("docgen.exporters", "pdf", exporter)]


def test_importing_it_loads_nothing_heavy() -> None:
    """Listing the formats stays quick."""
    code = "import sys, docgen_plugin_pdf; print({'json', 'typst'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_title_language_and_date_stand_in_the_file() -> None:
    """For readers, archives and screen readers."""
    found = reader(document())
    assert found.metadata is not None
    assert found.metadata.title == "Booking app"
    assert str(found.metadata["/CreationDate"]) == "D:20261123000000Z"
    root: Any = found.trailer["/Root"]
    assert root["/Lang"] == "en-GB"


def test_the_file_is_tagged_and_keeps_the_standard_for_accessible_files() -> None:
    """PDF/UA-1, as the typesetter checks it."""
    made = make_pdf(document(), PdfSettings())
    assert (made.standard, made.remarks) == ("ua-1", ())
    root: Any = PdfReader(io.BytesIO(made.data)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_the_contents_have_page_numbers() -> None:
    """Title, contents and each section on pages of their own."""
    pages = [page.extract_text() for page in reader(document()).pages]
    assert "Booking app" in pages[0]
    assert "Goals" in pages[1]
    assert "Plan" in pages[1]
    assert "Page 3 of" in pages[2]


def test_the_bookmarks_are_the_headings() -> None:
    """In their order, one inside the other."""
    outline: Any = reader(document()).outline
    titles = [[x.title for x in item] if isinstance(item, list) else item.title for item in outline]
    assert titles == ["Contents", "Goals", ["Why2"], "Plan"]


def test_each_footnote_is_written_once() -> None:
    """On its page, or at the end when only a heading or the head of a table names it."""
    found = text(document())
    for said in ("Said in March", "In a heading.", "In the head of a table."):
        assert found.count(said) == 1


def test_the_same_document_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a clock; the time in the file can be set."""
    first, again = (make_pdf(document(), PdfSettings()).data for _ in range(2))
    assert first == again
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    found = reader(document(date=""))
    assert found.metadata is not None
    assert str(found.metadata["/CreationDate"]) == "D:19700102000000Z"


def test_a_long_table_breaks_over_pages_and_repeats_its_head() -> None:
    """No row is lost or printed over another."""
    rows = "\n".join(f"| row-{number} | text |" for number in range(150))
    found = reader(document(markdown=f"# T\n\n## S\n\n| Headword | B |\n|---|---|\n{rows}\n"))
    pages = [page.extract_text() for page in found.pages if "row-" in page.extract_text()]
    assert len(pages) > 2
    assert all("Headword" in page for page in pages)
    every = "\n".join(pages)
    assert [number for number in range(150) if f"row-{number}" not in every] == []


def test_a_diagram_is_drawn_with_its_text_as_description() -> None:
    """Or shown as text when that is set, or when it is none."""
    assert "-->" not in text(document())
    found = reader(document(), PdfSettings(diagrams=False))
    assert "-->" in "".join(page.extract_text() for page in found.pages)


def test_code_has_colours_that_can_be_read() -> None:
    """On the white behind it, in print too."""
    code = "```python\ndef f(a: int = 3) -> str:  # why\n    return 'x'\n```\n"
    more = "```json\n{\"a\": [1, true]}\n```\n\n```html\n<b class='x'>\n```\n"
    page = reader(document(markdown=f"# T\n\n## S\n\n{code}\n{more}")).pages[-1]
    contents = page.get_contents()
    assert contents is not None
    found = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) scn?\b", contents.get_data())
    colours = {"".join(f"{round(float(part) * 255):02x}" for part in each) for each in found}
    assert len(colours) > 5
    assert min(contrast(colour, "ffffff") for colour in colours - {"ffffff"}) >= ENOUGH


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("a5", 420), ("us-letter", 612)])
def test_the_paper_is_set(paper: str, width: int) -> None:
    """In points."""
    found = reader(document(), PdfSettings(paper=paper))  # type: ignore[arg-type] # a parameter
    assert round(float(found.pages[0].mediabox.width)) == width


def test_characters_without_a_font_are_told() -> None:
    """With their script and how many; the text itself stays in the file."""
    made = make_pdf(
        document(markdown="# T\n\n## S\n\nNobody has \u0378 and \u0379.\n"), PdfSettings()
    )
    (remark,) = made.remarks
    assert remark.startswith("2 characters have no font and are shown as boxes: unnamed (2)")
    assert "U+0378" in remark
    assert made.standard == ""


@pytest.mark.parametrize(
    ("character", "script"),
    [
        ("अ", "Devanagari"),
        ("字", "Cjk"),
        ("\U0001f600", "emoji"),
        ("\u2705", "symbols"),
        ("\ue000", "unnamed"),
    ],
)
def test_a_script_is_named(character: str, script: str) -> None:
    """So that a reader knows which font to look for."""
    assert make._script(character) == script


def test_scripts_that_are_built_in_need_no_font() -> None:
    """Latin, Greek, Cyrillic and signs of every day."""
    made = make_pdf(
        document(markdown="# T\n\n## S\n\nÄéşő Ελλάδα Привет → “x” € ☑ ½\n"), PdfSettings()
    )
    assert (made.remarks, made.standard) == ((), "ua-1")


def test_a_font_that_is_not_there_is_told() -> None:
    """The built-in one is used."""
    made = make_pdf(document(), PdfSettings(font="No Such Font"))
    assert made.remarks == ("there is no font No Such Font; the built-in one was used",)


def test_a_folder_with_fonts_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """The user can help it."""
    with pytest.raises(FileError, match="no folder"):
        make_pdf(document(), PdfSettings(font_paths=(tmp_path / "none",)))


def test_a_block_that_cannot_be_set_is_shown_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest stays as it is, and a remark says so."""
    written = Body.block

    def broken(self: Body, block: nodes.Block) -> str:
        bad = isinstance(block, nodes.Table)
        return '#panic("no");' if bad else written(self, block)

    monkeypatch.setattr(Body, "block", broken)
    made = make_pdf(document(), PdfSettings())
    assert made.remarks == ("1 block is shown as plain text, since it could not be set otherwise",)
    found = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made.data)).pages)
    assert "G1 | 3 €" in found


@pytest.mark.parametrize("kinds", [(nodes.Paragraph, nodes.Heading), (nodes.Block,)])
def test_when_most_blocks_cannot_be_set_the_text_is_still_there(
    monkeypatch: pytest.MonkeyPatch, kinds: tuple[Any, ...]
) -> None:
    """With its places, links to them gone, and each footnote once."""

    def broken(self: Body, block: nodes.Block) -> str:
        return '#panic("no");' if isinstance(block, kinds) else written(self, block)

    written = Body.block
    monkeypatch.setattr(Body, "block", broken)
    monkeypatch.setattr(Body, "inline", lambda _self, _children: '#panic("no");')
    made = make_pdf(document(), PdfSettings())
    assert "shown as plain text" in made.remarks[0]
    found = PdfReader(io.BytesIO(made.data))
    text = "".join(page.extract_text() for page in found.pages)
    for said in ("Be quick, sure and late", "Said in March", "In a heading.", "Plan"):
        assert text.count(said) >= 1
    assert {"at:goals", "at:why", "at:plan"} <= set(found.named_destinations)


def test_what_cannot_be_set_at_all_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the typesetter's reason."""
    monkeypatch.setattr(make, "write_source", _broken(write_source))
    with pytest.raises(PluginError, match=r"could not be set: .*never"):
        make_pdf(document(), PdfSettings())


def _broken(write: Callable[..., Source]) -> Callable[..., Source]:
    def broken(*args: Any) -> Source:
        return attrs.evolve(write(*args), text='#panic("never")')

    return broken


@pytest.mark.parametrize("kind", [*nodes.Block.__args__, *nodes.Inline.__args__])
def test_every_kind_of_node_can_be_written(kind: type) -> None:
    """A node that the core adds must be added here."""
    from docgen_plugin_pdf.body import _BLOCKS, _INLINE

    assert kind in {*_BLOCKS, *_INLINE}


def test_a_link_to_nowhere_is_text() -> None:
    """Should the core ever let one through."""
    empty = nodes.Content(
        title="T", language="en", heading=None, front=(), contents=None, body=(), notes=()
    )
    body = Body(
        figures=make_figures(document(), PdfSettings()),
        notes=notes_of(empty, ()),
        targets=frozenset(),
    )
    written = body.inline([nodes.CrossReference(target="x", children=(nodes.Text("y"),))])
    assert written == '#"y";'


@pytest.mark.parametrize(
    ("text", "turned"),
    [("שלום all", True), ("مرحبا", True), ("123 שלום", True), ("all שלום", False), ("1!", False)],
)
def test_a_paragraph_that_is_read_from_the_right_begins_there(text: str, turned: bool) -> None:
    """In a document in another language, too."""
    made = document(markdown=f"# T\n\n## S\n\n{text}\n")
    written = write_source(
        made, read_document(made), PdfSettings(), make_figures(made, PdfSettings())
    )
    assert ("#set text(dir: rtl)" in written.text) == turned


def test_a_diagram_that_cannot_be_drawn_is_told(tmp_path: Path) -> None:
    """Unless the user wanted none."""
    made = Document(title="T", markdown="# T\n\n## S\n\n```mermaid\nno diagram\n```\n")
    target = tmp_path / "document.pdf"
    told = ("diagrams shown as text, since they could not be drawn: 1",)
    assert exporter.export(made, target) == told
    assert exporter.export(made, target, PdfSettings(diagrams=False)) == ()


def wide_table(columns: int, word: str) -> str:
    rows = "\n".join(f"| {' | '.join([word] * columns)} |" for _ in range(3))
    return f"# T\n\n## S\n\n| {' | '.join([word] * columns)} |\n|{'-|' * columns}\n{rows}\n"


@pytest.mark.parametrize(("columns", "told"), [(7, 0), (14, 1), (20, 1)])
def test_words_of_a_wide_table_end_with_their_columns(columns: int, told: int) -> None:
    """Whoever reads a table whose words are in pieces is told so."""
    made = document(markdown=wide_table(columns, "Customer_12345"))
    read = read_document(made)
    figures = make_figures(made, PdfSettings())
    source = write_source(made, read, PdfSettings(), figures)
    (table,) = (block for block in read.body if isinstance(block, nodes.Table))
    limits = word_limits(table, figures.width)
    texts = re.findall(r'"([^"]*)"', source.text)
    words = [text for text in texts if text.replace("\u200b", "") == "Customer_12345"]
    assert len(words) == 4 * columns
    assert max(len(part) for word in words for part in word.split("\u200b")) <= max(limits)
    assert source.squeezed == told


def test_a_table_that_the_page_has_room_for_is_nothing_to_tell() -> None:
    """Its words stay whole."""
    made = make_pdf(document(markdown=wide_table(5, "Customer")), PdfSettings())
    assert made.remarks == ()
