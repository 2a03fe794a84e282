"""Headings of one section: its repeated title dropped, gaps closed, levels fitted under it."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from typing import Final

from markdown_it.token import Token

from docgen_core.document.inline import plain_text, text_token
from docgen_core.document.repairs import is_remark

__all__ = ["fit_headings"]

_DEEPEST: Final = 6
#: From here on two titles are taken for the same ("Persona", "Personas").
_ALIKE: Final = 0.85


def fit_headings(tokens: Sequence[Token], *, title: str, under: int) -> list[Token]:
    """Bring a section's headings into shape.

    Args:
        tokens: The section's tokens; heading tokens are changed in place.
        title: The section title, which the document shows itself.
        under: The level of the section heading: the first one below it is `under + 1`.

    Returns:
        The tokens without a repeated title at the top and without empty headings. Levels deeper
        than 6 become 6.
    """
    fitted = _without_empty(tokens)
    while (length := _repeated_title(fitted, title)) > 0:
        fitted = fitted[length:]
    _fit_levels(fitted, under)
    return fitted


def _without_empty(tokens: Sequence[Token]) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        kept.append(token)
        if token.type == "heading_close":
            inline = kept[-2]
            inline.children = [_on_one_line(child) for child in inline.children or ()]
            if not plain_text(inline.children):
                del kept[-3:]
    return kept


def _on_one_line(token: Token) -> Token:
    is_break = token.type in {"softbreak", "hardbreak"} or token.content == "<br>"
    return text_token(" ") if is_break else token


def _repeated_title(tokens: Sequence[Token], title: str) -> int:
    """How many tokens at the top only say the section title again."""
    if not tokens or tokens[0].type not in {"heading_open", "paragraph_open"}:
        return 0
    children = tokens[1].children or []
    if tokens[0].type == "paragraph_open" and not _is_bold(children):
        return _announcement(tokens)
    is_document_title = tokens[0].tag == "h1"
    return 3 if _says(plain_text(children), title, loosely=is_document_title) else 0


def _announcement(tokens: Sequence[Token]) -> int:
    """How many tokens at the top only announce the heading that follows."""
    line = plain_text(tokens[1].children)
    announces = line.endswith(":") and is_remark(line)
    before_heading = [token.type for token in tokens[3:4]] == ["heading_open"]
    return 3 if announces and before_heading else 0


def _is_bold(children: Sequence[Token]) -> bool:
    """Whether a paragraph is one bold run and nothing else."""
    texts = [token for token in children if token.type != "text" or token.content.strip(" :")]
    types = [token.type for token in texts]
    return types[:1] == ["strong_open"] and types.index("strong_close") == len(types) - 1


def _says(text: str, title: str, *, loosely: bool) -> bool:
    said, wanted = _words(text), _words(title)
    if not said or not wanted:
        return False
    if said == wanted:
        return True
    if _numbers(said) != _numbers(wanted):
        return False
    ratio = difflib.SequenceMatcher(None, " ".join(said), " ".join(wanted), autojunk=False).ratio()
    return ratio >= _ALIKE or (loosely and set(wanted) <= set(said))


def _words(text: str) -> list[str]:
    """The words in lower case, without punctuation and without a number in front."""
    folded = unicodedata.normalize("NFKC", text[:400]).casefold()
    words = "".join(char if char.isalnum() else " " for char in folded).split()
    while len(words) > 1 and words[0].isdigit():
        del words[0]
    return words


def _numbers(words: Sequence[str]) -> list[str]:
    return [word for word in words if not word.isalpha()]


def _fit_levels(tokens: Sequence[Token], under: int) -> None:
    outer: list[int] = []
    for opening, closing in zip(tokens, tokens[2:], strict=False):
        if opening.type != "heading_open":
            continue
        written = int(opening.tag[1])
        while outer and outer[-1] >= written:
            outer.pop()
        outer.append(written)
        level = min(under + len(outer), _DEEPEST)
        opening.tag = closing.tag = f"h{level}"
        opening.markup = closing.markup = "#" * level
