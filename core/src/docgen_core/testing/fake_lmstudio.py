"""The fake LM Studio as tests see it: a context manager around a server in a background thread."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

import attrs

from docgen_core.testing.connection import Connection, Settings, Tally
from docgen_core.testing.models import Api, FakeModel, Shelf
from docgen_core.testing.replies import Hold, Reply
from docgen_core.testing.server import (
    CONTEXT_EXCEEDED,
    MODEL_UNLOADED,
    App,
    default_answer,
)
from docgen_core.testing.wire import RecordedRequest

__all__ = ["FakeLMStudio"]

_BACKLOG = 1024


@attrs.define(kw_only=True, eq=False)
class FakeLMStudio:
    """A real HTTP server on this machine that behaves as LM Studio does, on good days and bad.

        with FakeLMStudio() as fake:
            fake.enqueue(Reply.error(400, "Model unloaded."), Reply.text("# Hello"))
            ...  # point the program at fake.base_url
            assert len(fake.chat_requests) == 2

    Attributes:
        models: The models on its disk.
        api: The newest native listing: `v1` and `v0` as LM Studio 0.4, `v0` as 0.3.6, or none.
        token: The API token that it asks for, or None.
        jit: Whether a first use loads a model that is not in memory.
        load_time: How long a load takes: seconds, or a hold of the test.
        keep_alive: Seconds for which an idle connection stays open.
        enforce_context: Refuse prompts that do not fit the context, and fail all running requests
            of a model when together they do not.
        notices_disconnects: Whether a client that leaves stops its generation and frees its slot.
        unknown_status: The status of the answer to an unknown endpoint; LM Studio's is 200.
        greeting: Whether it says that it is LM Studio.
        keep_requests: How many requests to remember; None for all.
        respond: Answers a chat request when nothing is enqueued. Runs in the server's thread.
        port: The port, 0 for a free one. After `start` the one in use.
        host: The loopback address to listen on; LM Studio knows IPv4 only, others `::1` too.
        tls: Serve HTTPS with this context instead of HTTP.
    """

    models: tuple[FakeModel, ...] = (FakeModel("demo-8b", loaded=True),)
    api: Api = "v1"
    token: str | None = attrs.field(default=None, repr=False)
    jit: bool = True
    load_time: float | Hold = 0.0
    keep_alive: float = 5.0
    enforce_context: bool = False
    notices_disconnects: bool = True
    unknown_status: int = 200
    greeting: bool = True
    keep_requests: int | None = None
    respond: Callable[[RecordedRequest], Reply] = default_answer
    port: int = 0
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = attrs.field(default=None, repr=False)
    _tally: Tally = attrs.field(init=False, repr=False)
    _changed: threading.Condition = attrs.field(factory=threading.Condition, init=False, repr=False)
    _peers: set[Connection] = attrs.field(factory=set, init=False, repr=False)
    _failures: list[BaseException] = attrs.field(factory=list, init=False, repr=False)
    _app: App = attrs.field(init=False, repr=False)
    _loop: asyncio.AbstractEventLoop = attrs.field(init=False, repr=False)
    _stopping: asyncio.Event = attrs.field(init=False, repr=False)
    _thread: threading.Thread | None = attrs.field(default=None, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._tally = Tally(self._notify)
        shelf = Shelf(models=self.models, jit=self.jit, load_time=self.load_time, api=self.api)
        self._app = App(
            shelf=shelf,
            tally=self._tally,
            token=self.token,
            unknown_status=self.unknown_status,
            greeting=self.greeting,
            enforce_context=self.enforce_context,
            keep_alive=self.keep_alive,
            respond=self._respond,
            recorded=deque(maxlen=self.keep_requests),
        )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if error is None and self._failures:
            raise self._failures[0]

    def start(self) -> Self:
        """Listen. After `stop` it listens on the same port again."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        address = (self.host, self.port)
        listener = socket.create_server(address, family=family, backlog=_BACKLOG)
        self.port = listener.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._main(listener, ready)),
            name="fake-lmstudio",
            daemon=True,
        )
        self._thread.start()
        ready.wait()
        return self

    def stop(self) -> None:
        """Close the port and every connection. Calling it again does nothing."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
            self._thread = None

    def close_idle(self) -> None:
        """Close every connection on which no request is being answered, as after 5 s of quiet."""
        self._in_loop(self._close_idle)

    def reset_busy(self) -> None:
        """Reset every connection that waits for an answer, as a server that dies does."""
        self._in_loop(self._reset_busy)

    def enqueue(self, *replies: Reply) -> None:
        """Answer the next chat requests with these, in order of arrival."""
        self._app.queue.extend(replies)

    def override(self, path: str, *replies: Reply) -> None:
        """Answer requests for `path` (for instance `/api/v1/models`) with these; the last stays."""
        self._app.overrides[path] = deque(replies)

    def unload(self, model: str) -> None:
        """Unload a model; what is being generated on it ends with "Model unloaded."."""
        self._in_loop(lambda: self._unload(model))

    def overflow(self) -> None:
        """End all running generations with "Context size has been exceeded."."""
        self._in_loop(lambda: self._app.fail_running(CONTEXT_EXCEEDED))

    @property
    def base_url(self) -> str:
        """The OpenAI-compatible root, ending in `/v1`."""
        scheme = "http" if self.tls is None else "https"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}/v1"

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """Every request, in order of arrival."""
        return tuple(self._app.recorded)

    @property
    def chat_requests(self) -> tuple[RecordedRequest, ...]:
        """The chat requests, in order of arrival."""
        return tuple(x for x in self.requests if x.path.endswith("/chat/completions"))

    @property
    def loaded(self) -> tuple[str, ...]:
        """The ids of the instances in memory; a second one of a model is `key:2`."""
        return self._app.shelf.instance_ids

    @property
    def model_loads(self) -> int:
        """How many times a first use loaded a model."""
        return self._app.shelf.loads

    @property
    def connections(self) -> int:
        """Connections accepted so far."""
        return self._tally.connections

    @property
    def open_connections(self) -> int:
        """Connections open now."""
        return len(self._peers)

    @property
    def chats(self) -> int:
        """Chat requests received so far, also those no longer remembered."""
        return self._tally.chats

    @property
    def in_flight(self) -> int:
        """Chat requests received and not yet answered, those waiting for a slot included."""
        return self._tally.in_flight

    @property
    def in_flight_peak(self) -> int:
        """The most chat requests that were in flight at once."""
        return self._tally.in_flight_peak

    @property
    def disconnects(self) -> int:
        """Requests whose client left before the answer ended."""
        return self._tally.disconnects

    @property
    def bytes_after_disconnect(self) -> int:
        """Bytes generated for clients that had left (see `notices_disconnects`)."""
        return self._tally.bytes_after_disconnect

    def wait_until(self, condition: Callable[[], bool], timeout: float = 10.0) -> None:
        """Block until `condition`, which reads this object, holds.

        In an asynchronous test call it through `asyncio.to_thread`.

        Raises:
            TimeoutError: it did not come about within `timeout` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(condition, timeout):
                msg = f"the condition did not come about within {timeout} s"
                raise TimeoutError(msg)

    async def _main(self, listener: socket.socket, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        settings = self._settings()
        server = await self._loop.create_server(
            lambda: Connection(settings, self._peers), sock=listener, ssl=self.tls
        )
        ready.set()
        await self._stopping.wait()
        server.close()
        self._close_idle()
        self._reset_busy()
        await asyncio.sleep(0)  # the connections' own callbacks come in the next turn

    def _settings(self) -> Settings:
        return Settings(
            serve=self._app.serve,
            tally=self._tally,
            failed=self._failures.append,
            keep_alive=self.keep_alive,
            notices_disconnects=self.notices_disconnects,
        )

    def _respond(self, request: RecordedRequest) -> Reply:
        return self.respond(request)

    def _close_idle(self) -> None:
        for peer in [peer for peer in self._peers if peer.idle]:
            peer.close()

    def _reset_busy(self) -> None:
        for peer in [peer for peer in self._peers if not peer.idle]:
            peer.reset()

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _unload(self, model: str) -> None:
        self._app.fail_running(MODEL_UNLOADED, model)
        self._app.shelf.unload(model)

    def _in_loop(self, action: Callable[[], object]) -> None:
        """Run `action` in the server's thread and wait for it."""
        done = threading.Event()

        def run() -> None:
            action()
            done.set()

        self._loop.call_soon_threadsafe(run)
        done.wait()
