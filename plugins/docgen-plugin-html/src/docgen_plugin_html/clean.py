"""The last door: an allow-list over all HTML that came from the document.

The renderer writes nothing else anyway; should it ever, this keeps it out of the page.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

__all__ = ["clean"]

_TAGS: Final = frozenset(
    """
    a blockquote br code dd details div dl dt em figure h1 h2 h3 h4 h5 h6 hr img kbd li mark ol p
    pre s section small span strong sub summary sup table tbody td th thead tr u ul
    """.split()  # noqa: SIM905 - as a list literal it would fill a screen
)
_ATTRIBUTES: Final = MappingProxyType(
    {
        "*": frozenset({"class", "id", "aria-label"}),
        "a": frozenset({"href", "rel"}),
        "div": frozenset({"role", "tabindex"}),
        "img": frozenset({"alt", "height", "src", "width"}),
        "ol": frozenset({"start"}),
        "pre": frozenset({"tabindex"}),
        "span": frozenset({"role"}),
        "th": frozenset({"scope"}),
    }
)
_PICTURE: Final = "data:image/svg+xml;base64,"


def clean(html: str) -> str:
    """Keep what is on the list, with addresses of the web, mail and telephone.

    Args:
        html: What the renderer wrote.
    """
    import nh3

    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_checked,
        url_schemes={"http", "https", "mailto", "tel", "data"},
        link_rel=None,
    )


def _checked(_tag: str, name: str, value: str) -> str | None:
    """`data:` is for pictures that docgen drew, and nothing else."""
    if name == "src":
        return value if value.startswith(_PICTURE) else None
    if name == "href" and value.lower().lstrip().startswith("data:"):
        return None
    return None if name == "role" and value not in {"group", "img"} else value
