"""Text and addresses for XHTML: escaped, and without what XML cannot hold."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

__all__ = ["address", "fragment", "text"]

#: All that XML 1.0 does not allow, not even escaped.
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Addresses that every reader takes: a host, an optional port, and legal characters after it.
_WEB: Final = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?(?::[0-9]{1,5})?"
    r"(?:[/?#](?:[a-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9a-f]{2})*)?",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(
    r"(?:mailto|tel):(?:[a-z0-9._~:/?@!$&'()*+,;=-]|%[0-9a-f]{2})+", re.IGNORECASE
)


def text(value: str) -> str:
    """Escape text for an element or a quoted attribute."""
    return escape(_ILLEGAL.sub("\ufffd", value), {'"': "&quot;"})


def fragment(target: str) -> str:
    """The part of an address that names a place, as an attribute holds it."""
    return quote(target, safe="", errors="replace")


def address(value: str) -> str:
    """Check an address out of the book.

    Args:
        value: It begins with a scheme that is safe.

    Returns:
        The address for an attribute, or an empty text when a reader would refuse the book for it.
    """
    if value.count("#") > 1 or not (_WEB.fullmatch(value) or _OTHER.fullmatch(value)):
        return ""
    return text(value)
