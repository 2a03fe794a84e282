"""`--locked`: refuses to run where anything differs from docgen.lock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from docgen_core.cli.session import Session

if TYPE_CHECKING:
    from docgen_core.settings import LoadedSettings

__all__ = ["held", "lock_options", "lock_path"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--locked",
        is_flag=True,
        help="Refuse to run where plugins, templates, model or settings differ from docgen.lock.",
    ),
    click.option(
        "--lock-file",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="The same with another lock file than the docgen.lock beside docgen.toml.",
    ),
)


def lock_options(function: _Command) -> _Command:
    """Add --locked and --lock-file."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def lock_path(loaded: LoadedSettings) -> Path:
    """Where the lock file of a project stands: beside its settings file, or in the folder."""
    from docgen_core.pinning import LOCK_NAME

    folder = loaded.files[0].parent if loaded.files else Path.cwd()
    return folder / LOCK_NAME


def held(
    session: Session, loaded: LoadedSettings, *, locked: bool, lock_file: Path | None
) -> LoadedSettings:
    """Hold a run to its lock, if that was asked for.

    Returns:
        The settings, with the locked model as the only one.

    Raises:
        FileError: there is no lock file, or it cannot be used.
        LockError: something that is installed differs from it.
        SettingsError: a setting or the model differs from it.
    """
    if not locked and lock_file is None:
        return loaded
    import attrs

    from docgen_core.pinning import hold, pinned_model, read_pins

    pins = read_pins(lock_file or lock_path(loaded))
    hold(pins, loaded.config, session.registry(loaded))
    changes = pinned_model(pins, loaded.config)
    return attrs.evolve(loaded, config=attrs.evolve(loaded.config, **changes))
