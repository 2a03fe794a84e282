"""Faults of the body: errors that look like answers, damaged streams, floods, and odd forms."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from support.asking import ask, check_fault, complete
from support.rows import case, row

from docgen_core.errors import (
    AuthError,
    ConnectError,
    GenerationError,
    Retry,
    ServerError,
)
from docgen_core.testing import Answer, FakeLMStudio, Reply

NEVER, SOON = Retry.NEVER, Retry.SOON
STOP = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"
TEXT = "Größe: 4 € \u2013 木 🌲\u2028next\u2029line\x85and\x0b\x0c on"


def piece(text: str, **more: Any) -> bytes:
    """One event with a piece of text, in UTF-8 without escapes."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    event = {"choices": [choice], **more}
    return b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n"


def packed(data: bytes, encoding: str) -> Reply:
    """A body with a content encoding that nobody asked for."""
    return Reply.events(data).with_header("Content-Encoding", encoding)


ERRORS: list[Any] = [
    case("ok-with-an-error", Reply.error(200, "Unexpected endpoint or method. (POST /v1/x)"),
         ConnectError, NEVER, "Unexpected endpoint"),
    case("ok-with-an-error/known-text", Reply.error(200, "Model unloaded."), GenerationError, SOON,
         "unloaded"),
    case("error-shapes/text", Reply.error(400, "Compute error"), GenerationError, SOON, "Compute"),
    case("error-shapes/openai", Reply.error(400, "Compute error", shape="openai"), GenerationError,
         SOON, "Compute"),
    case("error-shapes/native", Reply.error(400, "Compute error", shape="native"), GenerationError,
         SOON, "Compute"),
    case("error-in-the-stream/doubled", Reply.stream_error("Compute error", after="a b"),
         GenerationError, SOON, "Compute"),
    case("error-in-the-stream/object", Reply.stream_error("Compute error", shape="object"),
         GenerationError, SOON, "Compute"),
    case("error-in-the-stream/text", Reply.stream_error("Compute error", shape="text"),
         GenerationError, SOON, "Compute"),
    case("error-in-the-stream/named", Reply.stream_error("Compute error", after="a", named=True),
         GenerationError, SOON, "Compute"),
    case("error-in-the-stream/then-done", Reply.stream_error("Compute error", done=True),
         GenerationError, SOON, "Compute"),
    case("error-in-the-stream/unknown-text", Reply.stream_error("Something", after="a"),
         GenerationError, SOON, "Something"),
    case("error-in-the-stream/no-text", Reply.events(b"event: error\ndata: {}\n\n"),
         GenerationError, SOON, "no reason"),
    case("web-page", Reply.html("<html><title>Sign in</title></html>"), ConnectError, NEVER,
         "web page titled 'Sign in'"),
    case("web-page/unlabelled", Reply.body("<!doctype html><p>Hello", content_type="text/plain"),
         ConnectError, NEVER, "web page"),
    case("web-page/of-a-proxy", Reply.html("<h1>502 Bad Gateway</h1>", status=502),
         GenerationError, SOON, "HTTP 502"),
    case("no-completion/other-json", Reply.body('{"status":"ok"}'), GenerationError, SOON,
         "status"),
    case("no-completion/plain-text", Reply.body("Ollama is running", content_type="text/plain"),
         GenerationError, SOON, "Ollama is running"),
    case("no-completion/nothing", Reply.body(""), GenerationError, SOON, "whole"),
    case("no-completion/nested", Reply.body("[" * 50_000), GenerationError, SOON, "[["),
    case("packed-body/gzip", packed(gzip.compress(b"0" * 1000), "gzip"), ConnectError, NEVER,
         "packed (gzip)"),
    case("packed-body/br", packed(b"\x0b\x02\x80", "br"), ConnectError, NEVER, "packed (br)"),
    case("packed-body/zstd", packed(b"(\xb5/\xfd", "zstd"), ConnectError, NEVER, "packed (zstd)"),
    case("packed-body/stacked", packed(zlib.compress(b"0"), "gzip, deflate"), ConnectError, NEVER,
         "packed (gzip, deflate)"),
    case("invalid-utf8", Reply.events(b'data: {"choices":[{"delta":{"content":"\xff"}}]}\n\n',
         STOP), GenerationError, SOON, "not UTF-8"),
    case("invalid-utf8/cut", Reply.events(piece("ö")[:-9], STOP), GenerationError, SOON,
         "damaged"),
    case("truncated-json", Reply.events(piece("a"), piece("b")[:-12]), GenerationError, SOON,
         "damaged"),
    case("truncated-json/in-the-middle", Reply.events(piece("a"), b'data: {"choices":[\n\n', STOP),
         GenerationError, SOON, "damaged"),
    case("truncated-json/whole-answer", Reply.body('{"choices":[{"message":{"content":"a"'),
         GenerationError, SOON, "choices"),
    case("no-finish-reason", Reply.text("a b", finish_reason=None, done=False), GenerationError,
         SOON, "before it was whole"),
    case("done-without-finish-reason", Reply.text("a b", finish_reason=None), GenerationError,
         SOON, "before it was whole"),
    case("done-only", Reply.silence(done=True), GenerationError, SOON, "after 0 characters"),
    case("empty-stream", Reply.silence(), GenerationError, SOON, "before it was whole"),
    case("empty-stream/no-bytes", Reply.events(), GenerationError, SOON, "whole"),
    case("empty-choices", Reply.events(b'data: {"choices":[]}\n\n', DONE), GenerationError, SOON,
         "before it was whole"),
    case("malformed-event", Reply.events(b'data: {"choices":[7]}\n\n'), GenerationError, SOON,
         "form of a chat completion"),
    case("malformed-event/content", Reply.events(piece([1])), GenerationError, SOON,  # type: ignore[arg-type] # wrong on purpose
         "form of a chat completion"),
    case("malformed-event/not-an-object", Reply.events(b"data: [1]\n\n"), GenerationError, SOON,
         "not a JSON object"),
    case("gave-up", Reply.text("a b", finish_reason="error"), GenerationError, SOON, "gave up"),
    case("long-line", Reply.events(b"data: " + b"x" * 1_100_000), GenerationError, SOON,
         "line is longer"),
    case("long-line/in-many-lines", Reply.events(*([b"data: " + b"x" * 1000 + b"\n"] * 1200)),
         GenerationError, SOON, "event is longer"),
    case("auth-error-in-a-good-answer", Reply.error(200, "An LM Studio API token is required"),
         AuthError, NEVER, "refused"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "kind", "retry", "words"), ERRORS)
