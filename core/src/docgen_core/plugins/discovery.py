"""Finds plugins by their metadata. Nothing here imports a plugin."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from importlib_metadata import Distribution

__all__ = [
    "COMMANDS",
    "DELIVERABLES",
    "EXPORTERS",
    "GROUPS",
    "PACKS",
    "SERVERS",
    "Discovery",
    "EntryPoint",
    "discover",
    "normalise",
]

DELIVERABLES: Final = "docgen.deliverables"
PACKS: Final = "docgen.packs"
EXPORTERS: Final = "docgen.exporters"
SERVERS: Final = "docgen.servers"
COMMANDS: Final = "docgen.commands"

#: Every entry-point group that docgen reads.
GROUPS: Final = (DELIVERABLES, PACKS, EXPORTERS, SERVERS, COMMANDS)


@attrs.frozen(kw_only=True, order=True)
class EntryPoint:
    """One line of a distribution's entry points.

    Attributes:
        group: The entry-point group.
        name: The name within the group.
        distribution: The distribution's name as it spells it.
        version: The distribution's version.
        value: What the entry point loads: `module` or `module:attribute`.
        editable: Whether the distribution is installed from a working folder.
    """

    group: str
    name: str
    distribution: str
    version: str = "0"
    value: str = ""
    editable: bool = False

    @property
    def module(self) -> str:
        """The module part of the value."""
        return self.value.partition(":")[0].strip()

    @property
    def attribute(self) -> str:
        """The dotted attribute part of the value; empty when it names a whole module."""
        return self.value.partition(":")[2].partition("[")[0].strip()

    @property
    def release(self) -> str:
        """Distribution and version as one text, for messages."""
        return f"{self.distribution} {self.version}"


@attrs.frozen(kw_only=True)
class Discovery:
    """What the installed metadata says.

    Attributes:
        entry_points: Sorted by group, name and distribution, the same on every machine.
        warnings: One sentence for each distribution whose metadata is unusable or doubled.
    """

    entry_points: tuple[EntryPoint, ...]
    warnings: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class _Found:
    """One distribution that has entry points of ours."""

    name: str
    version: str
    folder: str
    entry_points: tuple[EntryPoint, ...]


def normalise(name: str) -> str:
    """Give a distribution or entry-point name the form in which names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def discover(path: Iterable[str] | None = None) -> Discovery:
    """Read the entry points of everything that is installed.

    Args:
        path: Folders to search instead of `sys.path`.
    """
    from importlib_metadata import Distribution

    search = {} if path is None else {"path": list(path)}
    installed = Distribution.discover(**search)
    warnings: list[str] = []
    chosen: dict[str, _Found] = {}
    for found in _read_all(installed, warnings):
        key = normalise(found.name)
        chosen[key] = _prefer(chosen[key], found, warnings) if key in chosen else found
    points = {point for found in chosen.values() for point in found.entry_points}
    return Discovery(entry_points=tuple(sorted(points)), warnings=tuple(warnings))


def _read_all(installed: Iterable[Distribution], warnings: list[str]) -> Iterator[_Found]:
    for distribution in installed:
        try:
            if _is_ours(distribution):
                yield _read(distribution)
        except (ValueError, TypeError, AttributeError, LookupError, OSError) as error:
            warnings.append(f"the metadata of {_label(distribution)} cannot be read: {error}")


def _is_ours(distribution: Distribution) -> bool:
    # Only the plain text is read for the many distributions that have nothing to do with
    # docgen: parsing the metadata of each would make the listing several times slower.
    text = distribution.read_text("entry_points.txt") or ""
    return any(f"[{group}]" in text for group in GROUPS)


def _read(distribution: Distribution) -> _Found:
    name, version = distribution.metadata["Name"], distribution.version
    if not name:
        msg = "it has no name"
        raise ValueError(msg)
    editable = _is_editable(distribution)
    points = tuple(
        EntryPoint(
            group=point.group,
            name=point.name,
            value=point.value,
            distribution=name,
            version=version,
            editable=editable,
        )
        for point in distribution.entry_points
        if point.group in GROUPS
    )
    folder = str(distribution.locate_file(""))
    return _Found(name=name, version=version, folder=folder, entry_points=points)


def _label(distribution: Distribution) -> str:
    """Name a distribution whose metadata is damaged, as well as can be."""
    folder = f"a package in {distribution.locate_file('')}"
    with contextlib.suppress(ValueError, LookupError, OSError):
        return distribution.metadata["Name"] or folder
    return folder


def _is_editable(distribution: Distribution) -> bool:
    text = distribution.read_text("direct_url.json")
    if not text:
        return False
    try:
        origin = json.loads(text)
    except ValueError:
        return False
    return isinstance(origin, dict) and bool(origin.get("dir_info", {}).get("editable", False))


def _prefer(first: _Found, second: _Found, warnings: list[str]) -> _Found:
    """Choose between two copies of one distribution, as the import system would.

    An earlier folder on the path hides a later one. Two copies in one folder mean that an
    upgrade left an old one behind; the order of a folder's files says nothing, the version does.
    """
    if first.folder != second.folder or first.version == second.version:
        return first
    old, new = sorted((first, second), key=lambda found: _version_key(found.version))
    warnings.append(
        f"{new.name} is installed twice in {new.folder} ({new.version} and {old.version}); "
        f"taking {new.version}. To tidy up: pip install --force-reinstall {new.name}"
    )
    return new


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))
