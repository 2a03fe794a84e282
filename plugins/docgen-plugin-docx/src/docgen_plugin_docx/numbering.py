"""Lists as Word's numbering: bullets, numbers that begin where they should, task boxes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import attrs

from docgen_plugin_docx.xml import Element, make, name_of, setting

__all__ = ["INDENT", "LEVELS", "Kind", "Numbering"]

Kind: TypeAlias = Literal["bullet", "number", "open", "done"]

#: What one level of a list moves its text to the right, in twips.
INDENT: Final = 360
LEVELS: Final = 9
#: Word counts no further.
_MOST: Final = 32_767
_BULLETS: Final = ("•", "◦", "▪")
_FORMATS: Final = ("decimal", "lowerLetter", "lowerRoman")
_SIGNS: Final[Mapping[Kind, str]] = MappingProxyType({"open": "☐", "done": "☑"})


@attrs.define
class Numbering:
    """The lists of one file.

    Attributes:
        root: The `w:numbering` of the file.
    """

    root: Element
    _kinds: dict[Kind, str] = attrs.field(factory=dict)
    _shared: dict[Kind, str] = attrs.field(factory=dict)
    _last: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Find the last number that the file uses already."""
        self._last = self._next("w:num", "w:numId", 1) - 1

    def shared(self, kind: Kind) -> str:
        """The id of the one list that every list of this kind is part of."""
        if kind not in self._shared:
            self._shared[kind] = self._add(kind, ())
        return self._shared[kind]

    def numbered(self, level: int, start: int) -> str:
        """The id of a new numbered list.

        Args:
            level: How deep it stands, from 0.
            start: Its first number.
        """
        first = setting("w:startOverride", str(min(start, _MOST)))
        return self._add("number", (make("w:lvlOverride", {"w:ilvl": str(level)}, [first]),))

    def _add(self, kind: Kind, overrides: tuple[Element, ...]) -> str:
        self._last += 1
        number = str(self._last)
        abstract = setting("w:abstractNumId", self._abstract(kind))
        self.root.append(make("w:num", {"w:numId": number}, [abstract, *overrides]))
        return number

    def _abstract(self, kind: Kind) -> str:
        if kind not in self._kinds:
            number = self._next("w:abstractNum", "w:abstractNumId", 0)
            levels = [_level(kind, level) for level in range(LEVELS)]
            made = make(
                "w:abstractNum",
                {"w:abstractNumId": str(number)},
                [setting("w:multiLevelType", "hybridMultilevel"), *levels],
            )
            # The schema wants every definition before the first list.
            before = self.root.findall(name_of("w:abstractNum"))
            self.root.insert(self.root.index(before[-1]) + 1 if before else 0, made)
            self._kinds[kind] = str(number)
        return self._kinds[kind]

    def _next(self, name: str, attribute: str, first: int) -> int:
        found = (element.get(name_of(attribute), "") for element in self.root.iter(name_of(name)))
        return max((int(text) + 1 for text in found if text.isdecimal()), default=first)


def _level(kind: Kind, level: int) -> Element:
    if kind == "number":
        format_, text = _FORMATS[level % len(_FORMATS)], f"%{level + 1}."
    else:
        format_, text = "bullet", _SIGNS.get(kind, _BULLETS[level % len(_BULLETS)])
    indent = {"w:left": str(INDENT * (level + 1)), "w:hanging": str(INDENT)}
    children = [
        setting("w:start", "1"),
        setting("w:numFmt", format_),
        setting("w:lvlText", text),
        setting("w:lvlJc", "left"),
        make("w:pPr", children=[make("w:ind", indent)]),
    ]
    if kind in _SIGNS:
        font = dict.fromkeys(("w:ascii", "w:eastAsia", "w:hAnsi", "w:cs"), "Segoe UI Symbol")
        children.append(make("w:rPr", children=[make("w:rFonts", font)]))
    return make("w:lvl", {"w:ilvl": str(level)}, children)
