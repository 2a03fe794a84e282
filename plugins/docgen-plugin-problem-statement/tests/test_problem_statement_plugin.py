from __future__ import annotations

from typing import Any

import attrs
import pytest

import docgen_plugin_problem_statement as plugin
from docgen_core import quick_generate
from docgen_core.api import Brief, Draft, HookContext
from docgen_core.testing import DeliverableContract, FakeLMStudio
from docgen_core.testing.template_contract import TemplateContract, render_section
from docgen_plugin_problem_statement.instructions import Settings
from docgen_plugin_problem_statement.schema import (
    Effect,
    Goal,
    ProblemStatement,
    Stakeholder,
)

CONTEXT = HookContext(brief=Brief.from_text("A CRM for plumbers"), settings=Settings())


class TestContract(DeliverableContract):
    """What docgen expects of every plugin."""

    deliverable = "problem_statement"


class TestTemplate(TemplateContract):
    """The template and the words keep what all of them promise."""

    plugin = plugin


def processed(data: ProblemStatement) -> ProblemStatement:
    """What postprocessing makes of the data."""
    draft = Draft(deliverable="problem_statement", markdown="{}", data=data)
    tidied = plugin.postprocess(draft).data
    assert isinstance(tidied, ProblemStatement)
    return tidied


@pytest.mark.parametrize(("tag", "name"), [("en", "English"), ("de-AT", "German (de-AT)")])
def test_the_instructions_name_the_language(tag: str, name: str) -> None:
    """The model is told which language to write in."""
    assert name in plugin.get_instructions(attrs.evolve(CONTEXT, language=tag))


@pytest.mark.parametrize("value", [2, 8])
def test_the_setting_reaches_the_instructions(value: int) -> None:
    """Both ends of the range are allowed and are said to the model."""
    context = attrs.evolve(CONTEXT, settings=Settings(criteria=value))
    assert f" {value} " in plugin.get_instructions(context)


@pytest.mark.parametrize("value", [2 - 1, 8 + 1, "3", 3.5])
def test_a_setting_outside_its_range_is_refused(value: Any) -> None:
    """A wrong setting is an error, not a strange prompt."""
    with pytest.raises((ValueError, TypeError)):
        Settings(criteria=value)


def statement(**changes: Any) -> ProblemStatement:
    """A statement with three criteria."""
    criteria = tuple(
        Goal(id=f"G{n}", result=f"Goal {n}", measure="9", due="May") for n in (1, 2, 3)
    )
    stakeholder = Stakeholder(name="Plumber", interest="Less paper", influence="high")
    values: dict[str, Any] = {
        "problem": "Leads get lost.",
        "current_state": "Paper.",
        "desired_state": "An app.",
        "impact": (Effect(area="money", effect="A job a week"),),
        "success_criteria": criteria,
        "stakeholders": (stakeholder,),
        "constraints": ("15 euro a month",),
    }
    return ProblemStatement(**{**values, **changes})


def test_the_setting_bounds_the_list_that_is_asked_for() -> None:
    """The server holds the model to the number."""
    settings = {"problem_statement": {"criteria": 4}}
    with FakeLMStudio() as fake:
        quick_generate(
            "A gym", ["problem_statement"], lm_studio_base_url=fake.base_url, settings=settings
        )
    schema = fake.chat_requests[-1].json["response_format"]["json_schema"]["schema"]
    asked = schema["properties"]["success_criteria"]
    assert (asked["minItems"], asked["maxItems"]) == (4, 4)


def test_repeated_constraints_go() -> None:
    """A small model says the same twice."""
    data = statement(constraints=("15 euro a month", "15 euro a month.", "TBD"))
    assert processed(data).constraints == ("15 euro a month",)


def test_criteria_stand_in_a_table_with_their_ids() -> None:
    """Later sections refer to the rows."""
    row = '| <a id="g1"></a>G1 | Goal 1 | 9 | May |'
    assert row in render_section(plugin, statement())


def test_choices_are_shown_in_the_language_of_the_run() -> None:
    """The model's `money` and `high` are keys, not text."""
    markdown = render_section(plugin, statement(), language="de")
    assert "| Geld | A job a week |" in markdown
    assert "| Plumber | Less paper | Hoch |" in markdown
