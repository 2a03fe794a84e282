"""Opens the run folder of one brief: puts it in order and takes in what a person changed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from docgen_core.store import Recipe, RunFolder

__all__ = ["open_folder"]


@contextlib.contextmanager
def open_folder(
    path: Path | None, recipe: Recipe, *, absorbing: bool
) -> Iterator[RunFolder | None]:
    """Hold a run folder while the block runs.

    Args:
        path: The folder, or None for a run that writes no files.
        recipe: What the run is asked for.
        absorbing: Whether to take changes of document.md into the sections.

    Raises:
        FileError: it cannot be written, or another process is using it.
    """
    if path is None:
        yield None
        return
    # Absolute: a hook that moves the process to another folder must not move the files.
    with RunFolder(path.absolute()) as folder:
        folder.sweep()
        folder.write_recipe(recipe)
        if absorbing:
            # The Markdown parser loads here.
            from docgen_core.engine.absorb import absorb

            absorb(folder)
        yield folder
