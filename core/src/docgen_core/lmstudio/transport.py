"""The border to httpx: how a connection is opened, what is refused, and what its errors mean."""

from __future__ import annotations

import errno
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpx

from docgen_core.errors import ConnectError, GenerationError, Retry, ServerError, UsageError
from docgen_core.lmstudio.address import is_local, origin_of
from docgen_core.lmstudio.faults import broken_stream, classify_body, parse_retry_after, redact
from docgen_core.lmstudio.types import Endpoint, Timeouts

__all__ = ["Exchange", "StaleConnectionError", "open_http", "translated"]

# LM Studio closes an idle connection after 5 s; ours must go first.
_KEEPALIVE_SECONDS = 4.0
_START_HINT = "Start the server in LM Studio or with 'lms server start', or set the base URL."
_TLS_HINT = (
    "Check http against https in the base URL. For a certificate of your own, name the file of "
    "its authority in the environment variable SSL_CERT_FILE."
)
_FILES_HINT = "Raise the limit (ulimit -n), or lower the concurrency."
_OTHER_HINT = "Check the base URL: something else than a model server may be using that port."


class StaleConnectionError(Exception):
    """A kept connection was closed by the server before it could take the request."""


def open_http(
    endpoint: Endpoint, timeouts: Timeouts, transport: httpx.AsyncBaseTransport | None
) -> httpx.AsyncClient:
    """Return an HTTP client for one endpoint, which follows no redirect and unpacks nothing.

    Args:
        endpoint: Where the server is, and the key it wants.
        timeouts: Only `connect` is the transport's business.
        transport: Instead of the network.

    Raises:
        UsageError: The key cannot be sent.
    """
    local, plain = is_local(endpoint.base_url), endpoint.base_url.startswith("http:")
    return httpx.AsyncClient(
        transport=transport,
        headers=_headers(endpoint.api_key),
        follow_redirects=False,
        # A proxy of the environment would get the key and cannot reach this machine anyway.
        trust_env=not local,
        # Without TLS and proxies there is nothing to verify; loading the certificates costs 50 ms.
        # The context is made here because without `trust_env` httpx passes over SSL_CERT_FILE.
        verify=False if local and plain else httpx.create_ssl_context(),
        timeout=httpx.Timeout(None, connect=timeouts.connect),
        limits=httpx.Limits(
            max_connections=None,
            max_keepalive_connections=None,
            keepalive_expiry=_KEEPALIVE_SECONDS,
        ),
    )


def _headers(api_key: str | None) -> dict[str, str]:
    headers = {
        "Accept": "text/event-stream, application/json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "User-Agent": "docgen",
    }
    if api_key:
        if not api_key.isascii() or not api_key.isprintable():
            msg = "The API key has characters that cannot be sent in a header"
            raise UsageError(msg, hint="Check it for line ends and for quotes of a word processor.")
        headers["Authorization"] = f"Bearer {api_key}"
    return headers


