from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from docgen_core.errors import (
    AuthError,
    ConnectError,
    ContextLengthError,
    GenerationError,
    Retry,
    ServerError,
    UsageError,
)
from docgen_core.lmstudio.client import Client
from docgen_core.lmstudio.types import ChatRequest, Completion, Endpoint, Message, Timeouts

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
REQUEST = ChatRequest(model="m", messages=(Message(role="user", content="Hi"),), max_tokens=50)
QUICK = Timeouts(connect=1, first_token=0.15, gap=0.15, total=0.4)
STOP = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
TWO_CHOICES = (
    b'data: {"choices":[{"index":1,"delta":{"content":"b"}},{"delta":{"content":"a"}}]}\n\n'
)
DONE = b"data: [DONE]\n\n"
USAGE = b'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}\n\n'


def piece(text: str | None = None, **delta: Any) -> bytes:
    delta = {"role": "assistant", **delta} | ({} if text is None else {"content": text})
    event = {"model": "m-real", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def plain(status: str, body: bytes, *headers: str) -> list[bytes]:
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, "Connection: close", "", ""])
    return [head.encode() + body]


def ask(
    url: str,
    request: ChatRequest = REQUEST,
    *,
    key: str | None = None,
    timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
    on_text: Callable[[str], None] | None = None,
) -> Completion:
    async def main() -> Completion:
        async with Client(Endpoint(base_url=url, api_key=key), timeouts=timeouts) as client:
            return await client.complete(request, on_text)

    return asyncio.run(main())


def test_a_streamed_answer(serve: Any) -> None:
    """Text, model, usage and finish reason are read; the text is shown as it comes."""
    server = serve([HEAD, piece(""), piece("Hel"), piece("lo"), STOP, USAGE, DONE])
    shown: list[str] = []
    done = ask(server.url, on_text=shown.append)
    assert (done.text, done.finish_reason, done.model) == ("Hello", "stop", "m-real")
    assert (done.usage.total_tokens, done.usage.estimated) == (9, False)
    assert shown == ["Hel", "lo"]
    assert 0 < done.time_to_first_token <= done.duration


def test_what_is_sent(serve: Any) -> None:
    """Always streamed, with usage and max_tokens; unset parameters and key are left out."""
    server = serve([HEAD, piece("x"), STOP, DONE])
    ask(server.url)
    line, headers, body = server.requests[0]
    assert line == "POST /v1/chat/completions HTTP/1.1"
    assert headers["accept-encoding"] == "identity"
    assert "authorization" not in headers
    assert body == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hi"}],
        "max_tokens": 50,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_key_and_parameters_are_sent(serve: Any) -> None:
    """What is set goes along; extra fields cannot undo streaming."""
    server = serve([HEAD, piece("x"), STOP, DONE])
    request = ChatRequest(
        model="m", messages=(), max_tokens=1, temperature=0.0, seed=0,
        extra={"stream": False, "repeat_penalty": 1.1},
    )  # fmt: skip
    ask(server.url, request, key="sk-lm-1")
    _, headers, body = server.requests[0]
    assert headers["authorization"] == "Bearer sk-lm-1"
    assert (body["temperature"], body["seed"], body["repeat_penalty"]) == (0.0, 0, 1.1)
    assert body["stream"] is True


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        pytest.param([piece("a"), STOP], "a", id="no DONE"),
        pytest.param([piece("a"), STOP, USAGE], "a", id="usage, no DONE"),
        pytest.param([piece("a"), STOP, DONE, "reset"], "a", id="reset after the end"),
        pytest.param([piece("a"), STOP, "reset"], "a", id="reset after the finish reason"),
        pytest.param([piece("a"), STOP, DONE, "hang"], "a", id="body never ends"),
        pytest.param([b"\n\n", piece("a"), STOP], "a", id="blank lines first"),
        pytest.param(
            [TWO_CHOICES, STOP], "a", id="several choices"),
        pytest.param([b'data: {"choices":[{"delta":null}]}\n\n', piece("a"), STOP], "a",
                     id="null delta"),
        pytest.param([piece("<think>hm</th"), piece("ink>a"), STOP], "a", id="think tags"),
        pytest.param([piece(reasoning_content="hm"), piece("a"), STOP], "a", id="reasoning"),
        pytest.param([piece(reasoning="hm"), piece("a"), STOP], "a", id="reasoning, gpt-oss"),
    ],
)  # fmt: skip
def test_whole_answers_in_odd_streams(serve: Any, steps: list[Any], text: str) -> None:
    """A finish reason proves the answer; what comes or fails after it does not matter."""
    assert ask(serve([HEAD, *steps]).url).text == text


