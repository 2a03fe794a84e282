"""The slides in LibreOffice: they open, and their pictures lie in output/look."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from support.hostile_documents import hostile_document, merged_document
from support.office import converted, pdf_pages, pictures

from docgen_plugin_pptx import exporter

pytestmark = pytest.mark.look


def test_slides_look_as_they_should(tmp_path: Path) -> None:
    """A title, points beside a frame for the picture, and long ones that go on."""
    data = {
        "slides": [
            {"title": "Why", "message": "Half of the slots stay empty.", "visual": "Bar chart"},
            {"title": "Long " * 30, "points": ["A point with many words " * 8] * 9},
            {"title": "日本語", "message": "これは日本語の文章です。" * 8, "visual": "棒グラフ"},
        ]
    }
    made = merged_document({"pitch": "Text."}, title="Booking app for climbing gyms")
    made = attrs.evolve(made, sections=(attrs.evolve(made.sections[0], data=data),))
    exporter.export(made, tmp_path / "slides-showcase.pptx")
    pdf = converted(tmp_path / "slides-showcase.pptx", tmp_path / "profile")
    assert pictures(pdf)
    found = pdf_pages(pdf)
    assert "Booking app for climbing gyms" in found[0]
    assert "Picture: Bar chart" in found[1]
    assert len(found) > 4


@pytest.mark.parametrize("name", ["answer", "right to left", "notes"])
def test_slides_of_a_hostile_document_open(tmp_path: Path, name: str) -> None:
    """Whatever is in it."""
    target = tmp_path / f"slides-{name.replace(' ', '-')}.pptx"
    exporter.export(hostile_document(name), target)
    assert pictures(converted(target, tmp_path / "profile"))
