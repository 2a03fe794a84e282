"""What is checked: an installed plugin by name, or a project folder that is not installed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from docgen_core.conformance.findings import Place
from docgen_core.errors import MissingPluginError, UsageError
from docgen_core.plugins.discovery import GROUPS, EntryPoint, discover, normalise
from docgen_core.plugins.policy import suggest

if TYPE_CHECKING:
    from importlib_metadata import Distribution

__all__ = ["Target", "find_target"]

_PROJECT: Final = "pyproject.toml"
_SOURCES: Final = ("src", ".")


@attrs.frozen(kw_only=True)
class Target:
    """A distribution whose plugins are to be checked.

    Attributes:
        name: The distribution's name.
        points: Its entry points that docgen reads.
        chosen: Those among them that are to be checked.
        others: The entry points of all other installed distributions.
        folders: Folders to search for its modules before all others.
        requires: The requirements that it declares.
        file: Where its metadata is written: `pyproject.toml`, or the installed copy.
        points_file: Where its entry points are written.
        fault: Why its metadata cannot be used, or empty.
    """

    name: str
    points: tuple[EntryPoint, ...] = ()
    chosen: tuple[EntryPoint, ...] = ()
    others: tuple[EntryPoint, ...] = ()
    folders: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    file: str = ""
    points_file: str = ""
    fault: str = ""

    def place(self, word: str = "") -> Place:
        """Give the line of the metadata that begins with a word, or the file alone."""
        return _line(self.file, word)

    def place_of(self, point: EntryPoint) -> Place:
        """Give the line in which an entry point is written."""
        return _line(self.points_file, point.name)


def find_target(text: str) -> Target:
    """Find what a name or a path stands for.

    Args:
        text: A deliverable's id, a pack's name, a distribution's name, or a project folder.

    Raises:
        MissingPluginError: nothing installed has that name.
        UsageError: the folder is no project.
    """
    path = Path(text)
    if path.is_dir() and (path / _PROJECT).is_file():
        return _project(path.resolve())
    if path.name != text:  # a path, not a name
        msg = f"{text} is no project folder: there is no {_PROJECT} in it"
        raise UsageError(msg, hint="Name the folder in which the plugin's pyproject.toml is.")
    return _installed(text)


def _project(folder: Path) -> Target:
    file = str(folder / _PROJECT)
    try:
        return _described(folder, tomllib.loads((folder / _PROJECT).read_text(encoding="utf-8")))
    except KeyError as error:
        fault = f"{error.args[0]} is missing"
    except (OSError, ValueError) as error:
        fault = str(error)
    except (TypeError, AttributeError):
        fault = "the value of a key is of another kind than it should be"
    return Target(name=folder.name, file=file, points_file=file, fault=fault)


def _described(folder: Path, table: Mapping[str, Any]) -> Target:
    """What a pyproject.toml says; whatever does not fit is an exception."""
    project, file = table["project"], str(folder / _PROJECT)
    name, points = _text(project["name"]), _points(project)
    installed = discover().entry_points
    return Target(
        name=name,
        points=points,
        chosen=points,
        others=tuple(p for p in installed if normalise(p.distribution) != normalise(name)),
        folders=tuple(str((folder / each).resolve()) for each in _SOURCES),
        requires=tuple(map(_text, project.get("dependencies", ()))),
        file=file,
        points_file=file,
    )


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    msg = f"expected a text, got {value!r}"
    raise ValueError(msg)


def _points(project: Mapping[str, Any]) -> tuple[EntryPoint, ...]:
    groups = project.get("entry-points", {})
    return tuple(
        EntryPoint(
            group=group,
            name=name,
            value=_text(value),
            distribution=project["name"],
            version=_text(project.get("version", "0")),
            editable=True,
        )
        for group in GROUPS
        for name, value in groups.get(group, {}).items()
    )


def _installed(text: str) -> Target:
    points = discover().entry_points
    chosen = [point for point in points if normalise(point.name) == normalise(text)]
    chosen = chosen or [p for p in points if normalise(p.distribution) == normalise(text)]
    if not chosen:
        known = sorted({name for point in points for name in (point.name, point.distribution)})
        msg = f"no installed plugin is called {text!r}{suggest(text, known)}"
        hint = "`docgen plugins` lists what is installed; a folder is given as a path, `./name`."
        raise MissingPluginError(msg, hint=hint)
    names = {normalise(point.distribution) for point in chosen}
    if len(names) > 1:
        msg = f"{text!r} is offered by {' and '.join(sorted(names))}"
        raise UsageError(msg, hint="Name the package to check.")
    return _of_distribution(chosen, points)


def _of_distribution(chosen: list[EntryPoint], points: tuple[EntryPoint, ...]) -> Target:
    from importlib_metadata import Distribution

    name = chosen[0].distribution
    own = tuple(point for point in points if point.distribution == name)
    found = Distribution.from_name(name)
    project = _editable_project(found)
    return Target(
        name=name,
        points=own,
        chosen=tuple(chosen),
        others=tuple(point for point in points if point.distribution != name),
        requires=tuple(found.requires or ()),
        file=project or _metadata_file(found, "METADATA"),
        points_file=project or _metadata_file(found, "entry_points.txt"),
    )


def _editable_project(found: Distribution) -> str:
    """Give the pyproject.toml of a distribution that is installed from a working folder."""
    from urllib.parse import unquote, urlsplit

    address = getattr(found.origin, "url", "")
    if not address.startswith("file://"):
        return ""
    file = Path(unquote(urlsplit(address).path)) / _PROJECT
    return str(file) if file.is_file() else ""


def _metadata_file(found: Distribution, name: str) -> str:
    folder = getattr(found, "_path", None)  # importlib_metadata has no public name for it
    return "" if folder is None else str(folder / name)


def _line(file: str, word: str) -> Place:
    if not word:
        return Place(file)
    start = re.compile(rf"""\s*["']?{re.escape(word)}["']?\s*[=\]]|\[{re.escape(word)}\]""")
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return Place(file)
    found = (number for number, line in enumerate(lines, 1) if start.match(line))
    return Place(file, next(found, 0))
