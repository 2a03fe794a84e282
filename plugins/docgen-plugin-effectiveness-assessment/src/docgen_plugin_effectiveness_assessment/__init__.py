"""Offers the effectiveness assessment to docgen. `schema.py` says what it holds."""

from __future__ import annotations

import attrs

from docgen_core.api import Deliverable, Draft, HookContext, TemplateRef, hookimpl, tidy
from docgen_plugin_effectiveness_assessment.instructions import Settings, write_instructions
from docgen_plugin_effectiveness_assessment.schema import EffectivenessAssessment

__all__ = [
    "EffectivenessAssessment",
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
            id="effectiveness_assessment",
            title="Effectiveness Assessment",
            summary=(
                "How to tell whether it worked: key figures, targets with dates, evaluation, "
                "reporting, improvement."
            ),
            needs=("tool_outline",),
            uses=("problem_statement",),
            schema=EffectivenessAssessment,
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
