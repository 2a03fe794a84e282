"""Requests come back from run.json as they went in, and damage is left out."""

from __future__ import annotations

import json

import attrs
import pytest

from docgen_core.store.requests import RequestRecord, requests_of

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
    ],
)
def test_damage_is_left_out(raw: object) -> None:
    """A report of a damaged file tells less, and does not fail."""
    assert requests_of(raw) == ()


def test_what_a_later_version_adds_is_ignored() -> None:
    """An older docgen reads what it knows."""
    assert requests_of([{"deliverable": "a", "colour": "red"}]) == (RequestRecord(deliverable="a"),)