def test_a_body_that_is_no_answer(
    fake: FakeLMStudio, reply: Reply, kind: type[ServerError], retry: Retry, words: str
) -> None:
    """It has a class and a message, and no piece of it ends up in a document."""
    check_fault(fake, reply, kind, retry, words)


def events(*pieces: bytes) -> Reply:
    """An event stream that ends well."""
    return Reply.events(*pieces, STOP, DONE)


def one_answer(answer: Mapping[str, Any]) -> Reply:
    """An answer in one piece, as from a server that does not stream."""
    choice = {"index": 0, "message": answer, "finish_reason": "stop"}
    return Reply.body(json.dumps({"choices": [choice]}))


ODD_FORMS: list[Any] = [
    case("no-done", Reply.events(piece("ok"), STOP)),
    case("no-done/close-delimited", Reply.text("ok", done=False).close_delimited()),
    case("unknown-events", events(
        b"event: ping\nid: 7\nretry: 100\n\n", b"event: chunk\nfoo: bar\n" + piece("ok"))),
    case("comments", events(b": hello\n\n", b":\n\n", piece("ok"), b": bye\n\n")),
    case("line-ends/crlf", events(piece("ok").replace(b"\n", b"\r\n"))),
    case("line-ends/cr", events(piece("ok").replace(b"\n", b"\r"))),
    case("line-ends/mixed", events(piece("o").replace(b"\n", b"\r\n"), piece("k"))),
    case("line-ends/no-blank-line", events(piece("o")[:-1], piece("k"))),
    case("line-ends/no-space", events(piece("ok").replace(b"data: ", b"data:"))),
    case("line-ends/data-in-two-lines", events(piece("ok").replace(b', "', b',\ndata: "'))),
    case("byte-order-mark", Reply.events(b"\xef\xbb\xbf" + piece("ok"), STOP)),
    case("repeated-role", Reply.of(Answer(tokens=("o", "k"), repeat_role=True))),
    case("repeated-role/once", Reply.of(Answer(tokens=("o", "k"), repeat_role=False))),
    case("null-delta", events(b'data: {"choices":[{"delta":null}]}\n\n', piece("ok"))),
    case("null-delta/null-content", events(
        b'data: {"choices":[{"delta":{"content":null}}]}\n\n', piece("ok"))),
    case("null-delta/null-error", events(piece("ok", error=None))),
    case("several-choices", events(
        b'data: {"choices":[{"index":1,"delta":{"content":"no"}},'
        b'{"index":0,"delta":{"content":"ok"}}]}\n\n')),
    case("duplicated-finish", events(piece("ok"), STOP, STOP)),
    case("content-parts", events(
        b'data: {"choices":[{"delta":{"content":[{"type":"text","text":"ok"}]}}]}\n\n')),
    case("not-streamed", one_answer({"role": "assistant", "content": "ok", "tool_calls": []})),
    case("wrong-content-type", attrs.evolve(events(piece("ok")), content_type="text/plain")),
]  # fmt: skip