class Exchange:
    """One request and its answer.

    Args:
        http: The client to send with.
        method: The HTTP method.
        url: The absolute address.
        body: The request body.
        fresh: True to take a closed connection as an error even if it was a kept one.
    """

    def __init__(
        self, http: httpx.AsyncClient, method: str, url: str, body: bytes = b"", *, fresh: bool
    ) -> None:
        self._http = http
        trace = {"trace": self._trace}
        self._request = http.build_request(method, url, content=body or None, extensions=trace)
        self._response: httpx.Response | None = None
        self._chunks: AsyncIterator[bytes] | None = None
        self._connected = fresh
        self.where = url

    @property
    def answered(self) -> bool:
        """Whether the head of an answer came."""
        return self._response is not None

    @property
    def on_kept_connection(self) -> bool:
        """Whether the request went out on a connection of an earlier one."""
        return not self._connected

    @property
    def response(self) -> httpx.Response:
        """The answer's head; only after `open`."""
        assert self._response is not None  # noqa: S101 - a mistake in this package, not input
        return self._response

    async def open(self) -> None:
        """Send the request and wait for the head of the answer.

        Raises:
            ConnectError: It is a redirect, or packed.
        """
        self._response = await self._http.send(self._request, stream=True)
        if self._response.has_redirect_location:
            raise self._redirected()
        if not 200 <= self._response.status_code < 300:  # noqa: PLR2004
            return
        encoding = self._response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"", "identity"}:
            raise ConnectError(
                f"The answer from {self.where} is packed ({redact(encoding)}), against the request",
                hint="A proxy may stand between; exempt the model server from compression.",
            )

    async def close(self) -> None:
        """Let go of the connection; closes it unless the body was read to its end."""
        if isinstance(self._chunks, AsyncGenerator):
            await self._chunks.aclose()
        if self._response is not None:
            await self._response.aclose()

    def chunks(self) -> AsyncIterator[bytes]:
        """Return the one iterator over the body as it comes off the wire."""
        if self._chunks is None:
            # `aiter_raw` goes over the same stream and adds bookkeeping to each chunk.
            stream = cast("httpx.AsyncByteStream", self.response.stream)
            self._chunks = aiter(stream)
        return self._chunks

    async def read(self, limit: int, start: bytes = b"") -> bytes:
        """Return the body, cut off at `limit` bytes, with what was read of it before."""
        body = bytearray(start)
        if "content-encoding" in self.response.headers:
            return bytes(body)
        async for chunk in self.chunks():
            body += chunk
            if len(body) > limit:
                break
        return bytes(body[:limit])

    async def error(self, limit: int) -> ServerError:
        """Return the error that an answer other than a good one stands for."""
        wait = parse_retry_after(self.response.headers.get("retry-after"))
        return classify_body(
            await self.read(limit),
            where=self.where,
            status=self.response.status_code,
            retry_after=wait,
        )

    def _redirected(self) -> ConnectError:
        location = self.response.headers.get("location", "")
        target = redact(origin_of(location)) or "another path"
        return ConnectError(
            f"{self.where} redirects to {target}; redirects are not followed",
            hint="If that is the right server, set it as the base URL.",
        )

    async def _trace(self, event: str, _info: dict[str, Any]) -> None:
        if event.startswith("connection.connect"):
            self._connected = True


@contextmanager
def translated(exchange: Exchange, where: str, timeouts: Timeouts) -> Iterator[None]:
    """Turn the errors of the HTTP library into ours.

    Args:
        exchange: What is going on.
        where: The address, for messages.
        timeouts: For messages.

    Raises:
        StaleConnectionError: Nobody read the request: it can be sent again.
        ServerError: Anything else that went wrong on the wire.
    """
    try:
        yield
    except httpx.ConnectTimeout as error:
        message = f"Nothing answers at {where} within {timeouts.connect:g} s"
        raise ConnectError(message, hint=_START_HINT, retry=Retry.SOON) from error
    except (httpx.ConnectError, httpx.ProxyError) as error:
        raise _unconnected(where, error) from error
    except httpx.TransportError as error:
        if exchange.answered:
            problem = f"the connection to {where} broke off in the middle of it"
            raise broken_stream(problem) from error
        if exchange.on_kept_connection:
            raise StaleConnectionError from error
        raise _unanswered(where, error) from error


def _unconnected(where: str, error: httpx.TransportError) -> ConnectError:
    reason = _system_error(error)
    if reason is not None and reason.errno in {errno.EMFILE, errno.ENFILE}:
        message = f"No connection to {where}: too many open files"
        return ConnectError(message, hint=_FILES_HINT, retry=Retry.LATER)
    shown = redact(str(error) if reason is None else reason.strerror or str(reason))
    folded = shown.casefold()
    if "certificate" in folded or "ssl" in folded or "tls" in folded:
        return ConnectError(f"No secure connection to {where}: {shown}", hint=_TLS_HINT)
    return ConnectError(
        f"Nothing answers at {where}: {shown or 'no connection'}",
        hint=_START_HINT,
        retry=Retry.SOON,
    )


def _system_error(error: BaseException) -> OSError | None:
    """Return what the operating system said; the layers above put it in vaguer words."""
    found: OSError | None = None
    cause = error.__cause__ or error.__context__
    while cause is not None and found is None:
        inner = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause
        found = inner if isinstance(inner, OSError) and inner.errno is not None else None
        cause = inner.__cause__ or inner.__context__
    return found


def _unanswered(where: str, error: httpx.TransportError) -> ServerError:
    shown = redact(str(error))
    foreign = isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in shown
    if foreign or isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        message = f"What answers at {where} does not speak HTTP as expected: {shown}"
        return ConnectError(message, hint=_OTHER_HINT)
    return GenerationError(
        f"The server at {where} closed the connection without an answer",
        hint="If it happens again, look at the log of the model server.",
        retry=Retry.SOON,
    )
