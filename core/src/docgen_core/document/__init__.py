"""The document room: Markdown repaired, made safe, normalised and merged. No I/O, no templates.

Names are loaded on first use, so that importing the room does not import a Markdown parser.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from docgen_core.document.anchors import Slugger, slug
    from docgen_core.document.merge import Merged, merge_sections
    from docgen_core.document.outline import outline_of
    from docgen_core.document.render import escape_inline
    from docgen_core.document.repairs import Repaired, repair
    from docgen_core.document.section import (
        normalise_section,
        section_heading,
        split_section,
        title_of,
    )
    from docgen_core.document.shell import SHELL_VARIABLES, shell_variables
    from docgen_core.document.shell_words import Words, words

__all__ = [
    "SHELL_VARIABLES",
    "Merged",
    "Repaired",
    "Slugger",
    "Words",
    "escape_inline",
    "merge_sections",
    "normalise_section",
    "outline_of",
    "repair",
    "section_heading",
    "shell_variables",
    "slug",
    "split_section",
    "title_of",
    "words",
]

_HOMES: Final = {
    "SHELL_VARIABLES": "shell",
    "Merged": "merge",
    "Repaired": "repairs",
    "Slugger": "anchors",
    "Words": "shell_words",
    "escape_inline": "render",
    "merge_sections": "merge",
    "normalise_section": "section",
    "outline_of": "outline",
    "repair": "repairs",
    "section_heading": "section",
    "shell_variables": "shell",
    "slug": "anchors",
    "split_section": "section",
    "title_of": "section",
    "words": "shell_words",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