@pytest.mark.parametrize("reply", ODD_FORMS)
def test_an_answer_in_an_odd_form(fake: FakeLMStudio, reply: Reply) -> None:
    """Taken as it is, with one request."""
    fake.enqueue(reply)
    asked = ask(fake.base_url)
    assert (asked.answer.completion.text, fake.chats) == ("ok", 1)


@row("utf8-split")
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_characters_cut_by_the_chunks(fake: FakeLMStudio, size: int) -> None:
    """At each byte; separators that are no line ends in the format stay in the text."""
    whole = Reply.events(piece(TEXT), STOP, DONE)
    data = b"".join(whole.pieces)
    chunks = (data[start : start + size] for start in range(0, len(data), size))
    fake.enqueue(attrs.evolve(whole, pieces=tuple(chunks)))
    assert complete(fake.base_url).text == TEXT


@row("utf8-split")
def test_crlf_cut_by_the_chunks(fake: FakeLMStudio) -> None:
    """A line end in two chunks is one line end."""
    data = piece("ok").replace(b"\n", b"\r\n") + STOP
    fake.enqueue(Reply.events(*(data[start : start + 1] for start in range(len(data)))))
    assert complete(fake.base_url).text == "ok"


USAGES: list[Any] = [
    case("usage-forms/own-chunk", Answer(tokens=("a",)), "counted"),
    case("usage-forms/with-finish", Answer(tokens=("a",), usage_with_finish=True), "counted"),
    case("usage-missing", Answer(tokens=("a",), usage="none"), "estimated"),
    case("usage-missing/zero", Answer(tokens=("a",), usage="zero"), "estimated"),
    case(
        "usage-missing/nonsense",
        Answer(tokens=("a",), usage={"prompt_tokens": "many"}),
        "estimated",
    ),
]


@pytest.mark.parametrize(("answer", "how"), USAGES)
def test_token_counts(fake: FakeLMStudio, answer: Answer, how: str) -> None:
    """Read wherever they stand; otherwise estimated, and marked so."""
    fake.enqueue(Reply.of(answer))
    usage = complete(fake.base_url).usage
    assert usage.estimated is (how == "estimated")
    assert usage.prompt_tokens > 0
    assert usage.completion_tokens > 0
    assert usage.cached_tokens is None


@row("another-model-answers")
def test_another_model_in_the_answer(fake: FakeLMStudio) -> None:
    """Said in a warning; the completion names the model that really wrote it."""
    fake.enqueue(Reply.of(Answer(tokens=("a",), model="other-3b")))
    answer = ask(fake.base_url).answer
    assert answer.completion.model == "other-3b"
    assert answer.warnings == ("other-3b answered although demo-8b was asked",)


ASK_ALONE = """
import resource, sys
from support.asking import complete
from docgen_core.errors import ServerError
from docgen_core.lmstudio.types import Timeouts
rss = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = rss()
try:
    complete(sys.argv[1], timeouts=Timeouts(connect=5.0, first_token=60.0))
except ServerError as error:
    print(rss() - before, error)
"""

LINE = b"x" * 1_000_000
FLOODS: list[Any] = [
    case("line-of-300-mb", Reply.events(b"data: ", *[LINE] * 300).close_delimited(),
         "line is longer"),
    case("line-of-300-mb/whole-answer", Reply.body(b"").close_delimited(), "longer than"),
    case("error-of-300-mb", Reply.error(500, ""), "HTTP 500"),
    case("gzip-bomb", packed(gzip.compress(b"0" * 100_000_000), "gzip"), "packed"),
    case("endless-stream", Reply.events(*[b": " + LINE[:900_000] + b"\n"] * 300).close_delimited(),
         "stream is longer"),
]  # fmt: skip


def flood_of(name: str, reply: Reply) -> Reply:
    """Bodies that are large only while they are sent."""
    if name == "longer than":
        return attrs.evolve(reply, pieces=(b'{"choices": "', *[LINE] * 300))
    if name == "HTTP 500":
        return attrs.evolve(reply, pieces=(LINE,) * 300, framing="close")
    return reply


@pytest.mark.parametrize(("reply", "words"), FLOODS)
def test_a_flood_is_cut_off_in_bounded_memory(fake: FakeLMStudio, reply: Reply, words: str) -> None:
    """Measured in a process of its own: under 100 MB for what would be 100 to 300."""
    fake.respond = lambda _: flood_of(words, reply)
    command = [sys.executable, "-c", ASK_ALONE, fake.base_url]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"PYTHONPATH": "tests"}
    )
    kilobytes, _, message = done.stdout.partition(" ")
    assert words in message, done.stderr
    assert int(kilobytes) < 100_000
