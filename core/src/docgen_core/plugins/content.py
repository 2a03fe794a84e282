"""Hashes what an installed distribution consists of, from its files. Nothing is imported."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docgen_core.errors import FileError
from docgen_core.plugins.discovery import EntryPoint

if TYPE_CHECKING:
    from importlib_metadata import Distribution

__all__ = ["content_hash"]

#: What installing or running writes: it differs from machine to machine.
_NOT_CONTENT: Final = ("__pycache__", ".dist-info", ".egg-info", ".data", ".pth", ".pyc")
_FINDER: Final = "__editable__"


def content_hash(points: Iterable[EntryPoint]) -> str:
    """Hash the files of one distribution, and what its entry points load.

    The files are those that its RECORD lists and those in the packages that its entry points load,
    so that an added file counts too. A wheel and an editable installation of the same sources
    give the same hash.

    Args:
        points: All entry points of the distribution, at least one.

    Returns:
        The SHA-256 in hexadecimal digits.

    Raises:
        FileError: a file cannot be read.
    """
    points = sorted(points)
    files = dict(_recorded(points[0]))
    for point in points:
        files.update(_imported(point.module))
    total = hashlib.sha256()
    for point in points:
        total.update(f"{point.group}\0{point.name}\0{point.value}\n".encode())
    for name in sorted(files):
        total.update(f"{name}\0{_file_hash(files[name])}\n".encode())
    return total.hexdigest()


def _recorded(point: EntryPoint) -> Iterator[tuple[str, Path]]:
    """The files that the installer wrote down, by their name below the installation's folder."""
    distribution = _distribution(point)
    for file in (distribution.files if distribution is not None else None) or ():
        name = file.as_posix()
        if ".." not in file.parts and _is_content(name):
            yield name, Path(str(file.locate()))


def _distribution(point: EntryPoint) -> Distribution | None:
    from importlib_metadata import Distribution

    found = Distribution.discover(name=point.distribution)
    return next((each for each in found if each.version == point.version), None)


def _imported(module: str) -> Iterator[tuple[str, Path]]:
    """The files of the package that importing the module would load, wherever it is found."""
    top, *inner = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ValueError, ImportError):
        return
    if spec is None:
        return
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    if not folders and spec.origin:
        yield Path(spec.origin).name, Path(spec.origin)
    elif spec.origin is None:  # a namespace, which other distributions share
        top, folders = _below(top, inner, folders)
    for folder in folders:
        for path in folder.rglob("*"):
            name = f"{top}/{path.relative_to(folder).as_posix()}"
            if path.is_file() and _is_content(name):
                yield name, path


def _below(name: str, inner: list[str], folders: list[Path]) -> tuple[str, list[Path]]:
    """The first package on the way down from a namespace; nothing of it where there is none."""
    for part in inner:
        name = f"{name}/{part}"
        folders = [folder / part for folder in folders]
        found = [folder for folder in folders if (folder / "__init__.py").is_file()]
        if found:
            return name, found[:1]
    return name, []


def _is_content(name: str) -> bool:
    parts = name.split("/")
    return not any(part.endswith(_NOT_CONTENT) or part.startswith(_FINDER) for part in parts)


def _file_hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror or error}"
        raise FileError(msg, hint="Check its permissions, or install the package again.") from error
