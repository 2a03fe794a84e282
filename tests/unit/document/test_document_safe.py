"""What untrusted Markdown may bring into a document."""

from __future__ import annotations

import pytest

from docgen_core.document import merge_sections, normalise_section, split_section
from docgen_core.model import Section

OUTCOMES = {
    "script with content": ("a <script>alert(1)</script> b", "a b"),
    "script block": ("<script>\nalert(1)\n\nmore()\n</script>\n\nText", "Text"),
    "style block": ("<style>\np {}\n</style>\n\nText", "Text"),
    "unclosed script": ("<script>alert(1)\n\n**Text**", "&lt;script>alert(1)\n\n**Text**"),
    "comment": ("a <!-- secret --> b", "a b"),
    "comment block": ("<!-- one\n\ntwo -->\n\nText", "Text"),
    "unclosed comment": ("<!-- open\n\n**Text**", "&lt;!-- open\n\n**Text**"),
    "kept": ("H<sub>2</sub>O<br/>x<KBD class=a>y</KBD>", "H<sub>2</sub>O<br>x<kbd>y</kbd>"),
    "unbalanced": ("H<sub>2", "H&lt;sub>2"),
    "badly nested": ("*a<sub>b*c</sub>", "*a&lt;sub>b*c&lt;/sub>"),
    "a placeholder": ("Set List<T> to <name>.", "Set List&lt;T> to &lt;name>."),
    "a tag in prose": ("Use the <div> tag.", "Use the &lt;div> tag."),
    "layout": ("<div align=center>\n\nText\n\n</div>", "Text"),
    "details": ("<details>\n<summary>More</summary>\n\nText\n\n</details>", "More\n\nText"),
    "attributes": ('<b onclick="x()">y</b>', "<b>y</b>"),
    "remote image": ("![Logo](http://r.example/p.png)", "[Logo](http://r.example/p.png)"),
    "image without a name": ("![](http://r.example/p)", "[http://r.example/p](http://r.example/p)"),
    "local image": ("![Passwords](/etc/passwd)", "Passwords"),
    "image in a link": ("[![A](http://r.example/p)](https://x.example)", "[A](https://x.example)"),
    "javascript": ("[x](javascript:alert(1))", "x"),
    "hidden javascript": ("[x](JaVa&#10;script:alert(1))", "x"),
    "data": ("[x](data:text/html;base64,xx)", "x"),
    "file": ("[x](file:///etc/passwd)", "x"),
    "vbscript": ("<vbscript:x>", "vbscript:x"),
    "reference": ("[x][r]\n\n[r]: javascript:alert(1)", "x"),
    "web link": ("[x](https://x.example 'T')", '[x](https://x.example "T")'),
    "relative link": ("[x](./other.md)", "[x](./other.md)"),
    "no address": ("[x]()", "x"),
}


@pytest.mark.parametrize(("text", "expected"), OUTCOMES.values(), ids=OUTCOMES.keys())
def test_untrusted_markdown_has_one_safe_outcome(text: str, expected: str) -> None:
    """Each construct is kept, defused or dropped as documented."""
    written, _ = normalise_section(Section(id="s", title="Title", markdown=text))
    assert expected == split_section(written)


def test_what_was_dropped_is_noted_with_its_section() -> None:
    """A reader of the record learns where something was dropped, and how often."""
    section = Section(id="s", title="T", markdown="![a](http://r/p) ![b](http://r/p) <!-- c -->")
    notes = merge_sections([section], title="D", contents_title=None).notes
    assert notes == (
        "s: raw HTML was dropped or made text",
        "s: images were turned into links (2)",
    )
