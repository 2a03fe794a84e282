"""`docgen templates`: which template files there are, and which one a name stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import columns

if TYPE_CHECKING:
    from docgen_core.templating import Templates, Winner

__all__ = ["templates"]

_HELP = """List templates and say which file is used.

A template lays out a document. The first place that has a template of the wanted name wins: your
project's folder (`templates_dir` in docgen.toml), then packs, then the plugin that owns the
document, then docgen's shared templates.

\b
Examples:
  docgen templates
  docgen templates which glossary/section.md.j2
"""


@click.group(invoke_without_command=True, help=_HELP)
@click.pass_context
@common_options
def templates(session: Session, ctx: click.Context) -> None:
    """List, unless a sub-command was given."""
    if ctx.invoked_subcommand is None:
        _list(session)


@templates.command("list")
@common_options
def list_templates(session: Session) -> None:
    """List every template with the file that is used (the default)."""
    _list(session)


@templates.command("which")
@click.argument("name")
@common_options
def which_template(session: Session, name: str) -> None:
    """Say which file a template's name stands for.

    NAME is as in the list, for instance glossary/section.md.j2.
    """
    from docgen_core.cli.facts import plain

    found = _templates(session).which(name)
    if session.output.json:
        session.output.document(plain(found))
    session.output.line(f"{found.path}  ({found.origin})")


def _list(session: Session) -> None:
    from docgen_core.cli.facts import plain

    found = _templates(session).list()
    if session.output.json:
        session.output.document({"templates": plain(found)})
    for line in columns(("template", "from", "file"), [_row(each) for each in found]):
        session.output.line(line)


def _templates(session: Session) -> Templates:
    from docgen_core.templating import Templates

    loaded = session.settings()
    return Templates.for_registry(session.registry(loaded), loaded.config.templates_dir)


def _row(found: Winner) -> tuple[str, str, str]:
    return found.name, found.origin, found.path
