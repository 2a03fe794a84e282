"""The run report: what a run asked for, when, and what came back, as one page for people.

Reads the record of a run; knows neither the engine nor the server.
"""

from __future__ import annotations

from docgen_core.report.page import render_page, render_report
from docgen_core.report.summary import summarise

__all__ = ["render_page", "render_report", "summarise"]
