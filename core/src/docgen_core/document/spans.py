"""Inline tokens to Markdown: text escaped no more than needed, links, code, emphasis."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from markdown_it.token import Token

from docgen_core.document.inline import tidy

__all__ = ["guard_edges", "longest_run", "write_spans"]

#: Text without any of these needs no escape.
_SPECIAL: Final = re.compile(r"[\\*_\[\]<`&\t\n]|  |~~")
_ESCAPES: Final = re.compile(
    r"(?P<space>[ \t]{2,}|\t)|(?P<newline>\n)"
    # A closed pair of brackets stays, unless it could be a link, a note or a definition.
    r"|(?P<stays>\[(?![\^ ]|[xX]\])[^\[\]\\*_<`&\t\n~]*\](?![:(\[]))"
    r"|(?P<tildes>~{3,})|(?P<plain>\\|`|\[|\]|~~)|(?P<star>\*)|(?P<line>_)"
    r"|(?P<less><(?=[A-Za-z/!?]|\Z))|(?P<entity>&(?=#[0-9xX]|[A-Za-z][A-Za-z0-9]*;))"
)
#: What a reader would make a link of, although the author's parser did not.
_LINKED_BARE: Final = re.compile(
    r"(?:\A|(?<=[\s*_~(]))(?:www(?=\.)|https?(?=://)|(?:mailto|xmpp)(?=:)|[\w.+-]+(?=@[\w-]+\.))"
)
_NEEDS_BRACKETS: Final = re.compile(r"[\x00-\x20\x7f()]|\A\Z")
#: Braces right behind these are attributes to pandoc, for instance `{=html}`: raw output.
_ATTRIBUTABLE: Final = frozenset({"code_inline", "link_close"})
_WORD: Final = re.compile(r"\w")
_BACKTICKS: Final = re.compile("`+")
_STRUCK: Final = "~~"
#: Tildes at the end and at the start of a text, the first perhaps escaped.
_LAST_TILDES: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\?(~+)\Z")
_FIRST_TILDES: Final = re.compile(r"\A()\\?(~+)")


def write_spans(children: Sequence[Token]) -> str:
    """Write the inside of a paragraph, heading or cell.

    Args:
        children: Inline tokens without images, which `make_safe` has replaced.
    """
    written: list[str] = []
    links: list[Token] = []
    before = ""
    for token in tidy(children):
        if token.type == "link_open":
            _escape_mark(written)
            links.append(token)
            written.append("" if token.info == "auto" else "[")
        elif token.type == "link_close":
            written.append(_link_end(links.pop()))
        elif not (links and links[-1].info == "auto"):
            text = _WRITERS[token.type](token)
            if before in _ATTRIBUTABLE and token.type == "text" and text.startswith("{"):
                text = "\\" + text
            linkable = token.type == "text" and not links
            written.append(_LINKED_BARE.sub(r"\g<0>\\", text) if linkable else text)
            _part_tildes(written)
        before = token.type
    return "".join(written)


def guard_edges(text: str) -> str:
    """Keep a blank at either end, such as a no-break space, from being taken for layout."""
    if text and text[0].isspace():
        text = f"&#{ord(text[0])};{text[1:]}"
    if text and text[-1].isspace():
        text = f"{text[:-1]}&#{ord(text[-1])};"
    return text


def longest_run(text: str, pattern: re.Pattern[str] = _BACKTICKS) -> int:
    """The length of the longest match in a text, 0 without any."""
    return max(map(len, pattern.findall(text)), default=0)


def _escape_mark(written: list[str]) -> None:
    """A `!` just before a link would make it an image."""
    if written and written[-1].endswith("!"):
        written[-1] = written[-1][:-1] + "\\!"


def _part_tildes(written: list[str]) -> None:
    """Tildes beside the mark of struck-out text would lengthen it, even to a fence."""
    before, after = ("", *written)[-2:]
    if _STRUCK not in {before, after} or before == after:
        return
    if after == _STRUCK:
        written[-2:-1] = [_LAST_TILDES.sub(_escape_tildes, before)] if before else []
    else:
        written[-1] = _FIRST_TILDES.sub(_escape_tildes, after)


def _escape_tildes(found: re.Match[str]) -> str:
    return found[1] + "\\~" * len(found[2])


def _link_end(opening: Token) -> str:
    address = str(opening.attrs.get("href", ""))
    if opening.info == "auto":
        return f"<{_without_mailto(opening, address)}>"
    if _NEEDS_BRACKETS.search(address):
        address = f"<{address}>"
    title = " ".join(str(opening.attrs.get("title", "")).split())
    if not title:
        return f"]({address})"
    quoted = title.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f']({address} "{quoted}")'


def _without_mailto(opening: Token, address: str) -> str:
    return address.removeprefix("mailto:") if opening.meta.get("mail") else address


def _text(token: Token) -> str:
    text = token.content
    return _ESCAPES.sub(_escape, text) if _SPECIAL.search(text) else text


def _escape(found: re.Match[str]) -> str:
    kind = found.lastgroup or ""
    if kind in {"star", "line"}:
        return "\\" + found[0] if _could_emphasise(found, kind) else found[0]
    if kind == "tildes":  # after one escaped tilde the others would still strike out
        return "\\~" * len(found[0])
    replaced = {"space": " ", "newline": "&#10;", "less": "&lt;", "entity": "&amp;"}
    return replaced.get(kind) or (found[0] if kind == "stays" else "\\" + found[0])


def _could_emphasise(found: re.Match[str], kind: str) -> bool:
    text, start, end = found.string, found.start(), found.end()
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if before.isspace() and after.isspace():
        return False
    inside_word = before != "_" and after != "_" and _WORD.match(before) and _WORD.match(after)
    return kind == "star" or not inside_word


def _code(token: Token) -> str:
    code = token.content
    if longest := longest_run(code):
        mark = "`" * (longest + 1)
        return f"{mark} {code} {mark}"
    padded = code.startswith(" ") and code.endswith(" ") and code.strip()
    return f"` {code} `" if padded else f"`{code}`"


def _markup(token: Token) -> str:
    return token.markup


def _content(token: Token) -> str:
    return token.content


_WRITERS: Final[Mapping[str, Callable[[Token], str]]] = MappingProxyType(
    {
        "text": _text,
        "code_inline": _code,
        "html_inline": _content,
        "softbreak": lambda _token: "\n",
        "hardbreak": lambda _token: "\\\n",
        "em_open": _markup,
        "em_close": _markup,
        "strong_open": _markup,
        "strong_close": _markup,
        "s_open": _markup,
        "s_close": _markup,
        "footnote_ref": lambda token: f"[^{token.meta['label']}]",
    }
)
