"""A team's own PowerPoint file as the base: its master and layouts, and nothing that acts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docgen_core.api import FileError, UsageError

if TYPE_CHECKING:
    from pptx.opc.package import Part
    from pptx.presentation import Presentation

__all__ = ["drop_unused", "open_template"]

_KEPT: Final = frozenset(
    {
        "font", "handoutMaster", "notesMaster", "presProps", "slideMaster", "tableStyles", "theme",
        "viewProps",
    }
)  # fmt: skip
_KEPT_ROOT: Final = frozenset(
    {"officeDocument", "core-properties", "extended-properties", "custom-properties"}
)
#: What masters, layouts and themes may lead to inside the file.
_KEPT_INSIDE: Final = frozenset(
    {"hdphoto", "image", "slideLayout", "slideMaster", "tags", "theme", "themeOverride"}
)
_ACTS: Final = re.compile(r"ppaction://(?!hlinkshowjump|noaction)", re.IGNORECASE)
#: Parts of the presentation that name slides or people of the template.
_DROPPED: Final = ("custShowLst", "sldIdLst", "extLst", "custDataLst", "modifyVerifier")
_MAIN: Final = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_OTHER_MAIN: Final = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.presentationml\.(?:template|slideshow)"
    rb"|ms-powerpoint\.(?:presentation|template|slideshow)\.macroEnabled)\.main\+xml"
)


def open_template(path: Path) -> Presentation:
    """Open a team's file, empty it, and leave out all that could act.

    Args:
        path: A `.pptx`, `.potx`, `.ppsx` file, or one of those with macros.

    Raises:
        FileError: it cannot be read.
        UsageError: it is no PowerPoint file, has no layout, or its master leads out of it.
    """
    made = _opened(path)
    drop_unused(made)
    root = made.part._element  # noqa: SLF001 - the library has no call for these
    for child in list(root):
        if child.tag.rpartition("}")[2] in _DROPPED:
            root.remove(child)
    for part in _parts(made.part):
        _check(part, path)
    if not len(made.slide_layouts):
        raise UsageError(
            f"the template {path} has no slide layouts",
            hint="Give settings.pptx.template a file with a master and layouts.",
        )
    return made


def drop_unused(made: Presentation) -> None:
    """Leave the master, layouts and theme; slides, macros and printer settings go."""
    package = made.part.package
    _forget(package._rels, _KEPT_ROOT)  # noqa: SLF001 - the library has no call for these
    _forget(made.part.rels, _KEPT)


def _opened(path: Path) -> Presentation:
    import pptx
    from lxml.etree import LxmlError
    from pptx.exc import PythonPptxError

    try:
        return pptx.Presentation(io.BytesIO(_as_presentation(path.read_bytes())))
    except OSError as error:
        raise FileError(
            f"cannot read the template {path.absolute()}: {error.strerror or error}",
            hint="Correct settings.pptx.template, or leave it out.",
        ) from error
    except (zipfile.BadZipFile, PythonPptxError, LxmlError, KeyError, ValueError) as error:
        raise UsageError(
            f"the template {path.absolute()} is no PowerPoint file: {_reason(error)}",
            hint="Give settings.pptx.template a .pptx or .potx file that PowerPoint opens.",
        ) from error


def _reason(error: Exception) -> str:
    """What the library's error means to whoever chose the file."""
    if isinstance(error, zipfile.BadZipFile):
        return "it is damaged, or of another kind"
    if isinstance(error, KeyError) or "content type" in str(error):
        return "it holds another kind of document"
    return str(error)


def _as_presentation(data: bytes) -> bytes:
    """The same file with the content type of a plain presentation, whatever kind it was."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            changed = _OTHER_MAIN.sub(_MAIN, part) if name == "[Content_Types].xml" else part
            target.writestr(name, changed)
    return made.getvalue()


def _kind(relation: Any) -> str:  # noqa: ANN401 - a class that the library keeps to itself
    return str(relation.reltype).rpartition("/")[2]


def _forget(relations: Any, kept: frozenset[str]) -> None:  # noqa: ANN401 - the same
    for key, relation in list(relations.items()):
        if _kind(relation) not in kept or relation.is_external:
            relations.pop(key)


def _parts(start: Part) -> Iterator[Part]:
    seen: set[int] = {id(start)}
    waiting = [start]
    while waiting:
        part = waiting.pop()
        for relation in part.rels.values():
            if not relation.is_external and id(relation.target_part) not in seen:
                seen.add(id(relation.target_part))
                waiting.append(relation.target_part)
                yield relation.target_part


def _check(part: Part, path: Path) -> None:
    refused = [
        _kind(relation)
        for relation in part.rels.values()
        if (relation.is_external and _kind(relation) != "hyperlink")
        or (not relation.is_external and _kind(relation) not in _KEPT_INSIDE)
    ]
    root = getattr(part, "_element", None)
    actions = [] if root is None else [element.get("action") or "" for element in root.iter()]
    refused += [action for action in actions if _ACTS.match(action)]
    if refused:
        raise UsageError(
            f"the template {path} holds what docgen does not pass on: {refused[0]} "
            f"({part.partname})",
            hint="Take linked pictures, embedded objects, media and actions out of its master.",
        )
