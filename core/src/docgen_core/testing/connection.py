"""One client connection of the fake server, and one request's way through it.

Knows bytes, pacing and hanging up; what to answer is decided by the `serve` function it is given.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import cast

import attrs

from docgen_core.testing.rendering import Asked, in_stream_error, render
from docgen_core.testing.replies import HangUp, Reply
from docgen_core.testing.wire import RecordedRequest, take_request

__all__ = ["Connection", "Exchange", "Settings", "Tally"]

_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@attrs.define
class Tally:
    """What the fake server counts.

    Attributes:
        changed: Called after anything that a test may be waiting for.
        connections: Connections accepted.
        chats: Chat requests received.
        in_flight: Chat requests received and not yet answered.
        in_flight_peak: The most that were in flight at once.
        disconnects: Requests whose client left before the answer ended.
        bytes_after_disconnect: Bytes that were generated for a client that had left.
    """

    changed: Callable[[], None]
    connections: int = 0
    chats: int = 0
    in_flight: int = 0
    in_flight_peak: int = 0
    disconnects: int = 0
    bytes_after_disconnect: int = 0

    @contextmanager
    def chat(self) -> Iterator[int]:
        """Count one chat request while it is being answered; gives its number."""
        self.chats += 1
        self.in_flight += 1
        self.in_flight_peak = max(self.in_flight_peak, self.in_flight)
        self.changed()
        try:
            yield self.chats
        finally:
            self.in_flight -= 1


@attrs.frozen(kw_only=True)
class Settings:
    """What a connection needs to know.

    Attributes:
        serve: Answers one exchange.
        tally: Where to count.
        failed: Called with a bug of the test's own `respond` function.
        keep_alive: Seconds for which an idle connection stays open.
        notices_disconnects: Whether a client that leaves stops its generation.
    """

    serve: Callable[[Exchange], Awaitable[None]]
    tally: Tally
    failed: Callable[[BaseException], None]
    keep_alive: float = 5.0
    notices_disconnects: bool = True


class Connection(asyncio.Protocol):
    """A client connection: takes requests off the wire, one at a time."""

    def __init__(self, settings: Settings, peers: set[Connection]) -> None:
        self.settings = settings
        self.gone = False
        self._peers = peers
        self._buffer = bytearray()
        self._exchange: Exchange | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start to count idle time."""
        self._transport = cast("asyncio.Transport", transport)
        self._writable.set()
        self._peers.add(self)
        self.settings.tally.connections += 1
        self._start_idling()
        self.settings.tally.changed()

    def data_received(self, data: bytes) -> None:
        """Start to answer when a whole request has arrived."""
        self._buffer += data
        self._next_exchange()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop what was being generated, if this server notices."""
        del exc
        self.gone = True
        self._peers.discard(self)
        self._writable.set()
        self._stop_idling()
        if self._exchange is not None and not self._exchange.ended:
            self.settings.tally.disconnects += 1
            if self.settings.notices_disconnects:
                self._exchange.stop()
        self.settings.tally.changed()

    def pause_writing(self) -> None:
        """The client reads too slowly."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._writable.set()

    @property
    def idle(self) -> bool:
        """Whether no request is being answered."""
        return self._exchange is None

    async def send(self, data: bytes) -> None:
        """Write, at the client's pace."""
        if self.gone:
            self.settings.tally.bytes_after_disconnect += len(data)
            return
        self._transport.write(data)
        await self._writable.wait()

    async def hang_up(self, how: HangUp) -> None:
        """End the connection from this side."""
        if self.gone:
            return
        self._transport.set_write_buffer_limits(0)
        await self._writable.wait()
        if how == "half_close":
            self._transport.write_eof()
        elif how == "close":
            self._transport.close()
        else:
            self.reset()

    def reset(self) -> None:
        """End the connection at once with a TCP reset."""
        peer: socket.socket = self._transport.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()

    def close(self) -> None:
        """End the connection from this side after what was written has gone out."""
        self._transport.close()

    def exchange_over(self, task: asyncio.Task[None]) -> None:
        """Take the next request, or start to count idle time."""
        self._exchange = None
        if not task.cancelled() and (bug := task.exception()) is not None:
            self.settings.failed(bug)
            self._transport.abort()
        if not self.gone:
            self._start_idling()
            self._next_exchange()
        self.settings.tally.changed()

    def _next_exchange(self) -> None:
        if self._exchange is None and self._buffer and not self._buffer[:1].isalpha():
            # Not HTTP, perhaps a TLS handshake; Node's server answers and hangs up.
            self._buffer.clear()
            self._transport.write(_BAD_REQUEST)
            self._transport.close()
        if self._exchange is not None or (request := take_request(self._buffer)) is None:
            return
        self._stop_idling()
        self._exchange = Exchange(self, request)
        task = asyncio.ensure_future(self._exchange.run())
        self._exchange.task = task
        task.add_done_callback(self.exchange_over)

    def _start_idling(self) -> None:
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(self.settings.keep_alive, self._transport.close)

    def _stop_idling(self) -> None:
        if self._idle is not None:
            self._idle.cancel()


class Exchange:
    """One request and its answer."""

    def __init__(self, connection: Connection, request: RecordedRequest) -> None:
        self.request = request
        self.task: asyncio.Task[None] | None = None
        self.ended = False
        self._connection = connection
        self._failure = ""
        self._streaming = False
        self._sent = 0

    async def run(self) -> None:
        """Answer the request, unless the client leaves or the engine fails on the way."""
        try:
            await self._connection.settings.serve(self)
        except asyncio.CancelledError:
            if not self._failure:
                raise
            await self._send_failure()

    async def play(self, reply: Reply, asked: Asked) -> None:
        """Send `reply` with its pauses, and hang up where it says so."""
        self._streaming = asked.stream and reply.framing == "chunked"
        writes = render(reply, asked)
        if reply.plays_at_once:
            await self._send(b"".join(writes))
        else:
            await self._play_slowly(reply, writes, first=int(self._streaming))
        self.ended = True
        if reply.framing in {"close", "raw"} and reply.cut is None:
            await self._connection.hang_up("close")

    def stop(self) -> None:
        """Stop answering: nobody reads any more."""
        if self.task is not None:
            self.task.cancel()

    def fail(self, message: str) -> None:
        """End the answer with an engine error, in the stream when that has begun."""
        if not self.ended:
            self._failure = message
            self.stop()

    async def _play_slowly(self, reply: Reply, writes: list[bytes], first: int) -> None:
        for index, data in enumerate([*writes, b""]):
            for place, hold in reply.holds:
                if place == index:
                    await hold.pass_through()
            if reply.cut is not None and reply.cut[0] == index:
                self.ended = True
                await self._connection.hang_up(reply.cut[1])
                return
            if data:
                await self._pause(reply, index - first)
                await self._send(data)

    async def _pause(self, reply: Reply, place: int) -> None:
        delay = reply.first_delay if place == 0 else reply.each_delay if place > 0 else 0.0
        if delay:
            await asyncio.sleep(delay)

    async def _send(self, data: bytes) -> None:
        self._sent += len(data)
        await self._connection.send(data)

    async def _send_failure(self) -> None:
        if not self._sent:
            await self.play(Reply.error(400, self._failure), Asked())
        elif self._streaming:
            await self._send(in_stream_error(self._failure))
            self.ended = True
        else:
            self._connection.close()
