"""`docgen templates`: which template files there are, which one is used, and copies to change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import columns

if TYPE_CHECKING:
    from docgen_core.templating import Templates, Winner
    from docgen_core.templating.copies import Comparison, Copied

__all__ = ["templates"]

_HELP = """List templates, say which file is used, and make copies to change.

A template lays out a document; words.toml beside it holds the words that it writes itself, by
language. The first place that has a file of the wanted name wins: your project's folder
(`templates_dir` in docgen.toml), then packs, then the plugin that owns the document, then
docgen's shared templates.

\b
Examples:
  docgen templates
  docgen templates which glossary/section.md.j2
  docgen templates copy glossary/section.md.j2
  docgen templates diff glossary/section.md.j2
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
    """List every template with the file that is used (the default).

    Behind it stands what it overrides, if anything.
    """
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


@templates.command("copy")
@click.argument("name")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to copy into, if not `templates_dir` of docgen.toml.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@common_options
def copy_template(session: Session, name: str, folder: Path | None, force: bool) -> None:
    """Copy the template in use into your project, where your changes win.

    NAME is as in the list, for instance glossary/section.md.j2 or glossary/words.toml.
    """
    from docgen_core.cli.facts import plain
    from docgen_core.templating import copies

    every = _templates(session)
    copied = copies.copy_template(every, name, folder or _project_folder(every), force=force)
    if session.output.json:
        session.output.document({**plain(copied), "next": _next(copied)})
    session.output.line(f"{copied.path}  (a copy of {copied.source.origin})")
    for line in _next(copied):
        session.output.line(line)


@templates.command("diff")
@click.argument("name")
@common_options
def diff_template(session: Session, name: str) -> None:
    """Show how your project's template differs from the one that it overrides.

    Also says when the original has changed since your copy was made. NAME is as in the list.
    """
    from docgen_core.cli.facts import plain
    from docgen_core.templating import copies

    found = copies.compare_template(_templates(session), name)
    if session.output.json:
        session.output.document(plain(found))
    for line in found.diff.splitlines() or ["Both say the same."]:
        session.output.line(line)
    if found.changed_since_copy:
        session.output.line(_changed(found))


def _project_folder(every: Templates) -> Path:
    from docgen_core.errors import TemplateError

    if every.project_folder is None:
        raise TemplateError(
            "this project has no folder for templates",
            hint='Set templates_dir = "templates" in docgen.toml, or name a folder with --to.',
        )
    return every.project_folder


def _next(copied: Copied) -> list[str]:
    lines = (
        []
        if copied.in_use
        else [f"To use it, set templates_dir in docgen.toml to this folder: {copied.folder}"]
    )
    return [
        *lines,
        "Change it, then check it: docgen validate",
        f"See your changes: docgen templates diff {copied.name}",
    ]


def _changed(found: Comparison) -> str:
    return (
        f"The original ({found.original.origin}) has changed since your copy was made: look "
        "whether what is new there belongs in your file, too."
    )


def _list(session: Session) -> None:
    every = _templates(session)
    found = [(winner, _overridden(every, winner)) for winner in every.list()]
    if session.output.json:
        session.output.document({"templates": [_facts(*each) for each in found]})
    rows = [(winner.name, winner.origin, _origins(hidden), winner.path) for winner, hidden in found]
    for line in columns(("template", "from", "overrides", "file"), rows):
        session.output.line(line)


def _overridden(every: Templates, winner: Winner) -> tuple[Winner, ...]:
    return every.layers(winner.name)[1:]


def _facts(winner: Winner, hidden: tuple[Winner, ...]) -> dict[str, Any]:
    places = [{"origin": each.origin, "path": each.path} for each in hidden]
    return {
        "name": winner.name,
        "origin": winner.origin,
        "path": winner.path,
        "overrides": places,
    }


def _origins(hidden: tuple[Winner, ...]) -> str:
    return ", ".join(each.origin for each in hidden) or "-"


def _templates(session: Session) -> Templates:
    from docgen_core.templating import Templates

    loaded = session.settings()
    return Templates.for_registry(session.registry(loaded), loaded.config.templates_dir)
