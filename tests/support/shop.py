"""Engines whose plugins are plain functions in memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest

from docgen_core import OrchestrationConfig, OrchestrationEngine
from docgen_core.api import Deliverable, hookimpl
from docgen_core.events import Event
from docgen_core.plugins import EntryPoint, PluginPolicy, Registry
from docgen_core.testing import FakeLMStudio

__all__ = ["Shop"]

Hook = Callable[..., Any]


class Shop:
    """Makes engines whose plugins are plain functions in memory.

    Attributes:
        events: Every event of every engine that was made here.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fake: FakeLMStudio) -> None:
        self.fake = fake
        self.events: list[Event] = []
        self._monkeypatch = monkeypatch
        self._points: list[EntryPoint] = []
        self._engines: list[OrchestrationEngine] = []

    def offer(
        self, key: str, *needs: str, hooks: Mapping[str, Hook] | None = None, **facts: Any
    ) -> None:
        """Install a deliverable whose instructions are "Write", its id and a full stop."""
        item = Deliverable(
            id=key, title=key.replace("_", " ").title(), summary=f"The {key}.", needs=needs, **facts
        )
        self._install(
            "docgen.deliverables",
            key,
            {
                "get_deliverables": lambda: [item],
                "get_instructions": lambda: f"Write {key}.",
                **(hooks or {}),
            },
        )

    def withdraw(self, key: str) -> None:
        """Uninstall a deliverable, for instance to offer another version of it."""
        self._points = [point for point in self._points if point.name != key]

    def pack(self, name: str, hooks: Mapping[str, Hook]) -> None:
        """Install a pack."""
        self._install("docgen.packs", name, hooks)

    def engine(
        self, kind: type[OrchestrationEngine] = OrchestrationEngine, **config: Any
    ) -> OrchestrationEngine:
        """An engine that talks to the fake."""
        settings = {"lm_studio_base_url": self.fake.base_url, "server": "lmstudio", **config}
        registry = Registry(PluginPolicy(hook_timeout=5.0), entry_points=self._points)
        engine = kind(
            OrchestrationConfig(**settings), registry=registry, listeners=[self.events.append]
        )
        self._engines.append(engine)
        return engine

    def close(self) -> None:
        """Close every engine that was made here."""
        for engine in self._engines:
            engine.close()

    def _install(self, group: str, name: str, hooks: Mapping[str, Hook]) -> None:
        module = ModuleType(f"shop_{name}")
        for hook, function in hooks.items():
            setattr(module, hook, hookimpl(specname=hook)(function))
        self._monkeypatch.setitem(sys.modules, module.__name__, module)
        self._points.append(
            EntryPoint(
                group=group,
                name=name,
                distribution=f"docgen-plugin-{name}",
                version="1.0",
                value=module.__name__,
            )
        )

    def object(self, group: str, name: str, value: object) -> None:
        """Install a server provider or an exporter."""
        module = ModuleType(f"shop_{group.rpartition('.')[2]}_{name}")
        module.thing = value  # type: ignore[attr-defined]
        self._monkeypatch.setitem(sys.modules, module.__name__, module)
        self._points.append(
            EntryPoint(
                group=group,
                name=name,
                distribution=f"docgen-plugin-{name}",
                version="1.0",
                value=f"{module.__name__}:thing",
            )
        )
