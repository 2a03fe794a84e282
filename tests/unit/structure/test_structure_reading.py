"""Finding the JSON in an answer, and making the object of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shapes import Cases, People

from docgen_core.structure import (
    build,
    describe_shape,
    dump,
    load,
    read_answer,
    read_json,
    shape_of,
)

ONE = {"a": "x", "b": [1, 2]}
READABLE = {
    "plain": json.dumps(ONE),
    "fenced": f"```json\n{json.dumps(ONE)}\n```",
    "fenced without a language": f"Here:\n```\n{json.dumps(ONE, indent=2)}\n```\nBye.",
    "an open fence": f"```json\n{json.dumps(ONE)}",
    "text before": f"Sure, {{this}} is it: {json.dumps(ONE)}",
    "text after": f"{json.dumps(ONE)}\n\nI hope that helps {{you}}.",
    "thoughts before": f"<think>{{maybe}} [1]</think>\n{json.dumps(ONE)}",
    "thoughts without a beginning": f"hm {{}}</think>{json.dumps(ONE)}",
    "a byte order mark": f"\ufeff{json.dumps(ONE)}",
    "trailing commas": '{"a": "x", "b": [1, 2,],}',
    "no end": '{"a": "x", "b": [1, 2',
    "single quotes": "{'a': 'x', 'b': [1, 2]}",
    "line ends in a text": '{"a": "x", "b": [1, 2]}\n',
    "a comment": '{"a": "x", // the first\n "b": [1, 2]}',
}


@pytest.mark.parametrize("form", READABLE)
def test_json_is_found_in_any_dress(form: str) -> None:
    """What models put around or leave out does not matter."""
    assert read_json(READABLE[form]).value == ONE


@pytest.mark.parametrize("text", ["", "   ", "No.", "{}", "[]", "null", "3", '"text"', "{" * 999])
def test_what_holds_no_data_is_none(text: str) -> None:
    """An empty object says as little as no object."""
    assert read_json(text).value is None


def test_the_last_word_of_a_cut_answer_is_left_out() -> None:
    """Half a word reads as a mistake."""
    assert read_json('{"a": "one two thr', cut=True).value == {"a": "one two"}


@pytest.mark.parametrize(
    "piece", ["{", "[", '"', "\\", '{"a":', ":", ",", "'", "//", "`", "<think>"]
)
def test_endless_pieces_end(piece: str) -> None:
    """Whatever a model writes over and over, reading it comes to an end."""
    read_json(piece * 50_000)
    read_json('{"a": ' + piece * 50_000)


@given(st.text())
def test_reading_never_raises(text: str) -> None:
    """Any text is an answer that some model gives."""
    read_json(text)
    read_json('{"a": ' + text, cut=True)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["summary", "Cases", "cases", "name", "steps", "weight", "level", "text", "days", "helpers"]
)
ANSWERS = st.recursive(
    TREES,
    lambda inner: st.dictionaries(NAMES, inner) | st.lists(inner, max_size=3),
    max_leaves=30,
)


@given(ANSWERS)
def test_any_data_gives_an_object_or_problems(value: Any) -> None:
    """Nothing raises, and what comes out is in order for good."""
    built = build(value, shape_of(Cases), {"P": ("P1",)})
    assert (built.data is None) == bool(built.problems)
    if built.data is not None:
        assert build(dump(built.data), shape_of(Cases), {"P": ("P1",)}).data == built.data
        assert load(dump(built.data), Cases) == built.data


def case(**changes: Any) -> dict[str, Any]:
    """The data of one case."""
    plain = {"name": "Plan", "weight": 2, "level": "low", "steps": [{"text": "Begin."}]}
    return {**plain, **changes}


def cases(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The data of all."""
    return {"summary": "All.", "cases": list(items) or [case()], **changes}


