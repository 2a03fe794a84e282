"""All examples of the CommonMark specification go through normalisation and mean the same after.

What a section deliberately does not keep stands in `REASONS`, each with the test that recognises
it: an example may come out differently only if it holds such a thing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from docgen_core.document import normalise_section, split_section
from docgen_core.model import Section

DATA = Path(__file__).parents[2] / "data" / "commonmark-0.31.2.json"
EXAMPLES: Final[Mapping[int, Mapping[str, Any]]] = MappingProxyType(
    {each["example"]: each for each in json.loads(DATA.read_text(encoding="utf-8"))}
)
READER: Final = MarkdownIt("commonmark")
#: Text outside of code, where a browser shows any blanks as one.
_CODE: Final = re.compile(r"(<pre>.*?</pre>|<code>.*?</code>)", re.DOTALL)
_BLOCK_TAG: Final = re.compile(r"\s*(</?(?:p|blockquote|ul|ol|li|h|hr|pre)\b[^>]*>)\s*")


def _tokens(example: Mapping[str, Any]) -> list[Token]:
    blocks = READER.parse(example["markdown"])
    return [*blocks, *(child for token in blocks for child in token.children or ())]


def _has_raw_html(example: Mapping[str, Any]) -> bool:
    return any(token.type in {"html_block", "html_inline"} for token in _tokens(example))


def _has_image(example: Mapping[str, Any]) -> bool:
    return any(token.type == "image" for token in _tokens(example))


def _has_odd_link(example: Mapping[str, Any]) -> bool:
    addresses = [
        str(token.attrs["href"]) for token in _tokens(example) if token.type == "link_open"
    ]
    usual = re.compile(r"(?:https?|mailto|tel):|[^:]+$|[^:]*[/?#]", re.IGNORECASE)
    return any(not usual.match(address) for address in addresses)


def _has_bare_link(example: Mapping[str, Any]) -> bool:
    texts = (token.content for token in _tokens(example) if token.type == "text")
    return any(re.search(r"https?://|\w@\w", text) for text in texts)


def _has_title_of_lines(example: Mapping[str, Any]) -> bool:
    return any("\n" in str(token.attrs.get("title", "")) for token in _tokens(example))


def _has_empty_block(example: Mapping[str, Any]) -> bool:
    return re.search(r"<h\d></h\d>|<pre><code></code></pre>", example["html"]) is not None


_RAW_HTML: Final = frozenset(
    {
        *(21, 31, 201, 308, 309, 344, 475, 476, 477, 491, 494, 524, 536, 642, 643),
        *(set(range(148, 192)) - {168}),
        *(set(range(613, 632)) - {618, 619, 620, 621, 622, 624}),
    }
)
#: What is deliberately not kept: how to tell that an example has it, and which examples differ.
REASONS: Final[Mapping[str, tuple[Callable[[Mapping[str, Any]], bool], frozenset[int]]]] = (
    MappingProxyType(
        {
            "raw HTML is dropped or shown as text: a document must run nothing": (
                _has_raw_html,
                _RAW_HTML,
            ),
            "images become links: a reader of the document must fetch nothing": (
                _has_image,
                frozenset({517, 520, 531, 591, *range(572, 590)}),
            ),
            "links with an empty address or an unusual scheme become text": (
                _has_odd_link,
                frozenset({200, 485, 486, 487, 500, 567, 596, 598, 599, 601}),
            ),
            "bare addresses are links, as on GitHub": (_has_bare_link, frozenset({608, 611, 612})),
            "a link's title is written on one line": (_has_title_of_lines, frozenset({196})),
            "headings and code blocks that hold nothing are dropped": (
                _has_empty_block,
                frozenset({79, 126}),
            ),
        }
    )
)


def normalised(markdown: str) -> str:
    """What a section file holds below its title; a lead keeps the example from being the first."""
    section = Section(id="s", title="Zed", markdown=f"lead\n\n{markdown}")
    return split_section(normalise_section(section)[0]).removeprefix("lead").lstrip("\n")


def shown(rendered: str) -> str:
    """HTML without what no reader sees, and without levels of headings.

    Indented code is written as a fence with the language `text`, so that it is never taken for a
    fence around the whole section.
    """
    rendered = re.sub(r"<(/?)h[1-6]>", r"<\1h>", rendered)
    rendered = rendered.replace(' class="language-text"', "")
    parts = _CODE.split(rendered)
    parts[::2] = [re.sub(r"\s+", " ", part) for part in parts[::2]]
    return _BLOCK_TAG.sub(r"\1", "".join(parts)).strip()


def _reason(number: int) -> str | None:
    return next((reason for reason, (_, numbers) in REASONS.items() if number in numbers), None)


def test_these_are_all_examples() -> None:
    """None was left out, and the parser reads each as the specification says."""
    assert list(EXAMPLES) == list(range(1, 653))
    assert [
        number
        for number, example in EXAMPLES.items()
        if shown(READER.render(example["markdown"])) != shown(example["html"])
    ] == []


@pytest.mark.parametrize("number", EXAMPLES)
def test_an_example_means_the_same_after_normalising(number: int) -> None:
    """It renders to the specification's HTML, or it has something that is not kept, and differs."""
    example = EXAMPLES[number]
    after = shown(READER.render(normalised(example["markdown"]) + "\n"))
    reason = _reason(number)
    if reason is None:
        assert after == shown(example["html"])
    else:
        assert REASONS[reason][0](example)
        assert after != shown(example["html"])


@pytest.mark.parametrize("number", EXAMPLES)
def test_normalising_an_example_twice_changes_nothing(number: int) -> None:
    """What was normalised is in its final form."""
    once = normalised(EXAMPLES[number]["markdown"])
    assert normalised(once) == once


def test_no_example_brings_anything_unsafe() -> None:
    """After normalising, no raw HTML is left but the few plain tags, and no image."""
    allowed = re.compile(r"</?(?:b|br|del|em|i|ins|kbd|mark|s|small|strong|sub|sup|u)>")
    for example in EXAMPLES.values():
        text = normalised(example["markdown"])
        for token in [t for block in READER.parse(text) for t in (block, *(block.children or ()))]:
            assert token.type not in {"html_block", "image"}
            assert token.type != "html_inline" or allowed.fullmatch(token.content)
