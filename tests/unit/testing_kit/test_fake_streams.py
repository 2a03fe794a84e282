"""The fake LM Studio: what chat answers look like on the wire, whole and streamed."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from docgen_core.testing import Answer, FakeLMStudio, Reply

_USAGE_ASKED = {"stream_options": {"include_usage": True}}


def _ask(fake: FakeLMStudio, *, stream: bool = True, **extra: Any) -> httpx.Response:
    messages = [{"role": "user", "content": "Write about bees"}]
    body = {"model": "demo-8b", "messages": messages, "stream": stream, **extra}
    return httpx.post(f"{fake.base_url}/chat/completions", json=body, trust_env=False)


def _events(reply: Reply, **extra: Any) -> list[Any]:
    with FakeLMStudio() as fake:
        fake.enqueue(reply)
        response = _ask(fake, **extra)
    data = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    return [text if text == "[DONE]" else json.loads(text) for text in data]


def _deltas(events: list[Any]) -> list[dict[str, str]]:
    chunks = [event for event in events if event != "[DONE]" and event.get("choices")]
    return [chunk["choices"][0]["delta"] for chunk in chunks]


def test_stream_carries_one_delta_per_token_then_finish_and_done() -> None:
    """A plain answer: role in each delta, finish reason on an empty delta, then [DONE]."""
    events = _events(Reply.text("Hello big world"))
    assert _deltas(events) == [
        {"role": "assistant", "content": "Hello"},
        {"role": "assistant", "content": " big"},
        {"role": "assistant", "content": " world"},
        {},
    ]
    assert events[-2]["choices"][0]["finish_reason"] == "stop"
    assert events[-1] == "[DONE]"


def test_usage_comes_in_its_own_chunk_only_when_asked_for() -> None:
    """Without include_usage there is no usage in the stream."""
    asked = _events(Reply.text("a b"), **_USAGE_ASKED)
    silent = _events(Reply.text("a b"))
    assert asked[-2]["choices"] == []
    assert asked[-2]["usage"] == {"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}
    assert not any("usage" in event for event in silent)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(tokens=("a",), usage="zero"), [{"prompt_tokens": 0}]),
        (Answer(tokens=("a",), usage="none"), []),
        (Answer(tokens=("a",), usage={"prompt_tokens": 9}), [{"prompt_tokens": 9}]),
        (Answer(tokens=("a",), thinking=("b", "c")), [{"prompt_tokens": 4}]),
    ],
)
def test_usage_can_be_zero_missing_or_given(answer: Answer, expected: list[Any]) -> None:
    """Every form of usage that servers send can be had."""
    events = _events(Reply.of(answer), **_USAGE_ASKED)
    usages = [event["usage"] for event in events if "usage" in event]
    assert [{"prompt_tokens": usage["prompt_tokens"]} for usage in usages] == expected


def test_usage_may_share_the_chunk_with_the_finish_reason() -> None:
    """Some servers put both on one chunk."""
    events = _events(Reply.of(Answer(tokens=("a",), usage_with_finish=True)), **_USAGE_ASKED)
    assert events[-2]["choices"][0]["finish_reason"] == "stop"
    assert events[-2]["usage"]["completion_tokens"] == 1


@pytest.mark.parametrize(
    ("seat", "field", "first"),
    [
        ("reasoning_content", "reasoning_content", "Hm"),
        ("reasoning", "reasoning", "Hm"),
        ("think", "content", "<think>"),
    ],
)
def test_reasoning_sits_in_any_of_its_three_places(seat: Any, field: str, first: str) -> None:
    """Reasoning comes first, in its own field or inline."""
    deltas = _deltas(_events(Reply.text("Yes", reasoning="Hm", seat=seat)))
    assert deltas[0][field] == first
    assert "".join(delta.get("content", "") for delta in deltas).endswith("Yes")


def test_role_can_be_sent_once() -> None:
    """OpenAI's own form has the role in the first delta only."""
    events = _events(Reply.of(Answer(tokens=("a", "b"), repeat_role=False)))
    assert [delta.get("role") for delta in _deltas(events)] == ["assistant", None, None]


def test_stream_can_end_without_done_or_finish_reason() -> None:
    """A stream may just end."""
    assert _events(Reply.text("a", finish_reason=None, done=False))[-1]["choices"][0]["delta"]
    assert _events(Reply.silence()) == []
    assert _events(Reply.silence(done=True)) == ["[DONE]"]
    length = _events(Reply.text("a", finish_reason="length"))[-2]
    assert length["choices"][0]["finish_reason"] == "length"


