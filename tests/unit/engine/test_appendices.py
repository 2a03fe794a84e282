"""Traceability and open points behind the sections, from the markers of any schema classes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import attrs
import pytest
from support.shop import Shop

from docgen_core.api import Draft, Field, Identity, Reference

Texts = tuple[str, ...]


@attrs.frozen(kw_only=True)
class Aim:
    id: Annotated[str, Identity("A")] = ""
    name: Annotated[str, Field("what")]


@attrs.frozen(kw_only=True)
class Aims:
    aims: Annotated[tuple[Aim, ...], Field("aims")]
    assumptions: Annotated[Texts, Field("assumed")] = ()
    open_questions: Annotated[Texts, Field("open")] = ()


@attrs.frozen(kw_only=True)
class Part:
    id: Annotated[str, Identity("B")] = ""
    name: Annotated[str, Field("what")]
    aims: Annotated[Texts, Reference("A", "which aims")] = ()


@attrs.frozen(kw_only=True)
class Parts:
    main_parts: Annotated[tuple[Part, ...], Field("parts")]
    assumptions: Annotated[Texts, Field("assumed")] = ()


@attrs.frozen(kw_only=True)
class Step:
    id: Annotated[str, Identity("C")] = ""
    name: Annotated[str, Field("what")]
    parts: Annotated[Texts, Reference("B", "which parts")] = ()


@attrs.frozen(kw_only=True)
class Steps:
    steps: Annotated[tuple[Step, ...], Field("steps")]


AIMS = Aims(
    aims=(Aim(id="A1", name="Sell | more"), Aim(id="A2", name="Wait less"), Aim(id="A3", name="C")),
    assumptions=("Shops <b>have</b> a network.",),
    open_questions=("Who pays?",),
)
PARTS = Parts(
    main_parts=(
        Part(id="B1", name="Till", aims=("A1",)),
        Part(id="B2", name="Queue", aims=("A2",)),
        Part(id="B3", name="Door"),
    ),
    assumptions=("Tills stay.",),
)
STEPS = Steps(steps=(Step(id="C1", name="Build", parts=("B1",)),))


def offer(shop: Shop, key: str, data: Any, *needs: str) -> None:
    """A deliverable whose postprocess hook gives this data, and whose section defines the ids."""
    found = next(getattr(data, field.name) for field in attrs.fields(type(data)))
    text = "\n".join(f'- <a id="{item.id.lower()}"></a>{item.id} {item.name}' for item in found)

    def postprocess(draft: Draft) -> Draft:
        return attrs.evolve(draft, markdown=text, data=data)

    shop.offer(key, *needs, schema=type(data), api=(1, 1), hooks={"postprocess": postprocess})


def document(shop: Shop, *keys: str, **config: Any) -> str:
    result = shop.engine(**config).orchestrate("brief", list(keys))
    assert result.document is not None
    return result.document.markdown


def test_the_matrix_follows_references_through_others(shop: Shop) -> None:
    """A step that builds a part of an aim stands in the aim's row."""
    offer(shop, "aims", AIMS)
    offer(shop, "parts", PARTS, "aims")
    offer(shop, "steps", STEPS, "parts")
    text = document(shop, "aims", "parts", "steps")
    assert "| Aims | Parts | Steps |" in text
    assert "| [A1](#a1) Sell \\| more | [B1](#b1) | [C1](#c1) |" in text
    assert "| [A2](#a2) Wait less | [B2](#b2) | **none** |" in text
    assert "- [Traceability](#traceability)" in text


def test_gaps_are_told_in_words(shop: Shop) -> None:
    """An aim that no part serves, a part without an aim, a part that no step builds."""
    offer(shop, "aims", AIMS)
    offer(shop, "parts", PARTS, "aims")
    offer(shop, "steps", STEPS, "parts")
    text = document(shop, "aims", "parts", "steps")
    assert "- [A2](#a2) Wait less: nothing under “Steps” builds on it" in text
    assert "- [A3](#a3) C: nothing refers to it" in text
    assert "- [B3](#b3) Door: nothing refers to it; refers to nothing under “Aims”" in text
    assert "- [A1]" not in text.partition("### Gaps")[2]


def test_open_points_name_their_section(shop: Shop) -> None:
    """Model text stays text; the section is linked."""
    offer(shop, "aims", AIMS)
    offer(shop, "parts", PARTS, "aims")
    text = document(shop, "aims", "parts")
    assert "## Assumptions and open questions" in text
    assert "- Shops &lt;b>have&lt;/b> a network. ([Aims](#aims))" in text
    assert "- Tills stay. ([Parts](#parts))" in text
    assert "### Open questions\n\n- Who pays? ([Aims](#aims))" in text


def test_without_content_there_is_no_appendix(shop: Shop) -> None:
    """Items that nothing may refer to make no matrix; no data makes nothing at all."""
    offer(shop, "steps", STEPS)
    shop.offer("free")
    text = document(shop, "steps", "free")
    assert "Traceability" not in text
    assert "Assumptions" not in text


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("de", "## Nachverfolgbarkeit"),
        ("fr", "## Traçabilité"),
        ("es", "## Trazabilidad"),
        ("ja", "## トレーサビリティ"),
    ],
)
def test_the_headings_are_in_the_document_s_language(
    shop: Shop, language: str, heading: str
) -> None:
    """Ids are never translated."""
    offer(shop, "aims", AIMS)
    offer(shop, "parts", PARTS, "aims")
    text = document(shop, "aims", "parts", language=language)
    assert heading in text
    assert "[A1](#a1)" in text.partition(heading)[2]


def test_data_and_trace_are_in_the_run_folder(shop: Shop, tmp_path: Path) -> None:
    """Plain JSON, with the ids."""
    offer(shop, "aims", AIMS)
    offer(shop, "parts", PARTS, "aims")
    shop.engine().orchestrate("brief", ["aims", "parts"], output=tmp_path)
    data = json.loads((tmp_path / ".docgen/data/aims.json").read_text(encoding="utf-8"))
    assert data["aims"][0] == {"id": "A1", "name": "Sell | more"}
    trace = json.loads((tmp_path / ".docgen/data/_trace.json").read_text(encoding="utf-8"))
    assert [item["id"] for item in trace["items"]] == ["A1", "A2", "A3", "B1", "B2", "B3"]
    assert trace["items"][3]["references"] == ["A1"]


def test_a_second_run_leaves_the_same_bytes(shop: Shop, tmp_path: Path) -> None:
    """Document and data."""
    offer(shop, "aims", AIMS)
    offer(shop, "parts", PARTS, "aims")
    names = ("document.md", ".docgen/data/aims.json", ".docgen/data/_trace.json")

    def run() -> list[bytes]:
        shop.engine().orchestrate("brief", ["aims", "parts"], output=tmp_path)
        return [(tmp_path / name).read_bytes() for name in names]

    assert run() == run()
