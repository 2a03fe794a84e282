"""`docgen deliverables`: which documents can be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import columns

if TYPE_CHECKING:
    from docgen_core.engine import OrchestrationEngine
    from docgen_core.errors import DocgenError, PlanError
    from docgen_core.model import Deliverable
    from docgen_core.plugins import Registry

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
        found, broken, circle = _load(engine)
        facts = [_facts(engine.registry, item) for item in found]
    if session.output.json and circle is None:
        session.output.document({"deliverables": facts, "broken": plain_errors(broken)})
    _print(session, facts, broken)
    if circle is not None:
        raise circle


def _load(
    engine: OrchestrationEngine,
) -> tuple[list[Deliverable], Mapping[str, DocgenError], PlanError | None]:
    """Give the deliverables in writing order, or by name and with the error of their circle."""
    from docgen_core.errors import PlanError

    if not engine.registry.deliverable_ids():
        return [], {}, None
    try:
        plan = engine.plan()
    except PlanError as error:
        return *_load_each(engine.registry), error
    return [plan.deliverables[key] for key in plan.order], plan.broken, None


def _load_each(registry: Registry) -> tuple[list[Deliverable], dict[str, DocgenError]]:
    from docgen_core.errors import PluginError

    found: list[Deliverable] = []
    broken: dict[str, DocgenError] = {}
    for key in registry.deliverable_ids():
        try:
            found.append(registry.deliverable(key))
        except PluginError as error:
            broken[key] = error
    return found, broken


def plain_errors(broken: Mapping[str, DocgenError]) -> list[dict[str, str]]:
    """Give the errors of deliverables that cannot be used as JSON holds them."""
    return [{"id": k, "error": str(error), "hint": error.hint} for k, error in broken.items()]


def _facts(registry: Registry, item: Deliverable) -> dict[str, Any]:
    owner = registry.owner(item.id)
    return {
        "id": item.id,
        "title": item.title,
        "summary": item.summary,
        "needs": list(item.needs),
        "uses": list(item.uses),
        "distribution": owner.distribution,
        "version": owner.version,
    }


def _print(
    session: Session, facts: list[dict[str, Any]], broken: Mapping[str, DocgenError]
) -> None:
    rows = [(item["id"], ", ".join(item["needs"]) or "-", item["summary"]) for item in facts]
    if rows:
        for line in columns(("id", "needs", "what it is"), rows):
            session.output.line(line)
    elif not broken:
        reason, hint = session.registry().why_no_deliverables()
        session.output.line(f"Nothing to write: {reason}.")
        session.output.line(f"  {hint}")
    for error in broken.values():
        session.output.line(f"\n{error}")
        session.output.line(f"  {error.hint}")
