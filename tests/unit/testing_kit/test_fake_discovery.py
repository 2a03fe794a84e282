"""The fake LM Studio: listings, authentication, unknown endpoints and the choice of a model."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from docgen_core.testing import FakeLMStudio, FakeModel, Reply

_TOKEN = "sk-lm-abcd1234:0123456789abcdefghij"  # noqa: S105 - made up
_MODELS = (
    FakeModel("acme/demo-8b", loaded=True, context_length=4096, parallel=2, reasoning=("off",)),
    FakeModel("acme/big-70b"),
    FakeModel("acme/embed", loaded=True, kind="embedding"),
)


def _get(fake: FakeLMStudio, path: str) -> httpx.Response:
    return httpx.get(fake.base_url.removesuffix("/v1") + path, trust_env=False)


def _chat(fake: FakeLMStudio, model: str = "demo-8b", **extra: Any) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}], **extra}
    return httpx.post(f"{fake.base_url}/chat/completions", json=body, trust_env=False)


def test_native_v1_listing_shows_instances_context_and_slots() -> None:
    """The v1 listing has what a client budgets with, on loaded models only."""
    with FakeLMStudio(models=_MODELS) as fake:
        models = _get(fake, "/api/v1/models").json()["models"]
    loaded, unloaded, embedding = models
    assert loaded["loaded_instances"][0]["config"]["context_length"] == 4096
    assert loaded["loaded_instances"][0]["config"]["parallel"] == 2
    assert loaded["capabilities"]["reasoning"]["allowed_options"] == ["off"]
    assert unloaded["loaded_instances"] == []
    assert embedding["type"] == "embedding"
    assert "capabilities" not in embedding


def test_native_v0_listing_shows_state_and_loaded_context() -> None:
    """The v0 listing names the state, and the loaded context only when loaded."""
    with FakeLMStudio(models=_MODELS, api="v0") as fake:
        models = _get(fake, "/api/v0/models").json()["data"]
    assert [model["state"] for model in models] == ["loaded", "not-loaded", "loaded"]
    assert [model.get("loaded_context_length") for model in models] == [4096, None, 8192]
    assert models[2]["type"] == "embeddings"


def test_openai_listing_holds_all_models_with_jit_and_loaded_ones_without() -> None:
    """The OpenAI listing cannot tell what is loaded, except with JIT off."""
    with FakeLMStudio(models=_MODELS) as jit, FakeLMStudio(models=_MODELS, jit=False) as plain:
        with_jit = [model["id"] for model in _get(jit, "/v1/models").json()["data"]]
        without = [model["id"] for model in _get(plain, "/v1/models").json()["data"]]
    assert with_jit == ["acme/demo-8b", "acme/big-70b", "acme/embed"]
    assert without == ["acme/demo-8b", "acme/embed"]


@pytest.mark.parametrize(
    ("api", "path"),
    [
        ("v1", "/health"),
        ("v0", "/api/v1/models"),
        ("openai", "/api/v1/models"),
        ("openai", "/api/v0/models"),
        ("v1", "/v1/v1/models"),
    ],
)
def test_unknown_endpoint_answers_200_with_an_error_body(api: Any, path: str) -> None:
    """What a generation does not know is refused in the body, not by the status."""
    with FakeLMStudio(api=api) as fake:
        response = _get(fake, path)
    assert response.status_code == 200
    assert response.json() == {"error": f"Unexpected endpoint or method. (GET {path})"}


def test_greeting_says_lmstudio_unless_turned_off() -> None:
    """The identity probe needs neither a model nor a token."""
    with FakeLMStudio(token=_TOKEN) as fake, FakeLMStudio(greeting=False) as other:
        assert _get(fake, "/lmstudio-greeting").json() == {"lmstudio": True}
        assert "error" in _get(other, "/lmstudio-greeting").json()


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ({}, "none was provided"),
        ({"Authorization": "Bearer lm-studio-key"}, "Malformed LM Studio API token provided: lm-"),
    ],
)
def test_missing_and_wrong_tokens_get_401(header: dict[str, str], text: str) -> None:
    """Both 401 forms carry the native error object."""
    with FakeLMStudio(token=_TOKEN) as fake:
        response = httpx.get(f"{fake.base_url}/models", headers=header, trust_env=False)
    error = response.json()["error"]
    assert response.status_code == 401
    assert error["code"] == "invalid_api_key"
    assert text in error["message"]


def test_right_token_is_let_in() -> None:
    """The configured token opens every endpoint."""
    with FakeLMStudio(token=_TOKEN) as fake:
        header = {"Authorization": f"Bearer {_TOKEN}"}
        response = httpx.get(f"{fake.base_url}/models", headers=header, trust_env=False)
    assert response.json()["object"] == "list"


def test_override_replaces_a_path_and_the_last_reply_stays() -> None:
    """Discovery can be made to fail in any way."""
    with FakeLMStudio() as fake:
        fake.override("/api/v1/models", Reply.error(500, "boom"), Reply.html())
        answers = [_get(fake, "/api/v1/models") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 200, 200]
    assert answers[2].headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("options", "status", "code", "text"),
    [
        ({}, 400, "model_not_found", 'Invalid model identifier "nope"'),
        ({"api": "v0"}, 404, "model_not_found", 'Model "nope" not found'),
        ({"jit": False}, 400, None, "No models loaded"),
    ],
)
def test_model_errors_follow_the_generation(
    options: dict[str, Any], status: int, code: str | None, text: str
) -> None:
    """An unknown model is refused in the words and with the status of the server's age."""
    with FakeLMStudio(models=(FakeModel("demo-8b"),), **options) as fake:
        response = _chat(fake, "nope")
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert text in error["message"]


def test_only_loaded_model_answers_for_any_name_when_jit_is_off() -> None:
    """With JIT off and one model loaded, that one answers and says so."""
    with FakeLMStudio(jit=False) as fake:
        assert _chat(fake, "nope").json()["model"] == "demo-8b"


def test_variant_and_instance_names_reach_the_loaded_model() -> None:
    """`key@quant` is the same model."""
    with FakeLMStudio() as fake:
        assert _chat(fake, "demo-8b@q4_k_m").json()["model"] == "demo-8b"


def test_embedding_model_cannot_chat() -> None:
    """An embedding model is not a chat model."""
    with FakeLMStudio(models=_MODELS) as fake:
        assert _chat(fake, "acme/embed").status_code == 400


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "'messages' field is required"),
        (b'{"model": "demo-8b"}', "'messages' field is required"),
        (b'{"messages": [], "response_format": {"type": "json_object"}}', "response_format.type"),
    ],
)
def test_unusable_chat_bodies_are_refused(body: bytes, text: str) -> None:
    """A body that LM Studio refuses is refused, as plain error text."""
    with FakeLMStudio() as fake:
        url = f"{fake.base_url}/chat/completions"
        response = httpx.post(url, content=body, trust_env=False)
    assert response.status_code == 400
    assert text in response.json()["error"]
