"""The clients that are compared: docgen's, a plain httpx line loop, and openai-python.

Each is a function that streams one answer and returns its text; `on_first` is called when the
first piece of text is in the caller's hands.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

__all__ = ["CLIENTS", "Stream"]

Stream = Callable[[Callable[[], None]], Awaitable[str]]

_MODEL = "demo-8b"
_PROMPT = "Describe a small project management tool. " * 55
_MAX_TOKENS = 1000


@contextlib.asynccontextmanager
async def _docgen(url: str) -> AsyncIterator[Stream]:
    from docgen_core.lmstudio.client import Client
    from docgen_core.lmstudio.types import ChatRequest, Endpoint, Message

    request = ChatRequest(
        model=_MODEL,
        messages=(Message(role="user", content=_PROMPT),),
        max_tokens=_MAX_TOKENS,
    )
    async with Client(Endpoint(base_url=url)) as client:

        async def stream(on_first: Callable[[], None]) -> str:
            first = _Once(on_first)
            return (await client.complete(request, lambda _text: first())).text

        yield stream


@contextlib.asynccontextmanager
async def _httpx(url: str) -> AsyncIterator[Stream]:
    import httpx

    body = _body()
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:

        async def stream(on_first: Callable[[], None]) -> str:
            first = _Once(on_first)
            parts: list[str] = []
            async with client.stream("POST", f"{url}/chat/completions", json=body) as response:
                async for line in response.aiter_lines():
                    if not line.startswith("data: ") or line == "data: [DONE]":
                        continue
                    for choice in json.loads(line[6:])["choices"]:
                        parts.append(choice["delta"].get("content", ""))
                        first()
            return "".join(parts)

        yield stream


@contextlib.asynccontextmanager
async def _httpx_raw(url: str) -> AsyncIterator[Stream]:
    """The least that httpx can do: the bytes, unparsed."""
    import httpx

    body = _body()
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:

        async def stream(on_first: Callable[[], None]) -> str:
            first = _Once(on_first)
            size = 0
            async with client.stream("POST", f"{url}/chat/completions", json=body) as response:
                async for piece in response.aiter_raw():
                    first()
                    size += len(piece)
            return "x" * size

        yield stream


@contextlib.asynccontextmanager
async def _openai(url: str) -> AsyncIterator[Stream]:
    from openai import AsyncOpenAI

    async with AsyncOpenAI(base_url=url, api_key="none") as client:

        async def stream(on_first: Callable[[], None]) -> str:
            first = _Once(on_first)
            parts: list[str] = []
            async for chunk in await client.chat.completions.create(**_body()):
                for choice in chunk.choices:
                    parts.append(choice.delta.content or "")
                    first()
            return "".join(parts)

        yield stream


CLIENTS = {"docgen": _docgen, "httpx": _httpx, "httpx_raw": _httpx_raw, "openai": _openai}


class _Once:
    """Calls through the first time only."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action: Callable[[], None] | None = action

    def __call__(self) -> None:
        if self._action is not None:
            self._action()
            self._action = None


def _body() -> dict[str, Any]:
    return {
        "model": _MODEL,
        "messages": [{"role": "user", "content": _PROMPT}],
        "max_tokens": _MAX_TOKENS,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
