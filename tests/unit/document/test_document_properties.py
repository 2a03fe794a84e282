"""Properties that hold for whatever Markdown a model writes."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import unquote

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen_core.document import Slugger, merge_sections, normalise_section, split_section
from docgen_core.document.inline import plain_text
from docgen_core.document.parse import parse
from docgen_core.model import Section

WORDS = st.sampled_from(
    [
        "Goals",
        "goals",
        "a",
        "a-1",
        "über",
        "目次",
        "🚀",
        "⚙️",
        "x_y",
        "*b*",
        "`c`",
        "[l](#goals)",
        "[r][k]",
        "[^1]",
        "<b>",
        "</b>",
        "<br>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<T>",
        "|",
        "1.",
        "-",
        "#",
        "##",
        "\\",
        "~~",
        "**",
        "_",
        "!",
        "[",
        "]",
        "(",
        "&amp;",
        "&#10;",
        "&nbsp;",
        "https://x.y/a_b",
        "www.q.de",
        "me@x.org",
        "[x]",
        "![i](http://r/p)",
        "![j](k.png)",
        "$x$",
        ":",
        "=",
        "---",
        "<details>",
        "<div>",
        "^",
        "~",
    ]
)
LINE = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
GLUED = st.lists(WORDS, min_size=1, max_size=5).map("".join)
ITEM = st.tuples(
    st.sampled_from(["- ", "* ", "1. ", "7) ", "  - ", "    ", "- [ ] ", "> ", "> - ", "- > "]),
    LINE,
).map("".join)
FENCE = st.tuples(
    st.sampled_from(["```", "~~~", "```py", "````", "```json"]),
    LINE,
    st.sampled_from(["# no", "x = 1", "", "    ind", "\ttab"]),
    st.sampled_from(["```", "~~~", "````", ""]),
).map("\n".join)
FIXED = st.sampled_from(
    [
        "[^1]: note",
        "[^1]: - x\n    - y\n\n    more",
        "[k]: http://k",
        "[k]: #a",
        "<!-- open",
        "<script>\nalert()\n\n</script>",
        "***",
        "    # indented",
        "| a | b |\n|:-:|--|\n| *c* | d |",
        "Title\n===",
    ]
)
HEADING = st.tuples(st.integers(1, 6), LINE).map(lambda pair: f"{'#' * pair[0]} {pair[1]}")
BLOCK = st.one_of(
    HEADING, LINE, GLUED, FENCE, FIXED, st.lists(ITEM, min_size=1, max_size=4).map("\n".join)
)
TEXT = st.lists(st.tuples(BLOCK, st.sampled_from(["\n\n", "\n"])).map("".join), max_size=7).map(
    "".join
)
#: The same examples in every run: a new find belongs in a table of its own.
STEADY = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def _section(text: str, number: int = 0) -> Section:
    return Section(id=f"s{number}", title="Zed", markdown=text)


@STEADY
@given(TEXT)
def test_merging_is_idempotent(text: str) -> None:
    """A merged section, and one that went through its file, merge to the same bytes."""
    section = _section(text)
    body = merge_sections([section], title="T", contents_title="C").body
    again = attrs.evolve(section, markdown=body)
    assert body == merge_sections([again], title="T", contents_title="C").body
    filed = attrs.evolve(section, markdown=split_section(normalise_section(section)[0]))
    assert body == merge_sections([filed], title="T", contents_title="C").body


@STEADY
@given(st.lists(TEXT, min_size=1, max_size=3))
def test_the_outline_is_what_a_viewer_finds_in_the_document(texts: list[str]) -> None:
    """Headings, levels, ids and contents agree with the whole document parsed as one text."""
    sections = [_section(text, number) for number, text in enumerate(texts)]
    merged = merge_sections(sections, title="T", contents_title="C", depth=6)
    tokens = parse(f"# T\n\n## C\n\n{merged.contents}\n\n{merged.body}\n")
    found = [
        (int(opening.tag[1]), plain_text(inline.children))
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open"
    ]
    slugger = Slugger()
    assert [(level, title, slugger.anchor(title)) for level, title in found] == [
        (entry.level, entry.title, entry.anchor) for entry in merged.outline
    ]
    listed = [_link(token.children or []) for token in parse(merged.contents) if token.children]
    assert listed == [(f"#{e.anchor}", e.title) for e in merged.outline if e.section]


def _link(children: list) -> tuple[str, str]:  # type: ignore[type-arg]
    return unquote(str(children[0].attrs["href"])), plain_text(children)


@STEADY
@given(st.lists(TEXT, min_size=1, max_size=3))
def test_nothing_unsafe_or_dead_is_left(texts: list[str]) -> None:
    """Every internal link resolves; no image, script or unbalanced tag remains."""
    sections = [_section(text, number) for number, text in enumerate(texts)]
    merged = merge_sections(sections, title="T", contents_title="C")
    anchors = {entry.anchor for entry in merged.outline}
    for token in parse(f"# T\n\n## C\n\n{merged.body}"):
        assert token.type != "html_block"
        for child in token.children or []:
            target = unquote(str(child.attrs.get("href", "")))
            assert not target.startswith("#") or target[1:] in anchors
            assert child.type != "image"
            assert child.type != "html_inline" or child.content in {"<b>", "</b>", "<br>"}


@STEADY
@given(st.lists(TEXT, min_size=2, max_size=3))
def test_no_section_changes_the_blocks_of_another(texts: list[str]) -> None:
    """Merged together, each section has the blocks, and the code, that it has alone."""
    sections = [_section(text, number) for number, text in enumerate(texts)]
    together = parse(merge_sections(sections, title="T", contents_title=None).body)
    alone = [
        token
        for section in sections
        for token in parse(merge_sections([section], title="T", contents_title=None).body)
    ]
    assert [_shape(token) for token in alone] == [_shape(token) for token in together]


def _shape(token: object) -> tuple[str, str, str]:
    code = token.type in {"fence", "code_block"}  # type: ignore[attr-defined]
    return token.type, token.tag, token.content if code else ""  # type: ignore[attr-defined]


@STEADY
@given(st.text(max_size=80), st.sampled_from(["```", "~~~~", "```py"]))
def test_code_is_never_changed(code: str, fence: str) -> None:
    """What stands in a closed fence comes out character for character, controls aside."""
    content = "".join(char for char in code if char.isprintable() or char == "\n")
    content = content.replace("`", "'").replace("~", "-").replace("#", "+") + "\n"
    before = parse(f"lead\n\n{fence}\n{content}{fence[:4].rstrip('p')}\n")
    text = f"lead\n\n{fence}\n{content}{fence[:4].rstrip('p')}\n"
    after = parse(merge_sections([_section(text)], title="T", contents_title=None).body)
    assert [t.content for t in before if t.type == "fence"] == [
        t.content for t in after if t.type == "fence"
    ]
