"""A team's own Word file as the base: its styles, page, header and footer; nothing that acts."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docgen_core.api import FileError, UsageError
from docgen_plugin_docx.xml import Element, name_of

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.opc.part import Part

__all__ = ["open_template"]

_KEPT: Final = frozenset(
    {"fontTable", "footer", "header", "numbering", "settings", "styles", "theme", "webSettings"}
)
#: Of the package itself: the document and its properties, no ribbon, no signature, no thumbnail.
_KEPT_ROOT: Final = frozenset(
    {"officeDocument", "core-properties", "extended-properties", "custom-properties"}
)
#: What a kept part may lead to inside the file.
_KEPT_INSIDE: Final = frozenset({"font", "image"})
#: Parts of the settings that lead out of the file or to notes that are not kept.
_DROPPED_SETTINGS: Final = (
    "w:attachedTemplate", "w:endnotePr", "w:footnotePr", "w:mailMerge", "w:saveThroughXslt",
    "w:documentProtection", "w:updateFields",
)  # fmt: skip
#: Fields that read a file, run a program or ask a database.
_FIELDS: Final = re.compile(
    r"\b(?:AUTOTEXT|AUTOTEXTLIST|DATABASE|DDE|DDEAUTO|EMBED|GOTOBUTTON|IMPORT|INCLUDE|INCLUDEPICTURE|"
    r"INCLUDETEXT|LINK|MACROBUTTON|RD)\b",
    re.IGNORECASE,
)
_OUTSIDE: Final = re.compile(r"(?:https?|file|ftp):|\\\\", re.IGNORECASE)
_MAIN: Final = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OTHER_MAIN: Final = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.wordprocessingml\.template"
    rb"|ms-word\.(?:document|template)\.macroEnabled(?:Template)?)\.main\+xml"
)


def open_template(path: Path) -> WordDocument:
    """Open a team's file, empty it, and leave out all that could act.

    Args:
        path: A `.docx`, `.dotx`, `.docm` or `.dotm` file.

    Raises:
        FileError: it cannot be read.
        UsageError: it is no Word file, or its header or footer leads out of it.
    """
    document = _opened(path)
    _forget(document.part.package.rels, _KEPT_ROOT)
    _forget(document.part.rels, _KEPT)
    _empty(document)
    _clean_settings(document.settings.element)
    for relation in document.part.rels.values():
        if _kind(relation) == "settings":
            _forget(relation.target_part.rels, frozenset())
        _check(relation.target_part, _kind(relation), path)
    return document


def _opened(path: Path) -> WordDocument:
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        return docx.Document(io.BytesIO(_as_document(path.read_bytes())))
    except OSError as error:
        raise FileError(
            f"cannot read the template {path.absolute()}: {error.strerror or error}",
            hint="Correct settings.docx.template, or leave it out.",
        ) from error
    except (zipfile.BadZipFile, OpcError, LxmlError, KeyError, ValueError) as error:
        raise UsageError(
            f"the template {path.absolute()} is no Word file: {_reason(error)}",
            hint="Give settings.docx.template a .docx or .dotx file that Word opens.",
        ) from error


def _reason(error: Exception) -> str:
    """What the library's error means to whoever chose the file."""
    if isinstance(error, zipfile.BadZipFile):
        return "it is damaged, or of another kind"
    if isinstance(error, KeyError) or "content type" in str(error):
        return "it holds another kind of document"
    return str(error)


def _as_document(data: bytes) -> bytes:
    """The same file with the content type of a plain document, whatever kind it was."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            changed = _OTHER_MAIN.sub(_MAIN, part) if name == "[Content_Types].xml" else part
            target.writestr(name, changed)
    return made.getvalue()


def _kind(relation: Any) -> str:  # noqa: ANN401 - a class that python-docx keeps to itself
    return str(relation.reltype).rpartition("/")[2]


def _forget(relations: Any, kept: frozenset[str]) -> None:  # noqa: ANN401 - the same
    for key, relation in list(relations.items()):
        if _kind(relation) not in kept or relation.is_external:
            del relations[key]


def _empty(document: WordDocument) -> None:
    """Leave the last section's page, header and footer."""
    body: Element = document.element.body
    for child in list(body):
        if child.tag != name_of("w:sectPr"):
            body.remove(child)
    # It names a part that goes with the printer that the template was made for.
    for element in list(body.iter(name_of("w:printerSettings"))):
        element.getparent().remove(element)
    used = {element.get(name_of("r:id")) for element in body.iter()}
    for key, relation in list(document.part.rels.items()):
        if _kind(relation) in {"header", "footer"} and key not in used:
            del document.part.rels[key]


def _clean_settings(root: Element) -> None:
    for name in _DROPPED_SETTINGS:
        for element in root.findall(name_of(name)):
            root.remove(element)


def _check(part: Part, kind: str, path: Path) -> None:
    refused = [
        _kind(relation)
        for relation in part.rels.values()
        if (relation.is_external and _kind(relation) != "hyperlink")
        or (not relation.is_external and _kind(relation) not in _KEPT_INSIDE)
    ]
    refused += _acts(part)
    if refused:
        raise UsageError(
            f"the template {path} holds what docgen does not pass on: {refused[0]} ({kind})",
            hint="Take linked pictures, embedded objects and fields that include out of it.",
        )


def _acts(part: Part) -> list[str]:
    root = getattr(part, "element", None)
    if root is None:
        return []
    code = "".join(text.text or "" for text in root.iter(name_of("w:instrText")))
    simple = (field.get(name_of("w:instr")) or "" for field in root.iter(name_of("w:fldSimple")))
    found = [match[0] for text in (code, *simple) if (match := _FIELDS.search(text))]
    sources = (element.get(key) or "" for element in root.iter() for key in ("src", "href"))
    return found + [source for source in sources if _OUTSIDE.match(source)]
