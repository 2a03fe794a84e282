"""`docgen lock`: writes down what the result of a run depends on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen_core.cli.locked import lock_path
from docgen_core.cli.options import common_options, server_flags, server_options
from docgen_core.cli.session import Session

if TYPE_CHECKING:
    from docgen_core.settings import LoadedSettings

__all__ = ["lock"]

_HELP = """Write docgen.lock: what the result of a run depends on.

It holds the packages with plugins (version, and a hash of their files), the file that stands for
each template (by hash), the model, the settings that shape a result, and the version of docgen.
There is no path and no address in it, so it belongs beside docgen.toml in version control.
`docgen generate --locked` then refuses whatever differs, and names it.

The model is the one in the settings or after -m; otherwise the server is asked which one it would
use. Packages are installed with pip as always: this file pins nothing for pip.

\b
Examples:
  docgen lock -m qwen2.5-7b-instruct
  docgen lock --no-model -o ci/docgen.lock
  docgen generate -f brief.md --locked
"""


@click.command(help=_HELP)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File to write.  [default: docgen.lock beside docgen.toml]",
)
@click.option("--no-model", is_flag=True, help="Leave the model open; contact no server.")
@server_options
@common_options
def lock(
    session: Session,
    /,
    *,
    output: Path | None,
    no_model: bool,
    models: tuple[str, ...],
    base_url: str | None,
    server: str | None,
) -> None:
    """Look at everything and write it down."""
    from docgen_core.cli.facts import plain
    from docgen_core.pinning import dumps, observe
    from docgen_core.store.shared import write_shared

    loaded = session.settings(server_flags(models, base_url, server))
    model = "" if no_model else _model(session, loaded)
    pins = observe(loaded.config, session.registry(loaded), model=model)
    path = output or lock_path(loaded)
    write_shared(path, dumps(pins))
    if session.output.json:
        session.output.document({"file": str(path), "lock": plain(pins)})
    session.output.line(str(path))


def _model(session: Session, loaded: LoadedSettings) -> str:
    """The model that a run would use; empty when no server can say."""
    from docgen_core.cli.commands.models import chosen_model
    from docgen_core.cli.output import note
    from docgen_core.cli.trust import ensure_trusted

    if loaded.config.model_name is not None:
        return loaded.config.model_name
    ensure_trusted(session, loaded)
    with session.engine(loaded) as engine:
        found = chosen_model(engine.server_info(), loaded.config) if engine.initialize() else ""
        reason = "" if engine.error is None else f" ({engine.error})"
    if not found:
        note(f"docgen: warning: no model is locked, because none can be used{reason}")
        note("  Name it with -m, or leave it open on purpose with --no-model.")
    return found
