"""HTTP/1.1 and event-stream bytes for the fake server: reading requests, framing responses.

Written by hand rather than with an HTTP library, because a test server must also be able to send
what no library lets through.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import attrs

__all__ = ["LAST_CHUNK", "RecordedRequest", "as_chunk", "as_event", "response_head", "take_request"]

LAST_CHUNK = b"0\r\n\r\n"
_HEAD_END = b"\r\n\r\n"


@attrs.frozen(kw_only=True)
class RecordedRequest:
    """A request as the fake server received it.

    Attributes:
        method: The HTTP method.
        path: The request target, query included.
        headers: The headers; names in lower case.
        body: The body's bytes.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    @functools.cached_property
    def json(self) -> Any:  # noqa: ANN401 - a JSON body can be anything
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def model(self) -> str:
        """The model that a chat request asks for."""
        return str(self.json.get("model", ""))

    @property
    def messages(self) -> tuple[Mapping[str, Any], ...]:
        """The messages of a chat request."""
        return tuple(self.json.get("messages", ()))

    @property
    def prompt(self) -> str:
        """All messages of a chat request as one text, in order."""
        return "\n\n".join(str(message.get("content", "")) for message in self.messages)


def take_request(buffer: bytearray) -> RecordedRequest | None:
    """Take one whole request from the front of `buffer`, or None while it is incomplete."""
    end = buffer.find(_HEAD_END)
    if end < 0:
        return None
    first, *lines = bytes(buffer[:end]).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    start = end + len(_HEAD_END)
    stop = start + int(headers.get("content-length", "0"))
    if len(buffer) < stop:
        return None
    body = bytes(buffer[start:stop])
    del buffer[:stop]
    method, path, *_ = first.split(" ")
    return RecordedRequest(method=method, path=path, headers=headers, body=body)


def response_head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    """The status line and headers of a response, blank line included."""
    reason = HTTPStatus(status).phrase
    lines = (f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers))
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def as_chunk(data: bytes) -> bytes:
    """`data` as one chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def as_event(data: str) -> bytes:
    """`data` as one server-sent event."""
    return f"data: {data}\n\n".encode()
