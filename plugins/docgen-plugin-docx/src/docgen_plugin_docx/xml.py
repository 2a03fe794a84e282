"""WordprocessingML elements, their children in the order that the published schema asks for.

Word refuses files in which a property stands out of order, so properties are made here only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from lxml import etree

__all__ = ["Element", "flag", "legal", "make", "name_of", "properties", "setting", "text_element"]

Element: TypeAlias = Any
"""An element of lxml, which ships no type information."""

_SPACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "xml": "http://www.w3.org/XML/1998/namespace",
    }
)
_SHORT: Final = {key: value for key, value in _SPACES.items() if key != "xml"}

#: The order of children in ECMA-376, Part 1, wml.xsd, as far as docgen writes them.
_ORDER: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "w:pPr": (
            "pStyle", "keepNext", "keepLines", "pageBreakBefore", "numPr", "pBdr", "shd", "tabs",
            "bidi", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl",
        ),
        "w:rPr": (
            "rStyle", "rFonts", "b", "bCs", "i", "iCs", "strike", "noProof", "color", "sz", "szCs",
            "highlight", "u", "bdr", "shd", "vertAlign", "rtl", "cs", "lang",
        ),
        "w:tblPr": (
            "tblStyle", "bidiVisual", "tblW", "jc", "tblInd", "tblLayout", "tblCellMar",
            "tblLook",
        ),
        "w:tcPr": ("tcW", "shd", "vAlign"),
        "w:trPr": ("cantSplit", "tblHeader"),
    }
)  # fmt: skip
#: What XML 1.0 cannot hold: <https://www.w3.org/TR/xml/#charsets>.
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def name_of(name: str) -> str:
    """The full name of an element or attribute, such as `w:p`."""
    prefix, _, local = name.partition(":")
    return f"{{{_SPACES[prefix]}}}{local}"


def make(
    name: str, attributes: Mapping[str, str] | None = None, children: Iterable[Element] = ()
) -> Element:
    """Make an element.

    Args:
        name: With its prefix, `w:p`.
        attributes: Values by name with prefix.
        children: What it holds, in the order that the schema asks for.
    """
    element = etree.Element(name_of(name), nsmap=_SHORT)
    for key, value in (attributes or {}).items():
        element.set(name_of(key), legal(value))
    element.extend(children)
    return element


def setting(name: str, value: str) -> Element:
    """An element with the one attribute `w:val`."""
    return make(name, {"w:val": value})


def flag(name: str, *, on: bool = True) -> Element:
    """A property that is on because it is there, or expressly off."""
    return make(name) if on else setting(name, "0")


def properties(name: str, children: Iterable[Element]) -> list[Element]:
    """Make an element of properties, in the schema's order; of two of one kind the last holds.

    Returns:
        The element in a list, or an empty list when there are no properties.
    """
    order = _ORDER[name]
    single = {child.tag: child for child in children}
    ranked = sorted(single.values(), key=lambda child: order.index(etree.QName(child).localname))
    return [make(name, children=ranked)] if ranked else []


def text_element(name: str, text: str) -> Element:
    """An element with text whose spaces count."""
    element = make(name, {"xml:space": "preserve"})
    element.text = legal(text)
    return element


def legal(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _ILLEGAL.sub("", text)
