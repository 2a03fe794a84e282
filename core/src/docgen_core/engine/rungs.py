"""Remembers how each model gives structured answers, in the user's cache folder.

One small file for each server and model, replaced in one step: processes need no lock, and a
damaged file is as good as none.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import attrs

from docgen_core.errors import FileError
from docgen_core.store.atomic import make_folder, read_text, write_text

__all__ = ["Learned", "Rung", "RungMemory"]

Rung = Literal["schema", "prompt", "repair", "fields"]

_log = logging.getLogger("docgen_core.engine")

#: After so long the schema is tried again: servers are updated.
_SECONDS: Final = 7 * 24 * 3600.0
_VERSION: Final = 1


@attrs.frozen(kw_only=True)
class Learned:
    """Where to begin with a model.

    Attributes:
        rung: The first rung to try.
        why: What was seen, as a phrase.
    """

    rung: Rung = "schema"
    why: str = ""


class RungMemory:
    """What was learned about one model of one server.

    Args:
        server: The server's address.
        model: The model's id.
        folder: Where it is kept; None for the user's cache folder.
        clock: The time in seconds since 1970.
    """

    def __init__(
        self,
        server: str,
        model: str,
        *,
        folder: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._name = hashlib.sha256(f"{server}\n{model}".encode()).hexdigest()[:32] + ".json"
        self._about = {"server": server, "model": model}
        self._folder = folder
        self._clock = clock

    def recall(self) -> Learned:
        """Where to begin; at the schema when nothing is known or it was long ago."""
        try:
            facts = json.loads(read_text(self._path()) or "{}")
            age = self._clock() - float(facts["learned"])
            known = facts["version"] == _VERSION and facts["rung"] in {"prompt", "fields"}
            if known and 0 <= age < _SECONDS:
                return Learned(rung=facts["rung"], why=str(facts["why"])[:200])
        except (ValueError, KeyError, TypeError, RecursionError, FileError) as error:
            _log.debug("nothing usable is remembered about the model: %s", error)
        return Learned()

    def learn(self, rung: Rung, why: str) -> None:
        """Begin at this rung from now on."""
        facts = {**self._about, "rung": rung, "why": why, "learned": self._clock()}
        self._write({**facts, "version": _VERSION})

    def forget(self) -> None:
        """Begin at the schema again."""
        try:
            self._path().unlink(missing_ok=True)
        except OSError as error:
            _log.debug("what is remembered about the model stays: %s", error)

    def _write(self, facts: dict[str, object]) -> None:
        path = self._path()
        try:
            make_folder(path.parent.parent)
            make_folder(path.parent)
            write_text(path, json.dumps(facts, indent=1) + "\n")
        except FileError as error:
            # Nothing is lost but a request or two of the next run.
            _log.info("what was learned about the model is not kept: %s", error)

    def _path(self) -> Path:
        if self._folder is None:
            import platformdirs

            self._folder = platformdirs.user_cache_path("docgen", appauthor=False) / "rungs"
        return self._folder / self._name
