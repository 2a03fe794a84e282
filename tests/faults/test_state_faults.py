"""States of the server: no model, loading, unloaded, crashed, full, busy, refusing, outdated."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.asking import MODEL, PATIENT, REQUEST, ask, check_fault, discover
from support.rows import case, row
from support.shop import Shop

from docgen_core.errors import (
    AuthError,
    ConnectError,
    ContextLengthError,
    GenerationError,
    NoModelError,
    Retry,
    ServerError,
)
from docgen_core.lmstudio.client import Client
from docgen_core.lmstudio.types import Endpoint, Timeouts
from docgen_core.testing import FakeLMStudio, FakeModel, Hold, Reply
from docgen_core.testing.server import CONTEXT_EXCEEDED

NEVER, SOON, LATER, ALONE = Retry.NEVER, Retry.SOON, Retry.LATER, Retry.ALONE
TOKEN = "sk-lm-abcdefgh:0123456789abcdefghij"  # noqa: S105 - the fake's own
N_KEEP = (
    "The number of tokens to keep from the initial prompt is greater than the context length "
    "(n_keep: 9000>= n_ctx: 4096). Try to load the model with a larger context length, or provide "
    "a shorter input."
)
OLD_OVERFLOW = (
    "Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded "
    "with context length of only 4096 tokens, which is not enough."
)
MID_OVERFLOW = (
    "Reached context length of 4096 tokens with model gpt-oss, but this model does not currently "
    "support mid-generation context overflow."
)
LLAMA_OVERFLOW = "request (9031 tokens) exceeds the available context size (8192 tokens)"
NONE_LOADED = (
    "No models loaded. Please load a model in the developer page or use the 'lms load' command."
)
NO_MEMORY = (
    'Failed to load model "demo-8b". Error: Model loading was stopped due to insufficient system '
    "resources."
)
CRASHED = "The model has crashed without additional information. (Exit code: null)"
JINJA = "Error rendering prompt with jinja template: Conversation roles must alternate"


def serving(*names: str) -> FakeLMStudio:
    """A server with several models in memory."""
    return FakeLMStudio(models=tuple(FakeModel(name, loaded=True) for name in names))


def openai(status: int, message: str, code: str | None = None) -> Reply:
    return Reply.error(status, message, shape="openai", code=code, param="model")


STATES: list[Any] = [
    case("no-model-loaded/now", openai(400, NONE_LOADED), NoModelError, NEVER, "No models loaded"),
    case("no-model-loaded/older", openai(404, NONE_LOADED), NoModelError, NEVER, "No models"),
    case("no-model-loaded/text", Reply.error(400, NONE_LOADED), NoModelError, NEVER, "No models"),
    case("model-not-found/now", openai(400, 'Invalid model identifier "x".', "model_not_found"),
         NoModelError, NEVER, "Invalid model identifier"),
    case("model-not-found/older", openai(404, 'Model "x" not found. Your models: a'),
         NoModelError, NEVER, "not found"),
    case("jit-load-failed/older", openai(404, NO_MEMORY), NoModelError, NEVER, "insufficient"),
    case("jit-load-failed/now", Reply.error(400, NO_MEMORY), NoModelError, NEVER, "insufficient"),
    case("jit-load-failed/native", Reply.error(500, "Failed to load LLM 'x': Error: no",
         shape="native", kind="model_load_failed"), NoModelError, NEVER, "Failed to load"),
    case("jit-load-failed/native-ok", Reply.error(200, "Failed to load LLM 'x': Error: no",
         shape="native", kind="model_load_failed"), NoModelError, NEVER, "Failed to load"),
    case("model-unloaded-before", Reply.error(400, "Model unloaded."), GenerationError, SOON,
         "unloaded"),
    case("model-unloaded-before/reloaded", Reply.error(400, "Model reloaded."), GenerationError,
         SOON, "reloaded"),
    case("model-unloaded-during/text", Reply.stream_error("Model unloaded.", after="Half an"),
         GenerationError, SOON, "unloaded"),
    case("model-crashed", Reply.error(400, CRASHED), GenerationError, SOON, "crashed"),
    case("model-crashed/code", Reply.error(400, CRASHED.replace("null", "18446744072635812000")),
         GenerationError, SOON, "crashed"),
    case("model-crashed/in-the-stream", Reply.stream_error(CRASHED, after="Half an"),
         GenerationError, SOON, "crashed"),
    case("engine-hiccup/fetch", Reply.error(400,
         "Engine protocol predict request failed: fetch failed"), GenerationError, SOON, "fetch"),
    case("engine-hiccup/channel", Reply.error(400, "Channel Error"), GenerationError, SOON,
         "Channel"),
    case("engine-hiccup/compute", Reply.error(400, "Compute error"), GenerationError, SOON,
         "Compute"),
    case("engine-hiccup/object", Reply.error(500, "Engine protocol predict stream failed",
         shape="openai", kind="internal_error", code="unknown"), GenerationError, SOON, "Engine"),
    case("engine-refuses", Reply.error(400, "Engine protocol predict request returned 400: {}"),
         GenerationError, NEVER, "returned 400"),
    case("out-of-memory", Reply.error(400, "llama_decode: out of memory"), GenerationError, SOON,
         "out of memory"),
    case("context-overflow/n-keep", Reply.error(400, N_KEEP), ContextLengthError, NEVER, "n_keep"),
    case("context-overflow/older", Reply.error(400, OLD_OVERFLOW), ContextLengthError, NEVER,
         "keep the first"),
    case("context-overflow/in-the-stream", Reply.stream_error(N_KEEP), ContextLengthError, NEVER,
         "n_keep"),
    case("context-overflow/mid-generation", Reply.stream_error(MID_OVERFLOW, after="Half"),
         ContextLengthError, NEVER, "Reached context"),
    case("context-overflow/other-server", openai(400, LLAMA_OVERFLOW), ContextLengthError, NEVER,
         "available context"),
    case("context-overflow-silent", Reply.silence(), GenerationError, SOON, "before it was whole"),
    case("shared-context-overflow/text", Reply.error(400, CONTEXT_EXCEEDED), ContextLengthError,
         ALONE, "exceeded"),
    case("shared-context-overflow/object", openai(500, CONTEXT_EXCEEDED), ContextLengthError,
         ALONE, "exceeded"),
    case("shared-context-overflow/in-the-stream", Reply.stream_error(CONTEXT_EXCEEDED, after="a"),
         ContextLengthError, ALONE, "exceeded"),
    case("chat-template", Reply.error(400, JINJA), GenerationError, NEVER, "jinja"),
    case("chat-template/in-the-stream", Reply.stream_error(JINJA), GenerationError, NEVER, "jinja"),
    case("schema-refused/json-object", Reply.error(400,
         "'response_format.type' must be 'json_schema' or 'text'"), GenerationError, NEVER,
         "response_format"),
    case("schema-refused/grammar", Reply.error(400,
         "Failed to initialize samplers: failed to parse grammar"), GenerationError, NEVER,
         "grammar"),
    case("schema-refused/pattern", Reply.error(400,
         "JSON schema conversion failed: Pattern must start with '^'"), GenerationError, NEVER,
         "Pattern"),
    case("request-refused/key", Reply.error(400, "Unrecognized key(s) in object: 'stop'",
         shape="native", kind="invalid_request"), GenerationError, NEVER, "Unrecognized"),
    case("request-refused/reasoning", Reply.error(400, "Reasoning setting 'on' is not supported",
         shape="native", code="invalid_value"), GenerationError, NEVER, "Reasoning"),
    case("request-refused/unknown-text", Reply.error(400, "Something else"), GenerationError, NEVER,
         "Something else"),
    case("unknown-endpoint/ok", Reply.error(200, "Unexpected endpoint or method. (POST /v1/x)"),
         ConnectError, NEVER, "Unexpected"),
    case("unknown-endpoint/not-found", Reply.body("", status=404), ConnectError, NEVER, "404"),
    case("forbidden", Reply.error(403, "Permission denied to use plugin"), AuthError, NEVER,
         "refused"),
    case("server-error/500", Reply.error(500, "something"), GenerationError, SOON, "HTTP 500"),
    case("server-error/502", Reply.body("upstream", status=502), GenerationError, SOON, "HTTP 502"),
    case("server-error/504", Reply.body("", status=504), GenerationError, SOON, "HTTP 504"),
    case("unavailable/503", Reply.body("", status=503), GenerationError, LATER, "HTTP 503"),
    case("unavailable/loading", Reply.error(503, "Loading model", shape="openai",
         kind="unavailable_error"), GenerationError, LATER, "Loading model"),
    case("unavailable/queue-full", Reply.error(503, "server busy, maximum pending requests "
         "exceeded"), GenerationError, LATER, "busy"),
    case("too-many-requests", Reply.error(429, "Rate limit reached"), GenerationError, LATER,
         "Rate limit"),
    case("too-many-requests/no-text", Reply.body("", status=429), GenerationError, LATER, "429"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "kind", "retry", "words"), STATES)
def test_a_state_of_the_server(
    fake: FakeLMStudio, reply: Reply, kind: type[ServerError], retry: Retry, words: str
) -> None:
    """The text decides, whatever the status; every error that ends a run says what to do."""
    asked = check_fault(fake, reply, kind, retry, words)
    if retry is NEVER and "else" not in words and "returned 400" not in words:
        assert asked.error.hint


def in_seconds(seconds: int) -> str:
    """An HTTP date."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


