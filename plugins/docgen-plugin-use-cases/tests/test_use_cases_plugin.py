# ruff: noqa: RUF001 - the dashes and colons are those of the template

from __future__ import annotations

from typing import Any

import attrs
import pytest

import docgen_plugin_use_cases as plugin
from docgen_core import quick_generate
from docgen_core.api import Brief, Draft, HookContext
from docgen_core.testing import DeliverableContract, FakeLMStudio
from docgen_core.testing.template_contract import TemplateContract, render_section
from docgen_plugin_use_cases.instructions import Settings
from docgen_plugin_use_cases.schema import UseCase, UseCases

CONTEXT = HookContext(brief=Brief.from_text("A CRM for plumbers"), settings=Settings())


class TestContract(DeliverableContract):
    """What docgen expects of every plugin."""

    deliverable = "use_cases"


class TestTemplate(TemplateContract):
    """The template and the words keep what all of them promise."""

    plugin = plugin


def processed(data: UseCases) -> UseCases:
    """What postprocessing makes of the data."""
    draft = Draft(deliverable="use_cases", markdown="{}", data=data)
    tidied = plugin.postprocess(draft).data
    assert isinstance(tidied, UseCases)
    return tidied


@pytest.mark.parametrize(("tag", "name"), [("en", "English"), ("de-AT", "German (de-AT)")])
def test_the_instructions_name_the_language(tag: str, name: str) -> None:
    """The model is told which language to write in."""
    assert name in plugin.get_instructions(attrs.evolve(CONTEXT, language=tag))


@pytest.mark.parametrize("value", [1, 8])
def test_the_setting_reaches_the_instructions(value: int) -> None:
    """Both ends of the range are allowed and are said to the model."""
    context = attrs.evolve(CONTEXT, settings=Settings(count=value))
    assert f" {value} " in plugin.get_instructions(context)


@pytest.mark.parametrize("value", [1 - 1, 8 + 1, "3", 3.5])
def test_a_setting_outside_its_range_is_refused(value: Any) -> None:
    """A wrong setting is an error, not a strange prompt."""
    with pytest.raises((ValueError, TypeError)):
        Settings(count=value)


def cases(*titles: str) -> UseCases:
    """Use cases of three steps."""
    return UseCases(
        use_cases=tuple(
            UseCase(
                id=f"UC{number}",
                title=title,
                actors=("P1",),
                goals=("G1", "G2"),
                preconditions=("Logged in",),
                main_flow=(f"Open {number}", "Type", "Save"),
                alternative_flows=("Dictate",),
                exceptions=("No network: keep it",),
                business_rules=("One owner",),
                postconditions=("Stored",),
                acceptance_criteria=("Found again",),
            )
            for number, title in enumerate(titles, 1)
        )
    )


def test_the_setting_bounds_the_list_that_is_asked_for() -> None:
    """The server holds the model to the number."""
    settings = {"use_cases": {"count": 3}}
    with FakeLMStudio() as fake:
        quick_generate("A gym", ["use_cases"], lm_studio_base_url=fake.base_url, settings=settings)
    schema = fake.chat_requests[-1].json["response_format"]["json_schema"]["schema"]
    asked = schema["properties"]["use_cases"]
    assert (asked["minItems"], asked["maxItems"]) == (3, 3)


def test_a_repeated_step_goes() -> None:
    """A small model goes in circles inside a flow."""
    (case,) = cases("Add a lead").use_cases
    twice = attrs.evolve(case, main_flow=("Open", "Save", "open", "Save."))
    assert processed(UseCases(use_cases=(twice,))).use_cases[0].main_flow == ("Open", "Save")


def test_the_main_flow_is_numbered() -> None:
    """Steps have an order."""
    assert "1. Open 1\n2. Type\n3. Save\n" in render_section(plugin, cases("Add a lead"))


def test_actors_and_goals_are_links() -> None:
    """References lead to the personas and the goals."""
    markdown = render_section(plugin, cases("Add a lead"), language="es")
    assert "- **Actores** – [P1](#p1)\n- **Objetivos** – [G1](#g1), [G2](#g2)\n" in markdown


def test_acceptance_criteria_can_be_ticked() -> None:
    """They are a check list."""
    assert "- [ ] Found again\n" in render_section(plugin, cases("Add a lead"))
