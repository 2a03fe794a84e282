"""The contract of plugins and its checks, for `docgen check-plugin` and for tests of plugins."""

from __future__ import annotations

from docgen_core.conformance.check import check_plugin
from docgen_core.conformance.findings import Finding, Report, stage_of
from docgen_core.conformance.rules import RULES, STAGES, Rule

__all__ = ["RULES", "STAGES", "Finding", "Report", "Rule", "check_plugin", "stage_of"]
