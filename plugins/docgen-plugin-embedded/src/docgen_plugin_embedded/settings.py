"""What the user may set under `[settings.embedded]`, checked key by key."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from docgen_core.api import UsageError

__all__ = ["EmbeddedSettings"]

_TABLE = "[settings.embedded]"


def _whole_number(lowest: int) -> Any:  # noqa: ANN401 - an attrs validator
    def check(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is None and attribute.default is None:
            return
        if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
            msg = f"{attribute.name} must be a whole number of at least {lowest}, got {value!r}"
            raise ValueError(msg)

    return check


def _file_name(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None and (not isinstance(value, str) or not value):
        msg = f"{attribute.name} must be a file name, got {value!r}"
        raise ValueError(msg)


@attrs.frozen(kw_only=True)
class EmbeddedSettings:
    """How the embedded server uses the machine.

    Attributes:
        threads: Processor threads; by default all cores but one, and half of them beyond four.
        gpu_layers: Layers of the model kept on the graphics card; -1 for as many as fit.
        cache_ram_mib: Memory in MiB for prompts that left their slot; 0 switches it off.
        log_file: A file that takes llama.cpp's full log, overwritten at each start.
    """

    threads: int | None = attrs.field(default=None, validator=_whole_number(1))
    gpu_layers: int = attrs.field(default=-1, validator=_whole_number(-1))
    cache_ram_mib: int = attrs.field(default=1024, validator=_whole_number(0))
    log_file: str | None = attrs.field(default=None, validator=_file_name)

    def log_path(self, folder: Path | None) -> Path | None:
        """Where the log goes, or None.

        Args:
            folder: The folder that a relative path begins in; None for the current one.
        """
        if self.log_file is None:
            return None
        path = Path(self.log_file)
        with contextlib.suppress(RuntimeError):  # the home folder of a user that is not known
            path = path.expanduser()
        return (folder or Path.cwd()) / path

    @classmethod
    def from_mapping(cls, table: Mapping[str, Any]) -> EmbeddedSettings:
        """Make settings from the table as read.

        Raises:
            UsageError: a key is unknown, or a value cannot be used.
        """
        known = tuple(field.name for field in attrs.fields(cls))
        unknown = sorted(set(table) - set(known))
        if unknown:
            noun = "key" if len(unknown) == 1 else "keys"
            msg = f"{_TABLE} holds the unknown {noun} {', '.join(unknown)}"
            raise UsageError(msg, hint=_suggest(unknown, known))
        try:
            return cls(**table)
        except ValueError as error:
            msg = f"{_TABLE} {error}"
            raise UsageError(msg, hint=f"Correct or remove the key under {_TABLE}.") from error


def _suggest(unknown: list[str], known: tuple[str, ...]) -> str:
    close = [match for key in unknown for match in difflib.get_close_matches(key, known, n=1)]
    meant = f"Did you mean {', '.join(close)}? " if close else ""
    return f"{meant}Known keys are {', '.join(known)}."
