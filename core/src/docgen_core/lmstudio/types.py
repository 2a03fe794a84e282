"""What the client takes and gives: endpoint, request, completion, server and model facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from docgen_core.model import Usage

__all__ = [
    "ChatRequest",
    "Completion",
    "Endpoint",
    "Message",
    "ModelInfo",
    "ServerInfo",
    "Timeouts",
]

Role = Literal["system", "user", "assistant"]


@attrs.frozen(kw_only=True)
class Endpoint:
    """Where the server is.

    Attributes:
        base_url: The OpenAI-compatible root, normalised: ends in `/v1`, no trailing slash.
        api_key: The bearer token, or None to send no `Authorization` header.
    """

    base_url: str
    api_key: str | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class Timeouts:
    """The four clocks of a request, in seconds.

    One read timeout is not enough: a prompt may take minutes before the first byte, and a stream
    of keep-alive comments never trips it.

    Attributes:
        connect: Until the connection stands.
        first_token: Until the first piece of the answer; prompt processing and model loading
            happen in silence.
        gap: Between two pieces of the answer.
        total: For the whole request.
    """

    connect: float = 5.0
    first_token: float = 600.0
    gap: float = 60.0
    total: float = 3600.0


@attrs.frozen(kw_only=True)
class Message:
    """One message of the prompt."""

    role: Role
    content: str


@attrs.frozen(kw_only=True)
class ChatRequest:
    """One chat completion, always streamed.

    Attributes:
        model: The model key or instance id.
        messages: The prompt.
        max_tokens: The most tokens the answer may have; always sent.
        temperature: Sampling temperature.
        top_p: Nucleus sampling mass.
        seed: Sampling seed, or None for the server's choice.
        response_format: A `json_schema` response format, or None for text.
        extra: Further body fields, sent as they are.
    """

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    response_format: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Completion:
    """A finished answer. It exists only if a finish reason was seen.

    Attributes:
        text: The answer, reasoning removed.
        reasoning: What the model thought aloud; empty when it did not or the server hid it.
        finish_reason: `stop` or `length`.
        usage: Token counts, estimated when the server reported none.
        model: The model that answered, as the server names it.
        time_to_first_token: Seconds from sending to the first piece of text or reasoning.
        duration: Seconds from sending to the end.
        cached: True when nothing was sent, because the same request had been answered before;
            the counts and times are then those of that answer.
    """

    text: str
    reasoning: str
    finish_reason: str
    usage: Usage
    model: str
    time_to_first_token: float
    duration: float
    cached: bool = False


@attrs.frozen(kw_only=True)
class ModelInfo:
    """One model that the server offers.

    Attributes:
        id: What to send as `model`.
        loaded: True, False, or None when the server does not say.
        embedding: True for embedding models, which cannot chat.
        context_length: Tokens that the loaded instance can hold, else the model's most; None
            when unknown.
        slots: Requests that the loaded instance answers at once; None when unknown.
        shared_context: True when all slots share `context_length`, False when each has its own.
        name: A name for people.
        key: The model's own name where `id` names one of its loaded instances; else empty.
    """

    id: str
    loaded: bool | None = None
    embedding: bool = False
    context_length: int | None = None
    slots: int | None = None
    shared_context: bool = True
    name: str = ""
    key: str = ""


@attrs.frozen(kw_only=True)
class ServerInfo:
    """What discovery found.

    Attributes:
        base_url: The endpoint's root.
        kind: `lmstudio` when it said so, `llama.cpp` when it names itself, else `openai`.
        api: The newest listing that answered.
        models: Every model, in the server's order.
    """

    base_url: str
    kind: Literal["lmstudio", "llama.cpp", "openai"]
    api: Literal["v1", "v0", "openai"]
    models: tuple[ModelInfo, ...] = ()
