"""Finds out what answers at an address and which models it has.

The native listing of LM Studio tells most, the OpenAI one least; older versions and other servers
lack the former, so the ladder is climbed down. How bytes are fetched is the caller's business.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Literal

import attrs

from docgen_core.errors import AuthError, ConnectError, ServerError
from docgen_core.lmstudio.address import root_of
from docgen_core.lmstudio.faults import classify_body
from docgen_core.lmstudio.types import ModelInfo, ServerInfo

__all__ = ["Fetch", "Fetched", "discover"]


@attrs.frozen(kw_only=True)
class Fetched:
    """The answer to a GET request.

    Attributes:
        status: The HTTP status.
        payload: The decoded JSON, or None when the body is something else.
        body: The body as it came.
        retry_after: Seconds that the server asked to wait.
    """

    status: int
    payload: object = None
    body: bytes = b""
    retry_after: float | None = None


Fetch = Callable[[str], Awaitable[Fetched]]

# By its name only: the OpenAI listing has no types. Rerankers cannot chat either.
_EMBEDDING = re.compile(
    r"embed|rerank|(?:^|[/_-])(?:bge|gte|e5|multilingual-e5)-(?:m3|small|base|large|micro|multi)"
    r"|all-minilm|paraphrase-m",
    re.IGNORECASE,
)
_NATIVE = (("v1", "/api/v1/models", "models"), ("v0", "/api/v0/models", "data"))


async def discover(fetch: Fetch, base_url: str) -> ServerInfo:
    """Ask a server what it is and what it has.

    Args:
        fetch: Gets an absolute URL; raises ServerError when nothing answers.
        base_url: The endpoint's root, normalised.

    Raises:
        AuthError: The server wants a token.
        ConnectError: Nothing that answers there is a model server.
        ServerError: The server cannot list its models now.
    """
    root = root_of(base_url)
    for api, path, key in _NATIVE:
        found = await _listing(fetch, root + path, key)
        if isinstance(found, list):
            models = _native_models(api, found)
            return ServerInfo(
                base_url=base_url, kind="lmstudio", api=_api(api), models=tuple(models)
            )
    found = await _listing(fetch, base_url + "/models", "data")
    if not isinstance(found, list):
        raise _no_listing(base_url, found)
    return await _plain_server(fetch, base_url, list(_objects(found)))


def _api(name: str) -> Literal["v1", "v0"]:
    return "v1" if name == "v1" else "v0"


async def _listing(fetch: Fetch, url: str, key: str) -> list[Any] | Fetched:
    """Return the listing, or the answer that was none; raise what no other rung would mend."""
    answer = await fetch(url)
    if isinstance(answer.payload, dict) and key in answer.payload:
        # Some servers write null for an empty list.
        listed = answer.payload[key]
        return listed if isinstance(listed, list) else []
    error = classify_body(
        answer.body, where=url, status=answer.status, retry_after=answer.retry_after
    )
    # An unknown endpoint comes as 404, or as 200 with an error; a server that starts up as 503.
    if isinstance(error, AuthError) or answer.status >= 500:  # noqa: PLR2004
        raise error
    return answer


def _no_listing(base_url: str, answer: Fetched) -> ServerError:
    error = classify_body(answer.body, where=base_url, status=answer.status)
    if isinstance(error, ConnectError):
        return error
    return ConnectError(
        f"What answers at {base_url} does not list models (HTTP {answer.status})",
        hint="Check the base URL; LM Studio's default is http://127.0.0.1:1234/v1.",
    )


def _native_models(api: str, listed: list[Any]) -> Iterable[ModelInfo]:
    for entry in _objects(listed):
        yield from _from_v1(entry) if api == "v1" else _from_v0(entry)


def _from_v1(entry: Mapping[str, Any]) -> Iterable[ModelInfo]:
    key = _text(entry.get("key"))
    if not key:
        return
    model = ModelInfo(
        id=key,
        key=key,
        loaded=False,
        embedding=_is_embedding(entry, key),
        context_length=_positive(entry.get("max_context_length")),
        name=_text(entry.get("display_name")) or key,
    )
    instances = list(_objects(entry.get("loaded_instances")))
    if not instances:
        yield model
    for instance in instances:
        config = instance.get("config")
        config = config if isinstance(config, dict) else {}
        yield attrs.evolve(
            model,
            id=_text(instance.get("id")) or key,
            loaded=True,
            context_length=_positive(config.get("context_length")) or model.context_length,
            slots=_positive(config.get("parallel")),
        )


def _from_v0(entry: Mapping[str, Any]) -> Iterable[ModelInfo]:
    name = _text(entry.get("id"))
    if not name:
        return
    loaded = entry.get("state") == "loaded"
    most = _positive(entry.get("max_context_length"))
    yield ModelInfo(
        id=name,
        loaded=loaded,
        embedding=_is_embedding(entry, name),
        context_length=(_positive(entry.get("loaded_context_length")) if loaded else most) or most,
        name=name,
    )


async def _plain_server(
    fetch: Fetch, base_url: str, entries: list[Mapping[str, Any]]
) -> ServerInfo:
    """Describe a server that has the OpenAI listing only."""
    models = tuple(_from_openai(entry) for entry in entries if _text(entry.get("id")))
    if any(entry.get("owned_by") == "llamacpp" for entry in entries):
        props = await fetch(root_of(base_url) + "/props")
        models = tuple(_with_props(model, _checked_props(props, base_url)) for model in models)
        return ServerInfo(base_url=base_url, kind="llama.cpp", api="openai", models=models)
    greeting = await fetch(root_of(base_url) + "/lmstudio-greeting")
    greeted = isinstance(greeting.payload, dict) and greeting.payload.get("lmstudio") is True
    kind: Literal["lmstudio", "openai"] = "lmstudio" if greeted else "openai"
    return ServerInfo(base_url=base_url, kind=kind, api="openai", models=models)


def _from_openai(entry: Mapping[str, Any]) -> ModelInfo:
    name = _text(entry.get("id"))
    meta = entry.get("meta")
    context = meta.get("n_ctx") if isinstance(meta, dict) else entry.get("max_model_len")
    return ModelInfo(
        id=name,
        embedding=_is_embedding(entry, name),
        context_length=_positive(context),
        name=re.split(r"[/\\]", name)[-1] if name.startswith("/") or "\\" in name else name,
    )


def _checked_props(answer: Fetched, base_url: str) -> Mapping[str, Any]:
    if answer.status in {401, 403}:
        # The listing is open to all; this endpoint shows that completions will want a key.
        raise classify_body(answer.body, where=base_url, status=answer.status)
    return answer.payload if isinstance(answer.payload, dict) else {}


def _with_props(model: ModelInfo, props: Mapping[str, Any]) -> ModelInfo:
    """Add what llama.cpp tells of its slots, each of which has a context of its own."""
    defaults = props.get("default_generation_settings")
    n_ctx = defaults.get("n_ctx") if isinstance(defaults, dict) else None
    return attrs.evolve(
        model,
        loaded=True,
        slots=_positive(props.get("total_slots")),
        context_length=_positive(n_ctx) or model.context_length,
        shared_context=False,
    )


def _is_embedding(entry: Mapping[str, Any], name: str) -> bool:
    kind = _text(entry.get("type"))
    if kind:
        return kind.startswith("embedding")
    return _EMBEDDING.search(name) is not None


def _objects(value: object) -> Iterable[Mapping[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
