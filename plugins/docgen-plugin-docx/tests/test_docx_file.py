"""The Word file: what a person who opens it in Word expects to work."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from support.contrast import ENOUGH, contrast

from docgen_core.api import Document, Exporter, nodes
from docgen_plugin_docx import DocxSettings, exporter

MERGED = """\
# Booking

CRM.md · 2026-11-23

## Contents

- [Goals](#goals)
  - [Why](#why)
- [Plan](#plan)

## Goals

Be *quick*, **sure** and ~~late~~, says [G1](#g1).[^goals-1] Again.[^goals-1]

### Why

1. one
2. two

between

3. three
- [x] asked
- [ ] answered

| Item | Cost |
|:--|--:|
| <a id="g1"></a>G1 | 3 € |

## Plan

```python
def f(): return "x"
```

[Out](https://example.org/a?b=c&d=e)

[^goals-1]: Said in March, see [Plan](#plan) and [out](https://example.org/).
[^lost]: Named nowhere.
"""
DIAGRAM = "# T\n\n```mermaid\nflowchart LR\n  A[One] --> B[Two]\n```\n"


def document(markdown: str = MERGED, language: str = "en") -> Document:
    return Document(title="Booking", markdown=markdown, language=language, date="2026-11-23")


def word(
    tmp_path: Path, made: Document | None = None, settings: DocxSettings | None = None
) -> WordDocument:
    target = tmp_path / "document.docx"
    exporter.export(made or document(), target, settings)
    return docx.Document(str(target))


def part(tmp_path: Path, name: str) -> str:
    with zipfile.ZipFile(tmp_path / "document.docx") as package:
        return package.read(name).decode()


def styled(made: WordDocument) -> list[tuple[str, str]]:
    """Style and text of each paragraph, also of those in the table of contents."""
    ids = {style.style_id: str(style.name) for style in made.styles}
    found = []
    for paragraph in made.element.body.iter(qn("w:p")):
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        text = "".join(node.text or "" for node in paragraph.iter(qn("w:t")))
        found.append(("Normal" if style is None else ids[style.get(qn("w:val"))], text))
    return found


def test_it_is_an_exporter() -> None:
    """With an ending of its own."""
    assert isinstance(exporter, Exporter)
    assert exporter.suffix == ".docx"


def test_headings_are_word_s_own(tmp_path: Path) -> None:
    """The title is the title; sections are chapters of the first level."""
    found = styled(word(tmp_path))
    heads = [pair for pair in found if pair[0].startswith(("Heading", "Title", "TOC", "Sub"))]
    assert heads == [
        ("Title", "Booking"),
        ("Subtitle", "CRM.md · 2026-11-23"),
        ("TOC Heading", "Contents"),
        ("Heading 1", "Goals"),
        ("Heading 2", "Why"),
        ("Heading 1", "Plan"),
        ("TOC Heading", "Footnotes"),
    ]


def test_the_contents_are_a_field_that_is_filled_in(tmp_path: Path) -> None:
    """So that it reads well before Word has updated it."""
    made = word(tmp_path)
    entries = [pair for pair in styled(made) if pair[0].startswith("toc")]
    assert entries == [("toc 1", "Goals"), ("toc 2", "Why"), ("toc 1", "Plan")]
    codes = [node.text or "" for node in made.element.body.iter(qn("w:instrText"))]
    assert codes[0].strip() == r'TOC \o "1-2" \h \z'
    assert not [code for code in codes if "PAGEREF" in code]


def test_the_contents_can_be_left_out(tmp_path: Path) -> None:
    """By a setting."""
    word(tmp_path, None, DocxSettings(contents=False))
    assert " TOC " not in part(tmp_path, "word/document.xml")


def test_every_field_is_closed(tmp_path: Path) -> None:
    """One that is open would swallow the rest of the text."""
    made = word(tmp_path)
    kinds = [node.get(qn("w:fldCharType")) for node in made.element.body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"] * (len(kinds) // 3)
    assert len(kinds) >= 6


def test_a_footnote_is_there_once(tmp_path: Path) -> None:
    """Its second mark refers to the first; one that nothing names stands at the end."""
    word(tmp_path)
    text = part(tmp_path, "word/document.xml")
    assert len(re.findall("<w:footnoteReference ", text)) == 1
    assert r"NOTEREF _note_1 \f \h" in text
    notes = part(tmp_path, "word/footnotes.xml")
    assert notes.count("Said in March") == 1
    assert 'w:anchor="Plan"' in notes or 'w:anchor="plan"' in notes
    assert "https://example.org/" in part(tmp_path, "word/_rels/footnotes.xml.rels")
    assert "Named nowhere." in text


def test_a_table_has_a_style_and_a_head_on_every_page(tmp_path: Path) -> None:
    """And rows that stay whole."""
    (table,) = word(tmp_path).tables
    assert table.style is not None
    assert table.style.name == "Document Table"
    heads = [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table.rows]
    whole = [row._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in table.rows]
    assert (heads, whole) == ([True, False], [True, True])
    assert table.rows[1].cells[1].paragraphs[0].alignment is not None
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert kept == [True, None]


def test_a_row_that_fills_a_page_may_be_broken(tmp_path: Path) -> None:
    """It could not be shown otherwise."""
    made = word(tmp_path, document("# T\n\n| a |\n|---|\n| " + "word " * 2000 + " |"))
    assert made.tables[0].rows[1]._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is None


def test_a_table_with_more_columns_than_word_takes_is_cut(tmp_path: Path) -> None:
    """Word refuses a file with more than 63."""
    row = "|".join(f"c{number}" for number in range(100))
    made = word(tmp_path, document(f"# T\n\n|{row}|\n|{'-|' * 100}\n|{row}|\n"))
    assert [len(table.columns) for table in made.tables] == [60, 40]


def test_lists_are_word_s_own_and_begin_where_they_should(tmp_path: Path) -> None:
    """A list that goes on after a paragraph begins with its own number."""
    made = word(tmp_path)
    numbered = {
        text: paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}").get(qn("w:val"))
        for paragraph in made.element.body.iter(qn("w:p"))
        if (text := "".join(node.text or "" for node in paragraph.iter(qn("w:t"))))
        in {"one", "two", "three", "asked", "answered"}
    }
    assert numbered["one"] == numbered["two"]
    assert len(set(numbered.values())) == 4
    numbering = part(tmp_path, "word/numbering.xml")
    assert [int(start) for start in re.findall('startOverride w:val="([0-9]+)"', numbering)] == [
        1,
        3,
    ]
    assert "☐" in numbering
    assert "☑" in numbering


def test_code_is_in_the_style_of_code(tmp_path: Path) -> None:
    """Line for line."""
    assert ("Source Code", 'def f(): return "x"') in styled(word(tmp_path))


def test_code_has_colours_that_can_be_read(tmp_path: Path) -> None:
    """On the shade behind it; the styles are a team's to change."""
    made = word(tmp_path, document("# T\n\n```python\ndef f():  # why\n    return 'x'\n```\n"))
    (paragraph,) = (each for each in made.paragraphs if "def" in each.text)
    assert paragraph.text == "def f():  # why\n    return 'x'"
    named = {run.text: str(run.style.name) for run in paragraph.runs}
    assert named["def"] == "Source Keyword"
    assert named["# why"] == "Source Comment"
    assert named["'x'"] == "Source String"
    for style in (made.styles[f"Source {kind.title()}"] for kind in nodes.CODE_KINDS if kind):
        assert contrast(str(style.font.color.rgb), "F5F7FA") >= ENOUGH


def test_long_code_is_cut_between_lines(tmp_path: Path) -> None:
    """Into paragraphs that Word can handle, and no line is lost."""
    code = "\n".join(f"x = {number}  # {number}" for number in range(250))
    made = word(tmp_path, document(f"# T\n\n```python\n{code}\n```\n"))
    pieces = [each.text for each in made.paragraphs if "x = " in each.text]
    assert "\n".join(pieces) == code
    assert [piece.count("\n") + 1 for piece in pieces] == [100, 100, 50]


def test_a_page_but_the_first_has_its_number_and_the_title(tmp_path: Path) -> None:
    """The title page has neither."""
    section = word(tmp_path).sections[0]
    assert section.different_first_page_header_footer
    assert section.footer.paragraphs[0].text == "Page 1"
    assert " PAGE " in section.footer.part.blob.decode()
    assert section.header.paragraphs[0].text == "Booking"


@pytest.mark.parametrize(
    ("language", "tag"), [("de", "de-DE"), ("en-GB", "en-GB"), ("ja", "ja-JP"), ("xx", "xx")]
)
def test_the_language_is_told(tmp_path: Path, language: str, tag: str) -> None:
    """To the spelling checker and in the properties."""
    made = word(tmp_path, document(language=language))
    (found,) = made.styles.element.iter(qn("w:lang"))
    assert found.get(qn("w:val")) == tag
    assert made.core_properties.language == language


@pytest.mark.parametrize(
    ("language", "font"),
    [("en", "Yu Gothic"), ("zh", "Microsoft YaHei"), ("zh-TW", "Microsoft JhengHei")],
)
def test_signs_of_east_asia_have_the_font_of_the_language(
    tmp_path: Path, language: str, font: str
) -> None:
    """The same sign is drawn differently in Chinese and Japanese."""
    made = word(tmp_path, document(language=language))
    (fonts,) = made.styles.element.findall(f".//{qn('w:rPrDefault')}//{qn('w:rFonts')}")
    assert fonts.get(qn("w:eastAsia")) == font


def test_the_properties_name_the_document(tmp_path: Path) -> None:
    """Title, day and program; no person, no clock."""
    facts = word(tmp_path).core_properties
    assert (facts.title, facts.author, facts.last_modified_by) == ("Booking", "docgen", "docgen")
    assert facts.created is not None
    assert facts.created.date().isoformat() == "2026-11-23"


def test_a_diagram_is_a_picture_with_a_description(tmp_path: Path) -> None:
    """In a size that fits the page."""
    made = word(tmp_path, document(DIAGRAM))
    (picture,) = made.inline_shapes
    described = picture._inline.docPr.get("descr")
    assert described is not None
    assert "A[One] --> B[Two]" in described
    assert 0 < picture.width <= 9_070 * 635
    assert "flowchart" not in "".join(text for _, text in styled(made))


def test_a_diagram_that_is_not_drawn_is_shown_as_code(tmp_path: Path) -> None:
    """Because it is none, or because the user wants none."""
    broken = word(tmp_path, document("# T\n\n```mermaid\nno diagram\n```\n"))
    assert ("Source Code", "no diagram") in styled(broken)
    left = word(tmp_path, document(DIAGRAM), DocxSettings(diagrams=False))
    assert len(left.inline_shapes) == 0
    assert any("flowchart LR" in text for _, text in styled(left))


def table(columns: int, word: str) -> str:
    """A table whose cells hold a word."""
    rows = ["|".join([cell] * columns) for cell in (word, "-", word)]
    return "\n".join(f"|{row}|" for row in rows)


@pytest.mark.parametrize(
    ("markdown", "told"),
    [
        pytest.param("Text and [a link](https://example.org/).", (), id="nothing"),
        pytest.param(
            "```mermaid\nno diagram\n```",
            ("diagrams shown as text, since they could not be drawn: 1",),
            id="diagram",
        ),
        pytest.param(
            f"[a](https://example.org/{'x' * 3_000}) [b](https://example.org/{'y' * 3_000})",
            ("links shown as text, since Word cannot read their address: 2",),
            id="links",
        ),
        pytest.param(
            table(12, "responsibilities"),
            ("tables whose words are broken, since the page is not wide enough: 1",),
            id="wide table",
        ),
        pytest.param(
            table(70, "a"),
            (
                "tables in several parts, since Word takes 63 columns at most: 1",
                "tables whose words are broken, since the page is not wide enough: 1",
            ),
            id="many columns",
        ),
    ],
)
def test_a_reader_is_told_what_could_not_be_kept(
    tmp_path: Path, markdown: str, told: tuple[str, ...]
) -> None:
    """Once for each kind, with how often; nothing when all is as it should be."""
    made = document(f"# T\n\n## S\n\n{markdown}\n")
    assert exporter.export(made, tmp_path / "document.docx") == told


@pytest.mark.parametrize(("label", "drawn"), [("Größe Б ω ✓", 1), ("顧客", 0), ("عميل", 0)])
def test_a_diagram_is_no_picture_of_boxes(tmp_path: Path, label: str, drawn: int) -> None:
    """Its text says more than a picture that lacks its letters."""
    markdown = f"# T\n\n```mermaid\nflowchart LR\n  A[{label}] --> B\n```\n"
    target = tmp_path / "document.docx"
    told = exporter.export(document(markdown), target)
    assert len(docx.Document(str(target)).inline_shapes) == drawn
    reason = "since a picture could not show their letters"
    assert told == (() if drawn else (f"diagrams shown as text, {reason}: 1",))


def test_a_diagram_that_is_not_wanted_is_nothing_to_tell(tmp_path: Path) -> None:
    """The user has said so."""
    settings = DocxSettings(diagrams=False)
    assert exporter.export(document(DIAGRAM), tmp_path / "document.docx", settings) == ()


def test_the_same_document_gives_the_same_file(tmp_path: Path) -> None:
    """Byte for byte, diagrams included."""
    word(tmp_path, document(DIAGRAM))
    first = (tmp_path / "document.docx").read_bytes()
    word(tmp_path, document(DIAGRAM))
    assert (tmp_path / "document.docx").read_bytes() == first


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ja"])
def test_every_language_has_every_word(language: str) -> None:
    """None falls back to English without notice."""
    import tomllib

    from docgen_plugin_docx import language as room

    text = Path(room.__file__).with_name("words.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    assert tables[language].keys() == tables["en"].keys()


@pytest.mark.parametrize("markdown", ["", "text\n", "# Only a title\n", "## No title\n", "---\n"])
def test_a_document_with_next_to_nothing_is_written(tmp_path: Path, markdown: str) -> None:
    """It is a file like any other."""
    assert word(tmp_path, document(markdown)).paragraphs
