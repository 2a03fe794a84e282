"""One cached answer as bytes: a key over the whole request, a header that proves the body."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import attrs

from docgen_core.lmstudio.types import ChatRequest, Completion
from docgen_core.model import Usage

__all__ = ["VERSION", "decode", "encode", "key_of"]

#: Raised when the file's layout changes; files of another version are as good as absent.
VERSION: Final = 1
#: Raised when the same request no longer means the same answer.
_REQUEST_SCHEMA = 1
_MAGIC = b"docgen-answer"
_TEXTS = ("text", "reasoning", "finish_reason", "model")
_SECONDS = ("time_to_first_token", "duration")


def key_of(request: ChatRequest) -> str:
    """Hash all that decides the answer, as 64 hexadecimal digits.

    The server's address and token are left out: the model never sees them.
    """
    facts = {
        "api": "chat.completions",
        "schema": _REQUEST_SCHEMA,
        "model": request.model,
        "messages": [[message.role, message.content] for message in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": _number(request.temperature),
        "top_p": _number(request.top_p),
        "seed": request.seed,
        "response_format": _plain(request.response_format),
        "extra": _plain(request.extra),
    }
    return _digest(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode("ascii"))


def encode(key: str, completion: Completion) -> str:
    """Write a completion as a file's text: one header line, then JSON."""
    fields = attrs.asdict(completion)
    del fields["cached"]
    # An unpaired surrogate becomes a question mark, as in every file that docgen writes.
    body = json.dumps({"key": key, **fields}, ensure_ascii=False).encode("utf-8", "replace")
    header = f"{_MAGIC.decode()} {VERSION} {_digest(body)} {len(body)}"
    return f"{header}\n{body.decode()}"


def decode(key: str, data: bytes) -> Completion | None:
    """Read a file's bytes.

    Returns:
        The completion, marked as cached; None when another version of docgen wrote it.

    Raises:
        ValueError: the bytes are not what was written, or they belong to another request.
    """
    header, _, body = data.partition(b"\n")
    magic, *words = header.split(b" ")
    if magic != _MAGIC or not words:
        raise ValueError("it does not begin as a cached answer does")
    version, *proof = words
    if version.isdigit() and int(version) != VERSION:
        return None
    told = [str(VERSION), _digest(body), str(len(body))]
    if [version, *proof] != [word.encode() for word in told]:
        raise ValueError("its contents do not match their checksum")
    try:
        return _completion(key, json.loads(body))
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("it is not a cached answer") from error


def _completion(key: str, fields: dict[str, Any]) -> Completion:
    if fields.pop("key") != key:
        raise ValueError("it answers another request")
    usage = fields.pop("usage")
    texts = all(isinstance(fields[name], str) for name in _TEXTS)
    seconds = all(type(fields[name]) in {int, float} for name in _SECONDS)
    counts = all(value is None or isinstance(value, int) for value in usage.values())
    if not (texts and seconds and counts):
        raise TypeError
    return Completion(**fields, usage=Usage(**usage), cached=True)


def _number(value: float | None) -> float | None:
    """Make 0 and 0.0 the same request."""
    return None if value is None else float(value)


def _plain(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if value is None else dict(value)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
