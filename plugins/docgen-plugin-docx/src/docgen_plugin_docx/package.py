"""The file as a package: docgen's own base, parts that are added, and the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from docgen_plugin_docx.xml import Element

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.opc.part import XmlPart

__all__ = ["add_part", "asset", "base_package", "parse_asset", "save"]

_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "[Content_Types].xml": "content-types.xml",
        "_rels/.rels": "rels.xml",
        "docProps/app.xml": "app.xml",
        "docProps/core.xml": "core.xml",
        "word/_rels/document.xml.rels": "document-rels.xml",
        "word/document.xml": "document.xml",
        "word/fontTable.xml": "fontTable.xml",
        "word/settings.xml": "settings.xml",
        "word/styles.xml": "styles.xml",
        "word/theme/theme1.xml": "theme.xml",
    }
)


def asset(name: str) -> bytes:
    """One of the files that docgen's own base is made of."""
    return files(__package__).joinpath("assets", name).read_bytes()


def parse_asset(name: str) -> Element:
    """The same as an element."""
    from docx.oxml.parser import parse_xml

    return parse_xml(asset(name))


def base_package() -> bytes:
    """An empty Word file with docgen's styles."""
    return _zipped({name: asset(source) for name, source in _NAMES.items()})


def add_part(document: WordDocument, name: str, content: str, kind: str, root: Element) -> XmlPart:
    """Add a part that the main part leads to.

    Args:
        document: The file.
        name: The part's path, `/word/footnotes.xml`.
        content: Its content type.
        kind: The type of the relationship.
        root: Its root element.
    """
    from docx.opc.packuri import PackURI
    from docx.opc.part import XmlPart

    part = XmlPart(PackURI(name), content, root, document.part.package)
    document.part.relate_to(part, kind)
    return part


def save(document: WordDocument) -> bytes:
    """The finished file; the same document gives the same bytes."""
    written = io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as package:
        return _zipped({name: package.read(name) for name in package.namelist()})


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, data in parts.items():
            # ZipInfo's own date is constant; that of a plain name would be the clock's.
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            package.writestr(entry, data)
    return made.getvalue()
