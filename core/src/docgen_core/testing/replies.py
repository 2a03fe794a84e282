"""What the fake server answers: good answers, errors, and every way a stream can go wrong.

A `Reply` is plain data; `rendering` turns it into bytes and `connection` plays it.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import attrs

__all__ = ["Answer", "ErrorShape", "Framing", "HangUp", "Hold", "Reply", "ThinkingSeat"]

ErrorShape = Literal["text", "openai", "native"]
ThinkingSeat = Literal["reasoning_content", "reasoning", "think"]
HangUp = Literal["close", "reset", "half_close"]
Framing = Literal["length", "chunked", "close", "raw"]

#: Bytes of a fixed body that go out piece by piece, at the client's pace.
_LARGE = 1_000_000
_TOKEN = re.compile(r"\s*\S+|\s+$")
_JSON = "application/json; charset=utf-8"
_STREAM = "text/event-stream"
_STREAM_ERRORS: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    "doubled": lambda message: {"error": {"message": message}, "message": message},
    "object": lambda message: {"error": {"message": message, "type": "server_error"}},
    "text": lambda message: {"error": message},
}


class Hold:
    """A place where the server waits until the test lets it go on.

    One hold may stop any number of replies; `release` lets all of them go, and later ones pass.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._arrivals = 0
        self._released = False
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def release(self) -> None:
        """Let everything go on, now and from now on. Safe from any thread."""
        with self._changed:
            self._released = True
            for loop, event in self._waiting:
                loop.call_soon_threadsafe(event.set)
            self._waiting.clear()

    def wait_until_reached(self, count: int = 1, timeout: float = 10.0) -> None:
        """Block until `count` replies have come to this place.

        In an asynchronous test call it through `asyncio.to_thread`.

        Raises:
            TimeoutError: they did not within `timeout` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._arrivals >= count, timeout):
                msg = f"{self._arrivals} of {count} replies reached the hold in {timeout} s"
                raise TimeoutError(msg)

    async def pass_through(self) -> None:
        """Wait here, in the server's event loop, until the test releases the hold."""
        event = asyncio.Event()
        with self._changed:
            self._arrivals += 1
            self._changed.notify_all()
            if self._released:
                return
            self._waiting.append((asyncio.get_running_loop(), event))
        await event.wait()


@attrs.frozen(kw_only=True)
class Answer:
    """A chat completion, to be sent as a stream or as one body, as the request asks.

    Attributes:
        tokens: The pieces of the answer, one delta each.
        thinking: The pieces of the reasoning, sent before the answer.
        seat: Where the reasoning is put; `think` is inline, between `<think>` tags.
        finish_reason: The finish reason, or None to end without one.
        usage: `counted` (from the lengths), `zero`, `none`, or the object to send.
        usage_with_finish: Put the usage on the chunk with the finish reason, not on its own.
        done: Whether a stream ends with `[DONE]`.
        repeat_role: Whether every delta carries the role, as LM Studio's do.
        error: An error to send inside the stream after the tokens, instead of an ending.
        error_event: Whether a line `event: error` stands before it.
        model: The model that is said to have answered; None for the one that was asked.
        raw: Whether the tokens are sent as they are although a schema was asked for, as by a
            server that ignores it.
    """

    tokens: tuple[str, ...] = ()
    thinking: tuple[str, ...] = ()
    seat: ThinkingSeat = "reasoning_content"
    finish_reason: str | None = "stop"
    usage: Literal["counted", "zero", "none"] | Mapping[str, Any] = "counted"
    usage_with_finish: bool = False
    done: bool = True
    repeat_role: bool = True
    error: Mapping[str, Any] | None = None
    error_event: bool = False
    model: str | None = None
    raw: bool = False


