"""How a schema class describes itself: markers for `Annotated`, nothing but data.

A structured deliverable declares a frozen attrs class. The core derives from it what is asked of
the model, structures the answer into it, and gives every item an id that stays.
"""

from __future__ import annotations

import re
from typing import Final

import attrs

__all__ = ["Field", "Identity", "Reference"]

_PREFIX: Final = re.compile(r"[A-Z]{1,3}")


def _described(_instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not value.strip() or "\n" in value:
        msg = f"{attribute.name} must be one line of text, got {value!r}"
        raise ValueError(msg)


def _prefix(_instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not _PREFIX.fullmatch(value):
        msg = f"{attribute.name} must be one to three capital letters, got {value!r}"
        raise ValueError(msg)


def _bound(_instance: object, attribute: attrs.Attribute[int | None], value: int | None) -> None:
    if value is not None and value < 0:
        msg = f"{attribute.name} must be 0 or more, got {value}"
        raise ValueError(msg)


def _ordered(instance: Field | Reference) -> None:
    if instance.least is not None and instance.most is not None and instance.least > instance.most:
        msg = f"least ({instance.least}) is more than most ({instance.most})"
        raise ValueError(msg)


@attrs.frozen
class Field:
    """Describes one field of a schema class.

    Attributes:
        description: What belongs there, as a phrase. It reaches the model and the documentation.
        limit: The most characters of the text, or of each text of a list; None for the core's own.
        least: The fewest items of a list, or the smallest whole number.
        most: The most items of a list, or the largest whole number.
        lines: True for a text of several lines, which the template shows as a block.
        setting: The name of a setting of the deliverable, a whole number, that says how many
            items a list has, within `least` and `most`; None in it leaves these as they are.
        exact: True where that setting is the number of items to ask for, not only the most.

    Example:
        >>> from typing import Annotated
        >>> import attrs
        >>> @attrs.frozen(kw_only=True)
        ... class Term:
        ...     name: Annotated[str, Field("the term itself", limit=40)]
        ...     meanings: Annotated[tuple[str, ...], Field("what it means", least=1, most=3)]
        >>> Term(name="Lead", meanings=("A person who may buy.",)).name
        'Lead'
    """

    description: str = attrs.field(validator=_described)
    limit: int | None = attrs.field(default=None, kw_only=True, validator=_bound)
    least: int | None = attrs.field(default=None, kw_only=True, validator=_bound)
    most: int | None = attrs.field(default=None, kw_only=True, validator=_bound)
    lines: bool = attrs.field(default=False, kw_only=True)
    setting: str = attrs.field(default="", kw_only=True)
    exact: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _ordered(self)
        if self.exact and not self.setting:
            msg = "exact needs a setting that says how many"
            raise ValueError(msg)


@attrs.frozen
class Identity:
    """Marks the field that holds an item's id, for instance `P1`; its default is an empty text.

    The model is never asked for it: the core numbers the items, and keeps an item's id when the
    deliverable is written again.

    Attributes:
        prefix: One to three capital letters, the same for all items of a kind.
    """

    prefix: str = attrs.field(validator=_prefix)


@attrs.frozen
class Reference:
    """Marks a field, one text or a list, that names items by their ids.

    The items may stand in any deliverable that this one reads (`needs` or `uses`), or earlier in
    its own answer. What is sent to the model allows only ids that exist. Where there are none,
    the model is not asked, so the field needs a default: an empty text, or an empty tuple.

    Attributes:
        prefix: The prefix of the items' ids.
        description: Which of them, as a phrase. It reaches the model and the documentation.
        least: The fewest ids of a list.
        most: The most ids of a list.
    """

    prefix: str = attrs.field(validator=_prefix)
    description: str = attrs.field(validator=_described)
    least: int | None = attrs.field(default=None, kw_only=True, validator=_bound)
    most: int | None = attrs.field(default=None, kw_only=True, validator=_bound)

    def __attrs_post_init__(self) -> None:
        _ordered(self)
