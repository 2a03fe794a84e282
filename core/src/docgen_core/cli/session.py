"""What one run of the command line shares between its parts: common options and the output."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from docgen_core.cli.output import Output

if TYPE_CHECKING:
    from pathlib import Path

    from docgen_core.engine import OrchestrationEngine
    from docgen_core.events import Listener
    from docgen_core.plugins import Registry
    from docgen_core.settings import LoadedSettings

__all__ = ["INTERRUPTED", "Session", "leave_now", "session_of"]

INTERRUPTED = 130


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

        if listeners:  # whoever listens is going to ask the server
            _load_http()
        loaded = loaded or self.settings()
        registry = self.registry(loaded)
        return OrchestrationEngine(
            loaded.config,
            registry=registry,
            listeners=listeners,
            on_second_interrupt=leave_now,
        )

    def registry(self, loaded: LoadedSettings | None = None) -> Registry:
        """Make the registry of plugins alone, which loads quicker than an engine.

        Args:
            loaded: The settings; None to load them without further options.
        """
        from docgen_core.plugins import PluginPolicy, Registry

        config = (loaded or self.settings()).config
        return Registry(PluginPolicy.from_config(config))

    def _logging(self) -> dict[str, object]:
        if self.verbosity == 0:
            return {}
        return {"enable_logging": True, "log_level": "INFO" if self.verbosity == 1 else "DEBUG"}


def _load_http() -> None:
    """Load the HTTP library without trio, in this process, which is docgen's alone.

    httpcore imports trio wherever that is installed, and trio asks ctypes for a library, which
    starts ldconfig: 60 ms and a process for nothing, because docgen runs on asyncio.
    """
    if "trio" not in sys.modules:
        sys.modules["trio"] = None  # type: ignore[assignment] # Python's own mark for "not there"
        try:
            importlib.import_module("httpcore")
        finally:
            del sys.modules["trio"]


def leave_now() -> None:
    """End the process at once, as after a second Ctrl-C: what was finished is on the disk.

    A server that docgen started notices that its parent is gone.
    """
    with contextlib.suppress(OSError):
        if sys.stderr.isatty():
            os.write(2, b"\x1b[?25h\n")  # the live display had hidden the cursor
    os._exit(INTERRUPTED)


def session_of(ctx: click.Context) -> Session:
    """Give the session that `main` started."""
    return ctx.ensure_object(Session)
