"""Turns replies into the bytes that LM Studio would send: chat chunks, whole bodies, framing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import attrs

from docgen_core.testing.replies import Answer, Reply
from docgen_core.testing.wire import LAST_CHUNK, as_chunk, as_event, response_head

__all__ = ["Asked", "count_tokens", "in_stream_error", "render"]

#: A fixed clock, so that the same conversation gives the same bytes.
_CREATED = 1_785_000_000
_SERVER_HEADERS = (("X-Powered-By", "Express"),)
_STREAM_HEADERS = (("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache"))
_CHARACTERS_PER_TOKEN = 4


@attrs.frozen(kw_only=True)
class Asked:
    """What a reply depends on in the request it answers.

    Attributes:
        number: Counts chat requests, for the completion id.
        model: The instance that answers.
        stream: Whether an event stream was asked for.
        usage: Whether `stream_options.include_usage` was set.
        prompt_tokens: The prompt's length in tokens.
        keep_alive: Seconds for which an idle connection stays open.
    """

    number: int = 0
    model: str = ""
    stream: bool = False
    usage: bool = False
    prompt_tokens: int = 0
    keep_alive: float = 5.0


def count_tokens(text: str) -> int:
    """The fake tokenizer: four characters are one token, rounded up."""
    return -(-len(text) // _CHARACTERS_PER_TOKEN)


def render(reply: Reply, asked: Asked) -> list[bytes]:
    """The reply as the list of its writes, the response head first."""
    if reply.framing == "raw":
        return list(reply.pieces)
    if reply.answer is None:
        return _framed(reply, asked, list(reply.pieces), [("Content-Type", reply.content_type)])
    if asked.stream:
        events = _split(list(_events(reply.answer, asked)), reply.split)
        return _framed(reply, asked, events, list(_STREAM_HEADERS))
    body = json.dumps(_whole(reply.answer, asked)).encode()
    whole = attrs.evolve(reply, framing="length")
    status = 200 if reply.answer.error is None else 400
    whole = whole if reply.status != 200 else whole.with_status(status)  # noqa: PLR2004 - HTTP OK
    return _framed(whole, asked, [body], [("Content-Type", reply.content_type)])


def in_stream_error(message: str) -> bytes:
    """The rest of a chunked stream that is ended by an error."""
    error = {"error": {"message": message}, "message": message}
    return as_chunk(as_event(json.dumps(error))) + LAST_CHUNK


def _split(pieces: list[bytes], size: int) -> list[bytes]:
    if not size:
        return pieces
    data = b"".join(pieces)
    return [data[start : start + size] for start in range(0, len(data), size)]


def _framed(
    reply: Reply, asked: Asked, pieces: list[bytes], headers: list[tuple[str, str]]
) -> list[bytes]:
    headers = [*_SERVER_HEADERS, *headers, *reply.headers]
    if reply.framing == "close":
        return [response_head(reply.status, [*headers, ("Connection", "close")]), *pieces]
    headers += [("Connection", "keep-alive"), ("Keep-Alive", f"timeout={asked.keep_alive:g}")]
    if reply.framing == "length":
        headers.append(("Content-Length", str(sum(map(len, pieces)))))
        return [response_head(reply.status, headers), *pieces]
    headers.append(("Transfer-Encoding", "chunked"))
    chunks = [as_chunk(piece) for piece in pieces if piece]
    return [response_head(reply.status, headers), *chunks, LAST_CHUNK]


def _events(answer: Answer, asked: Asked) -> Iterator[bytes]:
    frame = _Frame(answer, asked)
    yield from frame.deltas()
    if answer.error is not None:
        name = b"event: error\n" if answer.error_event else b""
        yield name + as_event(json.dumps(answer.error))
    else:
        yield from frame.ending()
    if answer.done:
        yield as_event("[DONE]")


class _Frame:
    """The constant part of a stream's chunks, made once: a long answer has thousands of them."""

    def __init__(self, answer: Answer, asked: Asked) -> None:
        self._answer = answer
        self._asked = asked
        shared = {
            "id": f"chatcmpl-{asked.number}",
            "object": "chat.completion.chunk",
            "created": _CREATED,
            "model": answer.model or asked.model,
            "system_fingerprint": answer.model or asked.model,
        }
        self._shared = json.dumps(shared)[:-1]

    def deltas(self) -> Iterator[bytes]:
        """One event per piece of reasoning and text."""
        answer = self._answer
        seat = "content" if answer.seat == "think" else answer.seat
        role = '"role": "assistant", '
        for field, token in _pieces(answer, seat):
            delta = f'{{{role}"{field}": {json.dumps(token)}}}'
            yield self._event(f'[{{"index": 0, "delta": {delta}, {_OPEN_END}}}]')
            role = role if answer.repeat_role else ""

    def ending(self) -> Iterator[bytes]:
        """The chunk with the finish reason and the one with the usage, as far as wanted."""
        usage = _usage(self._answer, self._asked) if self._asked.usage else None
        extra = "" if usage is None else f', "usage": {json.dumps(usage)}'
        together = self._answer.usage_with_finish
        if self._answer.finish_reason is not None:
            reason = json.dumps(self._answer.finish_reason)
            choice = f'{{"index": 0, "delta": {{}}, "logprobs": null, "finish_reason": {reason}}}'
            yield self._event(f"[{choice}]", extra if together else "")
        if extra and not together:
            yield self._event("[]", extra)

    def _event(self, choices: str, extra: str = "") -> bytes:
        return as_event(f'{self._shared}, "choices": {choices}{extra}}}')


_OPEN_END = '"logprobs": null, "finish_reason": null'


def _pieces(answer: Answer, seat: str) -> Iterator[tuple[str, str]]:
    inline = answer.seat == "think" and answer.thinking
    if inline:
        yield seat, "<think>"
    for token in answer.thinking:
        yield seat, token
    if inline:
        yield seat, "</think>"
    for token in answer.tokens:
        yield "content", token


def _usage(answer: Answer, asked: Asked) -> dict[str, Any] | None:
    if answer.usage == "none":
        return None
    if not isinstance(answer.usage, str):
        return dict(answer.usage)
    if answer.usage == "zero":
        return {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    completion = len(answer.tokens) + len(answer.thinking)
    usage: dict[str, Any] = {
        "prompt_tokens": asked.prompt_tokens,
        "completion_tokens": completion,
        "total_tokens": asked.prompt_tokens + completion,
    }
    if answer.thinking:
        usage["completion_tokens_details"] = {"reasoning_tokens": len(answer.thinking)}
    return usage


def _whole(answer: Answer, asked: Asked) -> dict[str, Any]:
    if answer.error is not None:
        return {"error": answer.error.get("message", "")}
    message: dict[str, Any] = {"role": "assistant", "content": "", "tool_calls": []}
    seat = "content" if answer.seat == "think" else answer.seat
    for field, token in _pieces(answer, seat):
        message[field] = message.get(field, "") + token
    model = answer.model or asked.model
    choice = {"index": 0, "message": message, "logprobs": None}
    body = {
        "id": f"chatcmpl-{asked.number}",
        "object": "chat.completion",
        "created": _CREATED,
        "model": model,
        "choices": [{**choice, "finish_reason": answer.finish_reason}],
        "stats": {},
        "system_fingerprint": model,
    }
    usage = _usage(answer, asked)
    return body if usage is None else {**body, "usage": usage}
