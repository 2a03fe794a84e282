"""The page: complete, self-contained, with the structure that assistive software needs."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from docgen_core.api import (
    Document,
    Exporter,
    FileError,
    Section,
    SectionFacts,
    Usage,
    UsageError,
    nodes,
)
from docgen_plugin_html import HtmlSettings, exporter

MERGED = """\
# Booking

CRM.md · 2026-11-23

## Contents

- [Goals](#goals)
  - [Why](#why)
- [Plan](#plan)

## Goals

Be *quick*, **sure** and ~~late~~, says [G1](#g1).[^goals-1]

### Why

- [x] asked
- [ ] answered

| Item | Cost |
|:--|--:|
| <a id="g1"></a>G1 | 3 € |

## Plan

```python
def f(): return "x"  # why
```

[^goals-1]: Said in March.
"""
FACTS = SectionFacts(
    section="goals",
    plugin="docgen-plugin-goals 0.1.0",
    model="a-model",
    template="goals/section.md.j2",
    seconds=12.34,
    usage=Usage(prompt_tokens=1520, completion_tokens=713),
)


class Tags(HTMLParser):
    """Every start tag with its attributes, and the text of each element that has an id."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, name: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def document(markdown: str = MERGED, **facts: object) -> Document:
    sections = tuple(
        Section(id=title.lower(), title=title, markdown="") for title in ("Goals", "Plan")
    )
    base = Document(title="Booking", sections=sections, markdown=markdown, facts=(FACTS,))
    import attrs

    return attrs.evolve(base, **facts)  # type: ignore[arg-type] # any field


def page(tmp_path: Path, made: Document | None = None, settings: HtmlSettings | None = None) -> str:
    target = tmp_path / "document.html"
    exporter.export(made or document(), target, settings)
    return target.read_text(encoding="utf-8")


def test_it_is_an_exporter() -> None:
    """With an ending of its own."""
    assert isinstance(exporter, Exporter)
    assert exporter.suffix == ".html"


def test_the_policy_allows_exactly_the_page_s_own_script_and_style(tmp_path: Path) -> None:
    """Told by the hashes of what really stands in the file."""
    text = page(tmp_path)
    (policy,) = [tag["content"] for tag in Tags(text).all("meta") if "http-equiv" in tag]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for element, directive in (("script", "script-src"), ("style", "style-src")):
        (inside,) = re.findall(f"(?s)<{element}>(.*?)</{element}>", text)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy


def test_nothing_is_loaded_from_anywhere(tmp_path: Path) -> None:
    """No address stands where a browser would fetch it."""
    tags = Tags(page(tmp_path)).tags
    assert not {tag for tag, _ in tags} & {"link", "iframe", "object", "embed", "base", "form"}
    sources = [value for _, found in tags for name, value in found.items() if name == "src"]
    assert all(source.startswith("data:image/svg+xml;base64,") for source in sources)
    assert not [name for _, found in tags for name in found if name.startswith("on")]
    assert not [name for _, found in tags for name in found if name == "style"]


def test_the_page_has_landmarks_and_one_first_heading(tmp_path: Path) -> None:
    """A reader who hears the page can find the way."""
    tags = Tags(page(tmp_path))
    assert [len(tags.all(name)) for name in ("main", "nav", "h1", "header", "footer")] == [1] * 5
    assert tags.all("html") == [{"lang": "en", "dir": "ltr"}]
    ids = [found["id"] for _, found in tags.tags if "id" in found]
    assert len(ids) == len(set(ids))
    assert all(found.get("scope") == "col" for found in tags.all("th"))


@pytest.mark.parametrize(("language", "direction"), [("he", "rtl"), ("de-AT", "ltr")])
def test_the_language_decides_the_direction(tmp_path: Path, language: str, direction: str) -> None:
    """And the page's own words, where they are known."""
    tags = Tags(page(tmp_path, document(language=language)))
    assert tags.all("html") == [{"lang": language, "dir": direction}]


def test_the_contents_lists_every_heading_in_order(tmp_path: Path) -> None:
    """The same entries as in the Markdown document."""
    text = page(tmp_path)
    (contents,) = re.findall("(?s)<nav.*?</nav>", text)
    links = [found["href"] for found in Tags(contents).all("a")]
    assert links == ["#goals", "#why", "#plan"]


def test_a_section_tells_how_it_was_made(tmp_path: Path) -> None:
    """On demand, under its heading."""
    text = page(tmp_path)
    (details,) = re.findall('(?s)<details class="facts">.*?</details>', text)
    for said in ("a-model", "docgen-plugin-goals 0.1.0", "12.3 s", "1,520 read, 713 written"):
        assert said in details
    assert text.index('id="goals"') < text.index(details) < text.index('id="why"')
    assert "<details class" not in page(tmp_path, None, HtmlSettings(details=False))


def test_code_is_marked_for_both_themes(tmp_path: Path) -> None:
    """By classes; the style sheet has both colours of each."""
    text = page(tmp_path)
    assert '<span class="code-keyword">def</span>' in text
    for kind in filter(None, nodes.CODE_KINDS):
        assert re.search(rf"\.code-{kind}\b[^}}]*light-dark\(", text)


def test_a_diagram_is_drawn_and_its_text_stays(tmp_path: Path) -> None:
    """As a picture, with a name, and the text below."""
    made = document("# T\n\n```mermaid\nflowchart LR\n  A[One] --> B[Two]\n```\n")
    (image,) = Tags(page(tmp_path, made)).all("img")
    drawn = base64.b64decode(image["src"].partition(",")[2]).decode()
    assert drawn.startswith("<svg")
    assert "One" in drawn
    assert image["alt"]
    assert "flowchart LR" in page(tmp_path, made)


def test_a_diagram_that_cannot_be_drawn_is_shown_as_text(tmp_path: Path) -> None:
    """Also when the user wants no pictures."""
    broken = document("# T\n\n```mermaid\nno diagram\n```\n")
    assert "no diagram</code></pre>" in page(tmp_path, broken)
    fine = document("# T\n\n```mermaid\nflowchart LR\n A-->B\n```\n")
    assert "<img" not in page(tmp_path, fine, HtmlSettings(diagrams=False))


def test_a_style_sheet_of_the_user_comes_last(tmp_path: Path) -> None:
    """And is part of the policy's hash."""
    own = tmp_path / "own.css"
    own.write_text(":root { --link: red; }", encoding="utf-8")
    text = page(tmp_path, None, HtmlSettings(stylesheet=own, theme="dark"))
    assert ":root { --link: red; }</style>" in text
    assert 'data-theme="dark"' in text


def test_a_style_sheet_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """Missing, or one that would break out of its element."""
    with pytest.raises(FileError, match="nowhere"):
        page(tmp_path, None, HtmlSettings(stylesheet=tmp_path / "nowhere.css"))
    bad = tmp_path / "bad.css"
    bad.write_text("</style><script>", encoding="utf-8")
    with pytest.raises(UsageError, match="markup"):
        page(tmp_path, None, HtmlSettings(stylesheet=bad))


def test_the_same_document_gives_the_same_page(tmp_path: Path) -> None:
    """Byte for byte, diagrams included."""
    made = document(MERGED + "\n```mermaid\nflowchart LR\n A-->B\n```\n")
    assert page(tmp_path, made) == page(tmp_path, made)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ja"])
def test_every_language_has_every_word(tmp_path: Path, language: str) -> None:
    """None falls back to English without notice."""
    import tomllib

    from docgen_plugin_html import words

    text = Path(words.__file__).with_name("words.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    assert tables[language].keys() == tables["en"].keys()
    assert f'lang="{language}"' in page(tmp_path, document(language=language))


def test_a_diagram_that_cannot_be_drawn_is_told(tmp_path: Path) -> None:
    """Unless the user wanted none."""
    made = Document(title="T", markdown="# T\n\n## S\n\n```mermaid\nno diagram\n```\n")
    target = tmp_path / "document.html"
    told = ("diagrams shown as text, since they could not be drawn: 1",)
    assert exporter.export(made, target) == told
    assert exporter.export(made, target, HtmlSettings(diagrams=False)) == ()
