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
        files.update(_imported(point.module.partition(".")[0]))
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


def _imported(top: str) -> Iterator[tuple[str, Path]]:
    """The files of the package that `import top` would load, wherever it is found."""
    try:
        spec = importlib.util.find_spec(top)
    except (ValueError, ImportError):
        return
    if spec is None:
        return
    for folder in map(Path, spec.submodule_search_locations or ()):
        for path in folder.rglob("*"):
            name = f"{top}/{path.relative_to(folder).as_posix()}"
            if path.is_file() and _is_content(name):
                yield name, path
    if not spec.submodule_search_locations and spec.origin:
        yield Path(spec.origin).name, Path(spec.origin)


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
