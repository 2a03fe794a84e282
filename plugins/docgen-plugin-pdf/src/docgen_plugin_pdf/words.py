"""The few words that the PDF says itself, by language."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import attrs

__all__ = ["Words", "words"]


@attrs.frozen(kw_only=True)
class Words:
    """The PDF's words in one language.

    Attributes:
        contents: The heading over the table of contents, unless the document has its own.
        notes: The heading over footnotes that no page could take.
        diagram: What a diagram is called.
        page: The foot of a page, with `{number}` and `{total}`.
    """

    contents: str
    notes: str
    diagram: str
    page: str


def words(language: str) -> Words:
    """Look up the PDF's words.

    Args:
        language: A BCP 47 tag; only its first part counts.

    Returns:
        The words, in English when the language is not known.
    """
    text = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    primary = language.replace("_", "-").split("-")[0].lower()
    return Words(**{**tables["en"], **tables.get(primary, {})})
