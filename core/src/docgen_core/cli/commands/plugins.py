"""`docgen plugins`: what is installed, and what state it is in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from docgen_core.cli.commands.plugin_doctor import check_plugins
from docgen_core.cli.commands.plugin_switch import disable_plugin, enable_plugin
from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import columns

if TYPE_CHECKING:
    from docgen_core.plugins import PluginInfo, Registry

__all__ = ["plugins"]

_HELP = """List installed plugins and their state.

Everything that docgen writes comes from plugins: Python packages that you install with pip and
that docgen finds by itself. A broken plugin is listed with the reason and never stops the others.

\b
States:
  active        loaded and ready
  disabled      switched off in the settings
  failed        it could not be loaded; the reason says why
  incompatible  written for another version of docgen
  conflict      two packages offer the same name; the remedy says how to choose

\b
Examples:
  docgen plugins
  docgen plugins show glossary
  docgen plugins doctor
  docgen plugins disable glossary
  docgen plugins --json | jq '.plugins[].status'
"""


@click.group(invoke_without_command=True, help=_HELP)
@click.pass_context
@common_options
def plugins(session: Session, ctx: click.Context) -> None:
    """List, unless a sub-command was given."""
    if ctx.invoked_subcommand is None:
        _list(session)


@plugins.command("list")
@common_options
def list_plugins(session: Session) -> None:
    """List installed plugins (the default)."""
    _list(session)


@plugins.command("show")
@click.argument("name")
@common_options
def show_plugin(session: Session, name: str) -> None:
    """Show all that is known about one plugin.

    NAME is a document, pack, format, server or command that a plugin offers, or the name of the
    package that it comes in.
    """
    registry = session.registry()
    registry.load_all()
    facts = [
        {**_facts(registry, info), "sha256": _hash(registry, info)}
        for info in _find(registry, name)
    ]
    if session.output.json:
        session.output.document({"plugins": facts})
        return
    for index, fact in enumerate(facts):
        for line in _card(fact):
            session.output.line(line)
        if index < len(facts) - 1:
            session.output.line()


plugins.add_command(disable_plugin)
plugins.add_command(enable_plugin)
plugins.add_command(check_plugins)


def _list(session: Session) -> None:
    from docgen_core.cli.facts import plain
    from docgen_core.cli.output import note

    registry = session.registry()
    found = registry.load_all()
    warnings = registry.warnings()
    if session.output.json:
        session.output.document({"plugins": plain(found), "warnings": list(warnings)})
    elif found:
        _print_table(session, found)
    else:
        session.output.line(
            "No plugins are installed. Each is a package: pip install docgen-plugin-..."
        )
    for warning in warnings:
        note(f"docgen: warning: {warning}")


def _print_table(session: Session, found: Sequence[PluginInfo]) -> None:
    rows = [
        (info.name, _kind(info), info.status.value, info.distribution, info.version)
        for info in found
    ]
    for line in columns(("name", "kind", "state", "package", "version"), rows):
        session.output.line(line)


def _kind(info: PluginInfo) -> str:
    """Say what a plugin is for: its group's name without the prefix and the plural."""
    return info.group.removeprefix("docgen.").removesuffix("s")


def _find(registry: Registry, name: str) -> tuple[PluginInfo, ...]:
    from docgen_core.errors import MissingPluginError
    from docgen_core.plugins.discovery import normalise
    from docgen_core.plugins.policy import suggest

    infos = registry.plugins()
    found = tuple(
        info
        for info in infos
        if normalise(name) in {normalise(info.name), normalise(info.distribution)}
    )
    if found:
        return found
    known = sorted({each for info in infos for each in (info.name, info.distribution)})
    msg = f"no installed plugin is called {name!r}{suggest(name, known)}"
    raise MissingPluginError(msg, hint="`docgen plugins` lists what is installed.")


def _facts(registry: Registry, info: PluginInfo) -> dict[str, Any]:
    from docgen_core.cli.facts import plain
    from docgen_core.engine.export import exporter_settings
    from docgen_core.plugins import DELIVERABLES, EXPORTERS, Status

    facts: dict[str, Any] = plain(info)
    if info.group == EXPORTERS and info.status is Status.ACTIVE:
        facts["exporter"] = {"settings": _settings(exporter_settings(registry, info.name))}
    if info.group == DELIVERABLES and info.status is Status.ACTIVE:
        offered = registry.deliverable(info.name)
        facts["deliverable"] = {
            "title": offered.title,
            "summary": offered.summary,
            "needs": list(offered.needs),
            "uses": list(offered.uses),
            "structured": offered.schema is not None,
            "settings": _settings(offered.settings),
        }
    return facts


def _hash(registry: Registry, info: PluginInfo) -> str | None:
    """Hash what the distribution consists of, as a lock file does; None when that fails."""
    from docgen_core.errors import FileError
    from docgen_core.plugins import EntryPoint
    from docgen_core.plugins.content import content_hash

    points = [
        EntryPoint(
            group=each.group,
            name=each.name,
            distribution=each.distribution,
            version=each.version,
            value=each.module,
        )
        for each in registry.plugins()
        if each.distribution == info.distribution
    ]
    try:
        return content_hash(points)
    except FileError:
        return None


def _settings(cls: type[Any] | None) -> list[dict[str, Any]]:
    from docgen_core.cli.facts import plain
    from docgen_core.settings import describe

    return [] if cls is None else [plain(setting) for setting in describe(cls)]


def _card(facts: dict[str, Any]) -> Iterator[str]:
    yield f"{facts['name']}  ({facts['group']})"
    editable = ", installed from a working folder" if facts["editable"] else ""
    yield f"  package  {facts['distribution']} {facts['version']}{editable}"
    yield f"  module   {facts['module']}"
    yield f"  state    {facts['status']}"
    for key in ("reason", "remedy"):
        if facts[key]:
            yield f"  {key:<7}  {facts[key]}"
    if facts["hooks"]:
        yield f"  hooks    {', '.join(facts['hooks'])}"
    if "deliverable" in facts:
        yield from _deliverable_card(facts["deliverable"])
    for kind in ("deliverable", "exporter"):
        if kind in facts:
            yield from _settings_card(facts["name"], facts[kind]["settings"])


def _deliverable_card(facts: dict[str, Any]) -> Iterator[str]:
    yield f"  writes   {facts['title']}: {facts['summary']}"
    for key in ("needs", "uses"):
        if facts[key]:
            yield f"  {key:<7}  {', '.join(facts[key])}"


def _settings_card(name: str, settings: list[dict[str, Any]]) -> Iterator[str]:
    if settings:
        yield f"  settings, under [settings.{name}] in docgen.toml:"
    for setting in settings:
        default = "must be set" if setting["required"] else f"default {setting['default']!r}"
        yield f"    {setting['name']}: {setting['expected']}, {default}. {setting['help']}".rstrip()