RETRY_AFTER: list[Any] = [
    case("retry-after-seconds", "7", 7.0, 8.0),
    case("retry-after-seconds/zero", "0", 0.0, 1.0),
    case("retry-after-date", "in 90 s", 60.0, 92.0),
    case("retry-after-date/past", "in -90 s", 0.0, 1.0),
    case("retry-after-nonsense/negative", "-30", 0.0, 5.0),
    case("retry-after-nonsense/word", "soon", 0.0, 5.0),
    case("retry-after-nonsense/infinite", "inf", 0.0, 5.0),
]


@pytest.mark.parametrize(("value", "least", "most"), RETRY_AFTER)
@pytest.mark.parametrize("status", [429, 503])
def test_when_to_come_back(
    fake: FakeLMStudio, value: str, least: float, most: float, status: int
) -> None:
    """Seconds and dates are kept to; nonsense falls back to the client's own pause."""
    value = in_seconds(int(value.split()[1])) if value.startswith("in ") else value
    fake.enqueue(Reply.error(status, "busy").with_header("Retry-After", value))
    asked = ask(fake.base_url)
    assert asked.answer.attempts == 2
    assert least <= asked.pauses[0] <= most


@row("retry-after-an-hour")
def test_a_pause_that_is_too_long(fake: FakeLMStudio) -> None:
    """Not waited for in silence, and not cut short."""
    fake.respond = lambda _: Reply.error(429, "Slow down").with_header("Retry-After", "3600")
    asked = ask(fake.base_url)
    assert (fake.chats, asked.pauses) == (1, ())
    assert isinstance(asked.error, GenerationError)


