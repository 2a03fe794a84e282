"""Shows a run on stderr as it happens: a live table, the text itself, plain lines, or nothing."""

from __future__ import annotations

from docgen_core.cli.progress.choose import Display, choose_display
from docgen_core.cli.progress.summary import print_summary

__all__ = ["Display", "choose_display", "print_summary"]