def test_reasoning_is_kept_apart(serve: Any) -> None:
    """Reasoning of all seats is in its own field and not shown."""
    server = serve([HEAD, piece(reasoning_content="one"), piece("<think>two</think>a"), STOP])
    shown: list[str] = []
    done = ask(server.url, on_text=shown.append)
    assert (done.text, done.reasoning, shown) == ("a", "one\ntwo", ["", "a"])


def test_reasoning_in_tags_shows_that_something_arrives(serve: Any) -> None:
    """Each piece between the tags is an empty one; half a tag at the end of a text is none."""
    pieces = ("<think>", "one", "two", "</think>", "a <", "b")
    shown: list[str] = []
    ask(serve([HEAD, *map(piece, pieces), STOP]).url, on_text=shown.append)
    assert shown == ["", "", "", "a ", "<b"]


def test_missing_usage_is_estimated(serve: Any) -> None:
    """Without figures, or with zeros, tokens are counted by length and marked."""
    zeros = b'data: {"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}\n\n'
    for steps in ([STOP], [STOP, zeros]):
        usage = ask(serve([HEAD, piece("some words here"), *steps]).url).usage
        assert usage.estimated
        assert min(usage.prompt_tokens, usage.completion_tokens) > 0
        assert usage.cached_tokens is None


def test_length_is_returned(serve: Any) -> None:
    """A cut answer is the caller's to judge."""
    end = b'data: {"choices":[{"delta":{},"finish_reason":"length"}]}\n\n'
    assert ask(serve([HEAD, piece("a"), end]).url).finish_reason == "length"


def test_a_server_that_does_not_stream(serve: Any) -> None:
    """One JSON object is a whole answer, reasoning and usage included."""
    message = {"role": "assistant", "content": "a", "reasoning_content": "hm"}
    body = {
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1},
    }
    done = ask(serve(plain("200 OK", json.dumps(body).encode())).url)
    assert (done.text, done.reasoning, done.usage.total_tokens) == ("a", "hm", 4)


def test_json_in_the_reasoning_seat(serve: Any) -> None:
    """With a response format, JSON filed under reasoning is the answer; without it is not."""
    steps = [HEAD, piece(reasoning_content='{"a": 1}'), STOP]
    structured = ChatRequest(
        model="m", messages=(), max_tokens=9, response_format={"type": "json_schema"}
    )
    assert ask(serve(steps).url, structured).text == '{"a": 1}'
    with pytest.raises(GenerationError, match="only reasoning") as caught:
        ask(serve(steps).url)
    assert caught.value.retry is Retry.RESAMPLE
    assert "max_tokens" in caught.value.hint


@pytest.mark.parametrize(
    ("script", "kind", "retry", "text"),
    [
        pytest.param([HEAD], GenerationError, Retry.SOON, "before it was whole", id="nothing"),
        pytest.param([HEAD, piece("a")], GenerationError, Retry.SOON, "whole", id="no finish"),
        pytest.param([HEAD, piece("a"), DONE], GenerationError, Retry.SOON, "whole", id="DONE"),
        pytest.param([HEAD, STOP, DONE], GenerationError, Retry.RESAMPLE, "empty", id="empty"),
        pytest.param([HEAD, piece("a"), "reset"], GenerationError, Retry.SOON, "broke off",
                     id="reset"),
        pytest.param([HEAD, piece("a")[:30]], GenerationError, Retry.SOON, "damaged", id="cut"),
        pytest.param([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\n\n\n\n\n\r\n"],
                     GenerationError, Retry.SOON, "broke off", id="no last chunk"),
        pytest.param(["reset"], GenerationError, Retry.SOON, "without an answer", id="no head"),
        pytest.param([b"SSH-2.0-OpenSSH_9\r\n\r\n"], ConnectError, Retry.NEVER, "HTTP",
                     id="not HTTP"),
        pytest.param([HEAD, b'data: {"error":{"message":"Model unloaded."},"message":"x"}\n\n'],
                     GenerationError, Retry.SOON, "unloaded", id="error in the stream"),
        pytest.param([HEAD, b'event: error\ndata: {"message":"Compute error"}\n\n'],
                     GenerationError, Retry.SOON, "Compute", id="error event"),
        pytest.param([HEAD, b'data: {"error":"Context size has been exceeded."}\n\n'],
                     ContextLengthError, Retry.ALONE, "exceeded", id="overflow in the stream"),
        pytest.param([HEAD, b'data: {"choices":[1]}\n\n'], GenerationError, Retry.SOON, "form",
                     id="nonsense"),
        pytest.param(plain("200 OK", b'{"error":"Unexpected endpoint or method. (POST /x)"}'),
                     ConnectError, Retry.NEVER, "Unexpected endpoint", id="200 with error"),
        pytest.param(plain("200 OK", b"<html><title>Log in</title>", "Content-Type: text/html"),
                     ConnectError, Retry.NEVER, "web page titled 'Log in'", id="web page"),
        pytest.param(plain("401 X", b'{"error":"bad SECRET****"}'), AuthError, Retry.NEVER,
                     "refused", id="401"),
        pytest.param(plain("307 X", b"", "Location: http://evil.example:9/v1/x?k=1"), ConnectError,
                     Retry.NEVER, "redirects to http://evil.example:9;", id="redirect"),
        pytest.param(plain("200 OK", b"x", "Content-Encoding: gzip"), ConnectError, Retry.NEVER,
                     "packed", id="gzip"),
        pytest.param([HEAD, b"data: " + b"x" * 1_100_000], GenerationError, Retry.SOON,
                     "line is longer", id="giant line"),
        pytest.param([HEAD, *[piece("and the cat ")] * 400, STOP], GenerationError,
                     Retry.RESAMPLE, "repeats", id="loop"),
    ],
)  # fmt: skip
def test_failures(
    serve: Any, script: list[Any], kind: type[ServerError], retry: Retry, text: str
) -> None:
    """Each fault has its class, its retry value and a message that says what happened."""
    with pytest.raises(kind, match=text) as caught:
        ask(serve(script).url)
    assert type(caught.value) is kind
    assert caught.value.retry is retry


def test_retry_after_is_read(serve: Any) -> None:
    """A busy proxy says when to come back."""
    server = serve(plain("429 X", b"slow down", "Retry-After: 7"))
    with pytest.raises(GenerationError) as caught:
        ask(server.url)
    assert (caught.value.retry, caught.value.retry_after) == (Retry.LATER, 7.0)


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (["hang"], "no answer within 0.15 s"),
        ([HEAD, piece(""), "hang"], "no answer within 0.15 s"),
        ([HEAD, piece("a"), "hang"], "stopped in the middle"),
    ],
)
def test_clocks(serve: Any, script: list[Any], text: str) -> None:
    """Silence before and within the answer ends it, and the connection."""
    server = serve(script)
    with pytest.raises(GenerationError, match=text) as caught:
        ask(server.url, timeouts=QUICK)
    assert caught.value.retry is Retry.LATER
    assert server.client_left.wait(5)


