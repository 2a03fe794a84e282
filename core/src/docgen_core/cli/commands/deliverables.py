"""`docgen deliverables`: which documents can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import columns

if TYPE_CHECKING:
    from docgen_core.engine import OrchestrationEngine
    from docgen_core.engine.plan import Plan

__all__ = ["deliverables"]

_HELP = """List the documents that docgen can write, in the order in which they are written.

A document that needs another one is written after it and reads its result. The id is what
`docgen generate -d` takes.

\b
Examples:
  docgen deliverables
  docgen deliverables --json | jq -r '.deliverables[].id'
"""


@click.command(help=_HELP)
@common_options
def deliverables(session: Session) -> None:
    """List every deliverable, and those that cannot be used with the reason."""
    with session.engine() as engine:
        if not engine.registry.deliverable_ids():
            _say_none(session)
            return
        plan = engine.plan()
        facts = [_facts(engine, plan, key) for key in plan.order]
    if session.output.json:
        broken = [{"id": key, "error": str(error)} for key, error in plan.broken.items()]
        session.output.document({"deliverables": facts, "broken": broken})
    else:
        _print(session, plan, facts)


def _say_none(session: Session) -> None:
    if session.output.json:
        session.output.document({"deliverables": [], "broken": []})
    session.output.line(
        "No documents are installed. They come as plugins: pip install docgen-plugin-..."
    )


def _facts(engine: OrchestrationEngine, plan: Plan, key: str) -> dict[str, Any]:
    item = plan.deliverables[key]
    owner = engine.registry.owner(key)
    return {
        "id": key,
        "title": item.title,
        "summary": item.summary,
        "needs": list(item.needs),
        "uses": list(item.uses),
        "distribution": owner.distribution,
        "version": owner.version,
    }


def _print(session: Session, plan: Plan, facts: list[dict[str, Any]]) -> None:
    rows = [(item["id"], ", ".join(item["needs"]) or "-", item["summary"]) for item in facts]
    for line in columns(("id", "needs", "what it is"), rows):
        session.output.line(line)
    for key, error in plan.broken.items():
        session.output.line(f"\n{key} cannot be written: {error}")
        session.output.line(f"  {getattr(error, 'hint', '')}".rstrip())
