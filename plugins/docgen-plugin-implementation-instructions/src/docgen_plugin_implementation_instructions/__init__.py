"""Offers the implementation instructions to docgen. `schema.py` says what it holds."""

from __future__ import annotations

import attrs

from docgen_core.api import Deliverable, Draft, HookContext, TemplateRef, hookimpl, tidy
from docgen_plugin_implementation_instructions.instructions import Settings, write_instructions
from docgen_plugin_implementation_instructions.order import in_order
from docgen_plugin_implementation_instructions.schema import ImplementationInstructions

__all__ = [
    "ImplementationInstructions",
    "Settings",
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
            id="implementation_instructions",
            title="Implementation Instructions",
            summary="How to build it: phases, requirements, resources, milestones, risks, quality.",
            needs=("tool_outline",),
            schema=ImplementationInstructions,
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
    """Drop what was said before, and put the phases in an order that can be followed."""
    return attrs.evolve(draft, data=in_order(tidy(draft.data)))
