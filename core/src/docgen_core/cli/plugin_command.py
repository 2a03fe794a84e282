"""Finds commands that plugins bring (entry-point group docgen.commands)."""

from __future__ import annotations

import click

from docgen_core.cli.session import session_of
from docgen_core.errors import PluginLoadError

__all__ = ["find_plugin_command"]


def find_plugin_command(ctx: click.Context, name: str) -> click.Command | None:
    """Load the command that a plugin offers under `name`.

    Returns:
        The command, or None when no plugin offers it.

    Raises:
        PluginError: the plugin is broken, or offers something else than a click command.
    """
    from docgen_core.plugins import COMMANDS

    with session_of(ctx).engine() as engine:
        if name not in engine.registry.names(COMMANDS):
            return None
        command = engine.registry.load_object(COMMANDS, name)
    if isinstance(command, click.Command):
        return command
    msg = f"the plugin command {name!r} is a {type(command).__name__}, not a click command"
    raise PluginLoadError(msg, hint=f"`docgen plugins show {name}` names the distribution.")
