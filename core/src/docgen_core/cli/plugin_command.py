"""Finds commands that plugins bring (entry-point group docgen.commands)."""

from __future__ import annotations

from typing import Any

import click

from docgen_core.cli.session import session_of
from docgen_core.errors import DocgenError, HookError, PluginLoadError

__all__ = ["find_plugin_command"]


def find_plugin_command(ctx: click.Context, name: str) -> click.Command | None:
    """Load the command that a plugin offers under `name`.

    Returns:
        The command, or None when no plugin offers it.

    Raises:
        PluginError: the plugin is broken, or offers something else than a click command.
    """
    from docgen_core.plugins import COMMANDS

    registry = session_of(ctx).registry()
    if name not in registry.names(COMMANDS):
        return None
    command = registry.load_object(COMMANDS, name)
    if isinstance(command, click.Command):
        return _guarded(command, name)
    msg = f"the plugin command {name!r} is a {type(command).__name__}, not a click command"
    raise PluginLoadError(msg, hint=f"`docgen plugins show {name}` names the distribution.")


def _guarded(command: click.Command, name: str) -> click.Command:
    """Let the command's own accidents be the plugin's fault, not a bug in docgen."""
    invoke = command.invoke

    def guarded(ctx: click.Context) -> Any:  # noqa: ANN401 - what the command returns
        try:
            return invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, DocgenError):
            raise
        except Exception as error:  # the plugin boundary
            msg = f"the plugin command {name!r} failed: {type(error).__name__}: {error}"
            hint = f"`docgen plugins show {name}` names the distribution; ask its author."
            raise HookError(msg, hint=hint) from error

    command.invoke = guarded  # type: ignore[method-assign] # the object is the plugin's own
    return command
