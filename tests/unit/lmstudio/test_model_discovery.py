from __future__ import annotations

import asyncio
import json
from typing import Any

import attrs
import pytest

from docgen_core.errors import AuthError, ConnectError, GenerationError, NoModelError, Retry
from docgen_core.lmstudio.choice import ModelChoice, choose_model
from docgen_core.lmstudio.client import Client
from docgen_core.lmstudio.discovery import Fetched, discover
from docgen_core.lmstudio.types import Endpoint, ModelInfo, ServerInfo

UNKNOWN = (200, {"error": "Unexpected endpoint or method. (GET /x)"})
NOT_FOUND = (404, {"error": {"message": "File Not Found", "type": "not_found_error", "code": 404}})
V1 = {
    "models": [
        {
            "type": "llm",
            "key": "acme/demo-8b",
            "display_name": "Demo 8B",
            "max_context_length": 131072,
            "loaded_instances": [
                {"id": "acme/demo-8b", "config": {"context_length": 16384, "parallel": 2}},
                {"id": "mine", "config": {"context_length": 4096}},
            ],
        },
        {"type": "llm", "key": "acme/big", "max_context_length": 8192, "loaded_instances": []},
        {"type": "embedding", "key": "nomic", "loaded_instances": [{"id": "nomic"}]},
        {"no": "key"},
        "nonsense",
    ]
}
V0 = {
    "data": [
        {"id": "a", "type": "llm", "state": "loaded", "max_context_length": 9,
         "loaded_context_length": 5},
        {"id": "b", "type": "vlm", "state": "not-loaded", "max_context_length": 9},
        {"id": "e", "type": "embeddings", "state": "loaded"},
    ]
}  # fmt: skip
OPENAI = {"data": [{"id": "qwen/qwen3-8b"}, {"id": "text-embedding-nomic-embed-text-v1.5"}]}
LLAMA = {
    "models": [{"name": "/m/x.gguf"}],
    "data": [{"id": "/m/x.gguf", "owned_by": "llamacpp", "meta": {"n_ctx": 8192}}],
}


def found(answers: dict[str, tuple[int, Any]], default: tuple[int, Any] = UNKNOWN) -> ServerInfo:
    async def fetch(url: str) -> Fetched:
        status, payload = answers.get(url.removeprefix("http://h"), default)
        return Fetched(status=status, payload=payload, body=json.dumps(payload).encode())

    return asyncio.run(discover(fetch, "http://h/v1"))


def test_the_newest_listing_tells_instances_slots_and_context() -> None:
    """Every loaded instance is a model of its own with its own context length."""
    info = found({"/api/v1/models": (200, V1)})
    assert (info.kind, info.api) == ("lmstudio", "v1")
    first, second, big, nomic = info.models
    assert first == ModelInfo(
        id="acme/demo-8b", key="acme/demo-8b", loaded=True, context_length=16384, slots=2,
        name="Demo 8B",
    )  # fmt: skip
    assert (second.id, second.key, second.context_length) == ("mine", "acme/demo-8b", 4096)
    assert (big.loaded, big.context_length) == (False, 8192)
    assert nomic.embedding


