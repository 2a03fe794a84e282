"""Markdown text to tokens: the one parser that all of docgen reads Markdown with.

It speaks CommonMark with tables, strikethrough, task lists, bare links and footnotes. Raw HTML is
never a block of its own, so an unclosed tag or comment cannot swallow the Markdown after it.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

__all__ = ["parse", "parse_blocks"]

#: Deeper than anything written on purpose; what lies deeper still is dropped by the parser.
_MAX_NESTING: Final = 100
_OPENING: Final = re.compile(
    r"<(?:(!--)|(\?)|(!\[CDATA\[)|(script|style|iframe|object|noscript|template|svg|textarea)"
    r"(?=[\s/>]))",
    re.IGNORECASE,
)


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002 - the library's own name
        """Let every link through: which ones stay is decided on the tokens, where it is noted."""
        return True


@functools.cache
def _parser() -> _Parser:
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

    parser = _Parser("commonmark", {"maxNesting": _MAX_NESTING, "tasklists": True})
    parser.enable(["table", "strikethrough"])
    parser.disable("html_block")
    parser.use(gfm_autolink_plugin)
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    _guard_addresses(parser)
    parser.block.ruler.before(
        "heading", "raw_block", _raw_block, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    return parser


def parse(text: str) -> list[Token]:
    """Parse one section on its own: no definition or footnote of another one is seen.

    Args:
        text: Markdown that went through `repair`.
    """
    return _parser().parse(text, {})


def parse_blocks(text: str) -> list[Token]:
    """Parse the block structure only, which is all that finding fences and headings needs."""
    parser = _parser()
    tokens: list[Token] = []
    parser.block.parse(text, parser, {}, tokens)
    return tokens


def _guard_addresses(parser: MarkdownIt) -> None:
    """Let the rule for bare addresses look at colons only.

    It copies all of the text that follows before it looks, at each `w` and many other places: a
    cell of some megabytes took minutes.
    """
    ruler = parser.inline.ruler
    name = "gfm_autolink_protocol"
    rule = dict(zip(ruler.get_active_rules(), ruler.getRules(""), strict=True))[name]

    def at_colon(state: StateInline, silent: bool) -> bool:
        return state.src.startswith(":", state.pos) and rule(state, silent)

    ruler.at(name, at_colon)


def _raw_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a comment or a script-like element as one block, if it is closed before `end`."""
    first = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("<", first):
        return False
    opening = _OPENING.match(state.src, first, state.eMarks[start])
    if opening is None:
        return False
    after = _closed_at(state.src, opening, state.env)
    last = bisect_left(state.eMarks, after) if after > 0 else end
    if (
        last >= end
        or not _holds(state, start, last)
        or state.src[after : state.eMarks[last]].strip()
    ):
        return False
    if not silent:
        token = state.push("html_block", "", 0)
        token.map = [start, last + 1]
        token.content = state.getLines(start, last + 1, state.blkIndent, keepLastLF=True)
        state.line = last + 1
    return True


def _closed_at(source: str, opening: re.Match[str], env: EnvType) -> int:
    """Find where the closing mark ends, or -1; remembers misses so that reading stays linear."""
    comment, instruction, cdata, tag = opening.groups()
    if tag:
        mark = f"</{tag.lower()}\\s*>"
    else:
        mark = "-->" if comment else r"\?>" if instruction else "]]>" if cdata else ""
    if mark in env.setdefault("never_closed", set()):
        return -1
    found = re.compile(mark, re.IGNORECASE).search(source, opening.end())
    if found is None:
        env["never_closed"].add(mark)
        return -1
    return found.end()


def _holds(state: StateBlock, start: int, last: int) -> bool:
    """Whether lines up to `last` all belong to the container that `start` stands in."""
    lines = range(start + 1, last + 1)
    return all(state.isEmpty(line) or state.sCount[line] >= state.blkIndent for line in lines)
