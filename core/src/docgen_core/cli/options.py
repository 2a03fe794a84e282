"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from docgen_core.cli.session import session_of
from docgen_core.errors import UsageError

__all__ = [
    "cache_flags",
    "cache_options",
    "common_options",
    "format_option",
    "server_flags",
    "server_options",
]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json, --config, the plugin switches and -v, and hand the session to the command.

    The command's first parameter is the session.
    """

    @functools.wraps(function)
    def command(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - what click passes
        session = session_of(click.get_current_context())
        session.output.begin()
        return function(session, *args, **kwargs)

    for option in reversed(_COMMON):
        command = option(command)
    return command


def _set_json(ctx: click.Context, _parameter: click.Parameter, value: object) -> None:
    session = session_of(ctx)
    session.output.json = session.output.json or bool(value)


def _set_verbosity(ctx: click.Context, _parameter: click.Parameter, value: int) -> None:
    session = session_of(ctx)
    session.verbosity = max(session.verbosity, value)


def _set_config(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    session = session_of(ctx)
    session.config_file = value or session.config_file


def _set_flag(ctx: click.Context, parameter: click.Parameter, value: object) -> None:
    if value:
        session_of(ctx).flags[f"plugins.{parameter.name}"] = True


def _set_names(ctx: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> None:
    if value:
        session_of(ctx).flags[f"plugins.{parameter.name}"] = value


_COMMON = (
    click.option(
        "--json",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_set_json,
        help="Print one JSON document on standard output; all else goes to stderr.",
    ),
    click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        expose_value=False,
        callback=_set_config,
        help="Read settings from FILE instead of searching for docgen.toml.",
    ),
    click.option(
        "--no-plugins",
        is_flag=True,
        expose_value=False,
        callback=_set_flag,
        help="Use no plugins at all.",
    ),
    click.option(
        "--disable-plugin",
        "disable",
        multiple=True,
        metavar="NAME",
        expose_value=False,
        callback=_set_names,
        help="Leave out this plugin or package; may be given again. Replaces the settings' list.",
    ),
    click.option(
        "--only-plugin",
        "only",
        multiple=True,
        metavar="NAME",
        expose_value=False,
        callback=_set_names,
        help="Use only this plugin or package; may be given again. Replaces the settings' list.",
    ),
    click.option(
        "--strict-plugins",
        "strict",
        is_flag=True,
        expose_value=False,
        callback=_set_flag,
        help="Stop when any plugin is broken, even one that is not needed.",
    ),
    click.option(
        "-v",
        "--verbose",
        count=True,
        is_eager=True,
        expose_value=False,
        callback=_set_verbosity,
        help="Show the log, and tracebacks of errors. -vv shows more.",
    ),
)


def format_option(*, required: bool, help_text: str) -> Callable[[_Command], _Command]:
    """Add -F, as `formats`: names as people write them (`HTML`, `.html`, `html,docx`) are taken.

    Args:
        required: Whether it must be given.
        help_text: What the command does with the formats.
    """
    return click.option(
        "-F",
        "--format",
        "formats",
        multiple=True,
        required=required,
        metavar="FORMAT",
        callback=_set_formats,
        help=help_text,
    )


def _set_formats(
    _ctx: click.Context, _parameter: click.Parameter, value: tuple[str, ...]
) -> tuple[str, ...]:
    names = [name.strip().lower().removeprefix(".") for each in value for name in each.split(",")]
    if not all(names):
        raise UsageError(
            "-F needs the name of a format",
            hint="For instance -F html. `docgen plugins` lists the formats that are installed.",
        )
    return tuple(dict.fromkeys(names))


def server_options(function: _Command) -> _Command:
    """Add the options that say which server and model to use."""
    for option in reversed(_SERVER):
        function = option(function)
    return function


_SERVER = (
    click.option(
        "-m",
        "--model",
        "models",
        multiple=True,
        metavar="MODEL",
        help="Model to ask. Given again, a model to try when the one before is missing or fails.",
    ),
    click.option(
        "--base-url",
        metavar="URL",
        help="Address of the model server, with or without /v1.  [default: http://127.0.0.1:1234/v1]",
    ),
    click.option(
        "--server",
        metavar="auto|lmstudio|NAME",
        help="Server to use: LM Studio, or a server plugin such as 'embedded'. auto takes LM "
        "Studio if it answers.  [default: auto]",
    ),
)


def server_flags(
    models: tuple[str, ...], base_url: str | None, server: str | None
) -> dict[str, object]:
    """Give the values of `server_options` as settings."""
    flags: dict[str, object] = {"base_url": base_url, "server": server}
    if models:
        flags |= {"model": models[0], "fallback_models": models[1:]}
    return flags


def cache_options(function: _Command) -> _Command:
    """Add the options that say whether answers may come from the cache."""
    for option in reversed(_CACHE):
        function = option(function)
    return function


_CACHE = (
    click.option(
        "--cache",
        type=click.Choice(["auto", "always", "off"]),
        help="Take answers from the cache: where asking again would give the same (temperature 0 "
        "or a seed), always, or never.  [default: auto]",
    ),
    click.option("--no-cache", is_flag=True, help="Short for --cache off."),
)


def cache_flags(cache: str | None, *, no_cache: bool) -> dict[str, object]:
    """Give the values of `cache_options` as settings."""
    if no_cache and cache not in {None, "off"}:
        raise UsageError(
            f"--no-cache and --cache {cache} contradict each other", hint="Leave one of them out."
        )
    return {"cache": "off" if no_cache else cache}
