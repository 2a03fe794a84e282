"""The answers that are made from a schema, for trying hooks and templates with."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import attrs
import pytest

from docgen_core.api import Field, Identity, Reference
from docgen_core.conformance.examples import make_full, make_least, merged
from docgen_core.structure import build, dump, ids_in, shape_of


@attrs.frozen(kw_only=True)
class Risk:
    """An item with everything that an item can have."""

    id: Annotated[str, Identity("R")] = ""
    name: Annotated[str, Field("its name", limit=12)]
    level: Annotated[Literal["low", "high"], Field("how bad it is")]
    score: Annotated[int, Field("how bad in numbers", least=2, most=5)] = 2
    sure: Annotated[bool, Field("whether that is sure")] = False
    people: Annotated[tuple[str, ...], Reference("P", "who suffers", most=2)] = ()
    cause: Annotated[str, Reference("R", "the risk behind it")] = ""


@attrs.frozen(kw_only=True)
class Risks:
    """A schema with a required list and optional fields."""

    risks: Annotated[tuple[Risk, ...], Field("the risks", least=3, most=9)]
    plan: Annotated[str, Field("what to do", lines=True)] = ""
    notes: Annotated[tuple[str, ...], Field("remarks", most=4)] = ()


KNOWN = {"P": ("P1", "P2", "P3")}


def test_a_full_answer_leaves_no_field_empty() -> None:
    """Whatever a template shows has something to show."""
    full = make_full(Risks, KNOWN)
    values: list[Any] = [full.plan, full.notes]
    for risk in full.risks:
        values += [risk.id, risk.name, risk.score, risk.sure, risk.people, risk.cause]
    assert all(values)
    assert [risk.id for risk in full.risks] == ["R1", "R2", "R3"]


def test_the_least_answer_holds_what_is_required_and_no_more() -> None:
    """Whatever has a default keeps it; ids are there, as in every answer."""
    least = make_least(Risks)
    assert (least.plan, least.notes) == ("", ())
    assert [(risk.id, risk.people, risk.cause) for risk in least.risks] == [
        ("R1", (), ""),
        ("R2", (), ""),
        ("R3", (), ""),
    ]


@pytest.mark.parametrize("answer", [make_full(Risks, KNOWN), make_least(Risks)])
def test_answers_are_such_as_a_model_could_give(answer: Risks) -> None:
    """The way from the model's answer to data accepts them without mending."""
    known = merged(KNOWN, ids_in(answer))
    built = build(dump(answer), shape_of(Risks), known)
    assert not built.problems
    assert attrs.evolve(built.data, risks=answer.risks) == answer


def test_ids_of_several_inputs_are_put_together() -> None:
    """Each once, in order."""
    assert merged({"P": ("P1",)}, {"P": ("P1", "P2"), "G": ("G1",)}) == {
        "P": ("P1", "P2"),
        "G": ("G1",),
    }
