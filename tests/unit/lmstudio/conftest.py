"""A loopback server that sends exact bytes, or breaks off where it is told to."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs
import pytest


@attrs.define
class RawServer:
    """Answers each request with the next script; the last one repeats.

    A script is a list of steps: bytes to send, `"reset"`, `"hang"` (until the client goes),
    `"next"` (keep the connection for another request) and the default end, a close.
    """

    scripts: list[Sequence[bytes | str]]
    requests: list[tuple[str, dict[str, str], Any]] = attrs.field(factory=list)
    connections: int = 0
    client_left: threading.Event = attrs.field(factory=threading.Event)
    _socket: socket.socket = attrs.field(factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _talk(self, connection: socket.socket) -> None:
        # A client may rightly leave before all was sent.
        with connection, contextlib.suppress(OSError):
            while self._answer(connection):
                pass

    def _answer(self, connection: socket.socket) -> bool:
        request = self._read(connection)
        if request is None:
            return False
        self.requests.append(request)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        for step in script:
            if isinstance(step, bytes):
                connection.sendall(step)
            elif step == "reset":
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            elif step == "hang":
                connection.recv(1)
                self.client_left.set()
            elif step == "next":
                return True
        return False

    @staticmethod
    def _read(connection: socket.socket) -> tuple[str, dict[str, str], Any] | None:
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", "0")):
            body += connection.recv(65536)
        return first, headers, json.loads(body) if body else None


Serve = Callable[..., RawServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server with the given scripts; it ends with the test."""
    servers: list[RawServer] = []

    def start(*scripts: Sequence[bytes | str]) -> RawServer:
        server = RawServer(list(scripts))
        servers.append(server)
        threading.Thread(target=server.serve, daemon=True).start()
        return server

    yield start
    for server in servers:
        server.close()
