"""Copies of installed templates in the project's folder, and how they differ from the original.

A copy's first line is a comment with the hash of what it was made from: it travels with the file,
whatever becomes of the folder, and tells later whether the original has changed since.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from pathlib import Path
from typing import Final

import attrs

from docgen_core.errors import TemplateError
from docgen_core.templating.sources import ENDINGS, Found, Winner, split_name
from docgen_core.templating.templates import Templates

__all__ = ["Comparison", "Copied", "compare_template", "copy_template"]

_STAMP: Final = re.compile(
    r"\A(?:\{#|#) docgen copy of (?P<origin>\S+), sha256 (?P<hash>[0-9a-f]{64})(?: #\})?\r?\n"
)
_PROJECT: Final = "project"


@attrs.frozen(kw_only=True)
class Copied:
    """A copy that was made.

    Attributes:
        name: The template's name.
        path: The new file.
        folder: The folder of templates that it is in.
        source: What it is a copy of.
        in_use: Whether it is now the file that the name stands for.
    """

    name: str
    path: Path
    folder: Path
    source: Winner
    in_use: bool


@attrs.frozen(kw_only=True)
class Comparison:
    """A template of the project beside the one that it overrides.

    Attributes:
        name: The template's name.
        override: The project's file.
        original: The file that would be used without it.
        diff: How to get from the original to the override, as a unified diff; empty when both say
            the same.
        changed_since_copy: Whether the original has changed since the copy was made; None when
            the override was not made by a copy, or is one of another file.
    """

    name: str
    override: Winner
    original: Winner
    diff: str
    changed_since_copy: bool | None


def copy_template(templates: Templates, name: str, folder: Path, *, force: bool = False) -> Copied:
    """Copy an installed template into a folder, for the user to change.

    Args:
        templates: All templates.
        name: The template's name.
        folder: Where to; usually the project's templates folder.
        force: Replace a file that is there already.

    Raises:
        TemplateError: there is no such template, or the file is there already.
        FileError: the file could not be written.
    """
    from docgen_core.store.shared import write_shared

    path = _place(folder, name)
    source = _source(templates, name, path)
    if path.exists() and not force:
        raise TemplateError(
            f"{path} is there already",
            hint=f"`docgen templates diff {name}` shows how it differs; --force replaces it.",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.resolve().is_relative_to(folder.resolve()):
        msg = f"{path} is a link that leads out of {folder}"
        raise TemplateError(msg, hint="Take the link away, or name another folder with --to.")
    write_shared(path, _stamp(source) + _STAMP.sub("", source.text))
    return Copied(
        name=name, path=path, folder=folder, source=_winner(source), in_use=_wins(templates, folder)
    )


def compare_template(templates: Templates, name: str) -> Comparison:
    """Compare a template of the project's folder with the one that it overrides.

    Args:
        templates: All templates.
        name: The template's name.

    Raises:
        TemplateError: there is no such template, or the project does not override it.
    """
    override, original = _pair(templates, name)
    stamp = _STAMP.match(override.text)
    changed = None
    if stamp is not None and stamp["origin"] == original.origin:
        changed = stamp["hash"] != _hash(original)
    lines = difflib.unified_diff(
        original.text.splitlines(),
        _STAMP.sub("", override.text).splitlines(),
        fromfile=original.path,
        tofile=override.path,
        lineterm="",
    )
    return Comparison(
        name=name,
        override=_winner(override),
        original=_winner(original),
        diff="\n".join(lines),
        changed_since_copy=changed,
    )


def _pair(templates: Templates, name: str) -> tuple[Found, Found]:
    templates.which(name)
    own, *others = templates.layers(name)
    if own.origin != _PROJECT:
        msg = f"the project does not override {name!r}: {own.path} is in use ({own.origin})"
        raise TemplateError(msg, hint=f"`docgen templates copy {name}` makes a copy to change.")
    if not others:
        msg = f"{own.path} overrides nothing: no package has a template {name!r}"
        raise TemplateError(msg, hint="`docgen templates list` shows the names in use.")
    return own, others[0]


def _place(folder: Path, name: str) -> Path:
    parts = split_name(name)
    if not parts or not name.endswith(ENDINGS):
        msg = f"{name!r} is not the name of a template"
        raise TemplateError(msg, hint="`docgen templates list` shows them all.")
    return folder.joinpath(*parts)


def _source(templates: Templates, name: str, path: Path) -> Found:
    """The file in use, but never the one that the copy would replace."""
    templates.which(name)
    files = templates.layers(name)
    others = [found for found in files if Path(found.path).resolve() != path.resolve()]
    if not others:
        msg = f"{path} is the only template {name!r}, so there is nothing to copy"
        raise TemplateError(msg, hint="`docgen templates list` shows where each comes from.")
    return others[0]


def _wins(templates: Templates, folder: Path) -> bool:
    project = templates.project_folder
    return project is not None and project.resolve() == folder.resolve()


def _stamp(source: Found) -> str:
    text = f"docgen copy of {source.origin}, sha256 {_hash(source)}"
    return f"# {text}\n" if source.name.endswith(".toml") else f"{{# {text} #}}\n"


def _hash(found: Found) -> str:
    text = _STAMP.sub("", found.text)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _winner(found: Found) -> Winner:
    return Winner(name=found.name, origin=found.origin, path=found.path)
