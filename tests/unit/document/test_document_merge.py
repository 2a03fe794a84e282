"""Sections merged into one document."""

from __future__ import annotations

import attrs
import pytest

from docgen_core.document import (
    Merged,
    merge_sections,
    normalise_section,
    section_heading,
    split_section,
)
from docgen_core.model import Section


def section(markdown: str, *, name: str = "one", title: str = "One") -> Section:
    """Make a section."""
    return Section(id=name, title=title, markdown=markdown)


def merge(*sections: Section) -> Merged:
    """Merge under a title and a contents heading."""
    return merge_sections(sections, title="Doc", contents_title="Contents")


def test_contents_list_sections_and_their_headings() -> None:
    """The contents are a nested list, three levels deep, none from code."""
    text = "## A *b* `c` [d]\n\n### Deep\n\n```py\n# not one\n```\n"
    merged = merge(section(text), section("", name="two", title="Two"))
    assert merged.contents == "- [One](#one)\n  - [A b c [d]](#a-b-c-d)\n- [Two](#two)"


def test_contents_depth_can_be_chosen() -> None:
    """Deeper headings are listed when asked for."""
    merged = merge_sections([section("# A\n## B")], title="D", contents_title="C", depth=4)
    assert merged.contents == "- [One](#one)\n  - [A](#a)\n    - [B](#b)"


def test_without_contents_there_is_no_heading_for_them() -> None:
    """The contents heading takes part in the ids only when the shell shows it."""
    merged = merge_sections([section("# Contents")], title="D", contents_title=None)
    assert merged.contents == ""
    assert [entry.anchor for entry in merged.outline] == ["d", "one", "contents"]


def test_the_shell_headings_take_part_in_the_ids() -> None:
    """A section called like the document gets another id."""
    anchors = [entry.anchor for entry in merge(section("# Contents", title="Doc")).outline]
    assert anchors == ["doc", "contents", "doc-1", "contents-1"]


def test_a_section_at_the_end_leaves_earlier_anchors_alone() -> None:
    """Links to a document stay right when it grows."""
    first = section("# Goals\n\n# Goals")
    more = section("# Goals", name="two", title="Two")
    assert merge(first, more).outline[: len(merge(first).outline)] == merge(first).outline


def test_a_link_goes_to_its_own_section_first() -> None:
    """`#goals` in the second section is the second section's."""
    body = merge(
        section("# Goals"), section("# Goals\n\n[x](#goals)", name="two", title="Two")
    ).body
    assert body.endswith("[x](#goals-1)")


@pytest.mark.parametrize("target", ["two", "Two", "two_id"])
def test_a_link_may_go_to_another_section(target: str) -> None:
    """By its anchor, its title or its id."""
    body = merge(section(f"[x](#{target})"), section("", name="two_id", title="Two")).body
    assert "[x](#two)" in body


def test_a_dead_link_becomes_text() -> None:
    """A reader never clicks on nothing."""
    merged = merge(section("See [**x**](#nowhere)."))
    assert "See **x**." in merged.body
    assert merged.notes == ("one: links to headings that do not exist were turned into text",)


def test_footnotes_of_two_sections_stay_apart() -> None:
    """Both sections number their notes from one."""
    body = merge(
        section("a[^1]\n\n[^1]: first"), section("b[^1]\n\n[^1]: second", name="two", title="Two")
    ).body
    assert "a[^one-1]\n\n[^one-1]: first" in body
    assert "b[^two-1]\n\n[^two-1]: second" in body


def test_a_note_that_is_not_defined_here_stays_text() -> None:
    """It does not pick up another section's definition."""
    body = merge(section("a[^two-1]"), section("b[^1]\n\n[^1]: n", name="two", title="Two")).body
    assert "a\\[^two-1\\]" in body


def test_link_definitions_of_two_sections_stay_apart() -> None:
    """Each reference is written out with its own section's address."""
    body = merge(
        section("[x][k]\n\n[k]: http://one"),
        section("[x][k]\n\n[k]: http://two", name="two", title="Two"),
    ).body
    assert "[x](http://one)" in body
    assert "[x](http://two)" in body


def test_an_unclosed_fence_swallows_no_other_section() -> None:
    """Sections are never one text before each of them is whole."""
    body = merge(section("```js\nlet a"), section("b", name="two", title="Two")).body
    assert body == "## One\n\n```js\nlet a\n```\n\n## Two\n\nb"


@pytest.mark.parametrize(
    "text",
    [
        "# T\n\na[^1] [x](#t) [k]\n\n[^1]: n\n\n[k]: http://k\n",
        "- a\n- [x] b\n\n1. c\n   - d\n",
        "```\n# only\n```",
        "Sure:\n\n# One\n\n**One**\n\ntext",
    ],
)
def test_merging_a_merged_section_changes_nothing(text: str) -> None:
    """Merging, and going through the section's file, are idempotent."""
    first = section(text)
    body = merge(first).body
    assert body == merge(attrs.evolve(first, markdown=body)).body
    written, _ = normalise_section(first)
    assert body == merge(attrs.evolve(first, markdown=split_section(written))).body


def test_a_section_file_has_the_title_and_the_body() -> None:
    """What a person finds in sections/<id>.md."""
    written, notes = normalise_section(section("### A\n\ntext", title="One <b>"))
    assert written == "# One &lt;b>\n\n## A\n\ntext\n"
    assert notes == ()


@pytest.mark.parametrize(
    ("text", "heading", "body"),
    [
        ("# One\n\n* kept  as is\n", "One", "* kept  as is"),
        ("One\n===\ntext", "One", "text"),
        ("text\n\n# Late", None, "text\n\n# Late"),
        ("# One\r\n\r\na\r\n", "One", "a"),
        ("", None, ""),
    ],
)
def test_a_hand_edited_section_file_is_read_back(text: str, heading: str | None, body: str) -> None:
    """The body comes back as the person wrote it."""
    assert heading == section_heading(text)
    assert body == split_section(text)
