from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from docgen_core.errors import (
    AuthError,
    ConnectError,
    ContextLengthError,
    GenerationError,
    NoModelError,
    Retry,
    ServerError,
)
from docgen_core.lmstudio.faults import (
    Report,
    classify,
    classify_body,
    parse_retry_after,
    redact,
    reported_error,
)

NEVER, SOON, LATER, ALONE = Retry.NEVER, Retry.SOON, Retry.LATER, Retry.ALONE
# What servers really say: status, text, and what it means. Statuses are LM Studio's own.
CASES: list[tuple[int, str, type[ServerError], Retry]] = [
    (400, "No models loaded. Please load a model in the developer page", NoModelError, NEVER),
    (404, 'Model "x" not found. Please specify a valid model.', NoModelError, NEVER),
    (400, 'Invalid model identifier "x". Please specify a valid one', NoModelError, NEVER),
    (404, "model 'qwen' not found, try pulling it first", NoModelError, NEVER),
    (400, 'Failed to load model "x". Error: insufficient system resources', NoModelError, NEVER),
    (500, "Failed to load LLM 'x': Error: no", NoModelError, NEVER),
    (400, "Model unloaded.", GenerationError, SOON),
    (400, "Model reloaded.", GenerationError, SOON),
    (400, "The model has crashed without additional information. (Exit code: null)",
     GenerationError, SOON),
    (400, ("The number of tokens to keep from the initial prompt is greater than the context "
     "length (n_keep: 9000>= n_ctx: 4096)."), ContextLengthError, NEVER),
    (400, ("Trying to keep the first 5000 tokens when context the overflows. However, the model "
     "is loaded with context length of only 4096 tokens"), ContextLengthError, NEVER),
    (400, "Reached context length of 4096 tokens with model", ContextLengthError, NEVER),
    (400, "request (9031 tokens) exceeds the available context size (8192 tokens)",
     ContextLengthError, NEVER),
    (400, "This model's maximum context length is 4096 tokens.", ContextLengthError, NEVER),
    (400, ('Engine protocol predict stream returned an error: {"code":500,"message":"Context size '
     'has been exceeded.","type":"server_error"}'), ContextLengthError, ALONE),
    (400, "Error rendering prompt with jinja template", GenerationError, NEVER),
    (400, "'response_format.type' must be 'json_schema' or 'text'", GenerationError, NEVER),
    (400, "Failed to initialize samplers: failed to parse grammar", GenerationError, NEVER),
    (400, "JSON schema conversion failed: Pattern must start with '^'", GenerationError, NEVER),
    (400, "Unrecognized key(s) in object: 'stop'", GenerationError, NEVER),
    (400, "Engine protocol predict request failed: fetch failed", GenerationError, SOON),
    (400, "Engine protocol predict request returned 400: {}", GenerationError, NEVER),
    (400, "Channel Error", GenerationError, SOON),
    (400, "Compute error", GenerationError, SOON),
    (200, "Unexpected endpoint or method. (GET /v1/foo)", ConnectError, NEVER),
    (503, "Loading model", GenerationError, LATER),
    (429, "Slow down", GenerationError, LATER),
    (500, "something", GenerationError, SOON),
    (400, "something", GenerationError, NEVER),
    (200, "something", GenerationError, SOON),
    (401, "Malformed LM Studio API token provided: sk-lm-abc****", AuthError, NEVER),
    (403, "Permission denied to use plugin", AuthError, NEVER),
    (200, "An LM Studio API token is required to make requests", AuthError, NEVER),
]  # fmt: skip


@pytest.mark.parametrize(("status", "text", "kind", "retry"), CASES)
@pytest.mark.parametrize("shape", ["text", "object", "doubled"])
def test_known_texts(
    status: int, text: str, kind: type[ServerError], retry: Retry, shape: str
) -> None:
    """The text decides, in each of the shapes that it comes in."""
    body = {
        "text": {"error": text},
        "object": {"error": {"message": text, "type": None, "code": None}},
        "doubled": {"error": {"message": text}, "message": text},
    }[shape]
    error = classify_body(json.dumps(body).encode(), where="http://h/v1", status=status)
    assert (type(error), error.retry) == (kind, retry)
    assert "http://h/v1" in str(error)


@pytest.mark.parametrize(
    ("body", "status", "kind", "retry"),
    [
        (b"<html><title>Log in</title></html>", 200, ConnectError, NEVER),
        (b"<html>502 Bad Gateway</html>", 502, GenerationError, SOON),
        (b"<html>busy</html>", 503, GenerationError, LATER),
        (b"upstream connect error", 502, GenerationError, SOON),
        (b"Ollama is running", 200, GenerationError, SOON),
        (b"", 200, GenerationError, SOON),
        (b"", 404, ConnectError, NEVER),
        (b"", 401, AuthError, NEVER),
        (b'{"detail":"Not Found"}', 404, GenerationError, NEVER),
        (b'{"object":"error","message":"queue is full"}', 400, GenerationError, LATER),
        (b'{"error":{"code":"model_not_found","message":"no"}}', 400, NoModelError, NEVER),
        (b'{"error":{"type":"exceed_context_size_error","message":"?"}}', 400,
         ContextLengthError, NEVER),
        (b"\xff\xfe", 500, GenerationError, SOON),
        (b"[" * 100_000, 500, GenerationError, SOON),
    ],
)  # fmt: skip
def test_other_bodies(body: bytes, status: int, kind: type[ServerError], retry: Retry) -> None:
    """Web pages, plain text and nothing at all are errors with a class as well."""
    error = classify_body(body, where="http://h/v1", status=status)
    assert (type(error), error.retry) == (kind, retry)


def test_no_error() -> None:
    """A null error and a completion are none."""
    assert reported_error({"error": None, "choices": []}) is None
    assert reported_error({"choices": [], "message": "x"}) is None
    assert reported_error([1]) is None


@pytest.mark.parametrize("status", [401, 403])
def test_what_an_auth_error_says_is_never_repeated(status: int) -> None:
    """The body quotes the start of the token."""
    body = json.dumps({"error": {"message": "Malformed token: SECRETSTART****"}}).encode()
    error = classify_body(body, where="http://h/v1", status=status)
    assert "SECRET" not in str(error) + error.hint


@pytest.mark.parametrize(
    "text",
    [
        "bad token sk-lm-abcd1234:ABCDEFGHIJKLMNOPQRST given",
        "bad token sk-lm-abc given",
        "Authorization: Bearer SECRETabc was wrong",
        "provided: SECRET1234**** is wrong",
    ],
)
def test_keys_are_redacted(text: str) -> None:
    """Whatever looks like a key goes, wherever it stands."""
    shown = str(classify(Report(text=text), where="h", status=400))
    assert "sk-lm" not in shown
    assert "SECRET" not in shown
    assert "[redacted]" in shown


def test_messages_are_one_short_line() -> None:
    """Terminal sequences, line ends and length are taken out of what a server says."""
    shown = redact("a\x1b[31mred\x1b]0;title\x07\r\nb" + "x" * 5000)
    assert shown.startswith("a red b")
    assert len(shown) == 500


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), ("", None), ("5", 5.0), (" 1.5 ", 1.5), ("-3", None), ("abc", None),
        ("nan", None), ("inf", None), ("1e9", None), ("\u0665", None),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0), ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun, 99 Nov 2026 11:00:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after(value: str | None, expected: float | None) -> None:
    """Seconds and dates count; nonsense is ignored."""
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert parse_retry_after(value, now=now) == expected
