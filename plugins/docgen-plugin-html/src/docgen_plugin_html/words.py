"""The few words that the page says itself, by language."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import attrs

__all__ = ["Words", "words"]


@attrs.frozen(kw_only=True)
class Words:
    """The page's words in one language; `words.toml` says where each stands."""

    contents: str
    skip: str
    theme: str
    details: str
    model: str
    plugin: str
    template: str
    time: str
    tokens: str
    tokens_value: str
    table: str
    diagram: str
    as_text: str
    as_text_below: str
    footnote: str
    footnotes: str
    back: str
    done: str
    open: str
    made_with: str
    document: str
    report: str
    views: str


def words(language: str) -> Words:
    """Look up the page's words.

    Args:
        language: A BCP 47 tag; only its first part counts.

    Returns:
        The words, in English when the language is not known.
    """
    text = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    primary = language.replace("_", "-").split("-")[0].lower()
    return Words(**{**tables["en"], **tables.get(primary, {})})
