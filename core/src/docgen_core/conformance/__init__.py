"""The contract of plugins and its checks, for `docgen check-plugin` and for tests of plugins.

`check_plugin` arrives when first used: the process in which a plugin is checked loads as little as
possible before the plugin does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docgen_core.conformance.findings import Finding, Report, stage_of
from docgen_core.conformance.rules import RULES, STAGES, Rule

if TYPE_CHECKING:
    from docgen_core.conformance.check import check_plugin

__all__ = ["RULES", "STAGES", "Finding", "Report", "Rule", "check_plugin", "stage_of"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    if name != "check_plugin":
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from docgen_core.conformance.check import check_plugin

    return check_plugin