def test_error_inside_the_stream_is_doubled_as_lmstudio_does() -> None:
    """The head says 200, the error comes after some text."""
    events = _events(Reply.stream_error("Model unloaded.", after="Hello"))
    assert _deltas(events[:1]) == [{"role": "assistant", "content": "Hello"}]
    assert events[1] == {"error": {"message": "Model unloaded."}, "message": "Model unloaded."}


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ("text", {"error": "no"}),
        (
            "openai",
            {"error": {"message": "no", "type": "x", "param": None, "code": "model_not_found"}},
        ),
        ("native", {"error": {"type": "x", "code": "model_not_found", "message": "no"}}),
    ],
)
def test_error_bodies_have_the_three_shapes(shape: Any, body: dict[str, Any]) -> None:
    """One server, three shapes."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.error(400, "no", shape=shape, code="model_not_found", kind="x"))
        response = _ask(fake)
    assert response.status_code == 400
    assert response.json() == body


def test_error_body_with_status_200_and_extra_headers() -> None:
    """HTTP 200 with an error, and headers such as Retry-After."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.error(200, "no"), Reply.error(429, "x").with_header("Retry-After", "7"))
        ok, busy = _ask(fake), _ask(fake)
    assert (ok.status_code, ok.json()) == (200, {"error": "no"})
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "7")


def test_redirect_names_its_target() -> None:
    """A redirect is not followed by anybody here."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.redirect("http://127.0.0.1:9/v1"))
        response = _ask(fake)
    assert (response.status_code, response.headers["location"]) == (307, "http://127.0.0.1:9/v1")


def test_whole_answer_without_streaming() -> None:
    """The same reply serves a request that did not ask for a stream."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text("Hello world", reasoning="Hm"))
        body = _ask(fake, stream=False).json()
    message = body["choices"][0]["message"]
    assert (message["content"], message["reasoning_content"]) == ("Hello world", "Hm")
    assert body["usage"]["completion_tokens_details"] == {"reasoning_tokens": 1}


def test_in_stream_error_is_a_400_without_streaming() -> None:
    """What comes inside a stream is a plain error otherwise."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.stream_error("Model unloaded."))
        response = _ask(fake, stream=False)
    assert (response.status_code, response.json()) == (400, {"error": "Model unloaded."})


def test_body_can_be_split_anywhere() -> None:
    """Chunks of one byte, through the middle of a character, still make the same stream."""
    reply = Reply.text("Grüße 🐝").split_every(1)
    with FakeLMStudio() as fake:
        fake.enqueue(reply)
        messages = [{"role": "user", "content": "x"}]
        body = {"model": "demo-8b", "messages": messages, "stream": True}
        url = f"{fake.base_url}/chat/completions"
        with httpx.Client(trust_env=False) as client, client.stream("POST", url, json=body) as got:
            pieces = list(got.iter_raw())
    assert max(map(len, pieces)) == 1
    assert b"[DONE]" in b"".join(pieces)


def test_events_and_raw_send_exactly_the_given_bytes() -> None:
    """Anything that is not a well-formed answer can be sent as bytes."""
    with FakeLMStudio() as fake:
        fake.enqueue(
            Reply.events(b": ping\n\n", b"data: {\r\n"),
            Reply.raw(b"HTTP/1.1 200 OK\r\n\r\n", b"hello"),
        )
        events, raw = _ask(fake), _ask(fake)
    assert events.content == b": ping\n\ndata: {\r\n"
    assert events.headers["content-type"] == "text/event-stream"
    assert raw.content == b"hello"


def test_close_delimited_stream_ends_with_the_connection() -> None:
    """Without chunks a truncated stream looks like a whole one to HTTP."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text("a b c").close_delimited().cut_after(2))
        response = _ask(fake)
    assert response.text.count("data:") == 1


def test_default_answer_depends_on_the_whole_prompt() -> None:
    """The same prompt gives the same answer; another prompt another one."""
    with FakeLMStudio() as fake:
        first, again = _ask(fake, stream=False).json(), _ask(fake, stream=False).json()
        other = _ask(fake, stream=False, messages=[{"role": "user", "content": "Bees"}]).json()
    contents = [body["choices"][0]["message"]["content"] for body in (first, again, other)]
    assert contents[0] == contents[1] != contents[2]
    assert contents[0].startswith("### Write about bees\n\nAnswer ")


def test_respond_answers_when_nothing_is_enqueued() -> None:
    """The queue goes first, then the function."""
    with FakeLMStudio() as fake:
        fake.respond = lambda request: Reply.text(request.prompt.upper())
        fake.enqueue(Reply.text("queued"))
        texts = [_ask(fake, stream=False).json() for _ in range(2)]
    contents = [body["choices"][0]["message"]["content"] for body in texts]
    assert contents == ["queued", "WRITE ABOUT BEES"]
