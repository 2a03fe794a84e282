"""The {{ cookiecutter.title }}, held to docgen's contract and run with a fake model server."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import {{ cookiecutter.__package }} as plugin
from docgen_core import quick_generate
from docgen_core.api import Brief, HookContext
from docgen_core.testing import DeliverableContract, FakeLMStudio
{%- if cookiecutter.answer == 'structured' %}
from docgen_core.testing.template_contract import TemplateContract, render_section
{%- endif %}
from {{ cookiecutter.__package }}.instructions import Settings
{%- if cookiecutter.answer == 'structured' %}
from {{ cookiecutter.__package }}.schema import {{ cookiecutter.__class }}, {{ cookiecutter.__class }}Entry
{%- endif %}

CONTEXT = HookContext(brief=Brief.from_text("A booking app for gyms"), settings=Settings())


class TestContract(DeliverableContract):
    """What docgen expects of every plugin."""

    deliverable = "{{ cookiecutter.id }}"
{%- if cookiecutter.answer == 'structured' %}


class TestTemplate(TemplateContract):
    """The template and the words keep what all of them promise."""

    plugin = plugin
    languages = ("en",)


def entries(*names: str) -> {{ cookiecutter.__class }}:
    """Entries that differ in what they say."""
    return {{ cookiecutter.__class }}(
        entries=tuple(
            {{ cookiecutter.__class }}Entry(
                id=f"{{ cookiecutter.__prefix }}{number}",
                name=name,
                description=f"This is {name} alone.",
            )
            for number, name in enumerate(names, 1)
        )
    )
{%- endif %}


@pytest.mark.parametrize(("tag", "name"), [("en", "English"), ("de-AT", "German (de-AT)")])
def test_the_instructions_name_the_language(tag: str, name: str) -> None:
    """The model is told which language to write in."""
    assert name in plugin.get_instructions(attrs.evolve(CONTEXT, language=tag))


@pytest.mark.parametrize("value", [1, 5])
def test_the_setting_reaches_the_instructions(value: int) -> None:
    """Both ends of the range are allowed and are said to the model."""
    context = attrs.evolve(CONTEXT, settings=Settings(count=value))
    assert f" {value} " in plugin.get_instructions(context)


@pytest.mark.parametrize("value", [0, 6, "3", 3.5])
def test_a_setting_outside_its_range_is_refused(value: Any) -> None:
    """A wrong setting is an error, not a strange prompt."""
    with pytest.raises((ValueError, TypeError)):
        Settings(count=value)
{%- if cookiecutter.answer == 'structured' %}


def test_the_setting_bounds_the_list_that_is_asked_for() -> None:
    """The server holds the model to the number."""
    settings = {"{{ cookiecutter.id }}": {"count": 2}}
    with FakeLMStudio() as fake:
        url = fake.base_url
        quick_generate("A gym", ["{{ cookiecutter.id }}"], lm_studio_base_url=url, settings=settings)
    schema = fake.chat_requests[-1].json["response_format"]["json_schema"]["schema"]
    asked = schema["properties"]["entries"]
    assert (asked["minItems"], asked["maxItems"]) == (2, 2)


def test_each_entry_has_a_heading_with_its_id() -> None:
    """Other deliverables can link to it."""
    markdown = render_section(plugin, entries("One"))
    assert '## <a id="{{ cookiecutter.__prefix | lower }}1"></a>{{ cookiecutter.__prefix }}1 One\n' in markdown
{%- endif %}


def test_the_section_is_written() -> None:
    """From the brief to the section, with an answer of the asked form."""
    with FakeLMStudio() as fake:
        result = quick_generate("A gym", ["{{ cookiecutter.id }}"], lm_studio_base_url=fake.base_url)

    section = result.result("{{ cookiecutter.id }}")
    assert section is not None
    assert section.success, section.error_message
    assert "with 3 entries" in fake.chat_requests[-1].prompt
