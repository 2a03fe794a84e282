"""Small tools for tokens that several modules of this room need: making, reading, tidying them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from markdown_it.token import Token

__all__ = ["heading_tokens", "paragraph_tokens", "plain_text", "text_token", "tidy"]

_BREAKS: Final = frozenset({"softbreak", "hardbreak"})
_BLANKS: Final = " \t\n"


def text_token(content: str) -> Token:
    """Make a text token."""
    return Token("text", "", 0, content=content)


def plain_text(children: Iterable[Token] | None) -> str:
    """The visible text of inline tokens on one line, without markup, notes or raw HTML."""
    return " ".join("".join(_words(children or ())).split())


def _words(children: Iterable[Token]) -> Iterator[str]:
    for token in children:
        if token.type in {"text", "code_inline"}:
            yield token.content
        elif token.type in _BREAKS or token.content == "<br>":
            yield " "
        elif token.type == "image":
            yield from _words(token.children or ())


def heading_tokens(level: int, title: str) -> list[Token]:
    """Make a heading that holds plain text.

    Args:
        level: 1 to 6.
        title: The heading as plain text; Markdown characters in it stay what they are.
    """
    tag = f"h{level}"
    return [
        Token("heading_open", tag, 1, markup="#" * level, block=True),
        Token("inline", "", 0, content=title, children=[text_token(title)], block=True),
        Token("heading_close", tag, -1, markup="#" * level, block=True),
    ]


def paragraph_tokens(text: str) -> list[Token]:
    """Make a paragraph that holds plain text."""
    return [
        Token("paragraph_open", "p", 1, block=True),
        Token("inline", "", 0, content=text, children=[text_token(text)], block=True),
        Token("paragraph_close", "p", -1, block=True),
    ]


def tidy(children: Sequence[Token]) -> list[Token]:
    """Join neighbouring texts and take blanks off the ends of lines, where they say nothing."""
    tidied: list[Token] = []
    for token in _joined(children):
        at_start = not tidied or tidied[-1].type in _BREAKS
        if token.type == "softbreak":
            _strip_last(tidied)
            at_start = not tidied or tidied[-1].type in _BREAKS
        if token.type == "text" and at_start and token.content[:1] in _BLANKS:
            token = text_token(token.content.lstrip(_BLANKS))  # noqa: PLW2901
        if (token.type == "softbreak" and at_start) or (token.type == "text" and not token.content):
            continue
        tidied.append(token)
    _strip_last(tidied)
    while tidied and tidied[-1].type in _BREAKS:
        tidied.pop()
        _strip_last(tidied)
    return tidied


def _joined(children: Sequence[Token]) -> Iterator[Token]:
    """The tokens with neighbouring texts made one."""
    for is_text, group in groupby(children, key=lambda token: token.type == "text"):
        run = list(group)
        if is_text and len(run) > 1:
            yield text_token("".join(token.content for token in run))
        else:
            yield from run


def _strip_last(tokens: list[Token]) -> None:
    """Take the blanks off a text at the end, and the text away if it held nothing else."""
    if tokens and tokens[-1].type == "text" and tokens[-1].content[-1:] in _BLANKS:
        content = tokens[-1].content.rstrip(_BLANKS)
        tokens[-1:] = [text_token(content)] if content else []
