"""Whatever Markdown is put together at random becomes a file that follows the schema."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.hostile_documents import merged_document
from support.office_schema import schema_errors

from docgen_core.api import Document
from docgen_plugin_docx import exporter

FRAGMENTS: Final = (
    "# Heading[^a]", "### Deep `x`", "- a\n  1. b\n     > c\n", "- [x] done\n- [ ] open",
    "3. three\n4. four", "> quote\n>\n> - list", "```py\ncode\n\ttab\n```", "```mermaid\nx\n```",
    "| a | b |\n|:-:|--:|\n| **x**[^a] | [l](#heading) |", "| |\n|---|", "---", "[^a]: note [^b]",
    "[^b]: # head\n", "[^c]: ```\n    x\n    ```", "text[^a][^b][^nope]",
    '<a id="p1"></a>P1 [x](#p1)',
    "[out](https://x.invalid/?a=b&c=d) <mailto:a@b.invalid>", "שלום [a](#heading) 1",
    "~~a~~ **b *c***",

    "a<br>b<kbd>c</kbd><mark>d</mark><sub>e<sup>f</sup></sub>",
    "- ```\n  x\n  ```\n- | a |\n  |---|\n  | b |",
    "1.\n2. x", "- \n\n  text", "***", "`a`[`b`](https://x.invalid)", "\u200b\ufeff\u0301",
)  # fmt: skip
TEXTS: Final = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=30), max_size=12)


def errors(made: Document) -> list[str]:
    """Export a document and check the file."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "d.docx"
        exporter.export(made, target)
        return schema_errors(target)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS)
def test_merged_sections_become_a_valid_file(first: list[str], second: list[str]) -> None:
    """As a run merges them."""
    made = merged_document({"one": "\n\n".join(first), "two": "\n\n".join(second)}, title="T")
    assert errors(made) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.text(max_size=20), st.sampled_from(["en", "he", "ja", "", "x-y"]))
def test_what_a_person_wrote_becomes_a_valid_file(
    texts: list[str], title: str, language: str
) -> None:
    """Past the merge, with any title and language."""
    assert errors(Document(title=title, markdown="\n\n".join(texts), language=language)) == []
