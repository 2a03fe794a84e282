"""Writes JSON that conforms to a schema, as a server does that holds a model to a grammar.

Knows the subset that docgen sends: objects, arrays, texts, whole numbers, truth values, enums.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["conforming", "wanted_schema"]

_LONGEST = 200


def wanted_schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema that a chat request asks for, or None."""
    form = body.get("response_format") or {}
    if form.get("type") != "json_schema":
        return None
    schema = (form.get("json_schema") or {}).get("schema")
    return schema if isinstance(schema, Mapping) else None


def conforming(schema: Mapping[str, Any], words: str) -> str:
    """JSON text that fits the schema and whose texts carry the words.

    The words are spread over the texts, and begin again when they end; the second and later
    rounds are numbered, so that no two items are the same. A text that is a JSON object already
    is left as it is. The same arguments give the same text.

    Args:
        schema: The JSON Schema.
        words: What the model would say.
    """
    if _is_object(words):
        return words
    return json.dumps(_value(schema, _Speaker(words)), ensure_ascii=False)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


class _Speaker:
    """Gives the next piece of the words, and turns for enums."""

    def __init__(self, words: str) -> None:
        self._words = words.split() or ["Answer"]
        self._place = 0
        self._round = 1
        self._turns = itertools.count()

    def say(self, limit: int) -> str:
        """Some of the words, at most so many characters."""
        mark = "" if self._round == 1 else f" {self._round}"
        taken: list[str] = []
        for word in self._words[self._place :]:
            if len(" ".join([*taken, word])) + len(mark) > limit:
                break
            taken.append(word)
        self._place += max(len(taken), 1)
        if self._place >= len(self._words):
            self._place, self._round = 0, self._round + 1
        # A word that is longer than the text may be is cut, as a grammar would cut it.
        return (" ".join(taken) + mark if taken else self._words[self._place - 1])[:limit]

    def turn(self) -> int:
        """Counts up, so that not all enums have the same value."""
        return next(self._turns)


def _value(schema: Mapping[str, Any], speaker: _Speaker) -> Any:  # noqa: ANN401 - JSON
    if "enum" in schema:
        return schema["enum"][speaker.turn() % len(schema["enum"])]
    if schema["type"] == "object":
        pairs: Iterator[tuple[str, Any]] = iter(schema.get("properties", {}).items())
        return {name: _value(inner, speaker) for name, inner in pairs}
    if schema["type"] == "array":
        count = max(1, schema.get("minItems", 0))
        return [_value(schema["items"], speaker) for _ in range(count)]
    if schema["type"] == "string":
        return speaker.say(min(schema.get("maxLength", _LONGEST), _LONGEST))
    return {"integer": 1, "number": 1, "boolean": True}[schema["type"]]
