"""The Word file in LibreOffice: it opens, it paginates, and its pictures lie in output/look."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.hostile_documents import hostile_document
from support.office import converted, pdf_pages, pictures

from docgen_core.api import Document
from docgen_plugin_docx import exporter

pytestmark = pytest.mark.look
SHOWCASE = Path(__file__).parents[2] / "docgen-plugin-html" / "tests" / "showcase.md"


def pages(tmp_path: Path, made: Document, name: str) -> list[str]:
    """Export, open, and leave pictures."""
    target = tmp_path / f"word-{name.replace(' ', '-')}.docx"
    exporter.export(made, target)
    pdf = converted(target, tmp_path / "profile")
    assert pictures(pdf)
    return pdf_pages(pdf)


def test_the_showcase_looks_as_it_should(tmp_path: Path) -> None:
    """Title page, contents, chapters, page numbers from the second page on, and footnotes."""
    text = SHOWCASE.read_text(encoding="utf-8")
    found = pages(tmp_path, Document(title="Booking app", markdown=text, language="en"), "showcase")
    assert "Booking app for climbing gyms" in found[0]
    assert "Page" not in found[0]
    assert "Contents" in found[1]
    assert "Implementation plan" in found[1]
    assert "Page 2" in found[1]
    assert "From interviews with 12 gyms." in found[2]
    assert "☑" in found[2]
    assert sum("From interviews" in page for page in found) == 1


def test_the_head_of_a_long_table_is_on_every_page(tmp_path: Path) -> None:
    """And no row is lost."""
    rows = "\n".join(f"| row{number} | value |" for number in range(120))
    made = Document(title="T", markdown=f"# T\n\n## A\n\n| Key | Value |\n|---|---|\n{rows}\n")
    found = [page for page in pages(tmp_path, made, "table") if "row" in page]
    assert len(found) > 1
    assert all("Key" in page for page in found)
    assert all(f"row{number} " in "".join(found) for number in range(120))


@pytest.mark.parametrize(
    "name", ["answer", "right to left", "scripts", "zip slip", "notes", "nested", "long word"]
)
def test_a_hostile_document_opens(tmp_path: Path, name: str) -> None:
    """Whatever is in it."""
    assert len(pages(tmp_path, hostile_document(name), name)) >= 3