@row("retry-after-an-hour")
def test_a_pause_that_is_too_long_brings_the_next_model() -> None:
    """Fallback models are asked at once."""
    with serving("busy-70b", "demo-8b") as fake:
        fake.enqueue(Reply.error(429, "Slow down").with_header("Retry-After", "3600"))
        asked = ask(fake.base_url, models=(attrs.evolve(MODEL, id="busy-70b"), MODEL))
    assert asked.answer.completion.model == "demo-8b"


@row("token-missing")
def test_no_token_where_one_is_wanted() -> None:
    """One request, and the hint says where to put it."""
    with FakeLMStudio(token=TOKEN) as fake:
        asked = ask(fake.base_url)
    assert isinstance(asked.error, AuthError)
    assert "LM_API_TOKEN" in asked.error.hint
    assert len(asked.failures) == 1


@row("token-refused")
@pytest.mark.parametrize("given", ["lm-studio", "sk-lm-wrongwro:99999999999999999999"])
def test_a_token_that_is_refused(given: str) -> None:
    """One request; the server quotes the token's start, docgen does not."""
    with FakeLMStudio(token=TOKEN) as fake:
        asked = ask(fake.base_url, key=given)
    assert isinstance(asked.error, AuthError)
    assert given[:8] not in f"{asked.error} {asked.error.hint} {asked.error!r}"


@row("token-refused")
def test_a_refused_token_asks_no_older_listing() -> None:
    """Nor a fallback model: each would be refused the same way."""
    with FakeLMStudio(token=TOKEN) as fake:
        with pytest.raises(AuthError):
            discover(fake.base_url, key="wrong")
        assert len(fake.requests) == 1


@row("model-unloaded-during")
def test_an_unload_ends_all_that_runs(fake: FakeLMStudio) -> None:
    """Each request in flight is asked again, and the halves are thrown away."""
    hold = Hold()
    fake.enqueue(*[Reply.text("Half an answer").held_after(2, hold)] * 3)
    fake.respond = lambda _: Reply.text("Whole.")

    async def scenario() -> list[str]:
        async with Client(Endpoint(base_url=fake.base_url), timeouts=PATIENT) as client:

            async def twice() -> str:
                with pytest.raises(GenerationError, match="unloaded"):
                    await client.complete(REQUEST)
                return (await client.complete(REQUEST)).text

            asking = [asyncio.create_task(twice()) for _ in range(3)]
            await asyncio.to_thread(hold.wait_until_reached, 3)
            await asyncio.to_thread(fake.unload, "demo-8b")
            return list(await asyncio.gather(*asking))

    assert asyncio.run(scenario()) == ["Whole."] * 3


