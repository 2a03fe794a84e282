"""A stored answer, and its form as an object."""

from __future__ import annotations

import json
from typing import Any

import attrs

from docgen_core.model import Usage
from docgen_core.store.fields import strings
from docgen_core.store.requests import RequestRecord, requests_of

__all__ = ["StoredAnswer", "decode_answer", "encode_answer"]

_KIND = "answer"


@attrs.frozen(kw_only=True)
class StoredAnswer:
    """A model's answer, kept so that the same question is not asked again.

    Attributes:
        fingerprint: Hash over everything that decided it.
        text: The answer as it came, reasoning removed; of a structured one the JSON, with ids.
        model: The model that answered.
        finish_reason: Why it stopped.
        usage: Token counts over all attempts.
        attempts: Requests made for it.
        seconds: How long they took.
        time_to_first_token: Seconds, of the attempt that succeeded.
        warnings: What was noticed on the way.
        rung: How a structured answer was got; empty for free Markdown.
        rung_reason: Why not in an earlier way.
        requests: The requests that it took, as run.json tells of them.
    """

    fingerprint: str
    text: str
    model: str
    finish_reason: str
    usage: Usage
    attempts: int
    seconds: float
    time_to_first_token: float | None
    warnings: tuple[str, ...] = attrs.field(default=(), converter=strings)
    rung: str = ""
    rung_reason: str = ""
    requests: tuple[RequestRecord, ...] = ()


def encode_answer(key: str, number: int, answer: StoredAnswer) -> bytes:
    """The object's body.

    Args:
        key: The deliverable's id.
        number: Counts up over the answers of a folder: of two to one question the later holds.
        answer: The answer.
    """
    facts = {"kind": _KIND, "deliverable": key, "number": number, "answer": attrs.asdict(answer)}
    return json.dumps(facts, sort_keys=True).encode("ascii")


def decode_answer(body: bytes) -> tuple[str, int, StoredAnswer] | None:
    """What `encode_answer` was given, or None when the body is of another kind."""
    try:
        facts: dict[str, Any] = json.loads(body)
        if facts["kind"] != _KIND:
            return None
        fields = {**facts["answer"]}
        fields["usage"] = Usage(**fields["usage"])
        fields["requests"] = requests_of(fields.get("requests"))
        answer = StoredAnswer(**fields)
        return str(facts["deliverable"]), int(facts["number"]), answer
    except (ValueError, KeyError, TypeError):
        return None
