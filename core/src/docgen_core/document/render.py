"""Tokens to Markdown text, with mdformat's renderer and this room's own lists, tables and notes.

The own renderers stand where mdformat's take quadratic time (long lists, long paragraphs), write
what a reader would not (zero-padded numbers, padded tables) or lean on a backslash before `<`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs
from markdown_it.token import Token
from mdformat.renderer import DEFAULT_RENDERERS, MDRenderer, RenderContext, RenderTreeNode

from docgen_core.document.inline import paragraph_tokens, tidy, top_level

__all__ = ["escape_inline", "render"]

_LISTS: Final = frozenset({"bullet_list_open", "ordered_list_open"})
_MAX_NUMBER: Final = 999_999_999
_NOTE_START: Final = re.compile(r"(\\*)\[\^")
_TICK_BOX: Final = re.compile(r"^\[[ xX]\]", re.MULTILINE)
_BACKTICKS: Final = re.compile("`+")
_ENTITY_BREAK: Final = re.compile(r"\\<")


def render(tokens: Sequence[Token]) -> str:
    """Write tokens as Markdown, without a newline at the end.

    Args:
        tokens: A balanced block stream. It is marked up in place: render it once only.
    """
    _mark_lists(tokens)
    _mark_texts(tokens)
    # Block by block: mdformat looks a node's neighbours up by a linear search.
    blocks = [_renderer().render(run, _options(), {}, finalize=False) for run in top_level(tokens)]
    return "\n\n".join(block for block in blocks if block)


def escape_inline(text: str) -> str:
    """Write plain text so that it reads the same as Markdown, on one line.

    Args:
        text: Untrusted plain text, for instance a brief's title.

    Returns:
        Markdown that is safe as a heading, as a paragraph and as the text of a link.
    """
    line = " ".join(text.split())
    if not line:
        return ""
    escaped = render(paragraph_tokens(line))
    return escaped[:-1] + "\\#" if escaped.endswith("#") else escaped


@functools.cache
def _renderer() -> MDRenderer:
    return MDRenderer()


def _options() -> dict[str, Any]:
    return {"parser_extension": [_Extension()], "mdformat": {}, "codeformatters": {}}


# What the renderers below need to know about neighbours is written into the tokens beforehand, in
# one pass over the stream.


def _mark_texts(tokens: Sequence[Token]) -> None:
    for block in tokens:
        if block.type == "inline":
            block.children = tidy(block.children or [])
            for token, following in zip(block.children, block.children[1:], strict=False):
                if token.type == "text" and following.type == "link_open":
                    token.meta["before_link"] = True


@attrs.define
class _OpenList:
    token: Token
    kinds: list[str] = attrs.field(factory=list)
    tight: bool = True
    last_child: str = ""


def _mark_lists(tokens: Sequence[Token]) -> None:
    """Decide for each list whether it is tight, and which marker sets it off from the last."""
    containers: list[_OpenList | None] = []
    previous: list[tuple[str, int]] = [("", 0)]
    for position, token in enumerate(tokens):
        if token.nesting >= 0:
            _mark_child(tokens, position, containers)
        if token.nesting == 1:
            is_list = token.type in _LISTS
            if is_list:
                kind, count = previous[-1]
                token.meta["odd"] = odd = not (kind == token.type and count % 2)
                previous[-1] = (token.type, 1 if odd else 2)
            elif token.type != "list_item_open":
                previous[-1] = ("", 0)
            previous.append(("", 0))
            containers.append(_OpenList(token) if is_list else None)
        elif token.nesting == -1:
            previous.pop()
            closed = containers.pop()
            if closed is not None:
                closed.token.meta["tight"] = closed.tight
        elif token.block:
            previous[-1] = ("", 0)


def _mark_child(
    tokens: Sequence[Token], position: int, containers: Sequence[_OpenList | None]
) -> None:
    token = tokens[position]
    if token.type == "list_item_open" and containers and containers[-1]:
        containers[-1].last_child = ""
    elif len(containers) > 1 and (holder := containers[-2]):
        # The child of an item: the list is the container around the item.
        loose = token.type == "paragraph_open" and not token.hidden
        if loose or not _may_touch(holder.last_child, tokens, position):
            holder.tight = False
        holder.last_child = token.type


def _may_touch(before: str, tokens: Sequence[Token], position: int) -> bool:
    """Whether a block may follow another one in a list item without a blank line between."""
    token = tokens[position]
    if before in {"", "fence", "code_block", "heading_open", "hr"}:
        return True
    if before not in {"paragraph_open", "blockquote_open", *_LISTS} or token.type == before:
        return False
    if token.type == "ordered_list_open" and token.attrs.get("start", 1) != 1:
        return False
    if token.type in _LISTS:
        return tokens[position + 2].type != "list_item_close"
    return token.type in {"fence", "code_block", "heading_open", "hr", "blockquote_open"}


class _View:
    """The part of a node that mdformat's text renderer looks at, without its neighbours."""

    next_sibling = None
    parent = None

    def __init__(self, content: str) -> None:
        self.content = content


