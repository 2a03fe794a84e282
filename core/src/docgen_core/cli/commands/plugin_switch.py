"""`docgen plugins disable` and `enable`: edit the settings file; no plugin code is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session

if TYPE_CHECKING:
    from docgen_core.plugins import EntryPoint

__all__ = ["disable_plugin", "enable_plugin"]

_DISABLE_HELP = """Switch a plugin off for this project.

NAME is what a plugin offers (a document, pack, format, server or command), or the package that it
comes in. It is put on the list plugins.disable of docgen.toml, which is made if there is none;
everything else in the file stays as it is. The plugin itself is not loaded.

\b
Examples:
  docgen plugins disable glossary
  docgen plugins disable acme-docgen-pack
"""

_ENABLE_HELP = """Switch a plugin on again for this project.

NAME is taken off the list plugins.disable of docgen.toml and, where plugins.only is used, put on
that list. Everything else in the file stays as it is. The plugin itself is not loaded.

\b
Example:
  docgen plugins enable glossary
"""

#: The variable that may be behind a reason, by how the reason begins; otherwise the first.
_VARIABLES: Final = {
    "plugins.disable": "DOCGEN_DISABLE_PLUGINS",
    "plugins.only": "DOCGEN_ONLY_PLUGINS",
    "all plugins": "DOCGEN_NO_PLUGINS",
}


@click.command("disable", help=_DISABLE_HELP)
@click.argument("name")
@common_options
def disable_plugin(session: Session, name: str) -> None:
    """Put a plugin on the list of those that are not used."""
    _switch(session, name, on=False)


@click.command("enable", help=_ENABLE_HELP)
@click.argument("name")
@common_options
def enable_plugin(session: Session, name: str) -> None:
    """Take a plugin off the list of those that are not used."""
    _switch(session, name, on=True)


def _switch(session: Session, name: str, *, on: bool) -> None:
    from docgen_core.plugins.discovery import discover, normalise
    from docgen_core.settings.edit import file_to_edit, switch_off, switch_on

    session.settings()  # a file with mistakes is not edited; they are told instead
    points = discover().entry_points
    path = session.config_file or file_to_edit(Path.cwd())
    # What was uninstalled may still stand on a list, and can be taken off it.
    lists = session.settings().config.plugins
    spelled = _spelled(name, points, (*lists.disable, *lists.only) if on else ())
    change = switch_on if on else switch_off
    changed = change(path, spelled, lambda other: normalise(other) == normalise(spelled))
    _report(session, spelled, path, points, on=on, changed=changed)


def _spelled(name: str, points: tuple[EntryPoint, ...], listed: tuple[str, ...]) -> str:
    """The name as the plugin, or else the list, spells it.

    Raises:
        MissingPluginError: nothing that is installed or listed has it.
    """
    from docgen_core.errors import MissingPluginError
    from docgen_core.plugins.discovery import normalise
    from docgen_core.plugins.policy import suggest

    known = sorted({each for point in points for each in (point.name, point.distribution)})
    for each in (*known, *listed):
        if normalise(each) == normalise(name):
            return each
    msg = f"no installed plugin is called {name!r}{suggest(name, known)}"
    raise MissingPluginError(msg, hint="`docgen plugins` lists what is installed.")


def _report(
    session: Session,
    name: str,
    path: Path,
    points: tuple[EntryPoint, ...],
    *,
    on: bool,
    changed: bool,
) -> None:
    from docgen_core.cli.output import note

    reasons = _reasons(session, name, points)
    contrary = any(reasons) if on else not all(reasons)
    done = f"{'on' if on else 'off'} in {path}"
    session.output.line(f"{name}: switched {done}" if changed else f"{name}: was already {done}")
    if contrary:
        why = _why(session, name, points, next(filter(None, reasons), ""))
        note(f"docgen: warning: {name} is still {'off' if on else 'on'}: {why}")
    if session.output.json:
        facts = {"name": name, "file": str(path), "changed": changed, "enabled": on != contrary}
        session.output.document(facts)


def _reasons(session: Session, name: str, points: tuple[EntryPoint, ...]) -> list[str]:
    """Why each entry point of that name is off now; an empty text for one that is on."""
    from docgen_core.plugins import PluginPolicy
    from docgen_core.plugins.policy import matches

    policy = PluginPolicy.from_config(session.settings().config)
    return [policy.why_disabled(point) for point in points if matches(point, [name])]


def _why(session: Session, name: str, points: tuple[EntryPoint, ...], reason: str) -> str:
    """Why it is not as was asked for, and what would help."""
    import os

    from docgen_core.plugins.discovery import normalise
    from docgen_core.plugins.policy import matches

    begins = next((key for key in _VARIABLES if reason.startswith(key)), "plugins.disable")
    if os.environ.get(_VARIABLES[begins], "").strip():
        return f"the variable {_VARIABLES[begins]} wins over the file"
    own = [point for point in points if matches(point, [name])]
    listed = session.settings().config.plugins.disable
    names = [each for each in listed if any(matches(point, [each]) for point in own)]
    # Its own name was taken off the file's list; if it is still there, an option put it there.
    if names and normalise(name) not in map(normalise, names):
        return f"plugins.disable names {names[0]}; `docgen plugins enable {names[0]}`"
    return f"{reason}, by an option" if reason else "by an option"
