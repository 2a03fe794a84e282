"""Wishes of `docgen refine` as prompts heed them."""

from __future__ import annotations

from docgen_core.engine.prompt import Revision
from docgen_core.model import Brief
from docgen_core.store import RunFolder
from docgen_core.store.atomic import sha256
from docgen_core.store.wishes import Wish

__all__ = ["revision_of", "revisions_of"]


def revisions_of(folder: RunFolder | None, brief: Brief) -> dict[str, Revision]:
    """The latest wish for each section of a folder.

    Args:
        folder: The run folder, or None.
        brief: The brief of the run.
    """
    wishes = {} if folder is None else folder.wishes
    return {key: revision_of(items[-1], brief) for key, items in wishes.items() if items}


def revision_of(wish: Wish, brief: Brief) -> Revision:
    """One wish as the prompt tells it; a text that belongs to another brief is not shown."""
    same = wish.brief_sha256 == sha256(brief.text)
    return Revision(wish=wish.wish, text=wish.text if same else "")
