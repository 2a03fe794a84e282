"""Which raw HTML, images and links of untrusted Markdown stay, decided token by token.

Kept without attributes and only in balanced pairs: `<br>`, `<sub>`, `<sup>`, `<kbd>`, `<mark>`,
`<ins>`, `<del>`, `<u>`, `<s>`, `<b>`, `<i>`, `<em>`, `<strong>`, `<small>`. Scripts, styles and
frames go with their content; the tags of other known elements go and their text stays
(`<details>` too: a folded block is lost on paper); anything else in angle brackets is text. The
one kind of anchor that stays defines an item: `<a id="p1"></a>`. Images become links, so that no
reader of the document fetches anything. Links keep only known schemes. Fences that pandoc would
pass through as raw output become plain code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from markdown_it.token import Token

from docgen_core.document.inline import plain_text, text_token, tidy
from docgen_core.document.items import item_of

__all__ = ["make_safe"]

_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
# Word lists: as list literals they would fill a screen each.
_KEPT: Final = frozenset("b br del em i ins kbd mark s small strong sub sup u".split())  # noqa: SIM905
_WITH_CONTENT: Final = frozenset(
    """
    iframe math noscript object script style svg template textarea
    """.split()  # noqa: SIM905
)
_VOID: Final = frozenset(
    """
    area base col embed hr img input link meta param source track wbr
    """.split()  # noqa: SIM905
)
_TRANSPARENT: Final = frozenset(
    """
    a abbr address article aside audio blockquote body button canvas caption center cite code
    colgroup data dd details dfn dialog div dl dt fieldset figcaption figure font footer form h1
    h2 h3 h4 h5 h6 head header html label legend li main map nav ol optgroup option output p
    picture pre progress q samp section select span summary table tbody td tfoot th thead time
    title tr ul var video
    """.split()  # noqa: SIM905
)
_SCHEME: Final = re.compile(r"([^/?#]*?):")
_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
#: What makes pandoc write a fence's content as it is into the output.
_RAW_OUTPUT: Final = re.compile(r"\{\s*=\s*([\w+-]*)")


def make_safe(tokens: Sequence[Token], notes: Counter[str]) -> list[Token]:
    """Drop or defuse what untrusted text must not bring into a document.

    Args:
        tokens: One section's tokens; their inline children are replaced in place.
        notes: Counts what was done, by phrase.

    Returns:
        The tokens without raw HTML blocks and without paragraphs that hold nothing any more.
    """
    kept: list[Token] = []
    for token in tokens:
        if token.type == "html_block":
            notes["raw HTML was dropped or made text"] += 1
            continue
        if token.type == "fence":
            _show_as_code(token, notes)
        if token.type == "inline" and token.children:
            token.children = _safe_children(token.children, notes)
        kept.append(token)
        if token.type == "paragraph_close" and not kept[-2].children:
            del kept[-3:]
    return kept


def _show_as_code(fence: Token, notes: Counter[str]) -> None:
    raw = _RAW_OUTPUT.match(fence.info.strip())
    if raw is not None:
        fence.info = raw[1] or "text"
        notes["raw output blocks were made code"] += 1


def _safe_children(children: list[Token], notes: Counter[str]) -> list[Token]:
    kinds = {token.type for token in children}
    if "html_inline" in kinds:
        children = _safe_html(children, notes)
    if kinds & {"image", "link_open"}:
        children = _safe_links(children, notes)
    return tidy(children)


def _safe_links(children: Sequence[Token], notes: Counter[str]) -> list[Token]:
    safe: list[Token] = []
    kept: list[bool] = []
    for position, token in enumerate(children):
        if token.type == "image":
            notes["images were turned into links"] += 1
            safe.extend(_image_as_link(token, inside_link=any(kept)))
            continue
        if token.type == "link_open":
            kept.append(_is_safe(_target(token)))
            _spell_out(token, children[position + 1])
        if token.type not in {"link_open", "link_close"} or kept[-1]:
            safe.append(token)
        if token.type == "link_close" and not kept.pop():
            notes["links with an unsafe or empty address were turned into text"] += 1
    return safe


def _image_as_link(image: Token, *, inside_link: bool) -> list[Token]:
    source = str(image.attrs.get("src", ""))
    remote = source.lower().startswith(("http://", "https://"))
    label = plain_text(image.children) or (source if remote else "")
    if inside_link or not remote:
        return [text_token(label)]
    opening = Token("link_open", "a", 1, attrs={"href": source})
    return [opening, text_token(label), Token("link_close", "a", -1)]


def _target(token: Token) -> str:
    return str(token.attrs.get("href", ""))


def _is_safe(address: str) -> bool:
    scheme = _SCHEME.match(address)
    return bool(address) and (scheme is None or scheme[1].lower() in _SCHEMES)


def _spell_out(opening: Token, label: Token) -> None:
    """Write `www.example.org` as a full link: in angle brackets it would not be one."""
    if opening.info == "auto":
        opening.meta["mail"] = not label.content.lower().startswith("mailto:")
        if label.content.startswith("www."):
            opening.info = opening.markup = ""


def _safe_html(children: Sequence[Token], notes: Counter[str]) -> list[Token]:
    verdicts = _Verdicts(children)
    safe: list[Token] = []
    resume = 0
    for position, token in enumerate(children):
        resume = max(resume, verdicts.dropped.get(position, 0))
        if position < resume:
            continue
        if token.type != "html_inline":
            safe.append(token)
        elif position in verdicts.kept:
            safe.append(Token("html_inline", "", 0, content=verdicts.kept[position]))
        elif position in verdicts.text:
            safe.append(text_token(token.content))
    dropped = sum(token.type == "html_inline" for token in children) - sum(
        token.type == "html_inline" for token in safe
    )
    if dropped:
        notes["raw HTML was dropped or made text"] += dropped
    return safe


class _Verdicts:
    """What becomes of each raw tag of one paragraph: kept, made text, or dropped.

    A tag is paired only with one at the same depth of Markdown nesting, so that what is kept is
    balanced whatever stands around it.
    """

    def __init__(self, children: Sequence[Token]) -> None:
        #: What is written for a kept tag, by position.
        self.kept: dict[int, str] = {}
        #: Positions of tags that are shown as text.
        self.text: set[int] = set()
        #: Where what is dropped with its content begins, and the position to go on from.
        self.dropped: dict[int, int] = {}
        self._children = children
        self._frames: list[list[tuple[str, int]]] = [[]]
        links = 0
        for position, token in enumerate(children):
            links += token.nesting if token.type in {"link_open", "link_close"} else 0
            if token.nesting == 1:
                self._frames.append([])
            elif token.nesting == -1:
                self._give_up(self._frames.pop())
            elif token.type == "html_inline" and position not in self.kept:
                self._judge(position, token.content, inside_link=links > 0)
        for frame in self._frames:
            self._give_up(frame)

    def _judge(self, position: int, content: str, *, inside_link: bool) -> None:
        if not inside_link and item_of(self._children, position) is not None:
            for place in (position, position + 1):
                self.kept[place] = self._children[place].content
            return
        tag = _TAG.match(content)
        if tag is None:
            return
        name = tag[2].lower()
        if name == "br":
            self.kept[position] = "<br>"
        elif name not in _KEPT | _WITH_CONTENT | _TRANSPARENT:
            self.text.update(() if name in _VOID else {position})
        elif not tag[1]:
            self._frames[-1].append((name, position))
        else:
            self._close(name, position)

    def _close(self, name: str, position: int) -> None:
        frame = self._frames[-1]
        if name not in (opened for opened, _ in frame[-20:]):
            self._unpaired(name, position)
            return
        while (top := frame.pop())[0] != name:
            self._give_up([top])
        if name in _KEPT:
            self.kept[top[1]], self.kept[position] = f"<{name}>", f"</{name}>"
        elif name in _WITH_CONTENT:
            self.dropped[top[1]] = position + 1

    def _give_up(self, opened: Sequence[tuple[str, int]]) -> None:
        for name, position in opened:
            self._unpaired(name, position)

    def _unpaired(self, name: str, position: int) -> None:
        """A tag alone on an edge of its line is layout; amid a line somebody writes about it."""
        if name in _TRANSPARENT and self._at_edge(position):
            return
        self.text.add(position)

    def _at_edge(self, position: int) -> bool:
        around = self._children[max(position - 1, 0) : position + 2]
        inner = 0 < position < len(self._children) - 1
        return not inner or any(token.type in {"softbreak", "hardbreak"} for token in around)
