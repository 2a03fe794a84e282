"""A section's title comes back from its file as it was."""

from __future__ import annotations

import pytest

from docgen_core.document import normalise_section, split_section, title_of
from docgen_core.model import Section

TITLES = [
    "Goals",
    "Ziele & Maße",
    "A *bold* | `new` plan",
    "# 1",
    "1. First",
    "- Dash",
    "C:\\Temp_dir_",
    "[Link](x) <b>",
    "目標",
    "3 > 2",
    "A #",
]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_read_back(title: str) -> None:
    """Whatever Markdown would make of it."""
    text, _ = normalise_section(Section(id="a", title=title, markdown="Text."))
    assert title_of(text) == title


@pytest.mark.parametrize("title", TITLES)
def test_a_file_read_back_is_written_as_it_was(title: str) -> None:
    """Title and body."""
    markdown = "Text with *stress*.\n\n## Part\n\n- One\n- Two\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    text, _ = normalise_section(Section(id="a", title=title, markdown=markdown))
    again = Section(id="a", title=title_of(text), markdown=split_section(text))
    assert normalise_section(again)[0] == text


def test_a_file_without_a_heading_has_no_title() -> None:
    """Somebody removed it."""
    assert title_of("Text.\n") == ""
