"""Normalising keeps what a text means: the same HTML comes out of both."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from docgen_core.document import normalise_section, split_section
from docgen_core.document.parse import parse
from docgen_core.model import Section

EXAMPLES = [
    "para\nsoft break",
    "hard  \nbreak and\\\nanother",
    "*em* **strong** ***both*** _em_ __strong__",
    "**a *b* c** *a **b** c*",
    "snake_case_word and 2 * 3 * 4",
    "\\*not em\\* \\_nor\\_ \\`code\\`",
    "~~gone~~ and ~approx~ and ~~~ three",
    "\\~\\~\\~three\\~\\~\\~ and \\~\\~~~gone~~",
    "`code` `` a`b `` ` `` ` ` x `",
    "`a|b` and \\| bar",
    "[a](https://x.example) [b](<a b> 'it \"is\"') [c](#frag)",
    "[ref] [text][ref] [Ref][]\n\n[ref]: https://x.example 'T\\\\'",
    "<https://x.example/a_b> <me@x.example>",
    "https://x.example/a_b?c=*d* and (www.x.example) or me@x.example.",
    "wow! [x](https://x.example)",
    "[not a link] [x]: y [a](b",
    "a < b, a <b, a<=b & c &amp; d &lt;e&gt; &copy; &notanentity;",
    "&#35; not a heading\n\n\\# nor this",
    "1\\. not a list\n\n\\- nor this\n\n\\> nor that",
    "a\n\\---\nb\n\\===",
    "a | b\n\\--|--",
    "x&nbsp;y &nbsp;",
    "- a\n- b\n- c",
    "- a\n\n- b",
    "* a\n* b\n\n- c\n- d\n\n+ e",
    "1. a\n2. b\n3. c",
    "7) a\n8) b",
    "1. a\n1. b\n\n1) c",
    "9. a\n10. b\n\n    deep",
    "- a\n  - b\n    - c\n      1. d",
    "- a\n\n  para\n\n  ```py\n  # code\n\n      x\n  ```\n- b",
    "- ```\n  code\n  ```\n- > q\n- # h",
    "- \n- a\n-",
    "- [ ] open\n- [x] done **b**\n  - [X] nested",
    "- \\[ ] not a task",
    "- a\n  > b\n  ```\n  c\n  ```\n- d",
    "- - a\n  - b\n- * c",
    "- a\n\n      indented code",
    "1986\\. A great year",
    "> quote\n> more\n\n> other",
    "> a\n>\n> - b\n>\n> > c\n>\n> ```\n> d\n> ```",
    "> lazy\ncontinuation",
    "```python\n# comment\n\n\tx = '''`'''\n```",
    "````md\n```\ninner\n```\n````",
    "~~~ info `tick`\ncode\n~~~",
    "```\n```",
    "    indented\n\n      more\n\ntext",
    "```\nunclosed\n  keeps   spaces  ",
    "| a | b | c |\n|:--|:-:|--:|\n| 1 | *2* | `3` |\n| x \\| y | | z |",
    "| a |\n|---|\n| `b \\| c` |\n\ntext",
    "a | b\n--|--\n1 | 2",
    "- | a |\n  |---|\n  | b |",
    "***\n\ntext\n\n---\n\n___",
    "# A\n\n## B ##\n\n### C #\n\nD\n===\n\nE *f*\n---",
    "# A \\#\n\n## #b #",
    "a[^1] b[^note].\n\n[^1]: One.\n\n[^note]: Two\n    lines.\n\n    - l\n\n    ~~~\n    ~~~",
    "[^1] is first\n\n[^1]:\n    - only a list",
    "日本語の**強調**とリンク[例](https://例え.jp/パス)",
    "emoji 🚀 *🎉* مرحبا",
    "\\\\ double \\\\* and C:\\\\dir \\a",
    "a\\\n\nb",
    "***a** b* **a*b*c**",
    "*(**x**)* and **`c`**d",
    '[*a* `b` **c**](https://x.example "t")',
    "x&#10;y &#9; tab",
    "- [x](https://x.example)\n- [x][k]\n\n[k]: https://k.example",
]


def parser() -> MarkdownIt:
    """An independent reader with the same dialect, raw HTML off."""
    reader = MarkdownIt("commonmark", {"html": False, "tasklists": True})
    reader.enable(["table", "strikethrough"])
    reader.use(gfm_autolink_plugin)
    reader.use(footnote_plugin, inline=False)
    return reader


def html(text: str) -> str:
    """Render with all headings at one level, blanks and code languages aside."""
    reader = parser()
    env: dict[str, object] = {}
    tokens = reader.parse(text, env)
    for token in tokens:
        _level(token)
    rendered = reader.renderer.render(tokens, reader.options, env)
    return " ".join(rendered.replace("<br />", " ").split())


def _level(token: Token) -> None:
    if token.type.startswith("heading"):
        token.tag = "h3"
    if token.type == "code_block" or token.info == "text":
        token.type, token.info = "fence", ""


@pytest.mark.parametrize("text", EXAMPLES)
def test_normalising_keeps_the_meaning(text: str) -> None:
    """The normalised text renders to the same HTML."""
    written, _ = normalise_section(Section(id="s", title="Title", markdown=f"lead\n\n{text}"))
    assert html(f"lead\n\n{text}") == html(split_section(written))


@pytest.mark.parametrize("text", EXAMPLES)
def test_normalising_twice_changes_nothing(text: str) -> None:
    """A normalised text is in its final form."""
    once, _ = normalise_section(Section(id="s", title="Title", markdown=text))
    body = split_section(once)
    assert once == normalise_section(Section(id="s", title="Title", markdown=body))[0]


@pytest.mark.parametrize("text", ["<i>\n*a*\n</i>", "- <b>\n  *a*\n  </b>", "<br>\n*a*"])
def test_a_tag_on_a_line_of_its_own_hides_no_markup(text: str) -> None:
    """Other readers take such a line for the start of raw HTML, and show the markup as it is."""
    written, _ = normalise_section(Section(id="s", title="Title", markdown=text))
    assert "<em>a</em>" in MarkdownIt("commonmark").render(written)


def test_raw_html_never_reaches_the_parser_as_a_block() -> None:
    """A `<div>` cannot hide the Markdown below it."""
    assert [token.type for token in parse("<div>\n# H\n")][-1] == "heading_close"
