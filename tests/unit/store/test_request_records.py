"""Requests come back from run.json as they went in, and damage is left out."""

from __future__ import annotations

import json

import attrs
import pytest

from docgen_core.store.answers import StoredAnswer, decode_answer, encode_answer
from docgen_core.store.requests import RequestRecord, requests_of
from docgen_core.usage import Usage

REQUEST = RequestRecord(deliverable="personas", started=1, first_token=2.5, outcome="answered")


def test_what_was_written_is_read() -> None:
    """Whole seconds may come back as integers."""
    assert requests_of(json.loads(json.dumps([attrs.asdict(REQUEST)]))) == (REQUEST,)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        ["x"],
        [{}],
        [{"deliverable": 3}],
        [{"deliverable": "a", "attempt": "1"}],
        [{"deliverable": "a", "started": None}],
        [{"deliverable": "a", "first_token": True}],
        [{"deliverable": "a", "error": 4}],
        [{"deliverable": "a", "ended": float("inf")}],
        [{"deliverable": "a", "ended": float("nan")}],
        [{"deliverable": "a", "started": -1}],
        [{"deliverable": "a", "prompt_tokens": 10**400}],
    ],
)
def test_damage_is_left_out(raw: object) -> None:
    """A report of a damaged file tells less, and does not fail."""
    assert requests_of(raw) == ()


def test_what_a_later_version_adds_is_ignored() -> None:
    """An older docgen reads what it knows."""
    assert requests_of([{"deliverable": "a", "colour": "red"}]) == (RequestRecord(deliverable="a"),)


ANSWER = StoredAnswer(
    fingerprint="f",
    text="Text.",
    model="m",
    finish_reason="stop",
    usage=Usage(),
    attempts=1,
    seconds=1.0,
    time_to_first_token=None,
    requests=(RequestRecord(deliverable="a", run="r", ended=1.0, outcome="answered"),),
)


def test_an_answer_comes_back_with_its_requests() -> None:
    """They are kept with it."""
    assert decode_answer(encode_answer("a", 1, ANSWER)) == ("a", 1, ANSWER)


@pytest.mark.parametrize("requests", [None, 3, "x", [3, {"deliverable": 4}]])
def test_an_answer_is_worth_no_less_for_damaged_requests(requests: object) -> None:
    """It only cannot tell how it came to be."""
    body = json.loads(encode_answer("a", 1, ANSWER))
    body["answer"]["requests"] = requests
    found = decode_answer(json.dumps(body).encode())
    assert found is not None
    assert found[2] == attrs.evolve(ANSWER, requests=())


@pytest.mark.parametrize("answer", [None, 3, "x", [], {"usage": 3}])
def test_what_is_no_answer_is_none(answer: object) -> None:
    """Whatever JSON holds in its place."""
    body = {"kind": "answer", "deliverable": "a", "number": 1, "answer": answer}
    assert decode_answer(json.dumps(body).encode()) is None
