"""Block tokens to Markdown text, in one pass over the stream and in time linear to its length."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import attrs
from markdown_it.token import Token

from docgen_core.document.inline import paragraph_tokens
from docgen_core.document.spans import guard_edges, longest_run, write_spans

__all__ = ["escape_inline", "render"]

_MAX_NUMBER: Final = 999_999_999
_LISTS: Final = frozenset({"bullet_list_open", "ordered_list_open"})
#: Blocks that may follow any of the above without a blank line between.
_CUTTING: Final = frozenset({"fence", "code_block", "heading_open", "hr"})
_TILDES: Final = re.compile("~+")
#: Line starts that would begin another block: heading, quote, list item, task box.
_BLOCK_START: Final = re.compile(r"#{1,6}(?=[ \t]|$)|>|[-+*](?=[ \t]|$)|\[[ xX]\](?=\s|$)")
#: A reference to a note that, with the colon after it, would pass for the note itself.
_NOTE_START: Final = re.compile(r"\[\^[^\]\s]+\](?=:)")
_NUMBER_START: Final = re.compile(r"(\d{1,9})([.)])(?=[ \t]|$)")
_LONE_TAG: Final = re.compile(r"\A((?:</?[a-z]+>)+)\n")
#: Whole lines that would be a rule, an underline of a heading or the second line of a table.
_RULE: Final = re.compile(r"=+|[-|: ]*-[-|: ]*|(?:_ *){3,}|(?:\* *){3,}")


@attrs.define
class _Block:
    """One block with what it holds, while it is being written."""

    token: Token
    blocks: list[_Block] = attrs.field(factory=list)
    text: str = ""
    #: For lists: which of the two markers this one has.
    second_marker: bool = False


def render(tokens: Sequence[Token]) -> str:
    """Write tokens as Markdown, without a newline at the end.

    Args:
        tokens: A balanced block stream that went through `make_safe`.
    """
    stack = [_Block(Token("root", "", 0))]
    for token in tokens:
        if token.nesting == 1:
            stack.append(_Block(token))
            continue
        block = stack.pop() if token.nesting else _Block(token)
        holder = stack[-1]
        writer = _WRITERS.get(block.token.type)
        if block.token.type in _LISTS:
            block.second_marker = _follows_its_like(block, holder)
        if writer is not None:
            block.text = writer(block)
        holder.blocks.append(block)
    return _join(stack[0].blocks)


def escape_inline(text: str) -> str:
    """Write plain text so that it reads the same as Markdown, on one line.

    Args:
        text: Untrusted plain text, for instance a brief's title.

    Returns:
        Markdown that is safe as a heading, as a paragraph and as the text of a link.
    """
    line = " ".join(text.split())
    return _escape_last_hash(render(paragraph_tokens(line))) if line else ""


def _join(blocks: Iterable[_Block], separator: str = "\n\n") -> str:
    return separator.join(block.text for block in blocks if block.text)


def _indent(text: str, width: int) -> str:
    margin = " " * width
    return "\n".join(margin + line if line else "" for line in text.split("\n"))


def _inline(block: _Block) -> str:
    return write_spans(block.token.children or ())


def _heading(block: _Block) -> str:
    text = guard_edges(_join(block.blocks))
    return f"{block.token.markup} {_escape_last_hash(text)}"


def _escape_last_hash(text: str) -> str:
    """A hash at the end of a heading would be read as its closing mark."""
    if not text.endswith("#"):
        return text
    backslashes = len(text[:-1]) - len(text[:-1].rstrip("\\"))
    return text if backslashes % 2 else text[:-1] + "\\#"


def _paragraph(block: _Block) -> str:
    text = guard_edges(_join(block.blocks))
    lines = "\n".join(_line(line.strip(" \t")) for line in text.split("\n"))
    # A tag alone on the first line would make other viewers read the paragraph as raw HTML.
    return _LONE_TAG.sub(r"\1", lines)


def _line(line: str) -> str:
    """Keep a paragraph's line from beginning another block."""
    if not line or line[0].isalpha():
        return line
    if _BLOCK_START.match(line):
        return "\\" + line
    if note := _NOTE_START.match(line):
        return f"{note[0]}\\{line[note.end() :]}"
    if number := _NUMBER_START.match(line):
        return f"{number[1]}\\{line[number.start(2) :]}"
    if _RULE.fullmatch(line):
        at = min(line.index(mark) for mark in "-=_*" if mark in line)
        return f"{line[:at]}\\{line[at:]}"
    return line


