"""Reads the JSON out of a model's answer, as far as there is any. Never raises, and is bounded."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import attrs

__all__ = ["Reading", "read_json"]

#: No answer within its token limit is longer; what is behind is not read.
_LONGEST: Final = 200_000
#: Deeper nesting is no answer to any schema.
_DEEPEST: Final = 40
_THOUGHT: Final = re.compile(r"\A.*</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_FENCED: Final = re.compile(r"```(?:json|JSON)?[ \t]*\r?\n(.*?)(?:\r?\n```|\Z)", re.DOTALL)
_LAST_PIECE: Final = re.compile(r"[^\s\"\\{}\[\],:]*\\?\Z")
_START: Final = re.compile(r"""\{\s*(?:["']|\w+\s*:)|\[\s*[\[{"']""")
_BRACKET: Final = re.compile(r"[\[\]{}]")
_MOST_CANDIDATES = 3


@attrs.frozen(kw_only=True)
class Reading:
    """What was read.

    Attributes:
        value: An object or a list; None when there is none.
        notes: What had to be put right, one phrase each.
    """

    value: Any = None
    notes: tuple[str, ...] = ()


def read_json(text: str, *, cut: bool = False) -> Reading:
    """Read the first JSON object (or list) of an answer.

    Reasoning, code fences and text around it are skipped; damage such as a missing bracket or a
    trailing comma is put right.

    Args:
        text: The answer.
        cut: Whether it ended at its token limit: the last word may be half a word.
    """
    text = _THOUGHT.sub("", text[:_LONGEST].lstrip("\ufeff"), count=1)
    if cut:
        text = _LAST_PIECE.sub("", text.rstrip())
    for candidate in _candidates(text):
        value = _strictly(candidate)
        if value:
            bare = text.lstrip().startswith(("{", "["))
            return Reading(value=value, notes=() if bare else ("text around it was skipped",))
        value = _leniently(candidate)
        if value:
            return Reading(value=value, notes=("it was cut off" if cut else "it was damaged",))
    return Reading()


def _candidates(text: str) -> Iterator[str]:
    """Where JSON may begin: within fences, then anywhere."""
    for place in (*_FENCED.finditer(text), None):
        body = text if place is None else place[1]
        for start in itertools.islice(_START.finditer(body), _MOST_CANDIDATES):
            yield body[start.start() :]


def _strictly(text: str) -> Any:  # noqa: ANN401 - what JSON holds
    """The value at the start of the text, whatever follows it; control characters are taken."""
    text = text.lstrip()
    try:
        value, _end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return _usable(value)


def _leniently(text: str) -> Any:  # noqa: ANN401 - what JSON holds
    import json_repair

    try:
        value = json_repair.loads(_shallow(text), skip_json_loads=True)
    except (ValueError, RecursionError, IndexError, TypeError, KeyError, AttributeError):
        # The library promises none of them; an answer must not end a run.
        return None
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        # Objects one after another: the first is the answer, unless it was a list to begin with.
        value = value if text.lstrip().startswith("[") else value[0]
    return _usable(value)


def _shallow(text: str) -> str:
    """The text up to where it nests too deep: the library's time grows with the square of it."""
    depth = 0
    for place in _BRACKET.finditer(text):
        depth += 1 if place[0] in "{[" else -1
        if depth > _DEEPEST:
            return text[: place.start()]
    return text


def _usable(value: Any) -> Any:  # noqa: ANN401 - what JSON holds
    if not isinstance(value, dict | list) or _deeper(value, _DEEPEST):
        return None
    return value


def _deeper(value: Any, levels: int) -> bool:  # noqa: ANN401 - what JSON holds
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper(item, levels - 1) for item in inner)
