"""How a section's headings are brought under its own heading."""

from __future__ import annotations

import pytest

from docgen_core.document import merge_sections, normalise_section, split_section
from docgen_core.model import Section

LEVELS = {
    "from the top": ("# A\n## B\n### C", [3, 4, 5]),
    "from below": ("#### A\n##### B", [3, 4]),
    "a gap": ("# A\n#### B\n# C", [3, 4, 3]),
    "deeper than six": ("# A\n## B\n### C\n#### D\n##### E\n###### F", [3, 4, 5, 6, 6, 6]),
    "deeper ones first": ("### A\n# B\n## C", [3, 3, 4]),
    "underlined": ("A\n===\n\nB\n---", [3, 4]),
    "quoted": ("> # A", [3]),
    "empty ones": ("#\n## A\n### <!-- x -->", [3]),
}

REPEATED = [
    "# Use cases",
    "## Use Cases:",
    "### 3. USE CASES",
    "Use cases\n===",
    "**Use cases**",
    "**Use cases:**",
    "# Use cases for the tenant portal",
    "# Use case",
    "# Use cases\n\n## Use cases",
    "Sure! Here are the use cases:\n\n# Use cases",
]

KEPT = [
    "## Use cases for tenants",
    "### Use case 1",
    "# Overview",
    "**Use cases** are listed here.",
    "Use cases",
]


@pytest.mark.parametrize(("text", "expected"), LEVELS.values(), ids=LEVELS.keys())
def test_levels_are_fitted_without_gaps(text: str, expected: list[int]) -> None:
    """The first heading in a section is one below it, and no level is skipped."""
    merged = merge_sections(
        [Section(id="s", title="T", markdown=text)], title="D", contents_title="C"
    )
    assert expected == [entry.level for entry in merged.outline[3:]]


@pytest.mark.parametrize("text", REPEATED)
def test_a_repeated_title_is_dropped(text: str) -> None:
    """The model's own title would stand twice in the document."""
    section = Section(id="s", title="Use cases", markdown=f"{text}\n\nText.")
    assert normalise_section(section)[0] == "# Use cases\n\nText.\n"


@pytest.mark.parametrize("text", KEPT)
def test_another_heading_at_the_top_is_kept(text: str) -> None:
    """Only a title that says the same again is dropped."""
    written, _ = normalise_section(Section(id="s", title="Use cases", markdown=f"{text}\n\nText."))
    assert split_section(written) != "Text."
