"""The filters that templates have besides jinja2's own: ids, links to them, code blocks.

The jail loads this file too, so it imports nothing but the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["FILTERS", "fenced", "ref", "refs", "target"]

#: An item's id: a prefix and a number.
_ID: Final = re.compile(r"[A-Z]{1,3}[0-9]{1,4}")
_TICKS: Final = re.compile("`+")
_LANGUAGE: Final = re.compile(r"[\w+#.-]+")
#: A block in one of these may be the wrapping of a whole answer, which is taken off.
_WRAPPINGS: Final = frozenset({"", "markdown", "md"})


def target(item_id: str) -> str:
    """Write an item's id where the item is defined, as what links to it lead to.

    Args:
        item_id: For instance `P1`.

    Returns:
        `<a id="p1"></a>P1`; text that is no id stays as it is.
    """
    return f'<a id="{item_id.lower()}"></a>{item_id}' if _ID.fullmatch(item_id) else item_id


def ref(item_id: str) -> str:
    """Write an item's id as a link to where the item is defined.

    Args:
        item_id: For instance `P1`.

    Returns:
        `[P1](#p1)`; text that is no id stays as it is.
    """
    return f"[{item_id}](#{item_id.lower()})" if _ID.fullmatch(item_id) else item_id


def refs(item_ids: Iterable[str]) -> str:
    """Write several ids as links, separated by commas."""
    return ", ".join(ref(item_id) for item_id in item_ids if item_id)


def fenced(text: str, language: str = "") -> str:
    """Write a text of several lines as a code block that it cannot break out of.

    Args:
        text: Any text, not escaped: `draft.data.prompt` rather than `data.prompt`.
        language: What stands behind the opening fence. Without one it is `text`: a block without
            a language could be taken for a fence around the whole section.

    Returns:
        The block without a newline at its end, or nothing for an empty text.
    """
    if not text.strip():
        return ""
    body = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(body)), default=0))
    name = language if _LANGUAGE.fullmatch(language) else ""
    return f"{fence}{'text' if name.lower() in _WRAPPINGS else name}\n{body}\n{fence}"


FILTERS: Final[Mapping[str, Callable[..., str]]] = MappingProxyType(
    {"target": target, "ref": ref, "refs": refs, "fenced": fenced}
)