@row("shared-context-overflow")
def test_innocent_requests_are_asked_again_alone() -> None:
    """An overflow aborts every request in flight; one after the other they fit."""
    model = FakeModel("demo-8b", loaded=True, context_length=8192)
    with FakeLMStudio(models=(model,)) as fake:
        peaks: list[int] = []
        fake.enqueue(*[Reply.error(400, CONTEXT_EXCEEDED)] * 3)

        def alone(_: object) -> Reply:
            peaks.append(fake.in_flight)
            return Reply.text("Text.")

        fake.respond = alone
        asked = ask(fake.base_url, calls=3)
    assert len(asked.answers) == 3
    assert max(peaks) == 1


@row("shared-context-overflow")
def test_an_overflow_that_is_ones_own_is_an_error(fake: FakeLMStudio) -> None:
    """Alone it fails again: then it is the prompt."""
    fake.respond = lambda _: Reply.error(400, CONTEXT_EXCEEDED)
    asked = ask(fake.base_url)
    assert isinstance(asked.error, ContextLengthError)
    assert 2 <= fake.chats <= 3


@row("queue-longer-than-the-slots")
def test_more_requests_than_slots() -> None:
    """The rest waits in silence at the server; all are answered."""
    hold = Hold()
    roomy = attrs.evolve(MODEL, context_length=None)
    with FakeLMStudio(models=(FakeModel("demo-8b", loaded=True, parallel=2),)) as fake:

        def respond(_: object) -> Reply:
            if fake.in_flight == 12:
                hold.release()
            return Reply.text("Text.").held_after(0, hold)

        fake.respond = respond
        asked = ask(fake.base_url, models=(roomy,), calls=12, timeouts=Timeouts())
        assert fake.in_flight_peak == 12
    assert len(asked.answers) == 12


@row("one-deliverable-fails")
@pytest.mark.parametrize(
    "reply",
    [
        Reply.error(400, N_KEEP),
        Reply.error(400, JINJA),
        Reply.error(400, NO_MEMORY),
        Reply.text("I", finish_reason="content_filter"),
        Reply.error(429, "Slow down").with_header("Retry-After", "3600"),
    ],
    ids=["overflow", "template", "memory", "filter", "hour"],
)
def test_a_failure_costs_only_what_needs_it(shop: Shop, tmp_path: Path, reply: Reply) -> None:
    """The rest is written and merged; the next run asks for what is missing and nothing else."""
    for key, *needs in (["a"], ["b"], ["c", "b"], ["d"]):
        shop.offer(key, *needs)
    shop.fake.respond = lambda request: (
        reply if "Write b." in request.prompt else Reply.text("Text.")
    )
    broken = shop.engine().orchestrate("A booking app", output=tmp_path)
    assert [item.success for item in broken.deliverable_results] == [True, False, False, True]
    assert broken.exit_code == 5
    assert "## D" in (tmp_path / "document.md").read_text(encoding="utf-8")
    before = shop.fake.chats
    shop.fake.respond = lambda _: Reply.text("Text.")
    assert shop.engine().orchestrate("A booking app", output=tmp_path).exit_code == 0
    assert shop.fake.chats - before == 2


@row("deliverable-fails-again")
def test_a_failure_takes_nothing_from_the_document(shop: Shop, tmp_path: Path) -> None:
    """What was written before stays in it, byte for byte, and the run names it."""
    for key, *needs in (["a"], ["b"], ["c", "b"]):
        shop.offer(key, *needs)
    shop.fake.respond = lambda _: Reply.text("Text.")
    assert shop.engine().orchestrate("A booking app", output=tmp_path).exit_code == 0
    before = (tmp_path / "document.md").read_bytes()
    shop.fake.respond = lambda request: (
        Reply.error(400, NO_MEMORY) if "Write b." in request.prompt else Reply.text("Text.")
    )
    broken = shop.engine(seed=3).orchestrate("A booking app", output=tmp_path)
    assert [item.success for item in broken.deliverable_results] == [True, False, False]
    assert broken.exit_code == 5
    assert "the earlier text of b, c" in " ".join(broken.warnings)
    assert (tmp_path / "document.md").read_bytes() == before


@row("fallback-model")
def test_the_next_model_in_the_users_order() -> None:
    """It answers when the first cannot, and the warning says so."""
    names = ("big-70b", "mid-30b", "demo-8b")
    with serving(*names) as fake:
        fake.enqueue(openai(400, NO_MEMORY), openai(400, NO_MEMORY))
        asked = ask(fake.base_url, models=[attrs.evolve(MODEL, id=name) for name in names])
        assert tuple(request.model for request in fake.chat_requests) == names
    assert asked.answer.completion.model == "demo-8b"
    assert [warning.split()[0] for warning in asked.answer.warnings] == ["big-70b", "mid-30b"]
