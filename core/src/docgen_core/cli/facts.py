"""Results as JSON holds them: plain dicts, lists, texts and numbers."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from docgen_core.cli.report import error_facts

if TYPE_CHECKING:
    from docgen_core.engine import OrchestrationResult
    from docgen_core.model import DeliverableResult

__all__ = ["plain", "run_facts"]


def plain(value: Any) -> Any:  # noqa: ANN401 - anything
    """Turn attrs classes, mappings, sequences, paths and enums into what JSON can hold."""
    if attrs.has(type(value)):
        names = (field.name for field in attrs.fields(type(value)))
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def run_facts(result: OrchestrationResult, folder: Path) -> dict[str, Any]:
    """Give the result of a run; the texts themselves are in the files that it names."""
    return {
        "output": str(folder),
        "files": [str(path) for path in result.files],
        "success_count": result.success_count,
        "error_count": result.error_count,
        "total_tokens_used": result.total_tokens_used,
        "total_execution_time": round(result.total_execution_time, 3),
        "warnings": list(result.warnings),
        "export_errors": [error_facts(error) for error in result.export_errors],
        "error": error_facts(result.document_error) if result.document_error else None,
        "deliverables": [_deliverable_facts(item) for item in result.deliverable_results],
        "exit_code": result.exit_code,
    }


def _deliverable_facts(result: DeliverableResult) -> dict[str, Any]:
    return {
        "id": str(result.deliverable_type),
        "title": result.title,
        "success": result.success,
        "error": None if result.error is None else error_facts(result.error),
        "reused": result.reused,
        "cached": result.cached,
        "model": result.model,
        "finish_reason": result.finish_reason,
        "attempts": result.attempts,
        "usage": plain(result.usage),
        "execution_time": round(result.execution_time, 3),
        "time_to_first_token": result.time_to_first_token,
        "warnings": list(result.warnings),
    }
