# ruff: noqa: RUF001 - the dashes and colons are those of the template

from __future__ import annotations

from typing import Any

import attrs
import pytest

import docgen_plugin_personas as plugin
from docgen_core import quick_generate
from docgen_core.api import Brief, Draft, HookContext
from docgen_core.testing import DeliverableContract, FakeLMStudio
from docgen_core.testing.template_contract import TemplateContract, render_section
from docgen_plugin_personas.instructions import Settings
from docgen_plugin_personas.schema import Persona, Personas

CONTEXT = HookContext(brief=Brief.from_text("A CRM for plumbers"), settings=Settings())


class TestContract(DeliverableContract):
    """What docgen expects of every plugin."""

    deliverable = "personas"


class TestTemplate(TemplateContract):
    """The template and the words keep what all of them promise."""

    plugin = plugin


def processed(data: Personas) -> Personas:
    """What postprocessing makes of the data."""
    draft = Draft(deliverable="personas", markdown="{}", data=data)
    tidied = plugin.postprocess(draft).data
    assert isinstance(tidied, Personas)
    return tidied


@pytest.mark.parametrize(("tag", "name"), [("en", "English"), ("de-AT", "German (de-AT)")])
def test_the_instructions_name_the_language(tag: str, name: str) -> None:
    """The model is told which language to write in."""
    assert name in plugin.get_instructions(attrs.evolve(CONTEXT, language=tag))


@pytest.mark.parametrize("value", [3, 5])
def test_the_setting_reaches_the_instructions(value: int) -> None:
    """Both ends of the range are allowed and are said to the model."""
    context = attrs.evolve(CONTEXT, settings=Settings(count=value))
    assert f" {value} " in plugin.get_instructions(context)


@pytest.mark.parametrize("value", [3 - 1, 5 + 1, "3", 3.5])
def test_a_setting_outside_its_range_is_refused(value: Any) -> None:
    """A wrong setting is an error, not a strange prompt."""
    with pytest.raises((ValueError, TypeError)):
        Settings(count=value)


def people(*names: str) -> Personas:
    """Personas that differ in their names and jobs."""
    return Personas(
        personas=tuple(
            Persona(
                id=f"P{number}",
                name=name,
                role=f"Job {number}",
                background="Ten years in the trade",
                goals=("Sell",),
                pain_points=("Paper",),
                proficiency="low",
                technology="A phone",
                behaviour=f"Day {number}",
                needs=("Order",),
            )
            for number, name in enumerate(names, 1)
        )
    )


def test_a_person_who_appears_twice_is_described_once() -> None:
    """A small model runs out of names; the ids of the others stay."""
    kept = processed(people("Maria", "Tom", "Maria", "Ann")).personas
    assert [(person.id, person.name) for person in kept] == [
        ("P1", "Maria"),
        ("P2", "Tom"),
        ("P4", "Ann"),
    ]


def test_the_setting_bounds_the_list_that_is_asked_for() -> None:
    """The server holds the model to the number."""
    settings = {"personas": {"count": 4}}
    with FakeLMStudio() as fake:
        quick_generate("A gym", ["personas"], lm_studio_base_url=fake.base_url, settings=settings)
    schema = fake.chat_requests[-1].json["response_format"]["json_schema"]["schema"]
    asked = schema["properties"]["personas"]
    assert (asked["minItems"], asked["maxItems"]) == (4, 4)


def test_each_persona_has_a_heading_with_its_id() -> None:
    """Use cases link to the heading."""
    markdown = render_section(plugin, people("Maria"))
    assert markdown.lstrip().startswith('## <a id="p1"></a>P1 Maria\n')


def test_proficiency_is_shown_with_what_the_person_uses() -> None:
    """Level and devices belong together."""
    markdown = render_section(plugin, people("Maria"), language="fr")
    assert "- **Aisance numérique** – Faible; A phone" in markdown
