from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.api import Part, SectionForm
from docgen_core.form import language_name

FLAT = SectionForm((Part("Impact", "what it costs"), Part("Current State", "today")))
ENTRIES = SectionForm(
    (Part("Goals", "what they want"), Part("Pain Points", "today")), "Maria Lopez, Baker"
)

SPELLINGS = [
    pytest.param("# Impact\nText.", "## Impact\n\nText.", id="level too high"),
    pytest.param("#### Impact\nText.", "## Impact\n\nText.", id="level too deep"),
    pytest.param("## IMPACT ##\nText.", "### IMPACT ##\nText.", id="closed heading is left"),
    pytest.param("## impact:\nText.", "## Impact\n\nText.", id="colon and case"),
    pytest.param("**Impact**\nText.", "## Impact\n\nText.", id="bold alone"),
    pytest.param("**Impact:** Text.", "## Impact\n\nText.", id="bold with text"),
    pytest.param("## 1. Impact: Text.", "## Impact\n\nText.", id="number and text"),
    pytest.param("## Other\nText.", "### Other\nText.", id="a foreign heading goes below"),
    pytest.param("Impact: text", "Impact: text", id="prose is left"),
    pytest.param("```\n# Impact\n```", "```\n# Impact\n```", id="a code block is left"),
    pytest.param("Here it is:\n\n## Impact\n\nText.", "## Impact\n\nText.", id="opening"),
    pytest.param(
        "## Impact\n\n## Current State\n\nT.", "## Current State\n\nT.", id="empty heading"
    ),
    pytest.param("Text.\n\n## Impact\n", "Text.", id="empty heading at the end"),
    pytest.param("## Impact", "## Impact", id="nothing else is left as it is"),
]
LABELS = [
    pytest.param("## A\n* goals: x", "## A\n- **Goals:** x", id="plain label in a list"),
    pytest.param("## A\n**Goals**: x", "## A\n- **Goals:** x", id="colon outside"),
    pytest.param("# A\n- **Pain points:** x", "# A\n- **Pain Points:** x", id="case"),
    pytest.param("Goals: x", "Goals: x", id="prose is left"),
    pytest.param("- **Goals:**\n- **Pain Points:** x", "- **Pain Points:** x", id="empty label"),
    pytest.param("- **Goals:**\n  - x", "- **Goals:**\n  - x", id="label over a list"),
]


@pytest.mark.parametrize(("markdown", "expected"), SPELLINGS)
def test_headings_are_spelled_as_asked_for(markdown: str, expected: str) -> None:
    """Each near miss of a heading becomes the heading; nothing else changes."""
    assert FLAT.tidy(markdown) == expected


@pytest.mark.parametrize(("markdown", "expected"), LABELS)
def test_labels_of_entries_are_spelled_as_asked_for(markdown: str, expected: str) -> None:
    """Each near miss of a labelled line becomes that line; nothing else changes."""
    assert ENTRIES.tidy(markdown) == expected


@given(st.text(alphabet="#*`~- \n:1.ImpactGoals", max_size=60))
def test_tidying_is_idempotent_for_any_text(markdown: str) -> None:
    """A second pass finds nothing to do, however odd the Markdown."""
    for form in (FLAT, ENTRIES):
        once = form.tidy(markdown)
        assert form.tidy(once) == once


def test_the_instructions_hold_the_headings_as_a_list() -> None:
    """The wanted headings stand there as they are to be written."""
    assert "\n## Impact\n## Current State\n" in FLAT.instructions("Write.", "Be short.")


def test_the_instructions_hold_the_labels_as_a_list() -> None:
    """The wanted lines of an entry stand there as they are to be written."""
    assert "\n- **Goals:**\n" in ENTRIES.instructions("Write.", "Be short.")


@pytest.mark.parametrize(
    ("tag", "name"),
    [("de-AT", "German (de-AT)"), ("EN", "English (EN)"), ("tlh", "the language tlh")],
)
def test_a_language_has_a_name_that_models_know(tag: str, name: str) -> None:
    """Common languages by name, others by tag."""
    assert language_name(tag) == name


@pytest.mark.parametrize("title", ["", " ", "two\nlines"])
def test_a_part_has_a_title_of_one_line(title: str) -> None:
    """A heading cannot be empty or span lines."""
    with pytest.raises(ValueError, match="one line"):
        Part(title, "something")