@attrs.frozen(kw_only=True)
class Reply:
    """One response of the fake server. Build it with the class methods, then refine it.

    Places in a reply are counted in writes: 0 is before anything was sent, 1 is after the
    response head, 2 after the first event or piece of the body, and so on.

    Attributes:
        answer: The chat completion, or None for a fixed body.
        pieces: The fixed body, one write (and one chunk) each.
        status: The HTTP status.
        headers: Extra response headers.
        content_type: The content type of a fixed body.
        framing: How the body's end is marked; `raw` sends `pieces` as they are, without a head.
        first_delay: Seconds before the first token (before the head of a fixed body).
        each_delay: Seconds before every further write.
        holds: Places where the reply waits for the test.
        cut: Where and how the server hangs up, or None.
        split: Cut the body into chunks of this many bytes; 0 leaves one chunk per event.
    """

    answer: Answer | None = None
    pieces: tuple[bytes, ...] = ()
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = _JSON
    framing: Framing = "length"
    first_delay: float = 0.0
    each_delay: float = 0.0
    holds: tuple[tuple[int, Hold], ...] = ()
    cut: tuple[int, HangUp] | None = None
    split: int = 0

    @classmethod
    def text(
        cls,
        text: str,
        *,
        tokens: Iterable[str] | None = None,
        reasoning: str = "",
        seat: ThinkingSeat = "reasoning_content",
        finish_reason: str | None = "stop",
        usage: Literal["counted", "zero", "none"] | Mapping[str, Any] = "counted",
        done: bool = True,
    ) -> Reply:
        """A chat completion; `tokens` overrides how `text` is cut into deltas.

        Where the request asks for a schema, the answer is JSON that fits it and carries the
        words of `text`; see `raw_text`.
        """
        return cls.of(
            Answer(
                tokens=_tokens(text) if tokens is None else tuple(tokens),
                thinking=_tokens(reasoning),
                seat=seat,
                finish_reason=finish_reason,
                usage=usage,
                done=done,
            )
        )

    @classmethod
    def raw_text(
        cls, text: str, *, reasoning: str = "", finish_reason: str | None = "stop"
    ) -> Reply:
        """A chat completion of exactly this text, also where a schema was asked for."""
        answer = Answer(
            tokens=_tokens(text), thinking=_tokens(reasoning), finish_reason=finish_reason, raw=True
        )
        return cls.of(answer)

    @classmethod
    def of(cls, answer: Answer) -> Reply:
        """A chat completion with every detail chosen by the caller."""
        return cls(answer=answer, framing="chunked")

    @classmethod
    def silence(cls, *, done: bool = False) -> Reply:
        """HTTP 200 and a stream with no delta, no finish reason and no error."""
        return cls.of(Answer(finish_reason=None, usage="none", done=done))

    @classmethod
    def stream_error(
        cls,
        message: str,
        *,
        after: str = "",
        done: bool = False,
        shape: Literal["doubled", "object", "text"] = "doubled",
        named: bool = False,
    ) -> Reply:
        """HTTP 200, the tokens of `after`, then an error inside the stream.

        Servers and versions differ in the `shape` of the error, in whether `[DONE]` follows, and
        in whether an `event: error` line goes before (`named`).
        """
        error = _STREAM_ERRORS[shape](message)
        return cls.of(Answer(tokens=_tokens(after), error=error, error_event=named, done=done))

    @classmethod
    def error(
        cls,
        status: int,
        message: str,
        *,
        shape: ErrorShape = "text",
        code: str | None = None,
        kind: str = "invalid_request_error",
        param: str | None = None,
    ) -> Reply:
        """An error body in one of the three shapes; status 200 is possible, as LM Studio does."""
        return cls.body(json.dumps(_error_body(message, shape, code, kind, param)), status=status)

    @classmethod
    def body(cls, body: str | bytes, *, status: int = 200, content_type: str = _JSON) -> Reply:
        """A fixed body with a content length."""
        data = body.encode() if isinstance(body, str) else body
        return cls(pieces=(data,), status=status, content_type=content_type)

    @classmethod
    def html(cls, body: str = "<html><body>Sign in</body></html>", *, status: int = 200) -> Reply:
        """A web page, as captive portals and proxies send."""
        return cls.body(body, status=status, content_type="text/html; charset=utf-8")

    @classmethod
    def redirect(cls, location: str, *, status: int = 307) -> Reply:
        """A redirect to `location`."""
        return cls.body(b"", status=status).with_header("Location", location)

    @classmethod
    def events(cls, *pieces: bytes) -> Reply:
        """A chunked event stream of exactly these bytes, one chunk per piece."""
        return cls(pieces=pieces, content_type=_STREAM, framing="chunked")

    @classmethod
    def raw(cls, *pieces: bytes) -> Reply:
        """Exactly these bytes on the socket, head included, then the connection is closed."""
        return cls(pieces=pieces, framing="raw")

    @classmethod
    def hang_up(cls, how: HangUp = "close") -> Reply:
        """No answer at all: the connection ends before the first byte."""
        return cls(cut=(0, how))

    def with_header(self, name: str, value: str) -> Reply:
        """The same reply with one more response header, for instance `Retry-After`."""
        return attrs.evolve(self, headers=(*self.headers, (name, value)))

    def with_status(self, status: int) -> Reply:
        """The same reply with another HTTP status."""
        return attrs.evolve(self, status=status)

    def cut_after(self, writes: int, how: HangUp = "close") -> Reply:
        """The same reply, ended by hanging up after so many writes."""
        return attrs.evolve(self, cut=(writes, how))

    def held_after(self, writes: int, hold: Hold) -> Reply:
        """The same reply, stalled after so many writes until the test releases `hold`."""
        return attrs.evolve(self, holds=(*self.holds, (writes, hold)))

    def delayed(self, *, first: float = 0.0, each: float = 0.0) -> Reply:
        """The same reply, paced: seconds before the first token and before each later one."""
        return attrs.evolve(self, first_delay=first, each_delay=each)

    def split_every(self, size: int) -> Reply:
        """The same reply with its body in chunks of `size` bytes, whatever they cut through."""
        return attrs.evolve(self, split=size)

    def close_delimited(self) -> Reply:
        """The same reply without a length or chunks: the end of the connection ends the body."""
        return attrs.evolve(self, framing="close")

    def held_to(self, write: Callable[[str], str]) -> Reply:
        """The same reply with its words as `write` puts them, unless they are raw."""
        answer = self.answer
        if answer is None or answer.raw or answer.error is not None or not answer.tokens:
            return self
        tokens = _tokens(write("".join(answer.tokens)))
        return attrs.evolve(self, answer=attrs.evolve(answer, tokens=tokens))

    @property
    def plays_at_once(self) -> bool:
        """Whether nothing in the reply waits or hangs up, so that it can go out in one write."""
        waits = self.first_delay or self.each_delay or self.holds
        return not waits and self.cut is None and sum(map(len, self.pieces)) < _LARGE


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text))


def _error_body(
    message: str, shape: ErrorShape, code: str | None, kind: str, param: str | None
) -> dict[str, Any]:
    if shape == "text":
        return {"error": message}
    if shape == "openai":
        return {"error": {"message": message, "type": kind, "param": param, "code": code}}
    details = {"type": kind, "code": code, "param": param, "message": message}
    return {"error": {name: value for name, value in details.items() if value is not None}}
