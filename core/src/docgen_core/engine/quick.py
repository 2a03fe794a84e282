"""The shortest way to a document: one call, no engine to look after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docgen_core.engine.engine import OrchestrationEngine
from docgen_core.engine.result import OrchestrationResult
from docgen_core.model import Brief
from docgen_core.settings import OrchestrationConfig

__all__ = ["quick_generate"]


def quick_generate(
    user_input: str | Brief,
    deliverable_types: Sequence[str] | None = None,
    **config: Any,  # noqa: ANN401 - each field has a type of its own
) -> OrchestrationResult:
    """Write the deliverables of one brief without setting up an engine.

    Args:
        user_input: The brief.
        deliverable_types: Deliverable ids; None for every one installed.
        **config: Fields of `OrchestrationConfig`.

    Raises:
        DocgenError: whatever `OrchestrationEngine.orchestrate` raises.
    """
    with OrchestrationEngine(OrchestrationConfig(**config)) as engine:
        return engine.orchestrate(user_input, deliverable_types)