@pytest.mark.parametrize("missing", [UNKNOWN, NOT_FOUND, (200, {"x": 1}), (200, [])])
def test_older_versions(missing: tuple[int, Any]) -> None:
    """An unknown endpoint, in whichever form, leads to the older listing."""
    info = found({"/api/v0/models": (200, V0)}, missing)
    assert (info.kind, info.api) == ("lmstudio", "v0")
    assert [(m.id, m.loaded, m.context_length, m.embedding) for m in info.models] == [
        ("a", True, 5, False), ("b", False, 9, False), ("e", True, None, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("greeting", "kind"),
    [((200, {"lmstudio": True}), "lmstudio"), (UNKNOWN, "openai"), (NOT_FOUND, "openai")],
)
def test_the_plain_listing(greeting: tuple[int, Any], kind: str) -> None:
    """The last rung knows names only; the greeting tells whose they are."""
    info = found({"/v1/models": (200, OPENAI), "/lmstudio-greeting": greeting}, NOT_FOUND)
    assert (info.kind, info.api) == (kind, "openai")
    assert [(m.loaded, m.embedding) for m in info.models] == [(None, False), (None, True)]


def test_llama_cpp_has_a_context_per_slot() -> None:
    """Slots and their context come from its own endpoint."""
    props = {"total_slots": 4, "default_generation_settings": {"n_ctx": 2048}}
    info = found({"/v1/models": (200, LLAMA), "/props": (200, props)}, NOT_FOUND)
    assert info.kind == "llama.cpp"
    assert info.models == (
        ModelInfo(id="/m/x.gguf", loaded=True, context_length=2048, slots=4,
                  shared_context=False, name="x.gguf"),
    )  # fmt: skip


def test_llama_cpp_without_props() -> None:
    """The listing's own figure stands in."""
    info = found({"/v1/models": (200, LLAMA)}, NOT_FOUND)
    assert (info.models[0].context_length, info.models[0].slots) == (8192, None)


@pytest.mark.parametrize("path", ["/api/v1/models", "/api/v0/models", "/v1/models"])
@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_never_stepped_over(path: str, status: int) -> None:
    """Another endpoint would only hide that the key is wrong."""
    with pytest.raises(AuthError):
        found({path: (status, {"error": {"message": "no"}})}, NOT_FOUND)


def test_a_server_that_starts_up() -> None:
    """503 is an answer to wait for."""
    with pytest.raises(GenerationError) as caught:
        found({}, (503, {"error": {"message": "Loading model"}}))
    assert caught.value.retry is Retry.LATER


def test_an_empty_listing_may_be_null() -> None:
    """No model is not an error of discovery."""
    assert found({"/v1/models": (200, {"data": None})}, NOT_FOUND).models == ()


def test_something_else_answers() -> None:
    """A server without any listing is none."""
    with pytest.raises(ConnectError, match="http://h/v1"):
        found({}, NOT_FOUND)


def test_discovery_over_http(serve: Any) -> None:
    """The client climbs down the ladder on one server."""
    bad = b"HTTP/1.1 404 X\r\nConnection: close\r\n\r\n"
    good = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + json.dumps(OPENAI).encode()
    server = serve([bad], [bad], [good], [bad])

    async def main() -> ServerInfo:
        async with Client(Endpoint(base_url=server.url, api_key="k")) as client:
            return await client.discover()

    assert len(asyncio.run(main()).models) == 2
    paths = [request[0].split()[1] for request in server.requests]
    assert paths == ["/api/v1/models", "/api/v0/models", "/v1/models", "/lmstudio-greeting"]
    assert {request[1]["authorization"] for request in server.requests} == {"Bearer k"}


@pytest.mark.parametrize(
    ("name", "embedding"),
    [
        ("text-embedding-nomic-embed-text-v1.5", True), ("baai/bge-m3", True),
        ("thenlper/gte-large", True), ("intfloat/e5-small-v2", True), ("all-minilm-l6-v2", True),
        ("mxbai-embed-large", True), ("bge-reranker-v2", True), ("qwen/qwen3-8b", False),
        ("gemma-3-4b", False), ("gte-chat-7b", False),
    ],
)  # fmt: skip
def test_embedding_models_by_name(name: str, embedding: bool) -> None:
    """Where the listing has no types, names tell."""
    info = found({"/v1/models": (200, {"data": [{"id": name}]})}, NOT_FOUND)
    assert info.models[0].embedding is embedding


LOADED = ModelInfo(id="acme/demo-8b", key="acme/demo-8b", loaded=True)
SECOND = ModelInfo(id="mine", key="acme/demo-8b", loaded=True)
BIG = ModelInfo(id="acme/big-70b", key="acme/big-70b", loaded=False)
PATH = ModelInfo(id="/models/SmolLM2-135M.Q4_1.gguf", loaded=None)
EMBED = ModelInfo(id="nomic-embed", loaded=True, embedding=True)


def choose(wanted: list[str], *models: ModelInfo) -> ModelChoice:
    return choose_model(ServerInfo(base_url="u", kind="openai", api="v1", models=models), wanted)


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ([], LOADED), (["acme/big-70b"], BIG), (["mine"], SECOND), (["BIG-70B"], BIG),
        (["acme/demo-8b"], LOADED), (["SmolLM2-135M.Q4_1"], PATH),
        (["smollm2-135m.q4_1.gguf"], PATH),
        (["/elsewhere/SmolLM2-135M.Q4_1.gguf"], PATH),
    ],
)  # fmt: skip
def test_wanted_models_are_found(wanted: list[str], chosen: ModelInfo) -> None:
    """Names match tolerantly; nothing needs saying then."""
    choice = choose(wanted, EMBED, BIG, LOADED, SECOND, PATH)
    assert choice == ModelChoice(model=chosen, notice="")


@pytest.mark.parametrize(
    ("wanted", "chosen", "notice"),
    [
        (["nope", "big-70b"], BIG, "u does not have nope; using acme/big-70b instead"),
        (["nope"], LOADED, "u does not have nope; using acme/demo-8b, which is loaded"),
        (["other/demo-8b"], LOADED, "u does not have other/demo-8b; using acme/demo-8b, which"),
        (["nomic-embed"], LOADED, "nomic-embed is an embedding model and cannot write; using"),
        (["acme/demo-8b@q8_0"], LOADED, "u does not list acme/demo-8b@q8_0; using acme/demo-8b"),
    ],
)
def test_a_stand_in_is_announced(wanted: list[str], chosen: ModelInfo, notice: str) -> None:
    """The user learns that another model answers, and why."""
    choice = choose(wanted, EMBED, BIG, LOADED)
    assert choice.model == chosen
    assert choice.notice.startswith(notice)


def test_nothing_is_loaded_unasked() -> None:
    """Only a loaded model stands in for a missing one; a likely name is offered."""
    with pytest.raises(NoModelError, match="does not have bog-70b") as caught:
        choose(["bog-70b"], BIG, EMBED)
    assert caught.value.hint == "Did you mean acme/big-70b?"
    assert choose([], BIG).model == BIG


def test_no_close_name() -> None:
    """Otherwise the hint lists what there is."""
    with pytest.raises(NoModelError) as caught:
        choose(["zzz"], BIG, attrs.evolve(BIG, id="b", key=""))
    assert caught.value.hint == "It has: acme/big-70b, b."


@pytest.mark.parametrize("models", [(), (EMBED,)])
def test_no_chat_model(models: tuple[ModelInfo, ...]) -> None:
    """An embedding model is never chosen."""
    with pytest.raises(NoModelError, match=r"has no model|has only embedding models"):
        choose([], *models)
