"""Compares a run folder with what docgen left there, without changing anything."""

from __future__ import annotations

import enum
from pathlib import Path

import attrs

from docgen_core.errors import FileError
from docgen_core.store.atomic import file_errors, require_folder
from docgen_core.store.lock import FolderLock
from docgen_core.store.objects import DAMAGED, unframe
from docgen_core.store.seal import SEAL_FILE, Seal, hash_file, read_seal

__all__ = ["FileState", "Finding", "verify"]

_STATE = ".docgen/"
_OBJECTS = ".docgen/objects"
_MINE = ("run.json",)


class FileState(enum.StrEnum):
    """How a file compares with what docgen wrote."""

    #: Byte for byte as docgen left it.
    UNCHANGED = "unchanged"
    #: A document, section or export that is not as docgen left it, as after an edit.
    EDITED = "edited"
    #: docgen's own record of the run, changed by something else than docgen.
    DAMAGED = "damaged"
    #: Gone.
    MISSING = "missing"
    #: Nothing vouches for the folder: the run was killed, or the seal removed.
    UNSEALED = "unsealed"
    #: Found damaged by an earlier run and set aside; it is not used.
    SET_ASIDE = "set aside"


@attrs.frozen(kw_only=True)
class Finding:
    """One file and its state.

    Attributes:
        file: Relative to the folder, with `/`.
        state: How it compares.
    """

    file: str
    state: FileState

    @property
    def sound(self) -> bool:
        """Whether nothing is amiss with it."""
        return self.state in {FileState.UNCHANGED, FileState.SET_ASIDE}


def verify(folder: Path) -> tuple[Finding, ...]:
    """Check every file that docgen keeps in a run folder.

    Files that docgen set aside for the user (`*.edited.md`, `*.new.md`) and the user's own are
    not looked at.

    Args:
        folder: The folder.

    Returns:
        A finding for each file, ordered by name.

    Raises:
        FileError: it is no run folder, docgen is writing to it, or a file cannot be read.
    """
    require_folder(folder)
    if not (folder / ".docgen").is_dir():
        raise FileError(
            f"{folder} is not a folder that docgen wrote",
            hint="Name the folder that `docgen generate -o` wrote to.",
        )
    FolderLock(folder / ".docgen" / "lock").check()
    seal = read_seal(folder)
    findings = {SEAL_FILE: _seal_state(folder, seal)}
    for name, digest in ({} if seal is None else seal.files).items():
        findings[name] = _file_state(folder, name, digest)
    findings |= _object_states(folder, Seal() if seal is None else seal)
    findings |= {
        path.relative_to(folder).as_posix(): FileState.SET_ASIDE
        for path in (folder / ".docgen").rglob(f"*{DAMAGED}")
    }
    return tuple(Finding(file=name, state=findings[name]) for name in sorted(findings))


def _seal_state(folder: Path, seal: Seal | None) -> FileState:
    if seal is not None:
        return FileState.UNCHANGED
    return FileState.DAMAGED if (folder / SEAL_FILE).exists() else FileState.UNSEALED


def _file_state(folder: Path, name: str, digest: str) -> FileState:
    found = hash_file(folder / name)
    if found is None:
        return FileState.MISSING
    if found == digest:
        return FileState.UNCHANGED
    return FileState.DAMAGED if name.startswith(_STATE) or name in _MINE else FileState.EDITED


def _object_states(folder: Path, seal: Seal) -> dict[str, FileState]:
    """Objects vouch for themselves; the seal only knows which there should be."""
    states = {_object_name(digest): FileState.MISSING for digest in seal.objects}
    for path in (folder / _OBJECTS).glob("[0-9a-f][0-9a-f]/*"):
        if not path.name.endswith(DAMAGED):
            states[path.relative_to(folder).as_posix()] = _object_state(path)
    return states


def _object_name(digest: str) -> str:
    return f"{_OBJECTS}/{digest[:2]}/{digest[2:]}"


def _object_state(path: Path) -> FileState:
    import hashlib

    with file_errors("read", path):
        body = unframe(path.read_bytes())
    name = path.parent.name + path.name
    whole = body is not None and hashlib.sha256(body).hexdigest() == name
    return FileState.UNCHANGED if whole else FileState.DAMAGED