MENDED: dict[str, tuple[dict[str, Any], Any]] = {
    "a number in a text": (cases(days="14 days"), lambda x: x.days == 14),
    "a whole decimal number": (cases(days=14.0), lambda x: x.days == 14),
    "a number out of its range": (cases(case(weight=9)), lambda x: x.cases[0].weight == 5),
    "yes for true": (cases(ready="Yes"), lambda x: x.ready is True),
    "a choice in capitals": (cases(case(level="HIGH")), lambda x: x.cases[0].level == "high"),
    "one object where a list is wanted": (
        {"summary": "All.", "cases": case()},
        lambda x: len(x.cases) == 1,
    ),
    "lines where a list is wanted": (
        cases(case(steps="1. One\n2. Two")),
        lambda x: [step.text for step in x.cases[0].steps] == ["One", "Two"],
    ),
    "a list where a text is wanted": (cases(summary=["a", "b"]), lambda x: x.summary == "a; b"),
    "too many items": (
        cases(*(case(name=str(number)) for number in range(9))),
        lambda x: len(x.cases) == 4,
    ),
    "the same item twice": (cases(case(), case()), lambda x: len(x.cases) == 1),
    "an item that is not in order": (cases(case(), {"name": "x"}), lambda x: len(x.cases) == 1),
    "an unknown field": (cases(bogus=1), lambda x: x.summary == "All."),
    "a field in other letters": (
        {"Summary": "All.", "CASES": [case()]},
        lambda x: x.summary == "All.",
    ),
    "a name around it": ({"Cases and more": cases()}, lambda x: x.summary == "All."),
    "an id in small letters": (cases(case(actor="p1")), lambda x: x.cases[0].actor == "P1"),
    "an id that does not exist": (cases(case(actor="P7")), lambda x: x.cases[0].actor == ""),
    "ids in a text": (cases(case(helpers="P1, P2")), lambda x: x.cases[0].helpers == ("P1", "P2")),
    "a line end in a short text": (cases(summary="a\n b"), lambda x: x.summary == "a b"),
    "damaged characters": (cases(summary="a\ufffd\ud800b\x07"), lambda x: x.summary == "ab"),
}


@pytest.mark.parametrize("damage", MENDED)
def test_what_needs_no_model_is_put_right(damage: str) -> None:
    """And it is said, unless nothing of the meaning changed."""
    value, holds = MENDED[damage]
    built = build(value, shape_of(Cases), {"P": ("P1", "P2")})
    assert built.problems == ()
    assert holds(built.data)


def test_a_long_text_ends_with_a_sentence() -> None:
    """Within its limit; it is said in the notes."""
    built = build(cases(summary="One is here, and it has words. " * 9), shape_of(Cases), {})
    assert len(built.data.summary) <= 200
    assert built.data.summary.endswith("words.")
    assert "summary: shortened to 200 characters" in built.notes


def test_all_problems_are_told_with_their_paths() -> None:
    """The model is shown them, and so is the user."""
    built = build({"cases": [{"name": "x", "weight": [], "level": "never"}]}, shape_of(Cases), {})
    assert {problem.path for problem in built.problems} == {
        "summary", "cases", "cases[0].weight", "cases[0].level", "cases[0].steps"
    }  # fmt: skip
    assert {problem.field for problem in built.problems} == {"summary", "cases"}


def test_what_is_in_order_stays_beside_problems() -> None:
    """Only the rest has to be asked for again."""
    built = build({"summary": "All.", "cases": []}, shape_of(Cases), {})
    assert built.data is None
    assert built.value == {"summary": "All."}


def test_an_answer_that_was_cut_off_behind_the_essentials_is_taken() -> None:
    """What is missing has a default."""
    text = json.dumps(cases(script="Say this"))
    built = read_answer(text[: text.index("Say") + 5], shape_of(Cases), {}, cut=True)
    assert built.data is not None
    assert built.data.script == "Say"


def test_what_no_longer_fits_the_class_cannot_be_loaded() -> None:
    """The section is then asked for again."""
    with pytest.raises(ValueError, match="people"):
        load({"people": [{"name": 3}]}, People)


def test_the_description_names_every_field_that_is_asked_for() -> None:
    """With what belongs there, and the ids that exist."""
    text = describe_shape(shape_of(Cases), {"P": ("P1", "P2")})
    assert '- "summary": what it is about (one sentence)' in text
    assert '  - "actor": who does it (one of P1, P2)' in text
    assert "identity" not in text
