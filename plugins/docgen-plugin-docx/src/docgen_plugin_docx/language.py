"""Languages: the file's own words, the tags that Word knows, and the direction of text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

import attrs

__all__ = [
    "Words",
    "direction_runs",
    "is_right_to_left",
    "reads_right_to_left",
    "word_tag",
    "words",
]

_REGIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ar": "SA", "bg": "BG", "ca": "ES", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR",
        "en": "US", "es": "ES", "et": "EE", "fa": "IR", "fi": "FI", "fr": "FR", "he": "IL",
        "hi": "IN", "hr": "HR", "hu": "HU", "id": "ID", "it": "IT", "ja": "JP", "ko": "KR",
        "lt": "LT", "lv": "LV", "nb": "NO", "nl": "NL", "pl": "PL", "pt": "PT", "ro": "RO",
        "ru": "RU", "sk": "SK", "sl": "SI", "sr": "RS", "sv": "SE", "th": "TH", "tr": "TR",
        "uk": "UA", "ur": "PK", "vi": "VN", "zh": "CN",
    }
)  # fmt: skip
#: Fonts that Windows and Word have, by the writing.
_FONTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ko": "Malgun Gothic", "zh": "Microsoft YaHei", "zh-hant": "Microsoft JhengHei",
        "zh-hk": "Microsoft JhengHei", "zh-tw": "Microsoft JhengHei",
    }
)  # fmt: skip
_RIGHT_TO_LEFT: Final = frozenset(
    {"ar", "arc", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"}
)
#: Hebrew to Arabic Extended, their presentation forms, and the scripts of plane 1 that read so.
_RTL: Final = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff"
#: Letters that read from left to right, near enough: from Latin on, outside the blocks above.
_LTR: Final = (
    "A-Za-z\u00c0-\u024f\u0370-\u058f\u0900-\u1fff\u2c00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_STRETCH: Final = re.compile(f"[{_RTL}](?:[^{_LTR}]*[{_RTL}])?")
_STRONG: Final = re.compile(f"[{_RTL}{_LTR}]")


@attrs.frozen(kw_only=True)
class Words:
    """The file's own words in one language."""

    contents: str
    footnotes: str
    diagram: str
    page: str


def words(language: str) -> Words:
    """Look up the file's own words; in English when the language is not known."""
    text = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return Words(**{**tables["en"], **tables.get(_primary(language), {})})


def word_tag(language: str) -> str:
    """The tag with a region, without which Word does not know a language's spelling."""
    tag = language.replace("_", "-")
    region = _REGIONS.get(tag.lower())
    return f"{tag}-{region}" if region else tag


def east_asian_font(language: str) -> str:
    """The font for signs of East Asia, which look different in each of its languages."""
    tag = language.replace("_", "-").lower()
    return _FONTS.get(tag, _FONTS.get(_primary(tag), "Yu Gothic"))


def is_right_to_left(language: str) -> bool:
    """Whether documents in this language read from right to left."""
    return _primary(language) in _RIGHT_TO_LEFT


def reads_right_to_left(text: str, *, otherwise: bool) -> bool:
    """Whether a paragraph reads so: by its first letter, as browsers decide it.

    Args:
        text: The paragraph.
        otherwise: What holds for text without letters.
    """
    first = _STRONG.search(text)
    return otherwise if first is None else _STRETCH.match(first[0]) is not None


def direction_runs(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text where its direction changes.

    Yields:
        Pieces in order, and whether each reads from right to left.
    """
    at = 0
    for found in _STRETCH.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(text):
        yield text[at:], False


def _primary(language: str) -> str:
    return language.replace("_", "-").split("-")[0].lower()
