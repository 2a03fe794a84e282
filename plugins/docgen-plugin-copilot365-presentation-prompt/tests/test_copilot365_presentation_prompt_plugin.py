# ruff: noqa: RUF001 - the dashes and colons are those of the template

from __future__ import annotations

from typing import Any

import attrs
import pytest
from markdown_it import MarkdownIt

import docgen_plugin_copilot365_presentation_prompt as plugin
from docgen_core import quick_generate
from docgen_core.api import Brief, HookContext
from docgen_core.testing import DeliverableContract, FakeLMStudio
from docgen_core.testing.template_contract import TemplateContract, render_section
from docgen_plugin_copilot365_presentation_prompt.instructions import Settings
from docgen_plugin_copilot365_presentation_prompt.schema import (
    Benefit,
    NextStep,
    Presentation,
    Return,
    Slide,
    Step,
)

CONTEXT = HookContext(brief=Brief.from_text("A CRM for plumbers"), settings=Settings())


class TestContract(DeliverableContract):
    """What docgen expects of every plugin."""

    deliverable = "copilot365_presentation_prompt"


class TestTemplate(TemplateContract):
    """The template and the words keep what all of them promise."""

    plugin = plugin


@pytest.mark.parametrize(("tag", "name"), [("en", "English"), ("de-AT", "German (de-AT)")])
def test_the_instructions_name_the_language(tag: str, name: str) -> None:
    """The model is told which language to write in."""
    assert name in plugin.get_instructions(attrs.evolve(CONTEXT, language=tag))


@pytest.mark.parametrize("value", [3, 12])
def test_the_setting_reaches_the_instructions(value: int) -> None:
    """Both ends of the range are allowed and are said to the model."""
    context = attrs.evolve(CONTEXT, settings=Settings(slides=value))
    assert f" {value} " in plugin.get_instructions(context)


@pytest.mark.parametrize("value", [3 - 1, 12 + 1, "3", 3.5])
def test_a_setting_outside_its_range_is_refused(value: Any) -> None:
    """A wrong setting is an error, not a strange prompt."""
    with pytest.raises((ValueError, TypeError)):
        Settings(slides=value)


def talk(*titles: str, prompt: str = "Speak to owners.\n\nBe brief.") -> Presentation:
    """A presentation with slides of these titles."""
    return Presentation(
        executive_summary="Leads get lost.",
        benefits=(Benefit(benefit="No lost lead", features=("F1",)),),
        roadmap=(Step(step="Pilot", period="June"),),
        roi=Return(costs="15 euro", savings="A job a week", payback="A month"),
        change_management=("Train on the job",),
        next_steps=(NextStep(decision="Start the pilot", owner="Owner", due="May"),),
        slides=tuple(Slide(title=t, message=f"{t} it is", visual="Chart") for t in titles),
        prompt=prompt,
    )


def pasted(data: Presentation, language: str = "en") -> str:
    """The text in the block to copy."""
    markdown = render_section(plugin, data, language=language, brief="# CRM *now*")
    (fence,) = (token for token in MarkdownIt().parse(markdown) if token.type == "fence")
    assert fence.info == "text"
    return fence.content


def test_the_setting_bounds_the_list_that_is_asked_for() -> None:
    """The server holds the model to the number."""
    settings = {"copilot365_presentation_prompt": {"slides": 6}}
    with FakeLMStudio() as fake:
        quick_generate(
            "A gym",
            ["copilot365_presentation_prompt"],
            lm_studio_base_url=fake.base_url,
            settings=settings,
        )
    schema = fake.chat_requests[-1].json["response_format"]["json_schema"]["schema"]
    asked = schema["properties"]["slides"]
    assert (asked["minItems"], asked["maxItems"]) == (6, 6)


def test_the_text_to_paste_names_the_subject_the_wish_and_the_slides() -> None:
    """Copilot sees nothing of the document, so the text stands alone."""
    assert pasted(talk("Why", "How")) == (
        "Create a presentation about CRM *now*\n\nSpeak to owners.\n\nBe brief.\n\n"
        "Slides\n\n1. Why – Why it is (visual – Chart)\n2. How – How it is (visual – Chart)\n"
    )


@pytest.mark.parametrize("prompt", ["```\n# Out", "~~~~", "````text\nx\n````"])
def test_the_text_to_paste_stays_in_its_block(prompt: str) -> None:
    """A fence in the model's text does not end the block."""
    assert prompt.splitlines()[0] in pasted(talk("Why", prompt=prompt))


def test_the_text_to_paste_is_in_the_language_of_the_run() -> None:
    """The words around the model's text are translated too."""
    assert pasted(talk("Warum"), "de").startswith("Erstelle eine Präsentation über CRM *now*\n")


def test_benefits_link_to_the_features_that_bring_them() -> None:
    """References lead to the features."""
    assert "- No lost lead ([F1](#f1))\n" in render_section(plugin, talk("Why"))
