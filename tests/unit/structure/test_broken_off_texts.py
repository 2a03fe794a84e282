"""Texts that a server's grammar broke off where the asked length ended."""

from __future__ import annotations

import json
from typing import Annotated

import attrs

from docgen_core.api import Field
from docgen_core.structure import read_answer, shape_of


@attrs.frozen(kw_only=True)
class Note:
    text: Annotated[str, Field("a note", limit=400)]


#: The length that is asked for at a quarter of the full scale.
ASKED = 200
LEAD = (
    "They keep customers in a phone, on paper, in a shared table, on the van's door and in a book,"
)
LEAD += " which two of the nine people read each morning, and nobody knows who "


def read(text: str, scale: float) -> str:
    """The text after an answer in which it stands was read."""
    note = read_answer(json.dumps({"text": text}), shape_of(Note), {}, scale=scale).data
    assert isinstance(note, Note)
    return note.text


def test_a_shorter_text_stays() -> None:
    """It ended where the model wanted."""
    assert read(LEAD.strip(), 0.25) == LEAD.strip()


def test_a_text_of_just_the_asked_length_ends_at_a_word() -> None:
    """What was broken off is shown as such."""
    text = (LEAD + "promised what to whom and when it was to be done")[:ASKED]
    assert read(text, 0.25) == text.rpartition(" ")[0] + "…"


def test_a_text_of_just_the_asked_length_ends_at_its_last_sentence() -> None:
    """A sentence that was begun is dropped when most of the text stays."""
    text = f"{LEAD}promised. Leads get lost every single week, too"[:ASKED]
    assert read(text, 0.25) == f"{LEAD}promised."


def test_a_whole_sentence_of_just_the_asked_length_stays() -> None:
    """It was not broken off."""
    text = f"{LEAD}{'x' * (ASKED - len(LEAD) - 1)}."
    assert read(text, 0.25) == text


def test_without_a_smaller_scale_that_length_means_nothing() -> None:
    """The model was free to write more."""
    text = (LEAD + "promised what to whom and when it was to be done")[:ASKED]
    assert read(text, 1.0) == text
