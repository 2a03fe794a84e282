"""What exporters are given: nodes that are safe, complete and linked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.api import Document, Section, nodes, read_document
from docgen_core.nodes import Code, CrossReference, FootnoteMark, Link, Paragraph, Text

MERGED = """\
# Booking *app*

CRM · 2026-11-23

## Contents

- [Goals](#goals)
  - [Why `x`](#why-x)

## Goals

First.

### Why `x`

See [G1](#g1).

## Goals

<a id="g1"></a>G1 again, and a second <a id="g1"></a>G1.
"""


def read(markdown: str, *sections: tuple[str, str]) -> nodes.Content:
    made = tuple(Section(id=key, title=title, markdown="") for key, title in sections)
    return read_document(Document(title="T", sections=made, markdown=markdown))


def line(markdown: str) -> tuple[nodes.Inline, ...]:
    """The nodes of a document of one paragraph."""
    (block,) = read(markdown).body or read(markdown).front
    assert isinstance(block, Paragraph)
    return block.children


def test_a_document_is_parted_into_title_contents_and_sections() -> None:
    """The list of contents is left out: an exporter makes its own."""
    content = read(MERGED)
    assert content.heading is not None
    assert nodes.plain_text(content.heading.children) == "Booking app"
    assert len(content.front) == 1
    assert content.contents is not None
    assert content.contents.id == "contents"
    assert [heading.id for heading in content.headings()] == ["goals", "why-x", "goals-1"]


def test_a_heading_that_is_an_item_s_id_keeps_the_target_of_its_links() -> None:
    """As the merge names it, so that no id stands for two things."""
    content = read(
        '## P\n\n<a id="p1"></a>P1 is Anna.\n\n### <a id="section-p1"></a>P1\n\n'
        "To [her](#p1) and to [it](#section-p1).\n"
    )
    assert [heading.id for heading in content.headings()] == ["p", "section-p1"]
    found = [node for block in content.body for node in nodes.walk([block])]
    anchors = [node.id for node in found if isinstance(node, nodes.Anchor)]
    links = [node.target for node in found if isinstance(node, CrossReference)]
    assert (anchors, links) == (["p1"], ["p1", "section-p1"])


def test_each_section_heading_names_its_section() -> None:
    """Two of one title are told apart by their order."""
    headings = read(MERGED, ("aims", "Goals"), ("goals", "Goals")).headings()
    assert [heading.section for heading in headings] == ["aims", "", "goals"]


def test_a_list_of_other_things_is_no_table_of_contents() -> None:
    """It stays in the body."""
    content = read("# T\n\n## List\n\n- one\n- two\n")
    assert content.contents is None
    assert len(content.body) == 2


def test_the_anchor_of_an_item_is_a_target_once() -> None:
    """The first definition wins; the rest of the line stays."""
    found = [node for node in nodes.walk(read(MERGED).body) if isinstance(node, nodes.Anchor)]
    assert [anchor.id for anchor in found] == ["g1"]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("[a](#nowhere)", (Text("a"),)),
        ("[a](../../etc/passwd)", (Text("a"),)),
        ("[a](//host/share)", (Text("a"),)),
        (r"[a](\\\\host\share)", (Text("a"),)),
        ("[a](javascript:alert(1))", (Text("a"),)),
        ("[a](file:///etc/passwd)", (Text("a"),)),
        ("![a](/etc/passwd)", (Text("a"),)),
        ("![a](data:image/png;base64,x)", (Text("a"),)),
        ("![a](http://x.invalid/p.png)",
         (Link(address="http://x.invalid/p.png", children=(Text("a"),)),)),
        ("[a](mailto:me@x.invalid)",
         (Link(address="mailto:me@x.invalid", children=(Text("a"),)),)),
        ("a <script>alert(1)</script> b", (Text("a  b"),)),
        ('a <b onclick="x">b</b>',
         (Text("a "), nodes.Span(style="strong", children=(Text("b"),)))),
        ('<a id="x" href="javascript:1">a</a>', (Text("a"),)),
        ("a\nb", (Text("a b"),)),
        ("a<br>b", (Text("a"), nodes.LineBreak(), Text("b"))),
        ("H<sub>2</sub>O",
         (Text("H"), nodes.Span(style="subscript", children=(Text("2"),)), Text("O"))),
        ("`*a*` \x1b[31mred\x07\u202e", (nodes.InlineCode("*a*"), Text(" red"))),
    ],
)  # fmt: skip
def test_a_line_has_one_safe_reading(markdown: str, expected: tuple[nodes.Inline, ...]) -> None:
    """Nothing that acts, fetches or leads astray is left."""
    assert line(markdown) == expected


def test_footnotes_are_numbered_as_the_text_names_them() -> None:
    """Notes that only notes name come after; one that nothing names keeps its text."""
    content = read("x[^b] y[^a] z[^b]\n\n[^a]: A[^c]\n\n[^z]: Z\n\n[^b]: B\n\n[^c]: C\n")
    texts = {
        note.number: nodes.plain_text(
            child for child in nodes.walk(note.blocks) if isinstance(child, Text)
        )
        for note in content.notes
    }
    assert texts == {1: "B", 2: "A", 3: "C", 4: "Z"}
    assert [note.marks for note in content.notes] == [2, 1, 1, 0]
    marks = [node for node in nodes.walk(content.front) if isinstance(node, FootnoteMark)]
    assert [(mark.number, mark.occurrence) for mark in marks] == [(1, 1), (2, 1), (1, 2)]


def test_a_table_has_rows_of_one_width() -> None:
    """With its alignments, and pipes in cells."""
    (table,) = read("| a | b |\n|:--|--:|\n| x \\| y |\n| 1 | 2 | 3 |\n").front
    assert isinstance(table, nodes.Table)
    assert table.alignments == ("left", "right")
    assert table.rows == (((Text("x | y"),), ()), ((Text("1"),), (Text("2"),)))


def test_code_keeps_its_language_and_text() -> None:
    """Raw blocks of converters are only code."""
    content = read("```Mermaid title\ngraph TD\n```\n\n```{=html}\n<script>\n```\n")
    assert content.front == (
        Code(text="graph TD", language="mermaid"),
        Code(text="<script>", language="html"),
    )


def test_tasks_and_numbers_of_lists_are_kept() -> None:
    """And whether the list stands close together."""
    (first, second) = read("- [x] a\n- [ ] b\n- c\n\n7. a\n\n   b\n").front
    assert isinstance(first, nodes.List)
    assert isinstance(second, nodes.List)
    assert [item.checked for item in first.items] == [True, False, None]
    assert (second.ordered, second.start, second.tight) == (True, 7, False)


@pytest.mark.parametrize("mark", ["> ", "- ", "1. "])
def test_deep_nesting_is_laid_flat(mark: str) -> None:
    """No renderer runs out of stack, and the text stays."""
    content = read(mark * 30 + "deep")
    depth, inside = 0, content.front
    while inside and not isinstance(inside[0], Paragraph):
        block = inside[0]
        depth += 1
        inside = block.items[0].blocks if isinstance(block, nodes.List) else block.blocks  # type: ignore[union-attr] # lists and quotes only
    assert depth <= 9
    assert inside == (Paragraph((Text("deep"),)),)


@given(st.text(alphabet="#*_`[]()<>!|-:^~ \n\\ab1\"'&;=$%/é中\u202e\0", max_size=400))
def test_any_text_gives_nodes_whose_links_lead_somewhere(markdown: str) -> None:
    """Ids are unique, cross references have their target, marks have their note."""
    content = read(markdown)
    blocks = (*content.front, *content.body, *(b for note in content.notes for b in note.blocks))
    front = tuple(filter(None, (content.heading, content.contents)))
    everything = list(nodes.walk((*front, *blocks)))
    ids = [n.id for n in everything if isinstance(n, nodes.Heading | nodes.Anchor)]
    assert len(ids) == len(set(ids))
    assert {n.target for n in everything if isinstance(n, CrossReference)} <= set(ids)
    numbers = {note.number for note in content.notes}
    assert {n.number for n in everything if isinstance(n, FootnoteMark)} <= numbers
