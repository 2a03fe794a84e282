"""The deliverables, held to docgen's contract and run with a fake model server."""

from __future__ import annotations

import pytest

from docgen_core import quick_generate
from docgen_core.testing import DeliverableContract, FakeLMStudio

IDS = [
    "adr_context",
    "adr_decisions",
    "adr_consequences",
]


class TestAdrContext(DeliverableContract):
    """Everything that docgen expects of a deliverable."""

    deliverable = "adr_context"


class TestAdrDecisions(DeliverableContract):
    """Everything that docgen expects of a deliverable."""

    deliverable = "adr_decisions"


class TestAdrConsequences(DeliverableContract):
    """Everything that docgen expects of a deliverable."""

    deliverable = "adr_consequences"


@pytest.mark.parametrize("key", IDS)
def test_the_section_is_written(key: str) -> None:
    """From the brief to the section, with answers of the asked form."""
    with FakeLMStudio() as fake:
        result = quick_generate("A gym", [key], lm_studio_base_url=fake.base_url)

    section = result.result(key)
    assert section is not None
    assert section.success, section.error_message
    assert "with 3 entries" in fake.chat_requests[-1].prompt


def test_decisions_and_consequences_name_what_they_follow_from() -> None:
    """The three sections are tied together by ids that the document links."""
    with FakeLMStudio() as fake:
        result = quick_generate("A gym", ["adr_consequences"], lm_studio_base_url=fake.base_url)

    document = result.merged_document or ""
    assert '<a id="dr1"></a>DR1' in document
    assert "[DR1](#dr1)" in document
    assert '<a id="ad1"></a>AD1' in document
    assert "[AD1](#ad1)" in document


@pytest.mark.parametrize(("tag", "word"), [("de", "Treiber"), ("ja", "決定要因")])
def test_the_sections_speak_the_language_of_the_run(tag: str, word: str) -> None:
    """Headings and labels come from words.toml."""
    with FakeLMStudio() as fake:
        result = quick_generate(
            "A gym", ["adr_decisions"], lm_studio_base_url=fake.base_url, language=tag
        )

    assert word in (result.merged_document or "")


def test_the_setting_bounds_the_list_that_is_asked_for() -> None:
    """The server holds the model to the number."""
    settings = {"adr_context": {"count": 2}}
    with FakeLMStudio() as fake:
        quick_generate(
            "A gym", ["adr_context"], lm_studio_base_url=fake.base_url, settings=settings
        )
    schema = fake.chat_requests[-1].json["response_format"]["json_schema"]["schema"]
    asked = schema["properties"]["drivers"]
    assert (asked["minItems"], asked["maxItems"]) == (2, 2)