def _text(node: RenderTreeNode, context: RenderContext) -> str:
    text = DEFAULT_RENDERERS["text"](_View(node.content), context)  # type: ignore[arg-type]
    # Not every reader of Markdown takes a backslash before "<"; all of them take the entity.
    text = _ENTITY_BREAK.sub("&lt;", text).replace("~~", "\\~~")
    text = _NOTE_START.sub(_escape_note, text)
    if node.meta.get("before_link") and text.endswith("!"):
        text = text[:-1] + "\\!"
    return text


def _escape_note(found: re.Match[str]) -> str:
    return found[0] if len(found[1]) % 2 else f"{found[1]}\\[^"


def _after_paragraph(text: str, _node: RenderTreeNode, _context: RenderContext) -> str:
    text = _TICK_BOX.sub(lambda found: "\\" + found[0], text)
    return "\n".join(_escape_delimiters(line) for line in text.split("\n"))


def _escape_delimiters(line: str) -> str:
    """Keep a line of dashes and bars from becoming the second line of a table."""
    return line.replace("-", "\\-", 1) if line and not line.strip("|-: ") else line


def _strikethrough(node: RenderTreeNode, context: RenderContext) -> str:
    return "~~" + "".join(child.render(context) for child in node.children) + "~~"


def _indented_code(node: RenderTreeNode, _context: RenderContext) -> str:
    # With a language, or code alone in a section would look like a fence around a whole answer.
    fence = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(node.content)), default=0))
    return f"{fence}text\n{node.content}{fence}"


def _rule(_node: RenderTreeNode, _context: RenderContext) -> str:
    return "___"


def _list(node: RenderTreeNode, context: RenderContext) -> str:
    if node.type == "bullet_list":
        markers = ["-" if node.meta["odd"] else "*"] * len(node.children)
    else:
        start = int(node.attrs.get("start", 1))
        mark = "." if node.meta["odd"] else ")"
        numbers = range(start, start + len(node.children))
        markers = [f"{min(number, _MAX_NUMBER)}{mark}" for number in numbers]
    items = zip(markers, node.children, strict=True)
    separator = "\n" if node.meta["tight"] else "\n\n"
    return separator.join(_hang(marker, _item(item, context, separator)) for marker, item in items)


def _item(node: RenderTreeNode, context: RenderContext, separator: str) -> str:
    text = separator.join(filter(None, (child.render(context) for child in node.children)))
    if "checked" not in node.meta:
        return text
    return ("[x] " if node.meta["checked"] else "[ ] ") + text


def _hang(marker: str, text: str) -> str:
    """Put a marker before the first line and indent the others under it."""
    return f"{marker} {_indent(text, len(marker) + 1).lstrip(' ')}" if text else marker


def _indent(text: str, width: int) -> str:
    return "\n".join(" " * width + line if line else "" for line in text.split("\n"))


def _table(node: RenderTreeNode, context: RenderContext) -> str:
    rows = [row for part in node.children for row in part.children]
    lines = [_row([cell.render(context) for cell in row.children]) for row in rows]
    lines.insert(1, _row([_alignment(cell) for cell in rows[0].children]))
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _alignment(cell: RenderTreeNode) -> str:
    style = str(cell.attrs.get("style", "")).removeprefix("text-align:")
    return {"left": ":--", "right": "--:", "center": ":-:"}.get(style, "---")


def _cell(node: RenderTreeNode, context: RenderContext) -> str:
    text = "".join(child.render(context) for child in node.children)
    return text.replace("|", "\\|")


def _note_reference(node: RenderTreeNode, _context: RenderContext) -> str:
    return f"[^{node.meta['label']}]"


def _note(node: RenderTreeNode, context: RenderContext) -> str:
    text = "\n\n".join(filter(None, (child.render(context) for child in node.children)))
    label = f"[^{node.meta['label']}]:"
    if not text:
        return label
    body = _indent(text, 4)
    begins_with_text = node.children[0].type == "paragraph"
    return f"{label} {body[4:]}" if begins_with_text else f"{label}\n{body}"


class _Extension:
    """What MDRenderer takes for a plugin: renderers by node type, and text fixes after them."""

    RENDERERS: Final[Mapping[str, Callable[[RenderTreeNode, RenderContext], str]]] = {
        "text": _text,
        "s": _strikethrough,
        "code_block": _indented_code,
        "hr": _rule,
        "bullet_list": _list,
        "ordered_list": _list,
        "table": _table,
        "th": _cell,
        "td": _cell,
        "footnote_ref": _note_reference,
        "footnote_reference": _note,
    }
    POSTPROCESSORS: Final = {"paragraph": _after_paragraph}
