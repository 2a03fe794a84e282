"""Files of a project, which its other users read too: written whole, with ordinary rights."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from docgen_core.store.atomic import file_errors, write_text

__all__ = ["write_shared"]

_READABLE: Final = 0o644


def write_shared(path: Path, text: str) -> None:
    """Replace a file's text in one step; its rights stay, and a link to it stays a link.

    Args:
        path: The file; a new one is readable for everybody, as far as the user's umask allows.
        text: What is to stand in it.

    Raises:
        FileError: it could not be written; the old content stands.
    """
    with file_errors("write", path):
        target = path.resolve()
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else _READABLE & ~_umask()
    write_text(target, text)
    with file_errors("write", path):
        target.chmod(mode)


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
