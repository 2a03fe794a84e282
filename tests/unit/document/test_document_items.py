"""Ids of items: defined once, linked from everywhere, never dangling."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.document import (
    Merged,
    merge_sections,
    normalise_section,
    section_heading,
    split_section,
)
from docgen_core.model import Section

PERSONAS = '### <a id="p1"></a>P1 Maria\n\nSells.\n\n### <a id="p2"></a>P2 Jo\n\nBuys.'


def section(key: str, markdown: str) -> Section:
    return Section(id=key, title=key.title(), markdown=markdown)


def merged(*sections: Section, title: str = "Pack") -> Merged:
    return merge_sections(sections, title=title, contents_title="Contents")


def test_a_link_finds_an_item_of_another_section() -> None:
    """The reference names the id that the anchor defines."""
    result = merged(section("people", PERSONAS), section("cases", "Actor: [P1](#p1)."))
    assert "[P1](#p1)" in result.body
    assert '### <a id="p1"></a>P1 Maria' in result.body
    assert result.notes == ()


def test_a_link_may_come_before_its_item() -> None:
    """Reading order does not matter."""
    result = merged(section("cases", "Actor: [P1](#p1)."), section("people", PERSONAS))
    assert "[P1](#p1)" in result.body


def test_a_link_to_an_item_that_is_not_there_becomes_text() -> None:
    """And the note says so."""
    result = merged(section("people", PERSONAS), section("cases", "Actor: [P9](#p9)."))
    assert "Actor: P9." in result.body
    assert result.notes == ("cases: links to items that do not exist were turned into text",)


def test_the_first_definition_of_an_item_wins() -> None:
    """Over the whole document; the text of the second stays."""
    again = section("cases", '- <a id="p1"></a>P1 again')
    result = merged(section("people", PERSONAS), again)
    assert result.body.count('<a id="p1"></a>') == 1
    assert "- P1 again" in result.body
    assert result.notes == ("cases: anchors of items that were already there were dropped",)


@pytest.mark.parametrize(
    "raw",
    [
        '<a id="P1"></a>',
        '<a id="p12345"></a>',
        '<a id="abcd1"></a>',
        '<a id="p1" onclick="x()"></a>',
        '<a name="p1"></a>',
        "<a id='p1'></a>",
        '<a id="p1">text</a>',
        '<a id="p1"> </a>',
        '<a id="p1">',
        '<A id="p1"></A>',
        '[<a id="p1"></a>](https://example.org)',
    ],
)
def test_other_forms_of_an_anchor_do_not_stay(raw: str) -> None:
    """One form and no other: what stays is raw HTML."""
    body = merged(section("people", f"Word {raw} word.")).body
    assert "<a" not in body.lower().replace("&lt;", "")


@pytest.mark.parametrize(
    "place",
    [
        'See <a id="p1"></a>P1.',
        '- <a id="p1"></a>P1',
        '| id |\n| --- |\n| <a id="p1"></a>P1 |',
        '**<a id="p1"></a>P1** Maria',
        '> <a id="p1"></a>P1',
    ],
)
def test_an_anchor_stays_where_it_stands(place: str) -> None:
    """In a paragraph, a list, a table, bold text and a quote."""
    body = merged(section("people", place)).body
    assert place in body


def test_a_heading_never_takes_the_anchor_of_an_item() -> None:
    """It gets another one, which is written out because no viewer would compute it."""
    result = merged(section("people", PERSONAS), section("cases", "### P1\n\nSee [P1](#p1)."))
    assert '### <a id="section-p1"></a>P1' in result.body
    assert "[P1](#section-p1)" in result.contents
    assert "See [P1](#p1)." in result.body
    assert len({entry.anchor for entry in result.outline}) == len(result.outline)


def test_a_heading_keeps_the_anchor_that_no_item_wants() -> None:
    """Where no item has the id, nothing changes."""
    result = merged(section("cases", "### P1\n\nSee [P1](#p1)."))
    assert "### P1" in result.body
    assert "[P1](#p1)" in result.contents


def test_the_file_of_a_section_keeps_anchors_and_links() -> None:
    """Links of a section by itself are left for the document to resolve."""
    first = section("people", PERSONAS + "\n\nUses [F1](#f1).")
    text, notes = normalise_section(first)
    assert '<a id="p1"></a>P1 Maria' in text
    assert "[F1](#f1)" in text
    assert notes == ()
    assert normalise_section(section("people", split_section(text)))[0] == text


def test_a_paragraph_of_repeated_anchors_goes() -> None:
    """It would part two lists that the text then shows as one."""
    lists = '- one\n\n<a id="p1"></a> <a id="p1"></a>\n\n- two'
    body = merged(section("people", '<a id="p1"></a>P1'), section("cases", lists)).body
    again = merged(
        section("people", '<a id="p1"></a>P1'), section("cases", body.rpartition("## Cases\n\n")[2])
    ).body
    assert again == body


_PIECES = st.lists(
    st.sampled_from(
        [
            '<a id="p1"></a>P1 Maria',
            '- <a id="f2"></a>F2\n- [P1](#p1)',
            "### P1",
            '### <a id="p1"></a>P1',
            "### F2 {=html}",
            "[F2](#f2){=html} and `<b>`{=html}",
            "```{=html}\n<script>\n```",
            '| a |\n| --- |\n| <a id="g1"></a>G1 [K9](#k9) |',
            '<a id="p1"></a> <a id="p1"></a>',
            "[x](#section-p1)",
        ]
    ),
    min_size=1,
    max_size=6,
)


@given(st.lists(_PIECES, min_size=1, max_size=3))
def test_merging_twice_gives_the_same_bytes(pieces: list[list[str]]) -> None:
    """Through the section files, too."""
    sections = [section(f"s{n}", "\n\n".join(piece)) for n, piece in enumerate(pieces)]
    filed = [section(each.id, split_section(normalise_section(each)[0])) for each in sections]
    once = merged(*sections)
    assert merged(*filed).body == once.body
    parts = _split(once.body)
    again = merged(*(section(f"s{n}", part) for n, part in enumerate(parts)))
    assert again.body == once.body
    assert again.contents == once.contents


def _split(body: str) -> list[str]:
    return [part.strip("\n") for part in re.split(r"^## .*$", body, flags=re.MULTILINE)[1:]]


@pytest.mark.parametrize("info", ["{=html}", "{ =html }", "{=openxml}", "{=typst}", " {=html}"])
def test_a_raw_output_fence_is_shown_as_code(info: str) -> None:
    """Pandoc would write its content into the output as it is."""
    text, notes = normalise_section(section("people", f"```{info}\n<script>\n```"))
    assert "{" not in text
    assert "<script>" in text
    assert notes == ("raw output blocks were made code",)


def test_a_raw_output_span_is_shown_as_code() -> None:
    """The braces behind the code are kept as text."""
    text, _ = normalise_section(section("people", "Say `<b>`{=html} twice, `<b>`{=html}."))
    assert text.count(r"`<b>`\{=html}") == 2
    assert section_heading(text) == "People"
