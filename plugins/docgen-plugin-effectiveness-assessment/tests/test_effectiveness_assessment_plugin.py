from __future__ import annotations

from typing import Any

import attrs
import pytest

import docgen_plugin_effectiveness_assessment as plugin
from docgen_core import quick_generate
from docgen_core.api import Brief, HookContext
from docgen_core.testing import DeliverableContract, FakeLMStudio
from docgen_core.testing.template_contract import TemplateContract, render_section
from docgen_plugin_effectiveness_assessment.instructions import Settings
from docgen_plugin_effectiveness_assessment.schema import (
    EffectivenessAssessment,
    Evaluation,
    Improvement,
    Kpi,
    Report,
)

CONTEXT = HookContext(brief=Brief.from_text("A CRM for plumbers"), settings=Settings())


class TestContract(DeliverableContract):
    """What docgen expects of every plugin."""

    deliverable = "effectiveness_assessment"


class TestTemplate(TemplateContract):
    """The template and the words keep what all of them promise."""

    plugin = plugin


@pytest.mark.parametrize(("tag", "name"), [("en", "English"), ("de-AT", "German (de-AT)")])
def test_the_instructions_name_the_language(tag: str, name: str) -> None:
    """The model is told which language to write in."""
    assert name in plugin.get_instructions(attrs.evolve(CONTEXT, language=tag))


@pytest.mark.parametrize("value", [2, 10])
def test_the_setting_reaches_the_instructions(value: int) -> None:
    """Both ends of the range are allowed and are said to the model."""
    context = attrs.evolve(CONTEXT, settings=Settings(kpis=value))
    assert f" {value} " in plugin.get_instructions(context)


@pytest.mark.parametrize("value", [2 - 1, 10 + 1, "3", 3.5])
def test_a_setting_outside_its_range_is_refused(value: Any) -> None:
    """A wrong setting is an error, not a strange prompt."""
    with pytest.raises((ValueError, TypeError)):
        Settings(kpis=value)


def assessment(*names: str, goals: tuple[str, ...] = ("G1",)) -> EffectivenessAssessment:
    """An assessment with key figures of these names."""
    kpis = tuple(
        Kpi(
            id=f"K{n}",
            name=name,
            method=f"Count {n}",
            frequency="weekly",
            baseline="3",
            target="0",
            due="May",
            goals=goals,
        )
        for n, name in enumerate(names, 1)
    )
    return EffectivenessAssessment(
        kpis=kpis,
        evaluation=Evaluation(good="All", fair="Some", poor="None of them"),
        reports=(Report(content="Figures", author="Clerk", audience="Owner", frequency="monthly"),),
        improvements=(Improvement(trigger="Late", action="Ask why"),),
    )


def test_the_setting_bounds_the_list_that_is_asked_for() -> None:
    """The server holds the model to the number."""
    settings = {"effectiveness_assessment": {"kpis": 4}}
    with FakeLMStudio() as fake:
        quick_generate(
            "A gym",
            ["effectiveness_assessment"],
            lm_studio_base_url=fake.base_url,
            settings=settings,
        )
    schema = fake.chat_requests[-1].json["response_format"]["json_schema"]["schema"]
    asked = schema["properties"]["kpis"]
    assert (asked["minItems"], asked["maxItems"]) == (4, 4)


def test_a_figure_is_defined_once_and_referred_to_in_the_targets() -> None:
    """The id is a target in the first table and a link in the second."""
    markdown = render_section(plugin, assessment("Leads"))
    assert '| <a id="k1"></a>K1 | Leads | Count 1 | Weekly | [G1](#g1) |' in markdown
    assert "| [K1](#k1) | Leads | 3 | 0 | May |" in markdown


def test_without_goals_there_is_no_column_for_them() -> None:
    """A run without a problem statement has no empty column."""
    markdown = render_section(plugin, assessment("Leads", goals=()))
    assert "| No. | Indicator | Measurement Method | Frequency |\n" in markdown


def test_the_three_ratings_stand_in_a_table() -> None:
    """Good, fair and poor are compared row by row."""
    markdown = render_section(plugin, assessment("Leads"), language="ja")
    assert "| 良好 | All |\n| 普通 | Some |\n| 不良 | None of them |\n" in markdown
