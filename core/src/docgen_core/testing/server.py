"""What the fake server decides: routes, authentication, model choice, slots and the next answer.

Runs in the server's event loop; `fake_lmstudio` is the side that tests talk to.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from collections.abc import Callable
from typing import Any

import attrs

from docgen_core.testing.conforming import conforming, wanted_schema
from docgen_core.testing.connection import Exchange, Tally
from docgen_core.testing.models import FakeModel, Instance, Shelf
from docgen_core.testing.rendering import Asked, count_tokens
from docgen_core.testing.replies import Reply
from docgen_core.testing.wire import RecordedRequest

__all__ = ["CONTEXT_EXCEEDED", "MODEL_UNLOADED", "NO_GRAMMAR", "App", "default_answer"]

MODEL_UNLOADED = "Model unloaded."
CONTEXT_EXCEEDED = (
    'Engine protocol predict stream returned an error: {"code":500,"message":'
    '"Context size has been exceeded.","type":"server_error"}'
)
NO_GRAMMAR = "Failed to initialize samplers: failed to parse grammar"
_NO_TOKEN = (
    "An LM Studio API token is required to make requests to this server, but none was provided. "  # noqa: S105 - an error text
    "Set the Authorization header to 'Bearer <token>'."
)
_CHAT_PATHS = ("/v1/chat/completions", "/api/v0/chat/completions")
_MARKUP = re.compile(r"^[#>*\-\d.\s]+")
_QUOTED_LINES = 3


def default_answer(request: RecordedRequest) -> Reply:
    """A short answer that depends on the prompt alone.

    In Markdown it quotes the prompt's last lines as headings. It carries a digest of the whole
    prompt, so that any change of the prompt changes the answer.
    """
    prompt = request.prompt
    if wanted_schema(request.json) is not None:
        return Reply.text(f"Answer {hashlib.sha256(prompt.encode()).hexdigest()[:8]}.")
    lines = [line for line in (_MARKUP.sub("", x) for x in prompt.splitlines()) if line.strip()]
    digest = hashlib.sha256(prompt.encode()).hexdigest()[:8]
    parts = [f"### {line.strip()[:60]}\n\nAnswer {digest}." for line in lines[-_QUOTED_LINES:]]
    return Reply.text("\n\n".join(parts) or f"Answer {digest}.")


@attrs.define(kw_only=True)
class App:
    """The fake server's decisions.

    Attributes:
        shelf: The models.
        tally: Where to count.
        token: The API token that is asked for, or None.
        unknown_status: The status of the answer to an unknown endpoint.
        greeting: Whether the server says that it is LM Studio.
        enforce_context: Whether prompts that do not fit the context are refused.
        keep_alive: Seconds for which an idle connection stays open.
        respond: What answers a chat when `queue` is empty.
        queue: The next answers to chat requests.
        overrides: Replies to other paths, first in first out; the last one stays.
        recorded: Every request.
    """

    shelf: Shelf
    tally: Tally
    token: str | None
    unknown_status: int
    greeting: bool
    enforce_context: bool
    keep_alive: float
    respond: Callable[[RecordedRequest], Reply]
    queue: deque[Reply] = attrs.field(factory=deque)
    overrides: dict[str, deque[Reply]] = attrs.field(factory=dict)
    recorded: deque[RecordedRequest] = attrs.field(factory=deque)
    _running: dict[Exchange, tuple[Instance, int]] = attrs.field(factory=dict, init=False)

    async def serve(self, exchange: Exchange) -> None:
        """Answer one request."""
        request = exchange.request
        self.recorded.append(request)
        path = request.path.partition("?")[0]
        reply = self._override(path) or self._denied(request)
        if reply is None and request.method == "POST" and path in _CHAT_PATHS:
            await self._chat(exchange)
            return
        reply = reply or self._plain(request, path)
        await exchange.play(reply, Asked(keep_alive=self.keep_alive))

    def fail_running(self, message: str, name: str | None = None) -> None:
        """End every running generation (of one model) with an engine error."""
        for exchange, (instance, _) in list(self._running.items()):
            if name is None or name in {instance.id, instance.model.key}:
                exchange.fail(message)

    async def _chat(self, exchange: Exchange) -> None:
        request = exchange.request
        with self.tally.chat() as number:
            chosen = _refusal(request) or self.shelf.choose(request.model)
            if isinstance(chosen, Reply):
                await exchange.play(chosen, Asked(keep_alive=self.keep_alive))
                return
            if _grammar(chosen) == "refused" and wanted_schema(request.json) is not None:
                await exchange.play(Reply.error(400, NO_GRAMMAR), Asked(keep_alive=self.keep_alive))
                return
            room = int(request.json.get("max_tokens") or 0)
            await self._answer(exchange, chosen, self._asked(number, request.json), room)

    async def _answer(
        self, exchange: Exchange, chosen: Instance | FakeModel, asked: Asked, room: int
    ) -> None:
        reply = self.queue.popleft() if self.queue else self.respond(exchange.request)
        schema = wanted_schema(exchange.request.json)
        if schema is not None and _grammar(chosen) == "held":
            reply = reply.held_to(lambda words: conforming(schema, words))
        instance = await self.shelf.load(chosen) if isinstance(chosen, FakeModel) else chosen
        asked = attrs.evolve(asked, model=instance.id)
        async with instance.slots:
            self._running[exchange] = (instance, asked.prompt_tokens + room)
            try:
                await exchange.play(self._fitting(reply, instance, asked), asked)
            finally:
                del self._running[exchange]

    def _fitting(self, reply: Reply, instance: Instance, asked: Asked) -> Reply:
        """The reply, or the error of a prompt that does not fit (alone, or with the others)."""
        if not self.enforce_context:
            return reply
        context = instance.model.context_length
        if asked.prompt_tokens >= context:
            message = _overflow(asked.prompt_tokens, context)
            return Reply.stream_error(message) if asked.stream else Reply.error(400, message)
        in_use = sum(need for owner, need in self._running.values() if owner is instance)
        if in_use <= context:
            return reply
        others = [x for x, (owner, _) in self._running.items() if owner is instance]
        for other in others[:-1]:
            other.fail(CONTEXT_EXCEEDED)
        return Reply.error(400, CONTEXT_EXCEEDED)

    def _asked(self, number: int, body: dict[str, Any]) -> Asked:
        return Asked(
            number=number,
            stream=bool(body.get("stream")),
            usage=bool((body.get("stream_options") or {}).get("include_usage")),
            prompt_tokens=count_tokens(_prompt(body)),
            keep_alive=self.keep_alive,
        )

    def _override(self, path: str) -> Reply | None:
        replies = self.overrides.get(path)
        if not replies:
            return None
        return replies.popleft() if len(replies) > 1 else replies[0]

    def _denied(self, request: RecordedRequest) -> Reply | None:
        if self.token is None or request.path == "/lmstudio-greeting":
            return None
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if given == self.token:
            return None
        malformed = f"Malformed LM Studio API token provided: {given[:10]}****"
        message = malformed if given else _NO_TOKEN
        kind = "invalid_request"
        return Reply.error(401, message, shape="native", code="invalid_api_key", kind=kind)

    def _plain(self, request: RecordedRequest, path: str) -> Reply:
        found = self._get(path) if request.method == "GET" else None
        if found is not None:
            return Reply.body(json.dumps(found))
        message = f"Unexpected endpoint or method. ({request.method} {path})"
        return Reply.error(self.unknown_status, message)

    def _get(self, path: str) -> dict[str, Any] | None:
        if path == "/v1/models":
            return self.shelf.listing("openai")
        if path == "/api/v0/models" and self.shelf.api != "openai":
            return self.shelf.listing("v0")
        if path == "/api/v1/models" and self.shelf.api == "v1":
            return self.shelf.listing("v1")
        if path == "/lmstudio-greeting" and self.greeting:
            return {"lmstudio": True}
        return None


def _grammar(chosen: Instance | FakeModel) -> str:
    return (chosen if isinstance(chosen, FakeModel) else chosen.model).schemas


def _refusal(request: RecordedRequest) -> Reply | None:
    """Why LM Studio would not take this chat request, or None."""
    try:
        body = request.json
    except ValueError:
        return Reply.error(400, "The request body is not valid JSON")
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        return Reply.error(400, "'messages' field is required")
    form = (body.get("response_format") or {}).get("type", "text")
    if form not in {"text", "json_schema"}:
        return Reply.error(400, "'response_format.type' must be 'json_schema' or 'text'")
    return None


def _prompt(body: dict[str, Any]) -> str:
    return "".join(str(message.get("content", "")) for message in body["messages"])


def _overflow(tokens: int, context: int) -> str:
    return (
        "The number of tokens to keep from the initial prompt is greater than the context length "
        f"(n_keep: {tokens}>= n_ctx: {context}). Try to load the model with a larger context "
        "length, or provide a shorter input."
    )
