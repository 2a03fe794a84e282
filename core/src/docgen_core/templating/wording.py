"""A deliverable's own words in several languages: reads `words.toml` and falls back to English."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from docgen_core.errors import TemplateError
from docgen_core.templating.sources import Found

__all__ = ["FALLBACK_LANGUAGE", "TITLE", "WORDS_FILE", "Tables", "choose_words", "read_words"]

#: The file's name, beside the deliverable's templates.
WORDS_FILE: Final = "words.toml"

#: The word that is the section's title.
TITLE: Final = "title"

#: The language whose words are taken for those that the wanted language lacks.
FALLBACK_LANGUAGE: Final = "en"

#: Words by key, by language tag in lower case.
Tables = Mapping[str, Mapping[str, str]]

_HINT: Final = "It has one table for each language, for instance [en] with: title = 'Goals'."


def read_words(found: Found) -> Tables:
    """Read one `words.toml`.

    Args:
        found: The file.

    Raises:
        TemplateError: it is not TOML, or holds something other than tables of texts.
    """
    try:
        content = tomllib.loads(found.text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{found.path} cannot be read: {error}"
        raise TemplateError(msg, hint=_HINT) from error
    return {tag.replace("_", "-").lower(): _table(found, tag, content[tag]) for tag in content}


def choose_words(layers: Iterable[Tables], language: str) -> dict[str, str]:
    """Put the words for a language together, key by key.

    Args:
        layers: The tables of every file that has a say, the first one winning.
        language: A BCP 47 tag. `de-AT` takes what `de` has where `de-AT` itself has nothing.

    Returns:
        For every key of any file its word, in English where the language has none.
    """
    files = tuple(layers)
    words: dict[str, str] = {}
    for tag in _tags(language):
        for tables in files:
            words = {**tables.get(tag, {}), **words}
    return words


def _tags(language: str) -> Iterator[str]:
    """From the tag itself over its shorter forms to English."""
    parts = language.replace("_", "-").lower().split("-")
    yield from ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    yield FALLBACK_LANGUAGE


def _table(found: Found, tag: str, table: object) -> Mapping[str, str]:
    if not isinstance(table, dict):
        msg = f"{found.path}: {tag!r} stands outside a table of a language"
        raise TemplateError(msg, hint=_HINT)
    wrong = [key for key, word in table.items() if not isinstance(word, str)]
    if wrong:
        msg = f"{found.path}: {wrong[0]!r} in [{tag}] is not a text"
        raise TemplateError(msg, hint=_HINT)
    return table
