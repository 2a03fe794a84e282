"""What a structured deliverable asks for: its class, the ids it may name, and its length."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import attrs

from docgen_core.lmstudio.types import ChatRequest
from docgen_core.structure import Shape, describe_shape, json_schema, known_ids

__all__ = ["Wanted", "response_format", "want"]

#: From full length down; a local model that must be brief is still asked for every part.
_SCALES: Final = (1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2)
_LEAST_SCALE: Final = 0.5
#: Characters of JSON that a token holds at least: with letters, and with characters for words.
_CHARS_PER_TOKEN: Final = 3.0
_DENSE_CHARS_PER_TOKEN: Final = 1.2
_DENSE: Final = frozenset({"ja", "ko", "th", "yue", "zh"})
#: What a value takes in JSON besides itself: quotes, comma, blank, colon.
_MARKS: Final = 6
_WIDEST_NUMBER: Final = 12


@attrs.frozen(kw_only=True)
class Wanted:
    """What is asked of the model, besides its instructions.

    Attributes:
        name: The deliverable's id.
        shape: The schema class, with the numbers of the user's settings.
        ids: The ids that exist, by prefix.
        scale: Less than 1 for shorter texts and lists than the class allows.
        chars_per_token: Characters of an answer that a token holds at least.
    """

    name: str
    shape: Shape
    ids: Mapping[str, tuple[str, ...]]
    scale: float = 1.0
    chars_per_token: float = _CHARS_PER_TOKEN

    @property
    def description(self) -> str:
        """The shape in words, for the prompt."""
        return describe_shape(self.shape, self.ids, scale=self.scale)

    @property
    def least_tokens(self) -> int:
        """Tokens that an answer of a bearable length may need."""
        schema = json_schema(self.shape, self.ids, scale=_LEAST_SCALE)
        return math.ceil(_longest(schema) / self.chars_per_token)

    def fitting(self, max_tokens: int) -> Wanted:
        """The same with bounds under which an answer ends within so many tokens."""
        room = max_tokens * self.chars_per_token
        scales = (scale for scale in _SCALES if scale <= self.scale)
        for scale in scales:
            if _longest(json_schema(self.shape, self.ids, scale=scale)) <= room:
                return attrs.evolve(self, scale=scale)
        return attrs.evolve(self, scale=min(self.scale, _SCALES[-1]))

    def shorter(self) -> Wanted:
        """The same with bounds half as long."""
        return attrs.evolve(self, scale=self.scale / 2)

    def schema(self, only: Collection[str] | None = None) -> dict[str, Any]:
        """The JSON Schema, of all fields or of some."""
        return json_schema(self.shape, self.ids, only=only, scale=self.scale)

    def schema_text(self) -> str:
        """The JSON Schema as a text that is the same for the same schema."""
        return json.dumps(self.schema(), sort_keys=True)

    def tokens(self, only: Collection[str]) -> int:
        """Tokens that some of the fields may need."""
        return math.ceil(_longest(self.schema(only)) / self.chars_per_token)


def want(name: str, shape: Shape, inputs: Iterable[object], *, language: str = "en") -> Wanted:
    """Say what is asked for.

    Args:
        name: The deliverable's id.
        shape: Its schema class, with the numbers of the user's settings.
        inputs: The data of what it reads.
        language: The output language as a BCP 47 tag.
    """
    dense = language.partition("-")[0].lower() in _DENSE
    return Wanted(
        name=name,
        shape=shape,
        ids=known_ids(shape, inputs),
        chars_per_token=_DENSE_CHARS_PER_TOKEN if dense else _CHARS_PER_TOKEN,
    )


def response_format(request: ChatRequest, wanted: Wanted, schema: Mapping[str, Any]) -> ChatRequest:
    """The request with a schema that the server is to hold the answer to."""
    form = {"name": wanted.name, "strict": True, "schema": dict(schema)}
    return attrs.evolve(request, response_format={"type": "json_schema", "json_schema": form})


def _longest(schema: Mapping[str, Any]) -> int:
    """Characters of the longest answer that the schema allows."""
    if "enum" in schema:
        return max(len(str(value)) for value in schema["enum"]) + _MARKS
    if schema["type"] == "object":
        inner = schema["properties"].items()
        return _MARKS + sum(len(name) + _MARKS + _longest(value) for name, value in inner)
    if schema["type"] == "array":
        return _MARKS + int(schema["maxItems"]) * _longest(schema["items"])
    if schema["type"] == "string":
        return int(schema["maxLength"]) + _MARKS
    return _WIDEST_NUMBER
