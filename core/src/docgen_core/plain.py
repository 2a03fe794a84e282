"""Makes text safe to show on a terminal: what others say must not move its cursor or lie."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["clean", "escape_controls"]

# C0 and C1 controls but tab and newline, and the marks that reorder text: what a model, a server
# or a plugin says must not move the cursor, retitle the terminal or hide what follows.
_UNSAFE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_ESCAPE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")


def clean(text: str) -> str:
    """Remove terminal escapes and control characters; tabs and line ends stay."""
    return _UNSAFE.sub("", _ESCAPE.sub("", text))


def escape_controls(text: str) -> str:
    r"""Write control characters of a JSON text as `\uXXXX`, which means the same to its reader."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
