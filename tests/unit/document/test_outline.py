"""The outline of a document that is read again is the one it was merged with."""

from __future__ import annotations

import pytest

from docgen_core.document import merge_sections, outline_of
from docgen_core.model import Document, Section

TEXTS = {
    "plain": "## One\n\nText.\n\n### Two",
    "duplicates": "## Same\n\n## Same",
    "marks": "## With *stress*, `code` and [a link](https://example.org)",
    "in a quote": "> ## Quoted\n\n- ## In a list",
    "not a heading": "```\n## Code\n```",
    "own anchor": '## <a id="g1"></a>G1 Goal',
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("contents", ["Contents", None])
def test_the_outline_is_found_again(text: str, contents: str | None) -> None:
    """Levels, titles, anchors and the sections that hold them."""
    sections = tuple(Section(id=key, title=f"Part {key}", markdown=text) for key in "ab")
    merged = merge_sections(sections, title="Title", contents_title=contents)
    head = (
        "# Title\n\n" if contents is None else f"# Title\n\n## {contents}\n\n{merged.contents}\n\n"
    )
    document = Document(title="Title", sections=sections, markdown=head + merged.body)
    assert outline_of(document) == merged.outline
