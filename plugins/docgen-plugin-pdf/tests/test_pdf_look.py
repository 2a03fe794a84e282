"""Another program opens the PDF; its pictures lie in output/look."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.hostile_documents import hostile_document
from support.office import pdf_pages, pictures

from docgen_core.api import Document
from docgen_plugin_pdf import exporter

pytestmark = pytest.mark.look
LOOK = Path(__file__).parents[3] / "output" / "look"
SHOWCASE = Path(__file__).parents[2] / "docgen-plugin-html" / "tests" / "showcase.md"


def pages(made: Document, name: str) -> list[str]:
    """Export, open, and leave pictures."""
    LOOK.mkdir(parents=True, exist_ok=True)
    target = LOOK / f"pdf-{name.replace(' ', '-')}.pdf"
    exporter.export(made, target)
    assert pictures(target)
    return pdf_pages(target)


def test_the_showcase_looks_as_it_should() -> None:
    """Title page, contents, chapters, page numbers from the second page on, and footnotes."""
    text = SHOWCASE.read_text(encoding="utf-8")
    found = pages(Document(title="Booking app", markdown=text, language="en"), "showcase")
    assert "Booking app for climbing gyms" in found[0]
    assert "Page" not in found[0]
    assert "Contents" in found[1]
    assert "Page 2" in found[1]
    assert sum("From interviews with 12 gyms." in page for page in found) == 1


@pytest.mark.parametrize("name", ["answer", "right to left", "scripts", "notes", "nested"])
def test_a_hostile_document_opens(name: str) -> None:
    """Whatever is in it."""
    assert len(pages(hostile_document(name), name)) >= 3
