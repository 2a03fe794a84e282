"""`docgen config settings`: what may be set for one plugin, as a block for docgen.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docgen_core.cli.completion import complete_ids
from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session

if TYPE_CHECKING:
    from docgen_core.model import Deliverable

__all__ = ["show_block"]

_HELP = """Show the settings of one document as a block for docgen.toml.

ID is a document, as `docgen deliverables` lists them. Each setting has its help, what it accepts,
and its default as the value. Packs and servers read their tables themselves: see their own
documentation.

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

    deliverable = session.registry().deliverable(key)
    cls = deliverable.settings
    if session.output.json:
        settings = [] if cls is None else [plain(each) for each in describe(cls)]
        session.output.document({"id": key, "settings": settings, "toml": _block(deliverable)})
    session.output.line(_block(deliverable).rstrip("\n"))


def _block(deliverable: Deliverable) -> str:
    from docgen_core.settings.block import settings_block

    if deliverable.settings is None:
        return f"# {deliverable.id} has no settings.\n"
    about = f"{deliverable.title}: {deliverable.summary}"
    return settings_block(deliverable.id, deliverable.settings, about=about)
