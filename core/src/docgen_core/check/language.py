"""Whether sections are in the language of their pack, told by a library that may be missing."""

from __future__ import annotations

import functools
import importlib.util
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from docgen_core.check.findings import Finding, found
from docgen_core.check.parts import Part

__all__ = ["NOT_INSTALLED", "can_tell", "check_language"]

NOT_INSTALLED: Final = (
    "the language of the sections: install what tells it with `pip install docgen-core[language]`"
)
_WIDE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
#: Below this, names and technical terms decide more than the language does.
_LEAST_WORDS, _LEAST_WIDE = 40, 60
_SURE: Final = 0.97
_Tell = Callable[[str], tuple[str, float]]


def can_tell() -> bool:
    """Whether the library is installed."""
    return importlib.util.find_spec("py3langid") is not None


def check_language(parts: Sequence[Part], language: str) -> Iterator[Finding]:
    """Find sections that are in another language.

    Args:
        parts: The sections.
        language: A BCP 47 tag; empty for the language that most of the text is in.
    """
    told = {id(part): _language_of(part) for part in parts if not part.made}
    wanted = _primary(language) or _most(parts, told)
    for part in parts:
        name = told.get(id(part), "")
        if name and wanted and not _same(name, wanted):
            message = f"the section {part.title!r} is in {name!r}, the pack in {wanted!r}"
            yield found("wrong-language", part.file, part.line, message, key=part.title)


def _primary(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].lower()


def _same(one: str, other: str) -> bool:
    norwegian = {"no", "nb", "nn", "da"}
    return one == other or {one, other} <= norwegian


def _most(parts: Sequence[Part], told: dict[int, str]) -> str:
    counts: Counter[str] = Counter()
    for part in parts:
        if told.get(id(part)):
            counts[told[id(part)]] += sum(len(block.prose) for block in part.texts)
    return counts.most_common(1)[0][0] if counts else ""


def _language_of(part: Part) -> str:
    """The language of a section's running text; empty when there is too little to be sure."""
    text = "\n".join(block.prose for block in part.texts if block.kind == "text")
    if len(_WORD.findall(text)) < _LEAST_WORDS and len(_WIDE.findall(text)) < _LEAST_WIDE:
        return ""
    name, sure = _teller()(text)
    return name if sure >= _SURE else ""


@functools.cache
def _teller() -> _Tell:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def tell(text: str) -> tuple[str, float]:
        name, sure = identifier.classify(text)
        return str(name), float(sure)

    return tell
