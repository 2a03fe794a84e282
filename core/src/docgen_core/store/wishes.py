"""What people asked to be different about single sections, kept so that later runs heed it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from docgen_core.errors import FileError
from docgen_core.store.atomic import file_errors
from docgen_core.store.disk import Disk
from docgen_core.store.objects import frame, is_newer, unframe

__all__ = ["WISHES_FILE", "Wish", "Wishes", "encode_wishes", "read_wishes"]

WISHES_FILE: Final = ".docgen/wishes"


@attrs.frozen(kw_only=True)
class Wish:
    """One refinement of one section.

    Attributes:
        wish: What was asked for, in a person's words.
        text: The section's Markdown as it stood before.
        brief_sha256: Hash of the brief that it belonged to.
    """

    wish: str
    text: str
    brief_sha256: str


#: For each deliverable id its refinements, the latest last.
Wishes = Mapping[str, Sequence[Wish]]


def encode_wishes(wishes: Wishes) -> bytes:
    """The file's content, with the header that objects have."""
    facts = {key: [attrs.asdict(item) for item in items] for key, items in wishes.items() if items}
    return frame(json.dumps(facts, sort_keys=True, indent=1).encode("ascii"))


def read_wishes(folder: Path, disk: Disk | None = None) -> Wishes | None:
    """Read a run folder's wishes.

    Returns:
        The wishes, none when there is no such file; None when it is damaged.

    Raises:
        FileError: it cannot be read, or a newer docgen wrote it.
    """
    path = folder / WISHES_FILE
    with file_errors("read", path):
        try:
            data = (disk or Disk()).read(path)
        except FileNotFoundError:
            return {}
    if is_newer(data):
        raise FileError(
            f"{path} was written by a newer docgen",
            hint="Upgrade with `pip install -U docgen-core`, or choose another folder with -o.",
        )
    body = unframe(data)
    try:
        facts = {} if body is None else json.loads(body)
        wishes = {str(key): tuple(Wish(**item) for item in facts[key]) for key in facts}
    except (ValueError, TypeError):
        return None
    return None if body is None else wishes
