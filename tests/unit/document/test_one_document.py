"""Sections that have everything against them still make one document: properties of the whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import unquote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from docgen_core.document import Merged, Slugger, merge_sections
from docgen_core.document.inline import plain_text
from docgen_core.document.parse import parse
from docgen_core.model import Section

#: Lines that would be something else outside of a code block.
CODE_LINE = st.sampled_from(
    [
        "# no heading",
        "## Goals",
        "Title",
        "===",
        "---",
        "| a | b |",
        "|---|---|",
        "<div>",
        "<!-- open",
        "[^1]: no note",
        "[k]: http://no.example",
        "- [ ] x",
        "> q",
        "```",
        "````py",
        "~~~",
        "    four",
        "\ttab",
        "a  b",
        "\\*",
        "&amp;",
        "日本語",
        "🚀",
        "",
        "x = '`'",
    ]
)
CODE = st.lists(CODE_LINE, min_size=1, max_size=6).map("\n".join)
TITLE = st.sampled_from(
    [
        "Goals",
        "goals",
        "Goals 1",
        "goals-1",
        "Ziele & Maße",
        "目標",
        "🚀",
        "مرحبا",
        "`code`",
        "P1",
        "*a*",
    ]
)
HEADING = st.tuples(st.integers(1, 6), TITLE).map(lambda pair: f"{'#' * pair[0]} {pair[1]}")
PLAIN_BLOCK = st.one_of(
    HEADING,
    st.sampled_from(
        [
            "text",
            "- a\n  - b\n\n    c",
            "1. one\n2. two",
            "> quote\n> # inside",
            "| a | b |\n|:--|--:|\n| 1 | 2 |",
            "<b>bold</b> and <T> and </b>",
            "<i>\n*x*\n</i>",
            "<details><summary>s</summary>\n\nhidden\n\n</details>",
            "<div>\n# in html\n</div>",
            "Setext\n---",
            "a <!-- remark --> b",
            "<!-- never closed",
            "<script>",
            "***",
        ]
    ),
)
STEADY = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def fence(code: str, language: str) -> str:
    """A code block that is closed where it should be."""
    longest = max(map(len, re.findall("`+", code)), default=0)
    mark = "`" * max(3, longest + 1)
    return f"{mark}{language}\n{code}\n{mark}"


def section(number: int, blocks: Sequence[str]) -> Section:
    text = "\n\n".join(["lead", *blocks])
    return Section(id=f"s{number}", title=f"Part {number}", markdown=text)


def merged(sections: Sequence[Section]) -> Merged:
    return merge_sections(sections, title="T", contents_title="C", depth=6)


def whole(found: Merged) -> str:
    return f"# T\n\n## C\n\n{found.contents}\n\n{found.body}\n"


def spans(tokens: Sequence[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or ()]


def notes_of(tokens: Sequence[Token]) -> dict[str, str]:
    """The text of every footnote, by its label."""
    return {
        token.meta["label"]: plain_text(tokens[at + 2].children)
        for at, token in enumerate(tokens)
        if token.type == "footnote_reference_open"
    }


CODE_BLOCK = st.tuples(CODE, st.sampled_from(["text", "py", "toml", "mermaid"]))


@STEADY
@given(st.lists(st.lists(st.one_of(PLAIN_BLOCK, CODE_BLOCK), max_size=5), min_size=1, max_size=3))
def test_code_comes_through_as_it_was_written(parts: list[list[str | tuple[str, str]]]) -> None:
    """Whatever stands in it and around it, in however many sections."""
    texts = [
        [block if isinstance(block, str) else fence(*block) for block in part] for part in parts
    ]
    found = merged([section(number, blocks) for number, blocks in enumerate(texts)])
    wanted = [block for part in parts for block in part if not isinstance(block, str)]
    tokens = [token for token in parse(found.body) if token.type == "fence"]
    assert [(token.content, token.info) for token in tokens] == [
        (f"{code}\n", language) for code, language in wanted
    ]


@STEADY
@given(st.lists(st.lists(PLAIN_BLOCK, max_size=3), min_size=2, max_size=3), st.booleans())
def test_notes_and_links_of_sections_stay_apart(parts: list[list[str]], first: bool) -> None:
    """Every section calls its note `1` and its link `k`, and gets its own."""
    definitions = ["[^1]: note {}", "[k]: http://k{}.example"]
    sections = []
    for number, blocks in enumerate(parts):
        own = [definition.format(number) for definition in definitions]
        use = f"see[^1] and [this][k] of {number}"
        sections.append(section(number, [*own, *blocks, use] if first else [use, *own, *blocks]))
    tokens = parse(merged(sections).body)
    notes = notes_of(tokens)
    uses = [token for token in tokens if plain_text(token.children).startswith("see and this of")]
    assert sorted(notes.values()) == [f"note {number}" for number in range(len(parts))]
    for number, line in enumerate(uses):
        (reference,) = (child for child in line.children or () if child.type == "footnote_ref")
        (link,) = (child for child in line.children or () if child.type == "link_open")
        assert notes[reference.meta["label"]] == f"note {number}"
        assert link.attrs["href"] == f"http://k{number}.example"
    assert len(uses) == len(parts)


ITEM = st.sampled_from(["p1", "p2", "g1", "uc12"])
ITEM_BLOCK = st.one_of(
    ITEM.map(lambda item: f'- <a id="{item}"></a>{item.upper()} name'),
    ITEM.map(lambda item: f"see [{item.upper()}](#{item})"),
    ITEM.map(lambda item: f"## {item.upper()}"),
    ITEM.map(lambda item: f'| a |\n|---|\n| <a id="{item}"></a>{item.upper()} |'),
)


@STEADY
@given(st.lists(st.lists(st.one_of(ITEM_BLOCK, PLAIN_BLOCK), max_size=5), min_size=1, max_size=3))
def test_every_link_to_an_item_or_a_heading_leads_to_one_place(parts: list[list[str]]) -> None:
    """An id is defined once; a link to what is not there is text."""
    found = merged([section(number, blocks) for number, blocks in enumerate(parts)])
    tokens = spans(parse(whole(found)))
    ids = [
        name[1]
        for token in tokens
        if (name := re.fullmatch(r'<a id="([^"]+)">', token.content)) is not None
    ]
    addresses = [unquote(str(token.attrs.get("href", ""))) for token in tokens]
    anchors = {entry.anchor for entry in found.outline}
    assert len(ids) == len(set(ids))
    assert {each[1:] for each in addresses if each.startswith("#")} <= anchors | set(ids)


@STEADY
@given(
    st.lists(st.lists(st.one_of(ITEM_BLOCK, PLAIN_BLOCK), max_size=5), min_size=1, max_size=3),
    CODE,
)
def test_another_reader_sees_the_same_headings(parts: list[list[str]], code: str) -> None:
    """A viewer with raw HTML on, such as GitHub, finds the headings that the contents list."""
    parts[0].append(fence(code, "text"))
    found = merged([section(number, blocks) for number, blocks in enumerate(parts)])
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = reader.parse(whole(found))
    titles = [
        (int(token.tag[1]), plain_text(tokens[at + 1].children))
        for at, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    assert titles == [(entry.level, entry.title) for entry in found.outline]
    assert all(token.type != "html_block" for token in tokens)


@STEADY
@given(st.lists(st.lists(st.one_of(ITEM_BLOCK, PLAIN_BLOCK), max_size=4), min_size=1, max_size=3))
def test_a_merged_document_merges_to_the_same_bytes(parts: list[list[str]]) -> None:
    """Each section taken from the document, and all of them put together once more."""
    sections = [section(number, blocks) for number, blocks in enumerate(parts)]
    once = merged(sections)
    pieces = re.split(r"^## Part \d+$\n*", once.body, flags=re.MULTILINE)[1:]
    again = [
        Section(id=each.id, title=each.title, markdown=piece)
        for each, piece in zip(sections, pieces, strict=True)
    ]
    assert merged(again).body == once.body


@STEADY
@given(st.lists(TITLE, min_size=1, max_size=8), st.lists(st.integers(1, 6), min_size=8, max_size=8))
def test_skipped_levels_and_repeated_titles_get_ids_of_their_own(
    titles: list[str], levels: list[int]
) -> None:
    """No level is left out on the way down, and no id is given twice."""
    blocks = [f"{'#' * level} {title}" for level, title in zip(levels, titles, strict=False)]
    outline = merged([section(0, blocks)]).outline
    assert len({entry.anchor for entry in outline}) == len(outline)
    depths = [entry.level for entry in outline]
    assert all(then <= first + 1 for first, then in pairwise(depths))
    slugger = Slugger()
    assert [slugger.anchor(entry.title) for entry in outline] == [e.anchor for e in outline]
