"""docgen: one brief in, a pack of documents out, on your own machine.

The names below are the Python interface. They load when first used, so that `docgen --help` and
plugins that import only `docgen_core.api` stay quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docgen_core.engine import (
        OrchestrationEngine,
        OrchestrationResult,
        PromptGenerator,
        quick_generate,
    )
    from docgen_core.errors import DocgenError
    from docgen_core.model import Brief, DeliverableResult
    from docgen_core.settings import CompletionMode, OrchestrationConfig

__all__ = [
    "Brief",
    "CompletionMode",
    "DeliverableResult",
    "DocgenError",
    "OrchestrationConfig",
    "OrchestrationEngine",
    "OrchestrationResult",
    "PromptGenerator",
    "__version__",
    "quick_generate",
]

__version__ = "0.1.0"

_HOMES = {
    "Brief": "docgen_core.model",
    "CompletionMode": "docgen_core.settings",
    "DeliverableResult": "docgen_core.model",
    "DocgenError": "docgen_core.errors",
    "OrchestrationConfig": "docgen_core.settings",
    "OrchestrationEngine": "docgen_core.engine",
    "OrchestrationResult": "docgen_core.engine",
    "PromptGenerator": "docgen_core.engine",
    "quick_generate": "docgen_core.engine",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
