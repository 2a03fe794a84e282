"""Whatever the model wrote, the page is harmless, whole, and leads where document.md leads."""

from __future__ import annotations

import functools
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.document_links import links_of
from support.hostile_documents import HOSTILE, UNMERGED, hostile_document, merged_document

from docgen_core.api import Document
from docgen_plugin_html import HtmlSettings, exporter
from docgen_plugin_html.clean import clean
from docgen_plugin_html.page import render_page

_ACTIVE = {
    "base", "embed", "form", "frame", "iframe", "input", "link", "math", "object", "template",
    "textarea", "video", "audio",
}  # fmt: skip
#: Elements that stand alone.
_VOID = {"br", "circle", "hr", "img", "meta", "path"}


class Page(HTMLParser):
    """What a browser would make of a page: elements, whether they nest, and the links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.scripts: list[str] = []
        self.crossed: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in {"script", "style"}:
            self.scripts.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, found, value in self.attributes if found == name]


@functools.cache
def parsed(text: str) -> Page:
    """A page, read once: some are large."""
    return Page(text)


@pytest.fixture(scope="module", params=[*HOSTILE, "unmerged"])
def exported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Document, str]:
    """A hostile document and its page."""
    target = tmp_path_factory.mktemp("page") / "document.html"
    made = (
        Document(title="T", markdown=UNMERGED)
        if request.param == "unmerged"
        else hostile_document(request.param)
    )
    exporter.export(made, target)
    assert [path.name for path in target.parent.iterdir()] == ["document.html"]
    return made, target.read_text(encoding="utf-8")


def test_nothing_in_the_page_acts(exported: tuple[Document, str]) -> None:
    """One script and one style, the page's own; no handler, no frame, no form."""
    page = parsed(exported[1])
    assert (page.tags.count("script"), page.tags.count("style")) == (1, 1)
    assert not _ACTIVE & set(page.tags)
    names = {name for _, name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"style", "srcset", "srcdoc", "action", "formaction", "ping", "background"}
    assert not any("alert(1)" in script for script in page.scripts)


def test_the_page_fetches_nothing_and_links_only_out_by_known_schemes(
    exported: tuple[Document, str],
) -> None:
    """No picture but its own; no address of the reader's files or network."""
    page = parsed(exported[1])
    assert all(source.startswith("data:image/svg+xml;base64,") for source in page.values("src"))
    assert all(re.match(r"#|https?://|mailto:|tel:", address) for address in page.values("href"))


def test_the_page_is_whole(exported: tuple[Document, str]) -> None:
    """Every element that opens closes where it should; ids are unique; controls are gone."""
    text = exported[1]
    page = parsed(text)
    assert page.crossed == []
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert text.endswith("</html>")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)


def test_the_page_has_the_links_of_the_markdown_document(
    exported: tuple[Document, str],
) -> None:
    """The same targets, none broken; those of footnotes are the page's own."""
    made, text = exported
    expected = links_of(made)
    page = parsed(text)
    ids = {value for value in page.values("id") if not re.match(r"(page|note)\.", value)}
    links = [unquote(value[1:]) for value in page.values("href") if value.startswith("#")]
    assert set(links) <= set(page.values("id"))
    linked = {link for link in links if not re.match(r"(page|note)\.", link)}
    if made.markdown == UNMERGED:  # past the merge, with dead links and a list of nothing
        assert linked == {*expected.headings, *expected.anchors} - {"t"}
        return
    assert expected.broken == frozenset()
    assert linked == expected.targets
    assert ids == {*expected.headings, *expected.anchors}


def test_the_number_of_links_is_that_of_the_markdown_document(tmp_path: Path) -> None:
    """Contents and text, each as often."""
    made = merged_document(
        {
            "first": "See [Second](#second), [own](#detail).\n\n## Detail\n\nx",
            "second": "[a](#first)",
        }
    )
    exporter.export(made, tmp_path / "page.html")
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    links = sorted(value[1:] for value in page.values("href") if value.startswith("#"))
    assert [link for link in links if link != "page.main"] == list(links_of(made).links)


@given(
    st.lists(
        st.sampled_from(
            ["#", "## ", "*", "**", "`", "```\n", "~~~mermaid\n", "[^a]", "[^a]: ", "&amp;", '"',
             "| a | b |\n|-|-|\n", "|", "- ", "1. ", "> ", "- [x] ", "<b>", "</b>", "<br>", "a",
             "<script>", '<a id="p1"></a>', "[x](#p1)", "[y](http://y.invalid)", "![z](z)", "\n",
             "\n\n", "    ", "é中ש"]
        ),
        max_size=40,
    ).map("".join)
)  # fmt: skip
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_markdown_gives_a_whole_page(markdown: str) -> None:
    """Elements nest, ids are unique, links lead somewhere."""
    text = render_page(Document(title="T", markdown=markdown), HtmlSettings(diagrams=False)).text
    page = Page(text)
    assert page.crossed == []
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = {unquote(value[1:]) for value in page.values("href") if value.startswith("#")}
    assert inner <= set(ids)
    assert page.tags.count("script") == 1


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<script>x</script>a", "a"),
        ('<a href="javascript:x">a</a>', "<a>a</a>"),
        ('<a href="data:text/html,x">a</a>', "<a>a</a>"),
        ('<img src="http://x.invalid/p" alt="a">', '<img alt="a">'),
        ('<img src="data:text/html,x">', "<img>"),
        ('<p onclick="x" style="y">a</p>', "<p>a</p>"),
        ('<div role="main">a</div>', "<div>a</div>"),
        ('<iframe src="https://x.invalid"></iframe>', ""),
    ],
)
def test_the_last_door_keeps_out_what_the_renderer_never_writes(html: str, left: str) -> None:
    """Should it ever."""
    assert clean(html) == left
