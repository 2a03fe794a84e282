"""Make a model's answer safe to parse: characters that have no place in text, fences gone wrong.

Works line by line before the parser sees the text. Every repair is idempotent and noted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import attrs

from docgen_core.document.parse import parse_blocks

__all__ = ["WRAPPING_LANGUAGES", "Repaired", "clean_characters", "is_remark", "repair"]

#: Escape sequences of terminals: colours, cursor moves, window titles; none goes past its line.
_ANSI: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_LINE_ENDS: Final = re.compile("\r\n?|[\x85\u2028\u2029]")
#: Controls but tab and newline, bidirectional overrides and isolates, lone surrogates, BOM.
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_FENCE: Final = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*?)[ \t]*$")
_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(\S.*)$")
_CHATTER: Final = re.compile(
    r"(?:sure|certainly|of course|absolutely|okay|ok|great|here(?:'s|\u2019s| is| are)|below is"
    r"|the following is)\b.{0,160}[:.!]$",
    re.IGNORECASE,
)
#: Languages of a fence that may hold a whole answer.
WRAPPING_LANGUAGES: Final = frozenset({"", "markdown", "md"})
#: Languages whose comments look like headings of the first level.
_HASH_COMMENTS: Final = frozenset(
    """
    bash conf console dockerfile elixir fish gitignore ini julia make makefile nginx perl php
    powershell properties ps1 py python python3 r rb ruby sh shell toml yaml yml zsh
    """.split()  # noqa: SIM905
)
#: More broken fences than this in one answer are beyond repair; it also bounds the time.
_MOST_CUTS: Final = 20


@attrs.frozen(kw_only=True)
class Repaired:
    """Text that is safe to parse.

    Attributes:
        text: The text, lines ended by newlines.
        notes: What was repaired, one phrase each; empty when nothing was.
    """

    text: str
    notes: tuple[str, ...] = ()


def repair(text: str) -> Repaired:
    """Clean a model's answer, take it out of its wrapping and close what it left open.

    Args:
        text: The answer as it arrived, reasoning removed.

    Returns:
        The repaired text and what was done. Repairing it again changes nothing.
    """
    notes: list[str] = []
    text = clean_characters(text, notes)
    unwrapped = _unwrap(_without_loose_fence(_unwrap(text)))
    if unwrapped != text:
        notes.append("a fence around the whole answer was taken off")
    closed = _close_fences(unwrapped)
    if closed != unwrapped:
        notes.append("an unclosed code fence was closed before the next heading")
    return Repaired(text=closed, notes=tuple(notes))


def clean_characters(text: str, notes: list[str] | None = None) -> str:
    """Drop control characters, terminal sequences, bidirectional overrides and lone surrogates.

    Args:
        text: Any text.
        notes: Gets a phrase when anything was dropped.
    """
    unified = _LINE_ENDS.sub("\n", text)
    cleaned = _UNWANTED.sub("", _ANSI.sub("", unified))
    if cleaned != unified and notes is not None:
        notes.append("control characters were dropped")
    return cleaned


def _unwrap(text: str) -> str:
    lines = text.strip("\n").split("\n")
    while (inner := _inside_wrapping(lines)) is not None:
        lines = inner
    result = "\n".join(lines)
    return result if result.strip("\n") != text.strip("\n") else text


def _inside_wrapping(lines: list[str]) -> list[str] | None:
    """Take off one layer, or None when there is none."""
    lines = _trim(lines)
    rest = _trim(lines[1:]) if lines and is_remark(lines[0]) else lines
    if not rest:
        return None
    opening = _FENCE.match(rest[0])
    if opening is None or opening[2].lower() not in WRAPPING_LANGUAGES:
        return None
    return _unfence(rest, opening)


def is_remark(line: str) -> bool:
    """Whether a line only announces the answer ("Sure! Here is the document:").

    Args:
        line: The first line of an answer.
    """
    return _CHATTER.match(line.strip()) is not None


def _unfence(lines: list[str], opening: re.Match[str]) -> list[str] | None:
    """The lines inside the outer fence, if the fence really holds the whole answer."""
    fence = opening[1]
    closed = len(lines) > 1 and _closes(lines[-1], fence)
    inner = lines[1:-1] if closed else lines[1:]
    marks = [at for at, line in enumerate(inner) if _like(line, fence)]
    if len(marks) % 2 or (not opening[2] and not (closed and _has_heading(inner))):
        return None
    if marks and _closes(inner[marks[0]], fence):
        # It may well close the outer fence: then what follows is Markdown between two fences.
        between = inner[marks[0] : marks[1]]
        return None if not opening[2] or _has_heading(between) else _trim(inner)
    return _trim(inner)


def _trim(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]


def _has_heading(lines: Sequence[str]) -> bool:
    return any(_HEADING.match(line) for line in lines)


def _like(line: str, fence: str) -> bool:
    """Whether the line could open or close a fence of this kind inside another one."""
    found = _FENCE.match(line)
    return found is not None and found[1][0] == fence[0] and len(found[1]) >= len(fence)


def _closes(line: str, fence: str) -> bool:
    found = _FENCE.match(line)
    return found is not None and not found[2] and _like(line, fence)


def _without_loose_fence(text: str) -> str:
    """Take off a fence that opens on the last line: an answer cut off, with nothing in it."""
    lines = text.rstrip().split("\n")
    fence = ""
    for line in lines[:-1]:
        fence = _fence_after(line, fence)
    opens = not fence and _fence_after(lines[-1], fence) and _FENCE.match(lines[-1])
    return "\n".join(lines[:-1]) if opens else text


def _fence_after(line: str, fence: str) -> str:
    """Which fence is open after a line, `fence` being the one open before it; empty for none."""
    if fence:
        return "" if _closes(line.lstrip(" \t>"), fence) else fence
    stripped = line.lstrip(" \t>-*+0123456789.)")
    found = _FENCE.match(stripped) if stripped[:3] in {"```", "~~~"} else None
    return found[1] if found else ""


def _close_fences(text: str) -> str:
    """Close each fence that swallowed a heading, just before that heading."""
    lines = text.split("\n")
    if not _looks_broken(lines):
        return text
    start = 0
    for _ in range(_MOST_CUTS):
        found = _first_cut(lines[start:])
        if found is None:
            break
        at, fence = found
        at += start
        while not lines[at - 1].strip():
            at -= 1
        lines[at:at] = [fence]
        start = at + 1
    return "\n".join(lines)


def _looks_broken(lines: Sequence[str]) -> bool:
    """A quick look that spares nearly every text the parse that finding the fence takes."""
    fence = language = ""
    for at, line in enumerate(lines):
        before, fence = fence, _fence_after(line, fence)
        if fence and not before:
            language = _language(line.rpartition(fence)[2])
        elif fence and line.startswith("#") and _is_heading(lines, at, language):
            return True
    return False


def _first_cut(lines: Sequence[str]) -> tuple[int, str] | None:
    """Where the first broken fence must be closed, and by what."""
    for token in parse_blocks("\n".join(lines)):
        if token.type != "fence" or token.level or token.map is None:
            continue
        first, end = token.map
        closed = end - first > 1 and _closes(lines[end - 1], token.markup)
        body = range(first + 1, end - 1 if closed else end)
        heading = _swallowed(lines, body, token.markup, _language(token.info), closed=closed)
        if heading is not None:
            return heading, token.markup
    return None


def _swallowed(
    lines: Sequence[str], body: range, fence: str, language: str, *, closed: bool
) -> int | None:
    headings = (at for at in body if at > body.start and _is_heading(lines, at, language))
    heading = next(headings, None)
    if heading is None or not closed:
        return heading
    if language in WRAPPING_LANGUAGES - {""}:
        return None
    # A closed fence is suspect only if another one opens in it after the heading.
    opens = any(_like(lines[at], fence) for at in body if at > heading)
    return heading if opens else None


def _is_heading(lines: Sequence[str], at: int, language: str) -> bool:
    found = _HEADING.match(lines[at])
    if found is None or lines[at - 1].strip():
        return False
    if language not in _HASH_COMMENTS:
        return True
    return len(found[1]) > 1 and not found[2][0].islower()


def _language(info: str) -> str:
    words = unicodedata.normalize("NFKC", info).lower().split()
    return words[0].strip("{}.") if words else ""
