# ruff: noqa: RUF001 - the dashes and colons are those of the template

from __future__ import annotations

from typing import Any

import attrs
import pytest

import docgen_plugin_tool_outline as plugin
from docgen_core import quick_generate
from docgen_core.api import Brief, HookContext
from docgen_core.testing import DeliverableContract, FakeLMStudio
from docgen_core.testing.template_contract import TemplateContract, render_section
from docgen_plugin_tool_outline.instructions import Settings
from docgen_plugin_tool_outline.schema import (
    Component,
    Consideration,
    Feature,
    Integration,
    Screen,
    ToolOutline,
)

CONTEXT = HookContext(brief=Brief.from_text("A CRM for plumbers"), settings=Settings())


class TestContract(DeliverableContract):
    """What docgen expects of every plugin."""

    deliverable = "tool_outline"


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
    context = attrs.evolve(CONTEXT, settings=Settings(features=value))
    assert f" {value} " in plugin.get_instructions(context)


@pytest.mark.parametrize("value", [3 - 1, 12 + 1, "3", 3.5])
def test_a_setting_outside_its_range_is_refused(value: Any) -> None:
    """A wrong setting is an error, not a strange prompt."""
    with pytest.raises((ValueError, TypeError)):
        Settings(features=value)


def outline(*names: str, goals: tuple[str, ...] = ("G1",)) -> ToolOutline:
    """An outline with features of these names."""
    features = tuple(
        Feature(id=f"F{n}", name=name, description=f"Does {n}", priority="must", goals=goals)
        for n, name in enumerate(names, 1)
    )
    return ToolOutline(
        purpose="Keeps customers.",
        features=features,
        architecture="An app and a server.",
        components=(Component(name="App", task="Shows"),),
        screens=(Screen(name="Today", shows="Three things to do"),),
        integrations=(Integration(system="Mail", direction="both", data="Quotes"),),
        considerations=(Consideration(topic="privacy", advice="Keep data in the EU"),),
    )


def test_the_setting_bounds_the_list_that_is_asked_for() -> None:
    """The server holds the model to the number."""
    settings = {"tool_outline": {"features": 5}}
    with FakeLMStudio() as fake:
        quick_generate(
            "A gym", ["tool_outline"], lm_studio_base_url=fake.base_url, settings=settings
        )
    schema = fake.chat_requests[-1].json["response_format"]["json_schema"]["schema"]
    asked = schema["properties"]["features"]
    assert (asked["minItems"], asked["maxItems"]) == (5, 5)


def test_features_stand_in_a_table_with_links_to_what_they_serve() -> None:
    """A column of references is there when there are references of that kind."""
    markdown = render_section(plugin, outline("Leads"))
    assert "| No. | Feature | Description | Priority | Goals |" in markdown
    assert '| <a id="f1"></a>F1 | Leads | Does 1 | Must | [G1](#g1) |' in markdown


def test_without_references_there_is_no_column_for_them() -> None:
    """A run without goals and use cases has no empty columns."""
    markdown = render_section(plugin, outline("Leads", goals=()))
    assert "| No. | Feature | Description | Priority |\n|---|---|---|---|\n" in markdown


def test_topics_are_shown_in_the_language_of_the_run() -> None:
    """The model's `privacy` is a key, not text."""
    markdown = render_section(plugin, outline("Leads"), language="de")
    assert "- **Datenschutz** – Keep data in the EU" in markdown
