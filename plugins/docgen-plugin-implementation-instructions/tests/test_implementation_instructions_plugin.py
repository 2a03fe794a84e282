# ruff: noqa: RUF001 - the dashes and colons are those of the template

from __future__ import annotations

import re
from typing import Any

import attrs
import pytest
from markdown_it import MarkdownIt

import docgen_plugin_implementation_instructions as plugin
from docgen_core import quick_generate
from docgen_core.api import Brief, Draft, HookContext
from docgen_core.testing import DeliverableContract, FakeLMStudio
from docgen_core.testing.template_contract import TemplateContract, render_section
from docgen_plugin_implementation_instructions.instructions import Settings
from docgen_plugin_implementation_instructions.schema import (
    ImplementationInstructions,
    QualityCheck,
    Resource,
    Risk,
    WorkPackage,
)

CONTEXT = HookContext(brief=Brief.from_text("A CRM for plumbers"), settings=Settings())


class TestContract(DeliverableContract):
    """What docgen expects of every plugin."""

    deliverable = "implementation_instructions"


class TestTemplate(TemplateContract):
    """The template and the words keep what all of them promise."""

    plugin = plugin


def processed(data: ImplementationInstructions) -> ImplementationInstructions:
    """What postprocessing makes of the data."""
    draft = Draft(deliverable="implementation_instructions", markdown="{}", data=data)
    tidied = plugin.postprocess(draft).data
    assert isinstance(tidied, ImplementationInstructions)
    return tidied


@pytest.mark.parametrize(("tag", "name"), [("en", "English"), ("de-AT", "German (de-AT)")])
def test_the_instructions_name_the_language(tag: str, name: str) -> None:
    """The model is told which language to write in."""
    assert name in plugin.get_instructions(attrs.evolve(CONTEXT, language=tag))


@pytest.mark.parametrize("value", [2, 8])
def test_the_setting_reaches_the_instructions(value: int) -> None:
    """Both ends of the range are allowed and are said to the model."""
    context = attrs.evolve(CONTEXT, settings=Settings(phases=value))
    assert f" {value} " in plugin.get_instructions(context)


@pytest.mark.parametrize("value", [2 - 1, 8 + 1, "3", 3.5])
def test_a_setting_outside_its_range_is_refused(value: Any) -> None:
    """A wrong setting is an error, not a strange prompt."""
    with pytest.raises((ValueError, TypeError)):
        Settings(phases=value)


#: A line of a chart: a name without marks of the syntax, the id, the start, the weeks.
TASK = re.compile(r"    W\d+ [^:;#%`<>\n]+ :w\d+, (?:2024-01-01|after w\d+), [1-8]w")


def plan(*after: tuple[str, ...], name: str = "Phase") -> ImplementationInstructions:
    """A plan in which each phase waits for the given ones and takes two weeks."""
    packages = tuple(
        WorkPackage(
            id=f"W{n}", name=f"{name} {n}", result=f"R {n}", milestone="M", weeks=2, after=waits
        )
        for n, waits in enumerate(after, 1)
    )
    risk = Risk(
        id="R1",
        risk="Nobody uses it",
        likelihood="low",
        impact="high",
        response="Train them",
        work_packages=("W2", "W9"),
    )
    return ImplementationInstructions(
        approach="Step by step.",
        work_packages=packages,
        requirements=("A server",),
        dependencies=("The works council",),
        resources=(Resource(name="Developer", task="Build", amount=2),),
        risks=(risk,),
        quality_checks=(QualityCheck(check="Pilot", passed_when="No lead is lost"),),
    )


def chart(data: ImplementationInstructions) -> list[str]:
    """The lines of the chart's tasks."""
    (fence,) = (t for t in MarkdownIt().parse(render_section(plugin, data)) if t.info == "mermaid")
    lines = fence.content.splitlines()
    assert lines[0] == "gantt"
    return [line for line in lines if " :w" in line]


def test_a_phase_waits_for_earlier_ones_only() -> None:
    """Circles and unknown phases are taken out."""
    data = processed(plan(("W1", "W3"), ("W1", "W9"), ("W1", "W2")))
    assert [package.after for package in data.work_packages] == [(), ("W1",), ("W1", "W2")]


def test_phases_without_any_order_follow_each_other() -> None:
    """A plan in which all phases begin at once is no plan."""
    data = processed(plan((), (), ()))
    assert [package.after for package in data.work_packages] == [(), ("W1",), ("W2",)]


def test_the_setting_bounds_the_list_that_is_asked_for() -> None:
    """The server holds the model to the number."""
    settings = {"implementation_instructions": {"phases": 4}}
    with FakeLMStudio() as fake:
        quick_generate(
            "A gym",
            ["implementation_instructions"],
            lm_studio_base_url=fake.base_url,
            settings=settings,
        )
    schema = fake.chat_requests[-1].json["response_format"]["json_schema"]["schema"]
    asked = schema["properties"]["work_packages"]
    assert (asked["minItems"], asked["maxItems"]) == (4, 4)


def test_the_chart_has_one_task_for_each_phase() -> None:
    """Phases that wait for others begin after the last of them."""
    assert chart(plan((), ("W1",), ("W1", "W2"))) == [
        "    W1 Phase 1 :w1, 2024-01-01, 2w",
        "    W2 Phase 2 :w2, after w1, 2w",
        "    W3 Phase 3 :w3, after w2, 2w",
    ]


@pytest.mark.parametrize(
    "name", ["A: b", "a; b", "x\n y :z, 1w", "#35; %%{init}%%", "```", "<br>", "ロール：案"]
)
def test_no_name_breaks_a_line_of_the_chart(name: str) -> None:
    """Marks of the chart's syntax are taken out of names."""
    lines = chart(plan((), ("W1",), name=name))
    assert [TASK.fullmatch(line) is not None for line in lines] == [True, True]


def test_the_table_says_in_which_weeks_each_phase_lies() -> None:
    """The table is the chart for those who see no chart."""
    markdown = render_section(plugin, plan((), ("W1",), ("W1",)))
    assert re.findall(r"\| (\d+–\d+) \|", markdown) == ["1–2", "3–4", "3–4"]
