"""`docgen config settings`: what may be set for one plugin, as a block for docgen.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docgen_core.cli.completion import complete_ids
from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session

if TYPE_CHECKING:
    from docgen_core.plugins import Registry

__all__ = ["show_block"]

_HELP = """Show the settings of one document or format as a block for docgen.toml.

ID is a document, as `docgen deliverables` lists them, or a format such as html. Each setting has
its help, what it accepts, and its default as the value. Packs and servers read their tables
themselves: see their own documentation.

\b
Example:
  docgen config settings glossary >> docgen.toml
"""


@click.command("settings", help=_HELP)
@click.argument("key", metavar="ID", shell_complete=complete_ids)
@common_options
def show_block(session: Session, key: str) -> None:
    """Write the block."""
    from docgen_core.cli.facts import plain
    from docgen_core.settings import describe

    cls, about = _declared(session.registry(), key)
    block = _block(key, cls, about)
    if session.output.json:
        settings = [] if cls is None else [plain(each) for each in describe(cls)]
        session.output.document({"id": key, "settings": settings, "toml": block})
    session.output.line(block.rstrip("\n"))


def _declared(registry: Registry, key: str) -> tuple[type[Any] | None, str]:
    """The class of the settings, and what they belong to."""
    from docgen_core.engine.export import exporter_settings
    from docgen_core.plugins import EXPORTERS

    if key in registry.names(EXPORTERS) and key not in registry.deliverable_ids():
        return exporter_settings(registry, key), f"The format {key}"
    deliverable = registry.deliverable(key)
    return deliverable.settings, f"{deliverable.title}: {deliverable.summary}"


def _block(key: str, cls: type[Any] | None, about: str) -> str:
    from docgen_core.settings.block import settings_block

    if cls is None:
        return f"# {key} has no settings.\n"
    return settings_block(key, cls, about=about)
