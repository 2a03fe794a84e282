"""`docgen config`: every setting, its value, and where the value comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from docgen_core.cli.commands.config_block import show_block
from docgen_core.cli.options import common_options
from docgen_core.cli.session import Session
from docgen_core.cli.text import columns
from docgen_core.cli.trust import trust

if TYPE_CHECKING:
    from docgen_core.settings import LoadedSettings

__all__ = ["config"]

_HELP = """Show every setting, its value, and where the value comes from.

A setting can be given as an option of the command, as a variable (DOCGEN_ and its name in
capitals), or in docgen.toml, which is searched from the current folder upwards. The first of
these that has a value wins. The token is never shown.

\b
Examples:
  docgen config
  DOCGEN_MODEL=qwen2.5-7b docgen config
  docgen config settings glossary          what may be set for one document
"""


@click.group(invoke_without_command=True, help=_HELP)
@click.pass_context
@common_options
def config(session: Session, ctx: click.Context) -> None:
    """Show, unless a sub-command was given."""
    if ctx.invoked_subcommand is None:
        _show(session)


@config.command("show")
@common_options
def show_config(session: Session) -> None:
    """Show every setting (the default)."""
    _show(session)


config.add_command(trust)


config.add_command(show_block)


def _show(session: Session) -> None:
    loaded = session.settings()
    facts = dict(_settings(loaded))
    if session.output.json:
        session.output.document(_document(loaded, facts))
        return
    rows = [(key, _value_text(each["value"]), each["origin"]) for key, each in facts.items()]
    for line in columns(("setting", "value", "from"), rows):
        session.output.line(line)
    for key, provider in loaded.config.providers.items():
        session.output.line(f"deliverables.{key}.provider  {provider}")
    for key, table in loaded.config.settings.items():
        session.output.line(f"settings.{key}  {_value_text(dict(table))}")
    files = ", ".join(str(path) for path in loaded.files)
    session.output.line(f"\nFile: {files or 'none found'}")


def _document(loaded: LoadedSettings, facts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    from docgen_core.cli.facts import plain

    return {
        "files": [str(path) for path in loaded.files],
        "settings": facts,
        "providers": plain(loaded.config.providers),
        "plugin_settings": plain(loaded.config.settings),
    }


def _settings(loaded: LoadedSettings) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each setting's facts under the key that docgen.toml uses."""
    from docgen_core.cli.facts import plain
    from docgen_core.settings.config import OrchestrationConfig, PluginSettings, keys, rule_of

    sources = (
        ("", OrchestrationConfig, loaded.config),
        ("plugins.", PluginSettings, loaded.config.plugins),
    )
    for prefix, cls, instance in sources:
        for key, field in keys(cls):
            value = getattr(instance, field.name)
            rule = rule_of(field)
            if rule is not None and rule.secret and value is not None:
                value = "(set)"
            yield (
                prefix + key,
                {
                    "value": plain(value),
                    "origin": loaded.origins[prefix + field.name],
                    "variable": f"DOCGEN_{field.metadata['env']}",
                    "help": field.metadata["help"],
                },
            )


def _value_text(value: object) -> str:
    """Write a value as docgen.toml would, and None as a dash."""
    import json

    return "-" if value is None else json.dumps(value, ensure_ascii=False)
