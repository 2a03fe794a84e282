"""A team's own PowerPoint file as the base of the slides."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import attrs
import pptx
import pytest
from pptx.presentation import Presentation
from pptx.util import Emu
from support.hostile_documents import merged_document
from support.office_schema import schema_errors

from docgen_core.api import Document, FileError, UsageError
from docgen_plugin_pptx import PptxSettings, exporter


def document() -> Document:
    """A document with two slides."""
    made = merged_document({"pitch": "Text."}, title="Booking")
    items = [{"title": "First", "message": "One."}, {"title": "Plain", "points": ["One", "Two"]}]
    sections = tuple(attrs.evolve(each, data={"slides": items}) for each in made.sections)
    changed: Document = attrs.evolve(made, sections=sections)
    return changed


def slides(tmp_path: Path, settings: PptxSettings) -> Presentation:
    target = tmp_path / "document.pptx"
    exporter.export(document(), target, settings)
    return pptx.Presentation(str(target))


def texts(slide: Any) -> list[list[str]]:
    """The paragraphs of each shape with text."""
    return [
        [paragraph.text for paragraph in shape.text_frame.paragraphs]
        for shape in slide.shapes
        if shape.has_text_frame and shape.text_frame.text
    ]


def template(tmp_path: Path, change: Any = None) -> Path:
    """A file that a team could have made."""
    made = pptx.Presentation()
    made.slide_width = Emu(9_000_000)
    made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = "Our cover"
    made.slide_layouts[1].name = "Team layout"
    if change is not None:
        change(made)
    made.save(str(tmp_path / "team.pptx"))
    return tmp_path / "team.pptx"


def test_a_template_gives_master_and_layouts(tmp_path: Path) -> None:
    """Its slides do not stay."""
    made = slides(tmp_path, PptxSettings(template=template(tmp_path)))
    assert made.slide_width == 9_000_000
    assert made.slides[1].slide_layout.name == "Team layout"
    assert "Our cover" not in str([texts(slide) for slide in made.slides])
    with zipfile.ZipFile(tmp_path / "document.pptx") as package:
        assert len([name for name in package.namelist() if "slides/slide" in name]) == 3


def test_a_template_without_places_for_text_will_do(tmp_path: Path) -> None:
    """Boxes of docgen's own stand in."""

    def bare(made: Presentation) -> None:
        for layout in made.slide_layouts:
            for shape in list(layout.placeholders):
                shape._element.getparent().remove(shape._element)

    made = slides(tmp_path, PptxSettings(template=template(tmp_path, bare)))
    assert texts(made.slides[2]) == [["Plain"], ["One", "Two"]]


def test_the_whole_file_on_a_template_follows_the_published_schemas(tmp_path: Path) -> None:
    """As the one on docgen's own master does."""
    slides(tmp_path, PptxSettings(template=template(tmp_path)))
    assert schema_errors(tmp_path / "document.pptx") == []


def rewritten(path: Path, old: str, new: str) -> Path:
    """The same file with another content type."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w") as target:
        for entry in source.namelist():
            data = source.read(entry)
            is_types = entry == "[Content_Types].xml"
            target.writestr(entry, data.replace(old.encode(), new.encode()) if is_types else data)
    path.write_bytes(made.getvalue())
    return path


@pytest.mark.parametrize(
    "kind",
    [
        "vnd.openxmlformats-officedocument.presentationml.template.main+xml",
        "vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
        "vnd.ms-powerpoint.slideshow.macroEnabled.main+xml",
    ],
)
def test_a_template_file_may_be_given_too(tmp_path: Path, kind: str) -> None:
    """What comes out is a plain presentation."""
    plain = "vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    path = rewritten(template(tmp_path), plain, kind)
    slides(tmp_path, PptxSettings(template=path))
    with zipfile.ZipFile(tmp_path / "document.pptx") as package:
        types = package.read("[Content_Types].xml").decode()
    assert plain in types
    assert "macroEnabled" not in types


def test_macros_of_a_template_are_left_out(tmp_path: Path) -> None:
    """And printer settings with them."""
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    def add(made: Presentation) -> None:
        part = Part(
            PackURI("/ppt/vbaProject.bin"), "application/vnd.ms-office.vbaProject",
            made.part.package, b"MZ",
        )  # fmt: skip
        made.part.relate_to(
            part, "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
        )

    slides(tmp_path, PptxSettings(template=template(tmp_path, add)))
    with zipfile.ZipFile(tmp_path / "document.pptx") as package:
        assert not [name for name in package.namelist() if name.endswith(".bin")]


@pytest.mark.parametrize("case", ["picture", "object", "action"])
def test_a_master_that_leads_out_of_the_file_is_refused(tmp_path: Path, case: str) -> None:
    """The user is told."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def add(made: Presentation) -> None:
        if case == "action":
            shape = made.slide_master.shapes[0]._element
            shape.nvSpPr.cNvPr.set("action", "ppaction://program")
            return
        kind = {"picture": "image", "object": "oleObject"}[case]
        made.slide_master.part.relate_to("file:///x", f"{base}/{kind}", is_external=True)

    path = template(tmp_path, add)
    with pytest.raises(UsageError, match="does not pass on"):
        slides(tmp_path, PptxSettings(template=path))


@pytest.mark.parametrize(
    ("content", "error"), [(None, FileError), (b"no zip", UsageError), (b"", UsageError)]
)
def test_a_template_that_cannot_be_used_is_told(
    tmp_path: Path, content: bytes | None, error: type[Exception]
) -> None:
    """With its name."""
    path = tmp_path / "team.pptx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=r"team\.pptx"):
        slides(tmp_path, PptxSettings(template=path))


def test_a_word_file_is_no_template_of_slides(tmp_path: Path) -> None:
    """Whatever it is called; the message says so in plain words."""
    import docx

    docx.Document().save(str(tmp_path / "team.pptx"))
    with pytest.raises(
        UsageError, match=r"team\.pptx is no PowerPoint file: it holds another kind"
    ):
        slides(tmp_path, PptxSettings(template=tmp_path / "team.pptx"))
