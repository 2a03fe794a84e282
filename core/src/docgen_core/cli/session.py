"""What one run of the command line shares between its parts: common options and the output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen_core.cli.output import Output

if TYPE_CHECKING:
    from docgen_core.engine import OrchestrationEngine
    from docgen_core.events import Listener
    from docgen_core.settings import LoadedSettings

__all__ = ["Session", "session_of"]


class Session:
    """The common options of one command, filled in while click reads the arguments.

    Attributes:
        output: Where results go.
        verbosity: How often `-v` was given.
        config_file: The settings file given by name, or None.
        flags: Settings from options, as `load_settings` takes them.
    """

    def __init__(self) -> None:
        self.output = Output()
        self.verbosity = 0
        self.config_file: Path | None = None
        self.flags: dict[str, object] = {}

    def settings(self, flags: Mapping[str, object] | None = None) -> LoadedSettings:
        """Load the settings of this command.

        Args:
            flags: The command's own options, as `load_settings` takes them.
        """
        from docgen_core.settings import load_settings

        return load_settings(
            {**self._logging(), **self.flags, **(flags or {})}, config_file=self.config_file
        )

    def engine(
        self, loaded: LoadedSettings | None = None, *, listeners: Sequence[Listener] = ()
    ) -> OrchestrationEngine:
        """Make the engine; use it as a context manager.

        Args:
            loaded: The settings; None to load them without further options.
            listeners: Receive the engine's events.
        """
        from docgen_core.engine import OrchestrationEngine

        config = (loaded or self.settings()).config
        return OrchestrationEngine(config, listeners=listeners)

    def _logging(self) -> dict[str, object]:
        if self.verbosity == 0:
            return {}
        return {"enable_logging": True, "log_level": "INFO" if self.verbosity == 1 else "DEBUG"}


def session_of(ctx: click.Context) -> Session:
    """Give the session that `main` started."""
    return ctx.ensure_object(Session)
