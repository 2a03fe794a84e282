{%- if cookiecutter.acts_as == 'legal_footer' -%}
"""Puts the legal footer of your house under every document: see `templates/document.md.j2`."""

from __future__ import annotations
{%- else -%}
{%- if cookiecutter.acts_as == 'house_style' -%}
"""Gives every prompt the rules of style of your house."""
{%- else -%}
"""Gives every prompt the words of your house and what they mean."""
{%- endif %}

from __future__ import annotations

from collections.abc import Mapping

from docgen_core.api import HookContext, hookimpl
{% if cookiecutter.acts_as == 'house_style' %}
__all__ = ["RULES", "get_instructions"]

#: What holds in every document of your house.
RULES = (
    "Write in the active voice.",
    "Call the people who use a product its members.",
)


@hookimpl
def get_instructions(context: HookContext) -> str:
    """Give the rules, and those that users add under `[settings.{{ cookiecutter.id }}]`."""
    table = context.settings if isinstance(context.settings, Mapping) else {}
    return " ".join([*RULES, *map(str, table.get("rules", ()))])
{%- else %}
__all__ = ["TERMS", "get_instructions"]

#: The words of your house.
TERMS = {
    "Member": "a person with a valid contract",
    "Visit": "one stay of a member, from entry to exit",
}


@hookimpl
def get_instructions(context: HookContext) -> str:
    """Explain the words, and those that users add under `[settings.{{ cookiecutter.id }}.terms]`."""
    table = context.settings if isinstance(context.settings, Mapping) else {}
    terms = {**TERMS, **table.get("terms", {})}
    lines = [f"- {term}: {meaning}" for term, meaning in terms.items()]
    return "Use these words as they are meant here:\n\n" + "\n".join(lines)
{%- endif %}
{%- endif %}
