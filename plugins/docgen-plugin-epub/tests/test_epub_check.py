"""The checker of the EPUB standard reads the books. Needs Java and Debian's epubcheck."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest
from support.hostile_documents import HOSTILE, UNMERGED, hostile_document

from docgen_core.api import Document
from docgen_plugin_epub import exporter

pytestmark = pytest.mark.look

_CHECKER: Final = Path("/usr/bin/epubcheck")
_SHOWCASE: Final = Path(__file__).parents[2] / "docgen-plugin-html/tests/showcase.md"
#: The checker reads these for a minute or more.
_LARGE: Final = {"big cell", "long table", "many headings"}


def document(name: str) -> Document:
    if name == "unmerged":
        return Document(title="T", markdown=UNMERGED)
    if name == "showcase":
        markdown = _SHOWCASE.read_text(encoding="utf-8")
        return Document(title="T", markdown=markdown, language="en", date="2026-11-23")
    return hostile_document(name)


@pytest.mark.parametrize(
    "name", [*(item for item in HOSTILE if item not in _LARGE), "unmerged", "showcase"]
)
def test_the_checker_of_the_standard_finds_nothing(name: str, tmp_path: Path) -> None:
    """No error and no warning."""
    target = tmp_path / "document.epub"
    exporter.export(document(name), target)
    run = subprocess.run(
        ["java", "-Xss256m", "-jar", str(_CHECKER), "--failonwarnings", str(target)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
