"""Text as literals of the typesetter: nothing that it says is ever read as markup or code."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["LONGEST_WORD", "SYLLABLES", "breakable", "content", "literal"]

#: Zero width space: a line may end here.
_BREAK: Final = "\u200b"
#: Characters that a word may have without a place to break.
LONGEST_WORD: Final = 24
#: Scripts that are written without spaces have places to break of their own.
_WORD: Final = r"[^\s\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\U0010ffff]"
#: On lines of so many characters the typesetter can hyphenate words.
SYLLABLES: Final = 7
_ESCAPED: Final = re.compile(
    r'[\x00-\x1f\x7f-\x9f"\\\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]'
)
#: After these a long word is broken rather than in the middle of a name.
_SOFT: Final = re.compile(r"([/\\._?&=:;,|@#%+-])")


def literal(text: str) -> str:
    """Write `text` as a string on one line.

    Args:
        text: Any text; halves of surrogate pairs and unassigned controls become `\ufffd`.
    """
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in '"\\':
        return f"\\{character}"
    code = ord(character)
    return f"\\u{{{code:x}}}" if character in "\n\t" else "\ufffd"


def content(text: str) -> str:
    """Write `text` as content: an expression that ends, so that what follows stays apart."""
    return f"#{literal(text)};"


def breakable(text: str, longest: int = LONGEST_WORD) -> str:
    """Let lines end inside words that would not fit, such as addresses.

    Args:
        text: Any text.
        longest: Characters that a word may have as it is.
    """
    pattern = re.compile(rf"{_WORD}{{{longest + 1},}}")
    return pattern.sub(lambda match: _broken(match.group(), longest), text)


def _broken(word: str, longest: int) -> str:
    if word.isalpha() and longest >= SYLLABLES and len(word) <= LONGEST_WORD:
        return word
    parts = _SOFT.sub(rf"\1{_BREAK}", word).split(_BREAK)
    return _BREAK.join(
        part[at : at + longest] for part in parts for at in range(0, len(part), longest)
    )
