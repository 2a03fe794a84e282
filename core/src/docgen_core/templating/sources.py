"""Where templates come from: a folder per source, searched in order. Knows nothing of jinja2."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import attrs

from docgen_core.errors import PluginError, TemplateError
from docgen_core.plugins.registry import Member, Registry

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = [
    "ENDINGS",
    "Found",
    "OwnerSource",
    "PackageSource",
    "ProjectSource",
    "Source",
    "Winner",
    "registry_sources",
    "split_name",
]

#: The most bytes that a template file may have.
TEMPLATE_LIMIT: Final = 1_000_000

#: How the names of template files end.
ENDINGS: Final = (".j2", "words.toml")
_SHARED_PACKAGE: Final = "docgen_templates"
_PART: Final = re.compile(r"(?!\.\.?$)[^/\\:\0]+")


@attrs.frozen(kw_only=True)
class Winner:
    """Which file a template name stands for.

    Attributes:
        name: The template's name.
        origin: `project`, `pack:<name>`, `plugin:<distribution>` or `shared`.
        path: The file.
    """

    name: str
    origin: str
    path: str


@attrs.frozen(kw_only=True)
class Found(Winner):
    """A template with its text.

    Attributes:
        text: The template's source.
        trusted: Whether it came with an installed package, as its code did.
    """

    text: str
    trusted: bool = True


class Source(Protocol):
    """One link of the loader chain."""

    def find(self, name: str) -> Found | None:
        """Give the template of that name, or None."""

    def names(self) -> Iterable[str]:
        """Give the names of all templates that this source has."""


@attrs.frozen
class ProjectSource:
    """The user's own templates. They arrive with a cloned folder, so they are not trusted.

    Attributes:
        folder: The folder; a file `glossary/section.md.j2` in it replaces that template.
    """

    folder: Path

    def find(self, name: str) -> Found | None:
        """Give the template of that name; a link that leads out of the folder does not count."""
        parts = split_name(name)
        path = self.folder.joinpath(*parts) if parts else None
        if path is None or not path.is_file() or not self._is_inside(path):
            return None
        text = _read(path, name)
        return Found(name=name, origin="project", path=str(path), text=text, trusted=False)

    def names(self) -> Iterable[str]:
        """Give the names of all templates in the folder."""
        return _names(self.folder) if self.folder.is_dir() else ()

    def _is_inside(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self.folder.resolve())


@attrs.frozen
class PackageSource:
    """The `templates` folder of an installed package: a pack's, or a folder of shared ones.

    Attributes:
        package: The package's import name.
        origin: What to call it.
        folder: The folder in the package; empty for the package itself.
        flat: Whether only the files right in the folder count: what lies deeper lays out other
            things than documents.
    """

    package: str
    origin: str
    folder: str = "templates"
    flat: bool = False

    def find(self, name: str) -> Found | None:
        """Give the template of that name, or None."""
        root, parts = _package_folder(self.package, self.folder), split_name(name)
        if self.flat and len(parts) > 1:
            return None
        file = root.joinpath(*parts) if root is not None and parts else None
        if file is None or not file.is_file():
            return None
        return Found(name=name, origin=self.origin, path=str(file), text=_read(file, name))

    def names(self) -> Iterable[str]:
        """Give the names of all templates in the package's folder."""
        root = _package_folder(self.package, self.folder)
        names = () if root is None else _names(root)
        return (name for name in names if not (self.flat and "/" in name))


@attrs.frozen
class OwnerSource:
    """The templates of the deliverables' own plugins, each under its deliverable's id.

    `glossary/section.md.j2` is `templates/glossary/section.md.j2` of the plugin that owns
    `glossary`, or else its `templates/section.md.j2`: a package with one deliverable needs no
    folder in the folder.

    Attributes:
        ids: Gives the deliverables that there are.
        member: Gives the owner of one of them, loading it.
    """

    ids: Callable[[], Sequence[str]]
    member: Callable[[str], Member]

    def find(self, name: str) -> Found | None:
        """Give the template of that name, or None."""
        owner, _, rest = name.partition("/")
        if not rest or owner not in self.ids():
            return None
        found = (source.find(rest) for source in self._sources(owner))
        best = next((template for template in found if template is not None), None)
        return None if best is None else attrs.evolve(best, name=name)

    def names(self) -> Iterable[str]:
        """Give the names of all templates of plugins that work."""
        ids = self.ids()
        for owner in ids:
            try:
                sources = self._sources(owner)
            except PluginError:
                continue
            names = {name for source in sources for name in source.names()}
            yield from (f"{owner}/{name}" for name in names if name.partition("/")[0] not in ids)

    def _sources(self, owner: str) -> tuple[PackageSource, ...]:
        member = self.member(owner)
        package, origin = member.plugin.package, f"plugin:{member.info.distribution}"
        if not package:
            return ()
        folders = (f"templates/{owner}", "templates")
        return tuple(PackageSource(package, origin, folder) for folder in folders)


def registry_sources(registry: Registry) -> tuple[Source, ...]:
    """Give the sources that installed packages make up: packs, owners, the shared templates."""
    packs = tuple(
        PackageSource(pack.plugin.package, f"pack:{pack.info.name}")
        for pack in registry.pack_members()
        if pack.plugin.package
    )
    owners = OwnerSource(registry.deliverable_ids, registry.member)
    return (*packs, owners, PackageSource(_SHARED_PACKAGE, "shared", "", flat=True))


def _package_folder(package: str, folder: str) -> Traversable | None:
    from importlib.resources import files

    try:
        root = files(package)
    except ModuleNotFoundError:
        return None
    root = root.joinpath(*folder.split("/")) if folder else root
    return root if root.is_dir() else None


def split_name(name: str) -> tuple[str, ...]:
    """Give the parts of a template name; none when it could lead out of its folder."""
    parts = tuple(name.split("/"))
    return parts if all(_PART.fullmatch(part) for part in parts) else ()


def _read(file: Traversable | Path, name: str) -> str:
    try:
        content = file.read_bytes()
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"template {name!r} ({file}) cannot be read: {error}"
        raise TemplateError(msg, hint="Save it as UTF-8 text, or remove it.") from error
    if len(content) > TEMPLATE_LIMIT:
        msg = f"template {name!r} ({file}) has {len(content):,} bytes, at most {TEMPLATE_LIMIT:,}"
        raise TemplateError(msg, hint="Make it smaller, or remove it.")
    return text


def _names(folder: Traversable | Path, prefix: str = "") -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.name.startswith((".", "__")):
            yield from _names(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(ENDINGS):
            yield prefix + entry.name
