from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from typing import Any

import attrs
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import docgen_plugin_use_cases as plugin
from docgen_core.api import Brief, Deliverable, Draft, HookContext
from docgen_plugin_use_cases.instructions import Settings, section_form

CONTEXT = HookContext(brief=Brief.from_text("A CRM for plumbers"), settings=Settings())
TITLES = [part.title for part in section_form(Settings()).parts]
LINES = st.sampled_from(
    [
        *(f"{mark}{title}{end}" for title in TITLES for mark, end in [("# ", ""), ("**", ":**")]),
        *(f"- **{title}**: some text" for title in TITLES),
        "## Something else",
        "Here it is:",
        "some text",
        "```",
        "",
    ]
)


def deliverable() -> Deliverable:
    (only,) = plugin.get_deliverables()
    return only


def tidy(markdown: str) -> str:
    draft = Draft(deliverable="use_cases", markdown=markdown)
    return plugin.postprocess(draft, CONTEXT).markdown


def words(markdown: str) -> list[str]:
    """The words outside headings, labels and openings."""
    return [word for word in markdown.split() if word in {"some", "text"}]


def test_the_id_is_the_entry_point_of_the_distribution() -> None:
    """The entry point, the deliverable and the package agree on the id."""
    points = importlib.metadata.distribution("docgen-plugin-use-cases").entry_points
    found = [(point.name, point.value) for point in points if point.group == "docgen.deliverables"]
    assert found == [(deliverable().id, "docgen_plugin_use_cases")]


@pytest.mark.parametrize("title", TITLES)
def test_the_instructions_name_every_part(title: str) -> None:
    """Whatever the section is to hold is asked for by name, and again in the wanted form."""
    assert plugin.get_instructions(CONTEXT).count(title) >= 2


@pytest.mark.parametrize(("tag", "name"), [("en", "English"), ("de-AT", "German (de-AT)")])
def test_the_instructions_name_the_language(tag: str, name: str) -> None:
    """The model is told which language to write in."""
    assert name in plugin.get_instructions(attrs.evolve(CONTEXT, language=tag))


@pytest.mark.parametrize("value", [1, 10])
def test_the_setting_reaches_the_instructions(value: int) -> None:
    """Both ends of the range are allowed and are said to the model."""
    context = attrs.evolve(CONTEXT, settings=Settings(count=value))
    assert f" {value} " in plugin.get_instructions(context)


@pytest.mark.parametrize("value", [1 - 1, 10 + 1, "3", 3.5])
def test_a_setting_outside_its_range_is_refused(value: Any) -> None:
    """A wrong setting is an error, not a strange prompt."""
    with pytest.raises((ValueError, TypeError)):
        Settings(count=value)


def test_every_setting_explains_itself() -> None:
    """`docgen config` has something to say about each field."""
    assert all(field.metadata["help"] for field in attrs.fields(Settings))


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_tidying_twice_changes_nothing_more(markdown: str) -> None:
    """Post-processing is idempotent."""
    once = tidy(markdown)
    assert tidy(once) == once


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_tidying_keeps_every_word_of_the_text(markdown: str) -> None:
    """Nothing that the model said under its headings is lost or invented."""
    assert words(tidy(markdown)) == words(markdown)


def test_the_template_writes_the_answer_without_an_empty_heading() -> None:
    """The template renders with nothing undefined and adds no heading."""
    folder = jinja2.PackageLoader("docgen_plugin_use_cases")
    loader = jinja2.PrefixLoader({"use_cases": folder})
    environment = jinja2.Environment(  # noqa: S701 - Markdown, not HTML
        loader=loader, undefined=jinja2.StrictUndefined
    )
    template = environment.get_template(plugin.get_template(deliverable()).name)
    draft = Draft(deliverable="use_cases", markdown=f"\n## {TITLES[0]}\n\nSome text.\n\n")
    text = template.render(deliverable=deliverable(), draft=draft, data=None, context=CONTEXT)
    assert text == f"## {TITLES[0]}\n\nSome text."


def test_importing_it_loads_nothing_heavy() -> None:
    """Listing the plugins stays quick: only the public interface is imported."""
    code = (
        "import sys, docgen_plugin_use_cases; "
        "print({'httpx', 'jinja2', 'cattrs', 'rich', 'asyncio'} & set(sys.modules) or 'light')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "light"
