"""The one public way to a model server: asks it what it has, and streams completions from it.

It is imported only when a run calls the model, because the HTTP library is.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import httpx

from docgen_core.errors import ConnectError, Retry, ServerError
from docgen_core.lmstudio import discovery
from docgen_core.lmstudio.answer import Answer
from docgen_core.lmstudio.clocks import Clocks
from docgen_core.lmstudio.faults import broken_stream, classify_body, parse_retry_after
from docgen_core.lmstudio.secrets import forget
from docgen_core.lmstudio.sse import DONE, Event, EventReader
from docgen_core.lmstudio.tokens import TokenEstimator
from docgen_core.lmstudio.transport import Exchange, StaleConnectionError, open_http, translated
from docgen_core.lmstudio.types import ChatRequest, Completion, Endpoint, ServerInfo, Timeouts

__all__ = ["Client"]

_log = logging.getLogger("docgen_core.lmstudio")

_LISTING_SECONDS = 15.0
_LISTING_LIMIT = 16_000_000
_WHOLE_LIMIT = 16_000_000
_ERROR_LIMIT = 64_000
# A finished answer waits so long for its token counts, and for the end of the body, which lets
# the connection be used again.
_LINGER_FOR_USAGE, _LINGER_FOR_END = 5.0, 0.25
_OK = range(200, 300)
_FIELDS = (b"data:", b":", b"event:", b"id:", b"retry:")
_BUSY_HINT = "The server may be loading a model; try again in a moment."


class Client:
    """Talks to one endpoint. Safe to use from many tasks of one event loop.

    Args:
        endpoint: Where the server is, and the key it wants.
        timeouts: How long to wait for what.
        transport: Sends the requests instead of the network, for tests and faster transports.
        estimator: Counts tokens where the server does not; it learns from each answer.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
        transport: httpx.AsyncBaseTransport | None = None,
        estimator: TokenEstimator | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.estimator = TokenEstimator() if estimator is None else estimator
        self._timeouts = timeouts
        self._http = open_http(endpoint, timeouts, transport)

    async def discover(self) -> ServerInfo:
        """Return what the server is and which models it has.

        Raises:
            ConnectError: Nothing usable answers at the address.
            AuthError: The server wants a token.
            ServerError: The server cannot answer now.
        """
        try:
            return await discovery.discover(self._fetch, self.endpoint.base_url)
        except ServerError as error:
            forget(self.endpoint.api_key, error)
            raise

    async def complete(
        self, request: ChatRequest, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        """Ask for one completion and return it whole.

        Cancelling the task closes the connection, which is how a server learns to stop.

        Args:
            request: What to ask.
            on_text: Called with each piece of the answer as it arrives; with "" for each piece of
                reasoning, which is left out.

        Raises:
            ServerError: It failed; `retry` says whether asking again may help.
        """
        try:
            return await self._complete_with_spare(request, on_text)
        except ServerError as error:
            forget(self.endpoint.api_key, error)
            raise

    async def _complete_with_spare(
        self, request: ChatRequest, on_text: Callable[[str], None] | None
    ) -> Completion:
        try:
            return await self._complete_once(request, on_text)
        except StaleConnectionError:
            # The server closed an idle connection just as it was used: nobody read the request.
            _log.debug("connection to %s had gone stale; sent again", self.endpoint.base_url)
        return await self._complete_once(request, on_text, fresh=True)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _complete_once(
        self, request: ChatRequest, on_text: Callable[[str], None] | None, *, fresh: bool = False
    ) -> Completion:
        where = self.endpoint.base_url
        answer = Answer(request, where=where, on_text=on_text)
        clocks = Clocks(self._timeouts, where=where)
        url = where + "/chat/completions"
        exchange = Exchange(self._http, "POST", url, _body_of(request), fresh=fresh)
        async with clocks, self._open(exchange):
            if exchange.response.status_code not in _OK:
                raise await exchange.error(_ERROR_LIMIT)
            try:
                await _receive(exchange, answer, clocks)
            except httpx.TransportError:
                # A connection that broke after the finish reason took nothing of the answer.
                if not answer.finish_reason:
                    raise
        return answer.complete(
            self.estimator,
            time_to_first_token=clocks.time_to_first_token,
            duration=clocks.duration,
        )

    @asynccontextmanager
    async def _open(self, exchange: Exchange) -> AsyncIterator[None]:
        with translated(exchange, self.endpoint.base_url, self._timeouts):
            try:
                await exchange.open()
                yield
            finally:
                await exchange.close()

    async def _fetch(self, url: str) -> discovery.Fetched:
        try:
            return await self._fetch_once(url)
        except StaleConnectionError:
            return await self._fetch_once(url, fresh=True)

    async def _fetch_once(self, url: str, *, fresh: bool = False) -> discovery.Fetched:
        exchange = Exchange(self._http, "GET", url, fresh=fresh)
        try:
            async with asyncio.timeout(_LISTING_SECONDS), self._open(exchange):
                body = await exchange.read(_LISTING_LIMIT)
                headers = exchange.response.headers
        except TimeoutError:
            message = f"{url} did not answer within {_LISTING_SECONDS:g} s"
            raise ConnectError(message, hint=_BUSY_HINT, retry=Retry.LATER) from None
        return discovery.Fetched(
            status=exchange.response.status_code,
            payload=_json_of(body),
            body=body,
            retry_after=parse_retry_after(headers.get("retry-after")),
        )


async def _receive(exchange: Exchange, answer: Answer, clocks: Clocks) -> None:
    """Read an answer in whichever form it comes."""
    start = b""
    async for chunk in exchange.chunks():
        start += chunk
        if start.strip() or len(start) > _ERROR_LIMIT:
            break
    if _is_event_stream(start):
        await _receive_events(start, exchange.chunks(), answer, clocks)
        return
    # A server that does not stream answers in one piece; anything else is an error or a stranger.
    whole = await exchange.read(_WHOLE_LIMIT, start)
    if len(whole) >= _WHOLE_LIMIT:
        raise broken_stream(f"it is longer than {_WHOLE_LIMIT:,} bytes")
    payload = _json_of(whole)
    if not isinstance(payload, dict) or "choices" not in payload:
        raise classify_body(whole, where=exchange.where, status=exchange.response.status_code)
    answer.add("", payload)
    clocks.content()


async def _receive_events(
    start: bytes, chunks: AsyncIterator[bytes], answer: Answer, clocks: Clocks
) -> None:
    reader = EventReader()
    done = _take(reader.feed(start), answer, clocks)
    async for chunk in chunks:
        # Past the end there is nothing to take, but a body read to its end frees the connection.
        done = done or _take(reader.feed(chunk), answer, clocks)
    if not done:
        _take(reader.close(), answer, clocks)


def _take(events: list[Event], answer: Answer, clocks: Clocks) -> bool:
    """Hand events to the answer and say whether the stream has come to its end."""
    brought = False
    for name, event in events:
        if name == DONE:
            clocks.linger(_LINGER_FOR_END)
            return True
        if answer.add(name, event):
            brought = True
    if brought:
        clocks.content()
    if answer.finish_reason:
        clocks.linger(_LINGER_FOR_USAGE)
    return False


def _is_event_stream(start: bytes) -> bool:
    begin = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    # The first chunk may be cut within the first word.
    return any(begin.startswith(field) or field.startswith(begin) for field in _FIELDS)


def _body_of(request: ChatRequest) -> bytes:
    body: dict[str, Any] = {
        **request.extra,
        "model": request.model,
        "messages": [{"role": each.role, "content": each.content} for each in request.messages],
        "max_tokens": request.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    for name in ("temperature", "top_p", "seed", "response_format"):
        value = getattr(request, name)
        if value is not None:
            body[name] = value
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _json_of(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
