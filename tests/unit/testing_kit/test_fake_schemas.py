"""The fake server with a `response_format`: a grammar holds the answer to the schema."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from support.shapes import Cases, People

from docgen_core.structure import build, json_schema, shape_of
from docgen_core.testing import FakeLMStudio, FakeModel, Reply
from docgen_core.testing.conforming import conforming

IDS = {"P": ("P1", "P2")}


def asked(fake: FakeLMStudio, schema: dict[str, Any]) -> httpx.Response:
    """The answer to a request for this schema, in one piece."""
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    body = {"model": "", "messages": [{"role": "user", "content": "Hi"}], "response_format": form}
    return httpx.post(
        f"{fake.base_url}/chat/completions", json={**body, "model": "demo-8b"}, trust_env=False
    )


def content(response: httpx.Response) -> str:
    """The answer's text."""
    text: str = response.json()["choices"][0]["message"]["content"]
    return text


@pytest.mark.parametrize("cls", [Cases, People])
def test_the_answer_fits_the_schema_that_was_asked_for(cls: type[Any]) -> None:
    """By default and for every schema that docgen sends."""
    with FakeLMStudio() as fake:
        text = content(asked(fake, json_schema(shape_of(cls), IDS)))
    built = build(json.loads(text), shape_of(cls), IDS)
    assert (built.problems, built.notes) == ((), ())


def test_scripted_words_stand_in_the_texts() -> None:
    """Tests that look for their words in a document find them."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text("## A heading\n\nWith marked words."))
        text = content(asked(fake, json_schema(shape_of(People), {})))
    assert json.loads(text)["people"][0]["name"] == "## A heading With marked words."


def test_raw_words_are_sent_as_they_are() -> None:
    """As a server does whose grammar fails open."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.raw_text("No JSON."))
        assert content(asked(fake, json_schema(shape_of(People), {}))) == "No JSON."


def test_scripted_json_is_sent_as_it_is() -> None:
    """A test may say exactly what the model answers."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text('{"people": []}'))
        assert content(asked(fake, json_schema(shape_of(People), {}))) == '{"people": []}'


def test_a_model_may_refuse_schemas() -> None:
    """With the text and status that LM Studio has for it."""
    with FakeLMStudio(models=(FakeModel("demo-8b", loaded=True, schemas="refused"),)) as fake:
        response = asked(fake, json_schema(shape_of(People), {}))
    assert response.status_code == 400
    assert "grammar" in response.json()["error"]


def test_a_model_may_ignore_schemas() -> None:
    """The words come as they would without one."""
    with FakeLMStudio(models=(FakeModel("demo-8b", loaded=True, schemas="ignored"),)) as fake:
        fake.enqueue(Reply.text("Words."))
        assert content(asked(fake, json_schema(shape_of(People), {}))) == "Words."


def test_long_words_are_spread_over_the_texts() -> None:
    """None of them is longer than it may be, and nothing is left out while there is room."""
    words = " ".join(f"w{number}" for number in range(60))
    value = json.loads(conforming(json_schema(shape_of(Cases), IDS), words))
    assert len(value["summary"]) <= 200
    assert value["cases"][0]["name"].startswith("w5")


def test_texts_of_items_differ() -> None:
    """Items that are the same would be taken for one."""
    value = json.loads(conforming(json_schema(shape_of(Cases), IDS), "Same."))
    assert value["cases"][0]["name"] != value["cases"][0]["steps"][0]["text"]
