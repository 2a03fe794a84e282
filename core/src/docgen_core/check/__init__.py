"""The check room: what is wrong with a finished pack, found without a model and without plugins.

Names are loaded on first use, so that importing the room does not import a Markdown parser.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from docgen_core.check.findings import RULES, Finding, Report, Rule, Severity
    from docgen_core.check.run import check_pack

__all__ = ["RULES", "Finding", "Report", "Rule", "Severity", "check_pack"]

_HOMES: Final = {
    "RULES": "findings",
    "Finding": "findings",
    "Report": "findings",
    "Rule": "findings",
    "Severity": "findings",
    "check_pack": "run",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
