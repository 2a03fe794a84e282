"""Stands in front of the client's call: a request that was answered before costs nothing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from docgen_core.cache.entry import decode, encode, key_of
from docgen_core.cache.folder import AnswerFolder, default_folder
from docgen_core.errors import FileError
from docgen_core.lmstudio.types import ChatRequest, Completion
from docgen_core.settings import OrchestrationConfig

__all__ = ["AnswerCache", "Complete"]

Complete = Callable[[ChatRequest, Callable[[str], None] | None], Awaitable[Completion]]

_log = logging.getLogger("docgen_core.cache")
_MEGABYTE = 1_000_000


class AnswerCache:
    """The cache as a run uses it. Nothing that happens to its files fails the run.

    Args:
        config: Says what is cached (`cache`) and how much (`cache_size_mb`).
        warn: Receives what the user should know, one sentence each.
        folder: Where; None for the user's cache folder.
    """

    def __init__(
        self,
        config: OrchestrationConfig,
        *,
        warn: Callable[[str], None],
        folder: Path | None = None,
    ) -> None:
        self._mode = config.cache
        self._limit = config.cache_size_mb * _MEGABYTE
        self._warn = warn
        self._path = folder
        self._written = False
        self._usable = True

    def wrap(self, complete: Complete, *, fresh: bool = False) -> Complete:
        """Give a call that answers from the cache where it can.

        Args:
            complete: The client's call.
            fresh: Ask for everything again; what comes replaces what is cached.
        """
        if self._mode == "off":
            return complete

        async def answer(
            request: ChatRequest, on_text: Callable[[str], None] | None = None
        ) -> Completion:
            if not self._covers(request):
                return await complete(request, on_text)
            found = None if fresh else self.find(request)
            if found is None:
                completion = await complete(request, on_text)
                self.keep(request, completion)
                return completion
            if on_text is not None:
                on_text(found.text)
            return found

        return answer

    def find(self, request: ChatRequest) -> Completion | None:
        """The cached answer to this request, or None."""
        key, folder = key_of(request), self._folder()
        try:
            data = folder.read(key)
            return None if data is None else decode(key, data)
        except FileError as error:
            self._warn(f"a cached answer was not used: {error}")
        except ValueError as error:
            folder.set_aside(key)
            self._warn(
                f"a cached answer was damaged and is asked for again: {error} ({folder.file(key)})"
            )
        return None

    def keep(self, request: ChatRequest, completion: Completion) -> None:
        """Keep an answer that ended by itself; one that was cut off is not worth it."""
        if completion.finish_reason != "stop" or not self._usable:
            return
        key = key_of(request)
        try:
            self._folder().write(key, encode(key, completion))
            self._written = True
        except FileError as error:
            # A full disk stays full: one warning, not one for each answer.
            self._usable = False
            self._warn(f"the answers of this run are not cached: {error}")

    def trim(self) -> None:
        """Bring the cache down to its bound, if this run added to it."""
        if not self._written:
            return
        self._written = False
        try:
            removed = self._folder().trim(self._limit)
        except OSError as error:
            self._warn(f"the cache could not be tidied up: {error}")
            return
        if removed.answers:
            _log.info("removed %d answers from the cache (cache_size_mb)", removed.answers)

    def _covers(self, request: ChatRequest) -> bool:
        """Whether asking again would give the same answer, or the user does not mind."""
        if self._mode == "always":
            return True
        temperature = _sent(request, "temperature")
        seed = _sent(request, "seed")
        return seed is not None or (temperature is not None and temperature == 0)

    def _folder(self) -> AnswerFolder:
        self._path = default_folder() if self._path is None else self._path
        return AnswerFolder(self._path)


def _sent(request: ChatRequest, name: str) -> object:
    """A parameter as it goes out: the request's own, else the one among the further fields."""
    value = getattr(request, name)
    return request.extra.get(name) if value is None else value
