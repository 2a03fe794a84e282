"""Reads an event stream of JSON objects from bytes, as the chunks come off the wire.

It is written for speed: where chunks hold whole events, which is nearly always, each costs one
decode and a JSON scan per event. What it accepts is wider than the standard where servers are
sloppy, and narrower where text could be lost: damage is an error, never a replacement character
or a skipped event.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from docgen_core.errors import GenerationError
from docgen_core.lmstudio.faults import broken_stream

__all__ = ["DONE", "Event", "EventReader"]

#: The name of the event that OpenAI-compatible servers end their streams with.
DONE = "[DONE]"
#: The event's name ("" for none, `DONE` for the end) and its JSON object (empty for `DONE`).
Event = tuple[str, dict[str, Any]]

_MAX_LINE = 1_000_000
_MAX_BODY = 256_000_000


class EventReader:
    """Takes the chunks of one response body and gives its events.

    Args:
        max_line: Bytes that one line may have; a chunk may carry it past that by its own size.
        max_body: Bytes that the whole stream may have.
    """

    def __init__(self, *, max_line: int = _MAX_LINE, max_body: int = _MAX_BODY) -> None:
        self._max_line = max_line
        self._max_body = max_body
        self._size = 0
        self._tail = bytearray()
        self._after_cr = False
        self._first = True
        self._name = ""
        self._data: list[str] = []
        self._data_size = 0
        # The scanner in C without a Python frame around it; the stubs do not know it.
        self._scan: Callable[[str, int], tuple[Any, int]]
        self._scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events that this chunk completes.

        Raises:
            GenerationError: A line or the stream is too long, not UTF-8, or not JSON.
        """
        self._size += len(chunk)
        if self._size > self._max_body:
            raise _too_long("stream", self._max_body)
        plain = chunk.endswith(b"}\n\n") and b"\r" not in chunk
        if plain and not (self._tail or self._data or self._name):
            return self._whole_events(chunk)
        return self._slowly(chunk)

    def _whole_events(self, chunk: bytes) -> list[Event]:
        """Read a chunk that seems to be whole events of one line, as most chunks are."""
        try:
            text = chunk.decode()
        except UnicodeDecodeError as error:
            raise _damaged("it is not UTF-8") from error
        events: list[Event] = []
        position = 0
        try:
            while text.startswith("data: {", position):
                payload, end = self._scan(text, position + 6)
                # JSON may span lines, an event's line may not.
                if not text.startswith("\n\n", end) or text.find("\n", position, end) >= 0:
                    break
                events.append(("", payload))
                position = end + 2
        except (ValueError, StopIteration, RecursionError):
            pass
        if position:
            self._first = self._after_cr = False
        if position < len(text):
            # The scan stopped at something else than such an event.
            events += self._slowly(text[position:].encode())
        return events

    def _slowly(self, chunk: bytes) -> list[Event]:
        """Read any chunk, line by line."""
        if self._after_cr or b"\r" in chunk:
            chunk = self._with_line_feeds(chunk)
        end = chunk.rfind(b"\n") + 1
        if not end:
            self._keep(chunk)
            return []
        block = chunk if end == len(chunk) else chunk[:end]
        if self._tail:
            block = bytes(self._tail) + block
            self._tail.clear()
        if end != len(chunk):
            self._keep(chunk[end:])
        return self._lines(block)

    def close(self) -> list[Event]:
        """Return the events of a stream that ended without a last blank line."""
        block = bytes(self._tail) + b"\n\n"
        self._tail.clear()
        return self._lines(block)

    def _keep(self, piece: bytes) -> None:
        self._tail += piece
        if len(self._tail) > self._max_line:
            raise _too_long("line", self._max_line)

    def _with_line_feeds(self, chunk: bytes) -> bytes:
        """Make every line end a line feed; a CRLF may be cut in two by the chunks."""
        if not chunk:
            return chunk
        ends_with_cr = chunk.endswith(b"\r")
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._after_cr = ends_with_cr
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _lines(self, block: bytes) -> list[Event]:
        try:
            text = block.decode()
        except UnicodeDecodeError as error:
            raise _damaged("it is not UTF-8") from error
        if self._first:
            self._first = False
            text = text.removeprefix("\ufeff")
        events: list[Event] = []
        lines = text.split("\n")
        lines.pop()
        for line in lines:
            if line.startswith("data: {") and not self._data:
                payload = _object(line[6:])
                if payload is not None:
                    # Given out before its blank line, which some servers leave away.
                    events.append((self._name, payload))
                    continue
            if line:
                self._field(line)
            else:
                self._dispatch(events)
        return events

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data_size += len(value) + 1
            if self._data_size > self._max_line:
                raise _too_long("event", self._max_line)
            self._data.append(value)
        elif name == "event":
            self._name = value

    def _dispatch(self, events: list[Event]) -> None:
        name, data = self._name, self._data
        self._name, self._data, self._data_size = "", [], 0
        text = "\n".join(data).strip()
        if not text:
            return
        if text == DONE:
            events.append((DONE, {}))
            return
        payload = _object(text)
        if payload is not None:
            events.append((name, payload))
        else:
            # Events that were not set apart by blank lines, the last of them perhaps `[DONE]`.
            events += [_event(name, part) for part in data if part.strip()]


def _event(name: str, text: str) -> Event:
    if text.strip() == DONE:
        return DONE, {}
    payload = _object(text)
    if payload is None and name == "error":
        return name, {"error": text}
    if payload is None:
        raise _damaged("an event is not a JSON object")
    return name, payload


def _object(text: str) -> dict[str, Any] | None:
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def _too_long(what: str, limit: int) -> GenerationError:
    return _damaged(f"a {what} is longer than {limit:,} bytes")


def _damaged(problem: str) -> GenerationError:
    return broken_stream(f"the event stream is damaged: {problem}")
