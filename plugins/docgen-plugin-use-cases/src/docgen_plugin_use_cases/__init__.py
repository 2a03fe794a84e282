"""Offers the use cases to docgen. `instructions.py` says what is asked for."""

from __future__ import annotations

import attrs

from docgen_core.api import Deliverable, Draft, HookContext, TemplateRef, hookimpl
from docgen_plugin_use_cases.instructions import Settings, section_form, write_instructions

__all__ = ["Settings", "get_deliverables", "get_instructions", "get_template", "postprocess"]


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
            settings=Settings,
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
def postprocess(draft: Draft, context: HookContext) -> Draft:
    """Spell the headings as they were asked for; no text is added."""
    form = section_form(context.settings or Settings())
    return attrs.evolve(draft, markdown=form.tidy(draft.markdown))
