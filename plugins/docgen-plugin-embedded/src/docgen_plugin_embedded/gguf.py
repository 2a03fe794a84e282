"""The head of a GGUF file: whether it is one, and what context length the model was trained for.

Reads no more than it must: the keys wanted here stand before the vocabulary in practice, and
nothing is ever loaded whole.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO, Final

import attrs

__all__ = ["GgufError", "GgufHead", "read_head"]

_MAGIC: Final = b"GGUF"
_VERSIONS: Final = (2, 3)
_MAX_KEYS: Final = 100_000
_MAX_STRING: Final = 1 << 20
_MAX_ARRAY: Final = 1 << 32
_STRING: Final = 8
_ARRAY: Final = 9
#: struct codes of the fixed-size value types, by type number.
_SCALARS: Final = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip


class GgufError(Exception):
    """The file is not a GGUF file that can be read; the message says why."""


@attrs.frozen(kw_only=True)
class GgufHead:
    """What docgen wants to know of a model file.

    Attributes:
        architecture: The model family, for instance `llama`; empty when the file does not say.
        context_length: Tokens that the model was trained for, or None when the file does not say.
    """

    architecture: str = ""
    context_length: int | None = None


def read_head(path: Path) -> GgufHead:
    """Read the head of the GGUF file at `path`.

    Raises:
        GgufError: it is not a GGUF file, is of an unknown version, or ends too early.
        OSError: it cannot be opened or read.
    """
    with path.open("rb") as stream:
        if stream.read(len(_MAGIC)) != _MAGIC:
            msg = "it does not begin with the letters GGUF"
            raise GgufError(msg)
        try:
            return _read_keys(stream)
        except struct.error:
            msg = "it ends in the middle of its header"
            raise GgufError(msg) from None


def _read_keys(stream: BinaryIO) -> GgufHead:
    version = _number(stream, "I")
    if version not in _VERSIONS:
        msg = f"its format version {version} is unknown"
        raise GgufError(msg)
    _tensors, count = _number(stream, "Q"), _number(stream, "Q")
    if count > _MAX_KEYS:
        msg = f"its header claims to hold {count} keys"
        raise GgufError(msg)
    architecture, lengths = "", {}
    for _ in range(count):
        key, value = _string(stream), _value(stream)
        if key == "general.architecture":
            architecture = str(value)
        elif key.endswith(".context_length") and isinstance(value, int):
            lengths[key] = value
        wanted = f"{architecture}.context_length"
        if wanted in lengths:
            return GgufHead(architecture=architecture, context_length=lengths[wanted])
    return GgufHead(architecture=architecture)


def _value(stream: BinaryIO) -> object:
    """The next value; arrays are passed over and come out as None."""
    kind = _number(stream, "I")
    if kind == _STRING:
        return _string(stream)
    if kind == _ARRAY:
        _skip_array(stream)
        return None
    return _scalar(stream, kind)


def _skip_array(stream: BinaryIO) -> None:
    kind, count = _number(stream, "I"), _number(stream, "Q")
    if kind == _STRING:
        for _ in range(count):
            _skip(stream, _number(stream, "Q"))
    else:
        _skip(stream, struct.calcsize(_code(kind)) * count)


def _skip(stream: BinaryIO, size: int) -> None:
    if size > _MAX_ARRAY:
        msg = f"its header claims to hold a list of {size} bytes"
        raise GgufError(msg)
    stream.seek(size, os.SEEK_CUR)


def _scalar(stream: BinaryIO, kind: int) -> object:
    code = _code(kind)
    return struct.unpack(code, stream.read(struct.calcsize(code)))[0]


def _code(kind: int) -> str:
    if kind not in _SCALARS:
        msg = f"its header holds a value of the unknown type {kind}"
        raise GgufError(msg)
    return "<" + _SCALARS[kind]


def _number(stream: BinaryIO, code: str) -> int:
    size = struct.calcsize("<" + code)
    number: int = struct.unpack("<" + code, stream.read(size))[0]
    return number


def _string(stream: BinaryIO) -> str:
    length = _number(stream, "Q")
    if length > _MAX_STRING:
        msg = f"its header claims to hold a text of {length} bytes"
        raise GgufError(msg)
    data = stream.read(length)
    if len(data) < length:
        msg = "it ends in the middle of its header"
        raise GgufError(msg)
    return data.decode("utf-8", errors="replace")
