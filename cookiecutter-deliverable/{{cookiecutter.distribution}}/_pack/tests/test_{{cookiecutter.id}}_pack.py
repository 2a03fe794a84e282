"""The pack {{ cookiecutter.title }}, as docgen finds it and as a run shows it."""

from __future__ import annotations

{% if cookiecutter.acts_as == 'legal_footer' -%}
from importlib.metadata import distribution
from importlib.resources import files

from docgen_core.testing import DeliverableContract
{%- else -%}
from importlib.metadata import distribution

import {{ cookiecutter.__package }} as pack
from docgen_core.api import Brief, HookContext
from docgen_core.testing import DeliverableContract
{%- endif %}


class Test{{ cookiecutter.__class }}(DeliverableContract):
    """Everything that docgen expects of a pack."""

    deliverable = "{{ cookiecutter.id }}"


def test_the_entry_point_names_the_pack() -> None:
    """What pip installed is what docgen looks for."""
    points = distribution("{{ cookiecutter.distribution }}").entry_points
    found = [(point.name, point.value) for point in points if point.group == "docgen.packs"]
    assert found == [("{{ cookiecutter.id }}", "{{ cookiecutter.__package }}")]

{% if cookiecutter.acts_as == 'legal_footer' %}
def test_the_document_template_has_the_footer_behind_the_body() -> None:
    """It wins over docgen's own, so it must write everything that that one writes."""
    template = files("{{ cookiecutter.__package }}") / "templates/document.md.j2"
    text = template.read_text("utf-8")
    assert text.index("body") < text.index("Confidential")
{%- elif cookiecutter.acts_as == 'house_style' %}
def test_every_rule_reaches_the_prompt() -> None:
    """The pack's own, and the user's."""
    context = HookContext(brief=Brief.from_text("A gym"), settings={"rules": ["Be brief."]})
    text = pack.get_instructions(context)
    assert all(rule in text for rule in (*pack.RULES, "Be brief."))
{%- else %}
def test_every_word_reaches_the_prompt() -> None:
    """The pack's own, and the user's."""
    context = HookContext(brief=Brief.from_text("A gym"), settings={"terms": {"Lead": "a person"}})
    text = pack.get_instructions(context)
    assert all(f"- {term}: " in text for term in (*pack.TERMS, "Lead"))
{%- endif %}
