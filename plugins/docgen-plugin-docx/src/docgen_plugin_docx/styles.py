"""Styles by name: those of the template where it has them, docgen's own where it has not."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

from docgen_plugin_docx.package import parse_asset
from docgen_plugin_docx.xml import Element, name_of

__all__ = ["OWN_STYLES", "Styles"]

#: Styles that are docgen's own and not Word's; a template may bring its own of the same name.
OWN_STYLES: Final = (
    "Source Code", "Source Text", "Picture", "Table Text", "Table Text Narrow", "After Table",
    "Document Table", "Source Keyword", "Source String", "Source Comment", "Source Number",
    "Source Name", "Source Known", "Source Added", "Source Removed",
)  # fmt: skip
_REFERENCES: Final = ("w:basedOn", "w:next", "w:link")
_VAL: Final = name_of("w:val")
_ID: Final = name_of("w:styleId")


@attrs.define
class Styles:
    """The styles of one file.

    Attributes:
        root: The `w:styles` of the file.
    """

    root: Element
    _ids: dict[str, str] = attrs.field(init=False)
    _own: Mapping[str, Element] = attrs.field(init=False)
    _own_names: Mapping[str, str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Read what there is."""
        own = _by_name(parse_asset("styles.xml"))
        self._ids = {name: element.get(_ID) for name, element in _by_name(self.root).items()}
        self._own = MappingProxyType(own)
        self._own_names = {element.get(_ID): name for name, element in own.items()}

    def id(self, name: str) -> str:
        """The id of the style with this name, which is added when the file lacks it.

        Args:
            name: Word's own name, in any case, or one of `OWN_STYLES`.
        """
        key = name.lower()
        if key not in self._ids:
            self._add(key)
        return self._ids[key]

    def _add(self, key: str) -> None:
        style = copy.deepcopy(self._own[key])
        wanted = style.get(_ID)
        taken = set(self._ids.values())
        free = next(
            name
            for name in (wanted, *(f"{wanted}{n}" for n in range(2, 1000)))
            if name not in taken
        )
        style.set(_ID, free)
        style.attrib.pop(name_of("w:default"), None)
        self._ids[key] = free
        for reference in _REFERENCES:
            for element in style.findall(name_of(reference)):
                element.set(_VAL, self.id(self._own_names[element.get(_VAL)]))
        self.root.append(style)


def _by_name(root: Element) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for style in root.findall(name_of("w:style")):
        name = style.find(name_of("w:name"))
        if name is not None and style.get(_ID):
            found.setdefault(name.get(_VAL, "").lower(), style)
    return found
