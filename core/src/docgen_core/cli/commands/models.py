"""`docgen models`: what the server offers, and which model would be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docgen_core.cli.options import common_options, server_flags, server_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import columns
from docgen_core.cli.trust import ensure_trusted

if TYPE_CHECKING:
    from docgen_core.lmstudio.types import ModelInfo, ServerInfo
    from docgen_core.settings import OrchestrationConfig

__all__ = ["models"]

_HELP = """List the models that the server offers; a star marks the one that would be asked.

Without -m, docgen takes a model that is loaded already. Embedding models cannot write and are
never taken.

\b
Examples:
  docgen models
  docgen models --base-url http://192.168.1.20:1234
"""


@click.command(help=_HELP)
@server_options
@common_options
def models(
    session: Session, /, *, models: tuple[str, ...], base_url: str | None, server: str | None
) -> None:
    """Ask the server for its models."""
    from docgen_core.cli.progress.board import Board
    from docgen_core.cli.progress.lines import LineDisplay

    loaded = session.settings(server_flags(models, base_url, server))
    ensure_trusted(session, loaded)
    with session.engine(loaded, listeners=[LineDisplay(Board())]) as engine:
        info = engine.server_info()
    chosen = chosen_model(info, loaded.config)
    if session.output.json:
        session.output.document(_facts(info, chosen))
        return
    rows = [_row(model, chosen) for model in info.models]
    for line in columns(("", "model", "state", "context", "slots"), rows):
        session.output.line(line)
    session.output.line(f"\n{info.kind} at {info.base_url}")


def chosen_model(info: ServerInfo, config: OrchestrationConfig) -> str:
    """Give the id of the model that a run would ask; empty when there is none."""
    from docgen_core.errors import NoModelError
    from docgen_core.lmstudio.choice import choose_model

    first = () if config.model_name is None else (config.model_name,)
    try:
        return choose_model(info, (*first, *config.fallback_models)).model.id
    except NoModelError:
        return ""


def _facts(info: ServerInfo, chosen: str) -> dict[str, Any]:
    from docgen_core.cli.facts import plain

    facts: dict[str, Any] = plain(info)
    return {**facts, "chosen": chosen or None}


def _row(model: ModelInfo, chosen: str) -> tuple[str, ...]:
    loaded = {True: "loaded", False: "not loaded", None: "unknown"}[model.loaded]
    return (
        "*" if model.id == chosen else "",
        model.id,
        "embedding" if model.embedding else loaded,
        f"{model.context_length:,}" if model.context_length else "-",
        str(model.slots or "-"),
    )
