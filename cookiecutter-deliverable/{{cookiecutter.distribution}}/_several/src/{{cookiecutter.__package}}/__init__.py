{%- set needs = cookiecutter.__needs.split(',') | select | list -%}
"""Offers its deliverables to docgen; each reads the result of the one before it."""

from __future__ import annotations

{% if cookiecutter.answer == 'structured' -%}
import attrs

from docgen_core.api import Deliverable, Draft, HookContext, TemplateRef, hookimpl, tidy
from {{ cookiecutter.__package }}.instructions import Settings, write_instructions
from {{ cookiecutter.__package }}.schema import (
{%- for part in cookiecutter.__parts.split(',') | sort %}
    {{ part | replace('_', ' ') | title | replace(' ', '') }},
{%- endfor %}
)

__all__ = ["Settings", "get_deliverables", "get_instructions", "get_template", "postprocess"]
{%- else -%}
from docgen_core.api import Deliverable, HookContext, TemplateRef, hookimpl
from {{ cookiecutter.__package }}.instructions import Settings, write_instructions

__all__ = ["Settings", "get_deliverables", "get_instructions", "get_template"]
{%- endif %}


@hookimpl
def get_deliverables() -> list[Deliverable]:
    """Offer the deliverables of this plugin."""
    return [
{%- for part in cookiecutter.__parts.split(',') %}
{%- set reads = (needs + ([] if loop.first else [loop.previtem])) %}
        Deliverable(
            id="{{ part }}",
            title="{{ part | replace('_', ' ') | title }}",
            summary="{{ cookiecutter.summary }}",
{%- if reads %}
            needs=("{{ reads | join('", "') }}"{{ ',' if reads | length == 1 }}),
{%- endif %}
{%- if cookiecutter.answer == 'structured' %}
            schema={{ part | replace('_', ' ') | title | replace(' ', '') }},
{%- endif %}
            settings=Settings,
            api=(1, 1),
        ),
{%- endfor %}
    ]


@hookimpl
def get_instructions(deliverable: Deliverable, context: HookContext) -> str:
    """Ask for the section in the run's language."""
    settings = context.settings or Settings()
    return write_instructions(deliverable.title, settings, context.language)


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
