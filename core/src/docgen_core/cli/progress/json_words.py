"""Turns JSON into words while it arrives, for people who watch a structured answer come."""

from __future__ import annotations

from typing import Final

__all__ = ["JsonWords"]

_FENCE: Final = "```json"
_SPACE: Final = " \t\r\n"
_ESCAPES: Final = {"n": " ", "t": " ", "r": " ", "b": "", "f": ""}
_CODE_LENGTH: Final = 4


class JsonWords:
    """Takes pieces of one answer and gives what to show of each.

    An object is shown with a line for each field and each item of a list. Any other text is shown
    as it is. Nothing is checked: JSON with mistakes is shown as well as it goes.
    """

    def __init__(self) -> None:
        self._head: str | None = ""
        self._plain = False
        self._holders: list[str] = []
        self._text: list[str] | None = None
        self._key = False
        self._escape: str | None = None
        self._value = False

    def take(self, piece: str) -> str:
        """Take the next piece of the answer.

        Args:
            piece: Text of any length.

        Returns:
            What to show of it, perhaps nothing.
        """
        if self._head is not None:
            piece = self._begin(self._head + piece)
        return piece if self._plain else "".join(map(self._character, piece))

    def _begin(self, head: str) -> str:
        """Tell JSON from other text by how it begins."""
        start = head.lstrip()
        if _FENCE.startswith(start):
            self._head = head
            return ""
        self._head = None
        body = start.removeprefix(_FENCE).lstrip()
        self._plain = not body.startswith("{") and bool(body)
        return head if self._plain else body

    def _character(self, character: str) -> str:
        if self._text is not None:
            return self._inside(character)
        if character == '"':
            self._text = []
            self._key = self._is_key()
            return "" if self._key else self._item()
        return self._mark(character)

    def _mark(self, character: str) -> str:
        if character in "{[":
            self._holders.append(character)
        elif character in "}]":
            self._holders = self._holders[:-1]
        if character in "{[}],":
            self._value = False
        elif character == ":":
            self._value = True
        elif character not in _SPACE and self._holders:
            return self._item() + character
        return ""

    def _is_key(self) -> bool:
        return self._holders[-1:] == ["{"] and not self._value

    def _item(self) -> str:
        """What stands before an item of a list."""
        begins = self._holders[-1:] == ["["] and not self._value
        self._value = True
        return f"{self._line()}- " if begins else ""

    def _line(self) -> str:
        return "\n" + "  " * max(0, len(self._holders) - 1)

    def _inside(self, character: str) -> str:
        if self._escape is not None:
            return self._show(self._escaped(character))
        if character == "\\":
            self._escape = ""
            return ""
        if character == '"':
            return self._end()
        return self._show(" " if character in _SPACE else character)

    def _end(self) -> str:
        name = "".join(self._text or ()).replace("_", " ")
        self._text = None
        return f"{self._line()}{name[:1].upper()}{name[1:]}: " if self._key else ""

    def _show(self, text: str) -> str:
        if self._key and self._text is not None:
            self._text.append(text)
        return "" if self._key else text

    def _escaped(self, character: str) -> str:
        """The text of an escape when its last character has come."""
        code = f"{self._escape}{character}"
        if code[0] != "u":
            self._escape = None
            return _ESCAPES.get(character, character)
        self._escape = code if len(code) <= _CODE_LENGTH else None
        if self._escape is not None:
            return ""
        try:
            shown = chr(int(code[1:], 16))
        except ValueError:
            return ""
        return shown if shown.isprintable() else ""