def _fence(block: _Block) -> str:
    info, code = block.token.info.strip(), block.token.content
    mark, longest = ("~", longest_run(code, _TILDES)) if "`" in info else ("`", longest_run(code))
    fence = mark * max(3, longest + 1)
    end = "" if not code or code.endswith("\n") else "\n"
    return f"{fence}{info}\n{code}{end}{fence}"


def _indented_code(block: _Block) -> str:
    # With a language, or code alone in a section would look like a fence around a whole answer.
    block.token.info = "text"
    return _fence(block)


def _quote(block: _Block) -> str:
    lines = _join(block.blocks).split("\n")
    return "\n".join(f"> {line}" if line else ">" for line in lines)


def _follows_its_like(block: _Block, holder: _Block) -> bool:
    """Two lists in a row would be read as one if they had the same marker."""
    before = holder.blocks[-1] if holder.blocks else None
    alike = before is not None and before.token.type == block.token.type
    return before is not None and alike and not before.second_marker


def _list(block: _Block) -> str:
    separator = "\n" if all(map(_is_tight, block.blocks)) else "\n\n"
    return separator.join(
        _hang(marker, _item(item, separator))
        for marker, item in zip(_markers(block), block.blocks, strict=True)
    )


def _markers(block: _Block) -> Iterable[str]:
    if block.token.type == "bullet_list_open":
        return ["*" if block.second_marker else "-"] * len(block.blocks)
    start = int(block.token.attrs.get("start", 1))
    end = ")" if block.second_marker else "."
    numbers = range(start, start + len(block.blocks))
    return (f"{min(number, _MAX_NUMBER)}{end}" for number in numbers)


def _is_tight(item: _Block) -> bool:
    blocks = [block for block in item.blocks if block.text]
    if any(block.token.type == "paragraph_open" and not block.token.hidden for block in blocks):
        return False
    return all(_may_touch(first, then) for first, then in pairwise(blocks))


def _may_touch(first: _Block, then: _Block) -> bool:
    """Whether a block may follow another one in a list item without a blank line between."""
    before, kind = first.token.type, then.token.type
    if before in _CUTTING:
        return True
    if before == kind or before not in {"paragraph_open", "blockquote_open", *_LISTS}:
        return False
    if kind in _LISTS:
        # Only a list that begins with text, and with 1, may break into a paragraph.
        return then.token.attrs.get("start", 1) == 1 and then.text.split("\n")[0][-1] not in "-*.)"
    return kind == "blockquote_open" or kind in _CUTTING


def _item(item: _Block, separator: str) -> str:
    text = _join(item.blocks, separator)
    if "checked" not in item.token.meta:
        return text
    return ("[x] " if item.token.meta["checked"] else "[ ] ") + text


def _hang(marker: str, text: str) -> str:
    """Put a marker before the first line and indent the others under it."""
    return f"{marker} {_indent(text, len(marker) + 1).lstrip(' ')}" if text else marker


def _table(block: _Block) -> str:
    rows = [row.blocks for part in block.blocks for row in part.blocks]
    lines = [_row(cell.text for cell in row) for row in rows]
    lines.insert(1, _row(map(_alignment, rows[0])))
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _alignment(cell: _Block) -> str:
    style = str(cell.token.attrs.get("style", "")).removeprefix("text-align:")
    return {"left": ":--", "right": "--:", "center": ":-:"}.get(style, "---")


def _cell(block: _Block) -> str:
    return guard_edges(_join(block.blocks)).replace("|", "\\|")


def _note(block: _Block) -> str:
    label = f"[^{block.token.meta['label']}]:"
    text = _join(block.blocks)
    if not text:
        return label
    body = _indent(text, 4)
    begins_with_text = block.blocks[0].token.type == "paragraph_open"
    return f"{label} {body[4:]}" if begins_with_text else f"{label}\n{body}"


#: Blocks without a writer (list items, table rows) are written by what holds them.
_WRITERS: Final[Mapping[str, Callable[[_Block], str]]] = MappingProxyType(
    {
        "inline": _inline,
        "heading_open": _heading,
        "paragraph_open": _paragraph,
        "blockquote_open": _quote,
        "bullet_list_open": _list,
        "ordered_list_open": _list,
        "table_open": _table,
        "th_open": _cell,
        "td_open": _cell,
        "footnote_reference_open": _note,
        "fence": _fence,
        "code_block": _indented_code,
        "hr": lambda _block: "___",
    }
)
