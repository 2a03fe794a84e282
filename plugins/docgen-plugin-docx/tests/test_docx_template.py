"""A team's own Word file as the base: what is taken from it, and what never is."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Pt
from support.office_schema import schema_errors

from docgen_core.api import Document, FileError, UsageError
from docgen_plugin_docx import DocxSettings, exporter

TEXT = "# Booking\n\n## Goals\n\nBe quick.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"


def document() -> Document:
    return Document(title="Booking", markdown=TEXT, date="2026-11-23")


def word(tmp_path: Path, settings: DocxSettings) -> WordDocument:
    exporter.export(document(), tmp_path / "document.docx", settings)
    return docx.Document(str(tmp_path / "document.docx"))


def part(tmp_path: Path, name: str) -> str:
    with zipfile.ZipFile(tmp_path / "document.docx") as package:
        return package.read(name).decode()


def chapters(made: WordDocument) -> list[str]:
    """The text of each heading of the first level."""
    return [p.text for p in made.paragraphs if p.style is not None and p.style.name == "Heading 1"]


def team_template(tmp_path: Path, change: Any = None) -> Path:
    """A file that a team could have made: own fonts, header and text."""
    made = docx.Document()
    made.add_heading("Our cover", level=1)
    made.styles["Heading 1"].font.size = Pt(33)
    made.styles["Heading 1"].font.name = "Team Sans"
    made.sections[0].header.paragraphs[0].text = "TEAM HEADER"
    made.sections[0].page_width = Pt(500)
    if change is not None:
        change(made)
    path = tmp_path / "team.docx"
    made.save(str(path))
    return path


def test_a_template_gives_styles_page_and_header(tmp_path: Path) -> None:
    """Its text does not stay."""
    made = word(tmp_path, DocxSettings(template=team_template(tmp_path)))
    assert made.styles["Heading 1"].font.name == "Team Sans"
    assert made.sections[0].header.paragraphs[0].text == "TEAM HEADER"
    assert made.sections[0].page_width == Pt(500)
    assert chapters(made) == ["Goals"]
    assert "Our cover" not in part(tmp_path, "word/document.xml")
    assert made.tables[0].style is not None
    assert made.tables[0].style.name == "Document Table"
    assert "Page 1" in made.sections[0].footer.paragraphs[0].text


def test_an_exported_file_is_a_template(tmp_path: Path) -> None:
    """The usual way to one: export, change styles, name it."""
    exporter.export(document(), tmp_path / "team.docx")
    made = word(tmp_path, DocxSettings(template=tmp_path / "team.docx"))
    assert chapters(made) == ["Goals"]
    names = [str(style.name) for style in made.styles]
    assert len(names) == len(set(names))


def rewritten(path: Path, name: str, old: str, new: str) -> Path:
    """The same file with a change in one part."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w") as target:
        for entry in source.namelist():
            data = source.read(entry)
            target.writestr(
                entry, data.replace(old.encode(), new.encode()) if entry == name else data
            )
    path.write_bytes(made.getvalue())
    return path


@pytest.mark.parametrize(
    "kind",
    [
        "vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
        "vnd.ms-word.document.macroEnabled.main+xml",
        "vnd.ms-word.template.macroEnabledTemplate.main+xml",
    ],
)
def test_a_template_file_of_word_may_be_given_too(tmp_path: Path, kind: str) -> None:
    """What comes out is a plain document."""
    plain = "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    path = rewritten(team_template(tmp_path), "[Content_Types].xml", plain, kind)
    word(tmp_path, DocxSettings(template=path))
    types = part(tmp_path, "[Content_Types].xml")
    assert plain in types
    assert "macroEnabled" not in types


def test_what_acts_in_a_template_is_left_out(tmp_path: Path) -> None:
    """Macros, embedded files, a template of the template, pictures of its text."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    office = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"

    def add(made: WordDocument) -> None:
        for name, kind in (("vbaProject.bin", office), ("embeddings/x.bin", f"{base}/oleObject")):
            added = Part(PackURI(f"/word/{name}"), "application/x-any", b"MZ", made.part.package)
            made.part.relate_to(added, kind)
        made.part.part_related_by(f"{base}/settings").relate_to(
            "file:///C:/evil.dotm", f"{base}/attachedTemplate", is_external=True
        )
        made.part.relate_to("http://collector.invalid/a.html", f"{base}/aFChunk", is_external=True)

    word(tmp_path, DocxSettings(template=team_template(tmp_path, add)))
    with zipfile.ZipFile(tmp_path / "document.docx") as package:
        everything = b"".join(package.read(name) for name in package.namelist())
        assert not [name for name in package.namelist() if name.endswith(".bin")]
    assert b"evil.dotm" not in everything
    assert b"collector.invalid" not in everything


def test_the_printer_of_a_template_is_left_out(tmp_path: Path) -> None:
    """With what names it: a relationship that leads nowhere would be damage."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml.parser import OxmlElement

    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def add(made: WordDocument) -> None:
        added = Part(PackURI("/word/printer.bin"), "application/x-any", b"x", made.part.package)
        printer: Any = OxmlElement("w:printerSettings")
        printer.set(qn("r:id"), made.part.relate_to(added, f"{base}/printerSettings"))
        made.sections[-1]._sectPr.append(printer)

    word(tmp_path, DocxSettings(template=team_template(tmp_path, add)))
    assert "printer" not in part(tmp_path, "word/document.xml")
    assert schema_errors(tmp_path / "document.docx") == []


@pytest.mark.parametrize("case", ["picture", "field", "simple"])
def test_a_header_that_leads_out_of_the_file_is_refused(tmp_path: Path, case: str) -> None:
    """It cannot be left out without a trace, so the user is told."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def add(made: WordDocument) -> None:
        header = made.sections[0].header
        if case == "picture":
            header.part.relate_to("http://x.invalid/p.png", f"{base}/image", is_external=True)
            return
        from docx.oxml.parser import OxmlElement

        name = "w:instrText" if case == "field" else "w:fldSimple"
        made_element: Any = OxmlElement(name)
        made_element.text = 'INCLUDEPICTURE "http://x.invalid/p.png"' if case == "field" else ""
        if case == "simple":
            made_element.set(qn("w:instr"), 'DDEAUTO c:\\\\x "y"')
        header.paragraphs[0]._p.append(made_element)

    path = team_template(tmp_path, add)
    with pytest.raises(UsageError, match="does not pass on"):
        word(tmp_path, DocxSettings(template=path))


@pytest.mark.parametrize(
    ("content", "error"), [(None, FileError), (b"no zip", UsageError), (b"", UsageError)]
)
def test_a_template_that_cannot_be_used_is_told(
    tmp_path: Path, content: bytes | None, error: type[Exception]
) -> None:
    """With its name."""
    path = tmp_path / "team.docx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=r"team\.docx"):
        word(tmp_path, DocxSettings(template=path))


def test_another_zip_file_is_no_template(tmp_path: Path) -> None:
    """Whatever it is called."""
    path = tmp_path / "team.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.txt", "x")
    with pytest.raises(UsageError, match="is no Word file: it holds another kind of document"):
        word(tmp_path, DocxSettings(template=path))


def test_slides_are_no_template_of_a_text(tmp_path: Path) -> None:
    """Whatever the file is called; the message says so in plain words."""
    import pptx

    pptx.Presentation().save(str(tmp_path / "team.docx"))
    with pytest.raises(UsageError, match=r"team\.docx is no Word file: it holds another kind"):
        word(tmp_path, DocxSettings(template=tmp_path / "team.docx"))
