"""Which model answers, and which may be loaded: races, fallbacks, listings, stand-ins."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from support.asking import MODEL, ask, discover
from support.rows import case, row
from support.shop import Shop

from docgen_core.errors import (
    ConnectError,
    GenerationError,
    NoModelError,
    Retry,
    ServerError,
)
from docgen_core.testing import Answer, FakeLMStudio, FakeModel, Reply

NEVER, SOON, LATER, ALONE = Retry.NEVER, Retry.SOON, Retry.LATER, Retry.ALONE


@row("duplicate-instance-race")
def test_a_cold_model_is_loaded_once() -> None:
    """Two first requests at once would load it twice; one goes ahead."""
    cold = attrs.evolve(MODEL, loaded=False)
    with FakeLMStudio(models=(FakeModel("demo-8b"),), load_time=0.05) as fake:
        asked = ask(fake.base_url, models=(cold,), calls=4)
        assert (fake.model_loads, fake.loaded) == (1, ("demo-8b",))
    assert len(asked.answers) == 4


@row("another-model-answers")
def test_the_one_loaded_model_answers_for_any_name() -> None:
    """As LM Studio does with loading on demand switched off."""
    with FakeLMStudio(models=(FakeModel("other-3b", loaded=True),), jit=False) as fake:
        answer = ask(fake.base_url).answer
    assert answer.warnings == ("other-3b answered although demo-8b was asked",)


@row("instance-of-the-model")
def test_a_variant_or_second_instance_is_the_model_that_was_asked(fake: FakeLMStudio) -> None:
    """No warning for `@quant` and `:2`."""
    for name in ("demo-8b@q4_k_m", "demo-8b:2"):
        fake.enqueue(Reply.of(Answer(tokens=("a",), model=name)))
        assert ask(fake.base_url).answer.warnings == ()


@row("older-server")
@pytest.mark.parametrize("unknown_status", [200, 404])
@pytest.mark.parametrize("api", ["v1", "v0", "openai"])
def test_a_server_without_the_newer_listings(api: Any, unknown_status: int) -> None:
    """The listing steps down; an unknown endpoint may be an error with status 200 or 404."""
    with FakeLMStudio(api=api, unknown_status=unknown_status) as fake:
        info = discover(fake.base_url)
        assert (info.api, info.kind, info.models[0].id) == (api, "lmstudio", "demo-8b")


LISTINGS: list[Any] = [
    case("unusable-listing/page", Reply.html(), ConnectError, "web page"),
    case("unusable-listing/text", Reply.body("hello"), ConnectError, "does not list models"),
    case("unusable-listing/json", Reply.body('{"ok": true}'), ConnectError, "does not list models"),
    case(
        "unusable-listing/starting", Reply.error(503, "Loading model"), GenerationError, "Loading"
    ),
]


@pytest.mark.parametrize(("reply", "kind", "words"), LISTINGS)
def test_a_listing_that_is_none(
    fake: FakeLMStudio, reply: Reply, kind: type[ServerError], words: str
) -> None:
    """Said before anything is generated."""
    for path in ("/api/v1/models", "/api/v0/models", "/v1/models"):
        fake.override(path, reply)
    with pytest.raises(kind, match=words):
        discover(fake.base_url)


@row("nothing-loaded-unasked")
def test_a_whole_run_only_reads_and_asks(shop: Shop) -> None:
    """Over all recorded paths: nothing is loaded, unloaded or downloaded by a request for it."""
    for key, *needs in (["a"], ["b", "a"], ["c", "a"]):
        shop.offer(key, *needs)
    shop.fake.enqueue(Reply.error(400, "Model unloaded."), Reply.text("Text."))
    engine = shop.engine(completion_mode="batch")
    engine.get_available_models()
    assert engine.orchestrate("A booking app").exit_code == 0
    seen = {(request.method, request.path.partition("?")[0]) for request in shop.fake.requests}
    assert seen <= {
        ("GET", "/api/v1/models"),
        ("GET", "/api/v0/models"),
        ("GET", "/v1/models"),
        ("GET", "/lmstudio-greeting"),
        ("POST", "/v1/chat/completions"),
    }
    assert {request.model for request in shop.fake.chat_requests} == {"demo-8b"}


@row("stand-in-not-loaded")
def test_a_model_that_was_not_asked_for_is_never_loaded_in_its_place(shop: Shop) -> None:
    """The named model is missing and none is loaded: an error, not a load of another."""
    shop.offer("a")
    shop.fake.unload("demo-8b")
    with pytest.raises(NoModelError, match="missing-70b"):
        shop.engine(model_name="missing-70b").orchestrate("A booking app")
    assert (shop.fake.chats, shop.fake.model_loads) == (0, 0)
