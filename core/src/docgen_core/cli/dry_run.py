"""`docgen generate --dry-run`: what would be asked, in which order, and how large it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen_core.cli.session import Session
from docgen_core.cli.text import columns, count

if TYPE_CHECKING:
    from docgen_core.engine import Preview
    from docgen_core.engine.plan import Plan
    from docgen_core.model import Brief
    from docgen_core.settings import LoadedSettings

__all__ = ["show_plan"]


def show_plan(
    session: Session, loaded: LoadedSettings, brief: Brief, wanted: tuple[str, ...] | None
) -> int:
    """Show the plan of a run without contacting a server.

    Returns:
        The exit code.
    """
    with session.engine(loaded) as engine:
        plan = engine.plan(wanted)
        previews = engine.preview(brief, wanted)
    if session.output.json:
        session.output.document(_facts(plan, previews))
    else:
        _print(session, plan, previews)
    return 0


def _facts(plan: Plan, previews: tuple[Preview, ...]) -> dict[str, object]:
    return {
        "dry_run": True,
        "order": list(plan.order),
        "added": list(plan.added),
        "broken": {key: str(error) for key, error in plan.broken.items()},
        "deliverables": [
            {
                "id": item.id,
                "title": plan.deliverables[item.id].title,
                "needs": list(plan.deliverables[item.id].needs),
                "inputs": list(item.inputs),
                "prompt_tokens": item.prompt_tokens,
                "max_tokens": item.max_tokens,
                "prompt": item.prompt,
            }
            for item in previews
        ],
    }


def _print(session: Session, plan: Plan, previews: tuple[Preview, ...]) -> None:
    rows = [
        (
            str(number),
            item.id,
            f"{item.prompt_tokens:,}",
            f"{item.max_tokens:,}",
            ", ".join(item.inputs) or "-",
        )
        for number, item in enumerate(previews, 1)
    ]
    header = ("#", "document", "prompt tokens", "answer at most", "reads the results of")
    for line in columns(header, rows):
        session.output.line(line)
    total = sum(item.prompt_tokens for item in previews)
    requests = count(len(previews), "request")
    session.output.line(f"\n{requests}, about {total:,} prompt tokens without the results read.")
    for key, error in plan.broken.items():
        session.output.line(f"Left out: {key}: {error}")
    if session.verbosity:
        _print_prompts(session, previews)
    else:
        session.output.line("Nothing was sent. Add -v to see the prompts.")


def _print_prompts(session: Session, previews: tuple[Preview, ...]) -> None:
    for item in previews:
        session.output.line(f"\n----- {item.id} -----\n{item.prompt}")
