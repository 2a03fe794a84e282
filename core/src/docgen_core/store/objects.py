"""Content-addressed objects: files that carry the hash of what they hold, in name and header."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from docgen_core.store.atomic import file_errors, make_folder, refuse_link, write_bytes
from docgen_core.store.disk import Disk

__all__ = ["DAMAGED", "ObjectStore", "frame", "frame_version", "quarantine", "unframe"]

#: Appended to the name of a file that was found damaged and is kept for a look.
DAMAGED: Final = ".corrupt"

_MAGIC: Final = b"docgen-object"
_VERSION: Final = 1
_HEADER = re.compile(rb"docgen-object (\d{1,9}) [0-9a-f]{64} \d{1,15}\n")

_log = logging.getLogger("docgen_core.store")


def frame(body: bytes) -> bytes:
    """Put the header before a body: magic, version, SHA-256 and length of the body."""
    return _header(body) + body


def unframe(data: bytes) -> bytes | None:
    """The body, or None when a single byte of header or body is not as it was written."""
    _, newline, body = data.partition(b"\n")
    return body if newline and data.startswith(_header(body)) else None


def frame_version(data: bytes) -> int | None:
    """The version in the header, or None when there is no header."""
    match = _HEADER.match(data)
    return None if match is None else int(match.group(1))


def is_newer(data: bytes) -> bool:
    """Whether a later docgen wrote this."""
    version = frame_version(data)
    return version is not None and version > _VERSION


def _header(body: bytes) -> bytes:
    digest = hashlib.sha256(body).hexdigest().encode()
    return b"%s %d %s %d\n" % (_MAGIC, _VERSION, digest, len(body))


def quarantine(path: Path) -> Path:
    """Set a damaged file aside, so that it is not read again; an earlier one there is replaced."""
    aside = path.with_name(path.name + DAMAGED)
    with contextlib.suppress(OSError):
        path.replace(aside)
    return aside


class ObjectStore:
    """A folder of objects, as `ab/cdef...`. An object is never changed once it is written.

    Args:
        path: The folder; created with the first object.
        disk: Does the writing.
        warn: Told about damage, one sentence each.
    """

    def __init__(self, path: Path, disk: Disk, warn: Callable[[str], None]) -> None:
        self.path = path
        self._disk = disk
        self._warn = warn

    def file(self, digest: str) -> Path:
        """Where the object with this SHA-256 stands."""
        return self.path / digest[:2] / digest[2:]

    def put(self, body: bytes) -> str:
        """Store a body; it is on the disk when this returns.

        Returns:
            Its SHA-256.

        Raises:
            FileError: it could not be written.
        """
        digest = hashlib.sha256(body).hexdigest()
        path = self.file(digest)
        refuse_link(path.parent)
        if not path.parent.is_dir():
            make_folder(path.parent, self._disk)
            with file_errors("write", self.path):
                self._disk.flush_folder(self.path)
        write_bytes(path, frame(body), self._disk)
        return digest

    def get(self, digest: str) -> bytes | None:
        """The body, or None when it is not there or not whole; then it is set aside.

        Raises:
            FileError: it is there and cannot be read.
        """
        path = self.file(digest)
        with file_errors("read", path):
            try:
                data = self._disk.read(path)
            except FileNotFoundError:
                return None
        body = unframe(data)
        if body is not None and hashlib.sha256(body).hexdigest() == digest:
            return body
        if is_newer(data):
            self._warn(f"{path} was written by a newer docgen and is not used")
            return None
        self._warn(f"{path} is damaged and is not used; it is kept as {quarantine(path).name}")
        return None

    def __iter__(self) -> Iterator[str]:
        """The hashes of what is stored, in the order of their names."""
        files = sorted(self.path.glob("[0-9a-f][0-9a-f]/*"))
        names = (file.parent.name + file.name for file in files)
        return (name for name in names if re.fullmatch("[0-9a-f]{64}", name))
