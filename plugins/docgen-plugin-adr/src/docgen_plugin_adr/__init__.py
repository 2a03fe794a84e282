"""Offers its deliverables to docgen; each reads the result of the one before it."""

from __future__ import annotations

import attrs

from docgen_core.api import Deliverable, Draft, HookContext, TemplateRef, hookimpl, tidy
from docgen_plugin_adr.instructions import Settings, write_instructions
from docgen_plugin_adr.schema import (
    AdrConsequences,
    AdrContext,
    AdrDecisions,
)

__all__ = ["Settings", "get_deliverables", "get_instructions", "get_template", "postprocess"]


@hookimpl
def get_deliverables() -> list[Deliverable]:
    """Offer the deliverables of this plugin."""
    return [
        Deliverable(
            id="adr_context",
            title="Architecture Context",
            summary="What drives the architecture: qualities, constraints and technical risks.",
            uses=("problem_statement", "tool_outline"),
            schema=AdrContext,
            settings=Settings,
            api=(1, 1),
        ),
        Deliverable(
            id="adr_decisions",
            title="Architecture Decisions",
            summary="The decisions that are hard to change later, with options and reasons.",
            needs=("adr_context",),
            schema=AdrDecisions,
            settings=Settings,
            api=(1, 1),
        ),
        Deliverable(
            id="adr_consequences",
            title="Architecture Consequences",
            summary="What becomes easier or harder by the decisions, and what to do about it.",
            needs=("adr_decisions",),
            schema=AdrConsequences,
            settings=Settings,
            api=(1, 1),
        ),
    ]


@hookimpl
def get_instructions(deliverable: Deliverable, context: HookContext) -> str:
    """Ask for the section in the run's language."""
    settings = context.settings or Settings()
    return write_instructions(deliverable.id, settings, context.language)


@hookimpl
def get_template(deliverable: Deliverable) -> TemplateRef:
    """Name the template that writes the section."""
    return TemplateRef(f"{deliverable.id}/section.md.j2")


@hookimpl
def postprocess(draft: Draft) -> Draft:
    """Drop what was said before."""
    return attrs.evolve(draft, data=tidy(draft.data))
