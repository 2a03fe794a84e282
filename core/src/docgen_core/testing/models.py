"""The fake server's models: which exist, which are loaded, and loading on first use.

Owns the three listings (`/api/v1`, `/api/v0`, `/v1`) and the rules by which LM Studio picks a
model. Runs in the server's event loop only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Literal

import attrs

from docgen_core.testing.replies import Hold, Reply

__all__ = ["Api", "FakeModel", "Instance", "Shelf"]

Api = Literal["v1", "v0", "openai"]

_NONE_LOADED = (
    "No models loaded. Please load a model in the developer page or use the 'lms load' command."
)


@attrs.frozen
class FakeModel:
    """A model that the fake server has on its disk.

    Attributes:
        key: Its key, to be sent as `model`.
        loaded: Whether an instance is in memory from the start.
        context_length: Tokens that a loaded instance holds, shared by its slots.
        max_context_length: Tokens that it could hold.
        parallel: Requests that an instance answers at once; more wait silently.
        kind: `llm`, or `embedding`, which cannot chat.
        reasoning: The allowed reasoning options; empty when the model exposes none.
        schemas: What becomes of a `response_format` with a schema: it is held by a grammar,
            refused with an error, or ignored.
    """

    key: str
    loaded: bool = attrs.field(default=False, kw_only=True)
    context_length: int = attrs.field(default=8192, kw_only=True)
    max_context_length: int = attrs.field(default=32768, kw_only=True)
    parallel: int = attrs.field(default=4, kw_only=True)
    kind: Literal["llm", "embedding"] = attrs.field(default="llm", kw_only=True)
    reasoning: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    schemas: Literal["held", "refused", "ignored"] = attrs.field(default="held", kw_only=True)


@attrs.define(eq=False)
class Instance:
    """A model in memory."""

    id: str
    model: FakeModel
    slots: asyncio.Semaphore


@attrs.define(kw_only=True)
class Shelf:
    """The models and their instances.

    Attributes:
        models: What is on the disk.
        jit: Whether a first use loads a model; False is LM Studio's switch turned off.
        load_time: How long a load takes: seconds, or a hold of the test.
        api: The generation of the server, which decides some statuses and texts.
    """

    models: tuple[FakeModel, ...]
    jit: bool = True
    load_time: float | Hold = 0.0
    api: Api = "v1"
    loads: int = attrs.field(default=0, init=False)
    _instances: list[Instance] = attrs.field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        for model in self.models:
            if model.loaded:
                self._add(model)

    @property
    def instance_ids(self) -> tuple[str, ...]:
        """The ids of all instances in memory, duplicates as `key:2`."""
        return tuple(instance.id for instance in self._instances)

    def unload(self, name: str) -> None:
        """Drop every instance with this key or id from memory."""
        self._instances = [x for x in self._instances if name not in {x.id, x.model.key}]

    def choose(self, name: str) -> Instance | FakeModel | Reply:
        """Who answers for `name`: an instance, a model still to be loaded, or an error reply."""
        key = name.partition("@")[0]
        chat = [x for x in self._instances if x.model.kind == "llm"]
        for instance in chat:
            if key in {instance.id, instance.model.key}:
                return instance
        known = next((x for x in self.models if x.key == key and x.kind == "llm"), None)
        if self.jit and known is not None:
            return known
        if not self.jit and len(chat) == 1:
            return chat[0]
        if not name or not (self.jit or chat):
            return self._refusal(_NONE_LOADED, None)
        return self._refusal(self._unknown(name), "model_not_found")

    async def load(self, model: FakeModel) -> Instance:
        """Load a model. Two first uses at the same time load it twice, as LM Studio does."""
        if isinstance(self.load_time, Hold):
            await self.load_time.pass_through()
        elif self.load_time:
            await asyncio.sleep(self.load_time)
        return self._add(model, count=True)

    def listing(self, api: Api) -> dict[str, Any]:
        """The body of the model listing of one generation."""
        if api == "v1":
            return {"models": [self._v1(model) for model in self.models]}
        if api == "v0":
            return {"object": "list", "data": [self._v0(model) for model in self.models]}
        names = [x.key for x in self.models] if self.jit else list(self.instance_ids)
        duplicates = [x for x in self.instance_ids if x not in names]
        owner = {"object": "model", "owned_by": "organization_owner"}
        return {"object": "list", "data": [{"id": name, **owner} for name in names + duplicates]}

    def _add(self, model: FakeModel, *, count: bool = False) -> Instance:
        self.loads += count
        twins = sum(x.model.key == model.key for x in self._instances)
        name = model.key if not twins else f"{model.key}:{twins + 1}"
        instance = Instance(name, model, asyncio.Semaphore(model.parallel))
        self._instances.append(instance)
        return instance

    def _refusal(self, message: str, code: str | None) -> Reply:
        status = 404 if self.api == "v0" else 400
        return Reply.error(status, message, shape="openai", code=code, param="model")

    def _unknown(self, name: str) -> str:
        models = ", ".join(self._chat_keys())
        if self.api == "v0":
            return f'Model "{name}" not found. Please specify a valid model. Your models: {models}'
        return (
            f'Invalid model identifier "{name}". '
            f"Please specify a valid downloaded model (e.g., {models})."
        )

    def _chat_keys(self) -> Iterable[str]:
        return (model.key for model in self.models if model.kind == "llm")

    def _of(self, model: FakeModel) -> list[Instance]:
        return [instance for instance in self._instances if instance.model.key == model.key]

    def _v0(self, model: FakeModel) -> dict[str, Any]:
        loaded = bool(self._of(model))
        entry = {
            "id": model.key,
            "object": "model",
            "type": "llm" if model.kind == "llm" else "embeddings",
            "publisher": "acme",
            "arch": "demo",
            "compatibility_type": "gguf",
            "quantization": "Q4_K_M",
            "state": "loaded" if loaded else "not-loaded",
            "max_context_length": model.max_context_length,
        }
        return {**entry, "loaded_context_length": model.context_length} if loaded else entry

    def _v1(self, model: FakeModel) -> dict[str, Any]:
        entry = {
            "type": model.kind,
            "publisher": "acme",
            "key": model.key,
            "display_name": model.key.rpartition("/")[2],
            "quantization": {"name": "Q4_K_M", "bits_per_weight": 4},
            "size_bytes": 5_100_000_000,
            "params_string": None,
            "loaded_instances": [_v1_instance(instance) for instance in self._of(model)],
            "max_context_length": model.max_context_length,
            "format": "gguf",
        }
        return entry if model.kind == "embedding" else {**entry, **_v1_chat_facts(model)}


def _v1_instance(instance: Instance) -> dict[str, Any]:
    model = instance.model
    config: dict[str, Any] = {"context_length": model.context_length}
    if model.kind == "llm":
        config |= {"eval_batch_size": 256, "parallel": model.parallel, "flash_attention": True}
    return {"id": instance.id, "config": config}


def _v1_chat_facts(model: FakeModel) -> dict[str, Any]:
    capabilities: dict[str, Any] = {"vision": False, "trained_for_tool_use": True}
    if model.reasoning:
        default = model.reasoning[-1]
        capabilities["reasoning"] = {"allowed_options": [*model.reasoning], "default": default}
    variant = f"{model.key}@q4_k_m"
    return {
        "architecture": "demo",
        "capabilities": capabilities,
        "description": None,
        "variants": [variant],
        "selected_variant": variant,
    }
