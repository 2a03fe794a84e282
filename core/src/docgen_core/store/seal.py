"""The seal: the hashes of all that docgen left in a folder, written last and broken first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

from docgen_core.store.atomic import file_errors, write_bytes
from docgen_core.store.disk import Disk
from docgen_core.store.fields import strings
from docgen_core.store.objects import frame, unframe

__all__ = ["SEAL_FILE", "Seal", "hash_file", "read_seal", "write_seal"]

SEAL_FILE: Final = ".docgen/seal"


@attrs.frozen(kw_only=True)
class Seal:
    """What a run left behind when it ended by itself.

    Attributes:
        files: For each file, relative to the folder with `/`, its SHA-256.
        objects: The hashes of the stored objects.
    """

    files: Mapping[str, str] = attrs.field(factory=dict)
    objects: tuple[str, ...] = attrs.field(default=(), converter=strings)


def write_seal(folder: Path, seal: Seal, disk: Disk) -> None:
    """Write the seal.

    Raises:
        FileError: it could not be written.
    """
    body = json.dumps(attrs.asdict(seal), sort_keys=True, indent=1).encode("ascii")
    write_bytes(folder / SEAL_FILE, frame(body), disk)


def read_seal(folder: Path) -> Seal | None:
    """The seal, or None when there is none or it is damaged.

    Raises:
        FileError: it cannot be read.
    """
    path = folder / SEAL_FILE
    with file_errors("read", path):
        try:
            body = unframe(path.read_bytes())
        except FileNotFoundError:
            return None
    try:
        return None if body is None else Seal(**json.loads(body))
    except (ValueError, TypeError):
        return None


def hash_file(path: Path) -> str | None:
    """The SHA-256 of a file's bytes, or None when there is no such file.

    Raises:
        FileError: it cannot be read.
    """
    with file_errors("read", path):
        try:
            return hashlib.sha256(path.read_bytes()).hexdigest()
        except (FileNotFoundError, NotADirectoryError):
            return None
