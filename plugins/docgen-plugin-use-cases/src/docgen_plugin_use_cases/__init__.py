"""Offers the use cases to docgen. `schema.py` says what it holds."""

from __future__ import annotations

import attrs

from docgen_core.api import Deliverable, Draft, HookContext, TemplateRef, hookimpl, tidy
from docgen_plugin_use_cases.instructions import Settings, write_instructions
from docgen_plugin_use_cases.schema import UseCases

__all__ = [
    "Settings",
    "UseCases",
    "get_deliverables",
    "get_instructions",
    "get_template",
    "postprocess",
]


@hookimpl
def get_deliverables() -> list[Deliverable]:
    """Offer the one deliverable of this plugin."""
    return [
        Deliverable(
            id="use_cases",
            title="Use Cases",
            summary=(
                "What people do with the result, step by step: actors, flows, exceptions, rules, "
                "acceptance criteria."
            ),
            needs=("problem_statement", "personas"),
            schema=UseCases,
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


@hookimpl
def postprocess(draft: Draft) -> Draft:
    """Drop what was said before."""
    return attrs.evolve(draft, data=tidy(draft.data))
