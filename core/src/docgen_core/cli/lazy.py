"""The table of commands, and the group that imports a command's module when it is used.

`docgen --help` is answered from the table alone: no command module, no plugin and no library
but click is imported for it.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import click

from docgen_core.cli.output import reader_may_leave

__all__ = ["COMMANDS", "CommandEntry", "LazyGroup"]


class CommandEntry(NamedTuple):
    """One line of the table: where a command lives and what `docgen --help` says about it."""

    home: str
    help: str


_ROOM = "docgen_core.cli.commands"

COMMANDS: Final[Mapping[str, CommandEntry]] = {
    "generate": CommandEntry(f"{_ROOM}.generate:generate", "Write documents from a brief."),
    "refine": CommandEntry(
        f"{_ROOM}.refine:refine", "Write one section of a folder again, with a wish."
    ),
    "deliverables": CommandEntry(
        f"{_ROOM}.deliverables:deliverables", "List the documents that docgen can write."
    ),
    "models": CommandEntry(f"{_ROOM}.models:models", "List the models that the server offers."),
    "health": CommandEntry(f"{_ROOM}.health:health", "Check settings, plugins and the server."),
    "plugins": CommandEntry(f"{_ROOM}.plugins:plugins", "List installed plugins and their state."),
    "lock": CommandEntry(
        f"{_ROOM}.lock:lock", "Write down plugins, templates, model and settings; hold to them."
    ),
    "templates": CommandEntry(
        f"{_ROOM}.templates:templates", "List templates and say which file is used."
    ),
    "validate": CommandEntry(
        f"{_ROOM}.validate:validate", "Check every deliverable's template without a server."
    ),
    "check-plugin": CommandEntry(
        f"{_ROOM}.check_plugin:check_plugin", "Check a plugin, installed or in a folder."
    ),
    "config": CommandEntry(
        f"{_ROOM}.config:config", "Show every setting and where its value comes from."
    ),
    "cache": CommandEntry(f"{_ROOM}.cache:cache", "Show or empty the cache of answers."),
    "status": CommandEntry(
        f"{_ROOM}.status:status", "Show what an output folder holds, and what is stale."
    ),
    "replay": CommandEntry(
        f"{_ROOM}.replay:replay", "Make a document again from its folder, without a server."
    ),
    "export": CommandEntry(
        f"{_ROOM}.export:export", "Write a document that is there in further formats."
    ),
    "check": CommandEntry(
        f"{_ROOM}.check:check", "Look for what is wrong with a finished pack, without a model."
    ),
    "report": CommandEntry(
        f"{_ROOM}.report:report", "Write what a run asked for, when, and what came back."
    ),
    "verify": CommandEntry(
        f"{_ROOM}.verify:verify", "Check that an output folder is as docgen left it."
    ),
    "new": CommandEntry(f"{_ROOM}.new:new", "Begin a plugin of your own."),
}


class LazyGroup(click.Group):
    """A group whose own commands come from the table and whose others come from plugins."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - click's own signature
    ) -> click.Context:
        """Read the arguments, which may already write (`--help`)."""
        with reader_may_leave():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command."""
        with reader_may_leave():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name docgen's own commands. Plugins' commands are not looked up for this."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; a name that is not in the table may be a plugin's."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            from docgen_core.cli.plugin_command import find_plugin_command

            return find_plugin_command(ctx, cmd_name)
        module, _, attribute = entry.home.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name, with a suggestion when there is none."""
        name = args[0]
        command = None if name.startswith("-") else self.get_command(ctx, name)
        if command is not None:
            return name, command, args[1:]
        import difflib

        close = difflib.get_close_matches(name, list(COMMANDS), n=1)
        guess = f"; did you mean {close[0]!r}?" if close else ""
        raise click.UsageError(f"unknown command {name!r}{guess}", ctx)
