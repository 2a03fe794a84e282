"""The few words that the book says itself, by language."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import attrs

__all__ = ["Words", "words"]


@attrs.frozen(kw_only=True)
class Words:
    """The book's words in one language; `words.toml` has them."""

    contents: str
    notes: str
    note: str
    back: str
    diagram: str
    done: str
    open: str


def words(language: str) -> Words:
    """Look up the book's words.

    Args:
        language: A BCP 47 tag; only its first part counts.

    Returns:
        The words, in English when the language is not known.
    """
    text = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    primary = language.replace("_", "-").split("-")[0].lower()
    return Words(**{**tables["en"], **tables.get(primary, {})})