def test_total_clock(serve: Any) -> None:
    """The last clock runs whatever comes."""
    timeouts = Timeouts(first_token=0.1, gap=9, total=0.2)
    with pytest.raises(GenerationError, match=r"did not finish the answer within 0\.2 s"):
        ask(serve([HEAD, piece("a"), "hang"]).url, timeouts=timeouts)


def test_cancellation_closes_the_connection(serve: Any) -> None:
    """The server learns that nobody listens any more."""
    server = serve([HEAD, piece("a"), "hang"])

    async def main() -> None:
        async with Client(Endpoint(base_url=server.url)) as client:
            begun = asyncio.Event()
            task = asyncio.create_task(client.complete(REQUEST, lambda _: begun.set()))
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(server.client_left.wait, 5)

    asyncio.run(main())


def test_a_stale_connection_gets_one_free_retry(serve: Any) -> None:
    """A kept connection that is reset before a byte came is not the request's fault."""
    body = piece("a") + STOP + DONE
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    server = serve([head + body, "next"], ["reset"], [head + body, "next"])

    async def main() -> list[str]:
        async with Client(Endpoint(base_url=server.url)) as client:
            return [(await client.complete(REQUEST)).text for _ in range(2)]

    assert asyncio.run(main()) == ["a", "a"]
    assert (len(server.requests), server.connections) == (3, 2)


def test_connections_are_kept(serve: Any) -> None:
    """A stream that was read to its end leaves its connection for the next request."""
    body = piece("a") + STOP + DONE
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body,)) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = serve([head + chunked, "next"])

    async def main() -> None:
        async with Client(Endpoint(base_url=server.url)) as client:
            for _ in range(3):
                await client.complete(REQUEST)

    asyncio.run(main())
    assert server.connections == 1


def test_nothing_listens() -> None:
    """A refused connection names the address and how to start the server."""
    with pytest.raises(
        ConnectError, match=r"Nothing answers at http://127\.0\.0\.1:9/v1"
    ) as caught:
        ask("http://127.0.0.1:9/v1")
    assert caught.value.retry is Retry.SOON
    assert "lms server start" in caught.value.hint


def test_proxy_settings_do_not_apply_here(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment never sees a request to this machine."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask(serve([HEAD, piece("a"), STOP]).url).text == "a"


@pytest.mark.parametrize("key", ["sk-1\nX: y", "sk-\u2026"])
def test_a_key_that_cannot_be_sent(key: str) -> None:
    """The message does not repeat it."""
    with pytest.raises(UsageError) as caught:
        ask("http://127.0.0.1:9/v1", key=key)
    assert "sk-" not in str(caught.value)
