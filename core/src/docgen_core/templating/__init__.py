"""Turns data into Markdown: finds templates along the loader chain, checks and renders them."""

from __future__ import annotations

from docgen_core.templating.check import SECTION_VARIABLES, Problem
from docgen_core.templating.sources import Found, Winner
from docgen_core.templating.templates import Templates

__all__ = ["SECTION_VARIABLES", "Found", "Problem", "Templates", "Winner"]
