"""The data holds all that the document says, in the layout that is written down."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import attrs
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen_core.api import Document, OutlineEntry, Section, SectionFacts, Usage, nodes
from docgen_plugin_json import JsonSettings, exporter
from docgen_plugin_json.data import pack_of

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs/document.schema.json").read_text(encoding="utf-8")
)
MARKDOWN = """\
# Booking *app*

CRM · 2026-11-23

## Goals

<a id="g1"></a>G1 **Sell** more, see [G1](#g1), [it](#goals) and [us](https://example.org).[^1]

1. one
2. two

- [x] done

> Said.

| A | B |
|:--|--:|
| `x` | y<br>z |

```mermaid
gantt
```

---

[^1]: A note.
"""


def document() -> Document:
    """A document with one of everything."""
    facts = SectionFacts(
        section="goals", model="m", usage=Usage(prompt_tokens=1, completion_tokens=2), seconds=1.5
    )
    section = Section(id="goals", title="Goals", markdown="x", data={"goals": ({"id": "G1"},)})
    return Document(
        title="Booking app",
        sections=(section,),
        outline=(OutlineEntry(level=2, title="Goals", anchor="goals", section="goals"),),
        markdown=MARKDOWN,
        date="2026-11-23",
        facts=(facts,),
    )


def types_in(value: object) -> Iterator[str]:
    """The type of every node inside."""
    if isinstance(value, dict):
        if "type" in value:
            yield value["type"]
        for item in value.values():
            yield from types_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from types_in(item)


def exported(folder: Path, settings: JsonSettings | None = None) -> Any:
    """What stands in the written file."""
    target = folder / "document.json"
    exporter.export(document(), target, settings)
    return json.loads(target.read_text(encoding="utf-8"))


def test_the_file_has_the_layout_that_is_written_down(tmp_path: Path) -> None:
    """The schema is strict: nothing is missing and nothing is left unsaid."""
    jsonschema.validate(exported(tmp_path), SCHEMA)


def test_every_kind_of_node_is_described() -> None:
    """A node that the core adds must be added to the schema."""
    kinds = [*get_args(nodes.Block), *get_args(nodes.Inline), nodes.ListItem, nodes.Footnote]
    described = json.dumps(SCHEMA)
    names = ["".join(f"_{c.lower()}" if c.isupper() else c for c in k.__name__)[1:] for k in kinds]
    assert [name for name in names if f'"{name}"' not in described] == []


def test_the_nodes_of_the_document_are_all_there(tmp_path: Path) -> None:
    """One of everything went in."""
    found = set(types_in(exported(tmp_path)["content"]))
    assert {"heading", "list", "list_item", "table", "code", "quote", "rule", "footnote"} <= found
    assert {"anchor", "cross_reference", "link", "footnote_mark", "line_break", "span"} <= found


def test_structured_content_and_facts_stand_with_their_section(tmp_path: Path) -> None:
    """A program finds the goals without reading Markdown, and who wrote them."""
    (section,) = exported(tmp_path)["sections"]
    assert section["data"] == {"goals": [{"id": "G1"}]}
    assert section["anchor"] == "goals"
    assert section["facts"]["usage"]["completion_tokens"] == 2


def test_the_nodes_may_be_left_out(tmp_path: Path) -> None:
    """The file is then half as long."""
    assert exported(tmp_path, JsonSettings(nodes=False, indent=0))["content"] is None


@pytest.mark.parametrize("indent", [-1, 9])
def test_an_indent_out_of_range_is_refused(indent: int) -> None:
    """The settings of users are checked like all others."""
    with pytest.raises(ValueError, match="indent"):
        JsonSettings(indent=indent)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200))
def test_any_text_gives_data_of_the_layout(text: str) -> None:
    """Whatever a model wrote, a program can read the file."""
    made = attrs.evolve(document(), title=text, markdown=f"# T\n\n{text}\n")
    jsonschema.validate(json.loads(json.dumps(pack_of(made))), SCHEMA)


def test_the_entry_point_leads_to_the_exporter() -> None:
    """`-F json` finds it."""
    points = importlib.metadata.distribution("docgen-plugin-json").entry_points
    assert [(p.group, p.name, p.load()) for p in points] == [("docgen.exporters", "json", exporter)]


def test_importing_it_loads_nothing_heavy() -> None:
    """Listing the formats stays quick."""
    code = "import sys, docgen_plugin_json; print({'json', 'markdown_it'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
