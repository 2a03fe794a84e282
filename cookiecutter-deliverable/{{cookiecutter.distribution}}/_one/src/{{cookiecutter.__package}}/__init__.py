{%- set needs = cookiecutter.__needs.split(',') | select | list -%}
"""Offers the {{ cookiecutter.title }} to docgen. `{{ 'schema' if cookiecutter.answer == 'structured' else 'instructions' }}.py` says what it holds."""

from __future__ import annotations

{% if cookiecutter.answer == 'structured' -%}
import attrs

from docgen_core.api import Deliverable, Draft, HookContext, TemplateRef, hookimpl, tidy
from {{ cookiecutter.__package }}.instructions import Settings, write_instructions
from {{ cookiecutter.__package }}.schema import {{ cookiecutter.__class }}

__all__ = [
{%- for name in [cookiecutter.__class, 'Settings'] | sort %}
    "{{ name }}",
{%- endfor %}
    "get_deliverables",
    "get_instructions",
    "get_template",
    "postprocess",
]
{%- else -%}
from docgen_core.api import Deliverable, HookContext, TemplateRef, hookimpl
from {{ cookiecutter.__package }}.instructions import Settings, write_instructions

__all__ = ["Settings", "get_deliverables", "get_instructions", "get_template"]
{%- endif %}


@hookimpl
def get_deliverables() -> list[Deliverable]:
    """Offer the one deliverable of this plugin."""
    return [
        Deliverable(
            id="{{ cookiecutter.id }}",
            title="{{ cookiecutter.title }}",
            summary="{{ cookiecutter.summary }}",
{%- if needs %}
            needs=("{{ needs | join('", "') }}"{{ ',' if needs | length == 1 }}),
{%- endif %}
{%- if cookiecutter.answer == 'structured' %}
            schema={{ cookiecutter.__class }},
{%- endif %}
            settings=Settings,
            api=(1, 1),
        )
    ]


@hookimpl
def get_instructions(context: HookContext) -> str:
    """Ask for the section in the run's language."""
    return write_instructions(context.settings or Settings(), context.language)


@hookimpl
def get_template(deliverable: Deliverable) -> TemplateRef:
    """Name the template that writes the section."""
    return TemplateRef(f"{deliverable.id}/section.md.j2")
{%- if cookiecutter.answer == 'structured' %}


@hookimpl
def postprocess(draft: Draft) -> Draft:
    """Drop what was said before."""
    return attrs.evolve(draft, data=tidy(draft.data))
{%- endif %}
