"""Small tools for tokens that several modules of this room need: making, reading, tidying them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from markdown_it.token import Token

__all__ = ["heading_tokens", "paragraph_tokens", "plain_text", "text_token", "tidy"]


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
        elif token.type in {"softbreak", "hardbreak"} or token.content == "<br>":
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
    """Join neighbouring texts and take blanks off both ends, as a paragraph has none there."""
    joined: list[Token] = []
    for token in children:
        if token.type == "text" and joined and joined[-1].type == "text":
            joined[-1] = text_token(joined[-1].content + token.content)
        elif not _is_idle(token, joined):
            joined.append(token)
    _trim(joined, 0)
    _trim(joined, -1)
    return joined


def _is_idle(token: Token, before: Sequence[Token]) -> bool:
    """Whether a token says nothing: an empty text, or a line break after another one."""
    if token.type == "softbreak":
        return bool(before) and before[-1].type in {"softbreak", "hardbreak"}
    return token.type == "text" and not token.content


def _trim(children: list[Token], end: int) -> None:
    while children:
        token = children[end]
        if token.type == "text":
            token.content = (
                token.content.lstrip(" \t\n") if end == 0 else token.content.rstrip(" \t\n")
            )
        if token.type not in {"text", "softbreak", "hardbreak"} or token.content:
            return
        del children[end]
