"""`docgen health`: is everything in place for a run?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import click

from docgen_core.cli.options import common_options, server_flags, server_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import count
from docgen_core.cli.trust import ensure_trusted

if TYPE_CHECKING:
    from docgen_core.engine import OrchestrationEngine
    from docgen_core.errors import DocgenError
    from docgen_core.settings import LoadedSettings

__all__ = ["health"]

_HELP = """Check the settings, the plugins and the server, without asking for anything.

Each line is one check. The exit code is 0 when all is well, 3 when a plugin is broken, and 4
when no server or no model can be used.

\b
Examples:
  docgen health
  docgen health --base-url http://192.168.1.20:1234 && docgen generate -f brief.md
"""


class Check(NamedTuple):
    """The outcome of one check."""

    name: str
    ok: bool
    message: str
    hint: str = ""
    exit_code: int = 0


@click.command(help=_HELP)
@server_options
@common_options
def health(
    session: Session, /, *, models: tuple[str, ...], base_url: str | None, server: str | None
) -> int:
    """Run every check and say how each went."""
    from docgen_core.cli.progress.board import Board
    from docgen_core.cli.progress.lines import LineDisplay

    loaded = session.settings(server_flags(models, base_url, server))
    ensure_trusted(session, loaded)
    with session.engine(loaded, listeners=[LineDisplay(Board())]) as engine:
        checks = (*_check_settings(loaded), *_check_plugins(engine), *_check_server(engine))
    if session.output.json:
        facts = [check._asdict() for check in checks]
        session.output.document({"ok": all(check.ok for check in checks), "checks": facts})
    for check in checks:
        session.output.line(f"{'ok ' if check.ok else 'BAD'}  {check.name:<9} {check.message}")
        if check.hint:
            session.output.line(f"     {'':<9} {check.hint}")
    return max(check.exit_code for check in checks)


def _check_settings(loaded: LoadedSettings) -> Iterator[Check]:
    files = ", ".join(str(path) for path in loaded.files)
    changed = count(len(loaded.config.explicit), "setting")
    yield Check("settings", ok=True, message=f"{changed} set; file: {files or 'none'}")


def _check_plugins(engine: OrchestrationEngine) -> Iterator[Check]:
    from docgen_core.plugins import Status

    active = [i for i in engine.registry.load_all() if i.status is Status.ACTIVE]
    warnings = engine.registry.warnings()
    ids = engine.registry.deliverable_ids()
    if not ids:
        hint = "They come as plugins: pip install docgen-plugin-..."
        yield Check(
            "plugins", ok=False, message="no document can be written", hint=hint, exit_code=3
        )
    elif not warnings:
        message = f"{count(len(active), 'active plugin')}, {count(len(ids), 'document')}"
        yield Check("plugins", ok=True, message=message)
    for warning in warnings:
        yield Check("plugins", ok=False, message=warning, exit_code=3)


def _check_server(engine: OrchestrationEngine) -> Iterator[Check]:
    if not engine.initialize():
        yield _bad(engine.error)
        return
    info = engine.server_info()
    yield Check("server", ok=True, message=f"{info.kind} at {info.base_url}")
    yield _check_model(engine)


def _bad(error: DocgenError | None) -> Check:
    message, hint = (str(error), error.hint) if error is not None else ("no server", "")
    code = error.exit_code if error is not None else 4
    return Check("server", ok=False, message=message, hint=hint, exit_code=code)


def _check_model(engine: OrchestrationEngine) -> Check:
    from docgen_core.cli.commands.models import chosen_model

    info = engine.server_info()
    chosen = chosen_model(info, engine.config)
    model = next((each for each in info.models if each.id == chosen), None)
    if model is None:
        hint = "`docgen models` lists what there is."
        return Check("model", ok=False, message="none can be used", hint=hint, exit_code=4)
    facts = [f"{model.id}{' (loaded)' if model.loaded else ''}"]
    if model.context_length:
        facts.append(f"context {model.context_length:,} tokens")
    if model.slots:
        facts.append(count(model.slots, "slot"))
    return Check("model", ok=True, message=", ".join(facts))
