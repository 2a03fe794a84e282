"""A run in another language: translated headings, ids as they are, links that lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
from support.command_line import Docgen

from docgen_core.document import Slugger, words
from docgen_core.document.inline import plain_text
from docgen_core.document.parse import parse
from docgen_core.testing import FakeLMStudio

PLUGIN = """
from docgen_core.api import Deliverable, TemplateRef, hookimpl

@hookimpl
def get_deliverables():
    return [
        Deliverable(id="goals", title="Aims", summary="The first."),
        Deliverable(id="steps", title="Steps", summary="The second.", needs=("goals",)),
    ]

@hookimpl
def get_instructions(deliverable, context):
    return f"Write the {deliverable.title} in {context.language}."

@hookimpl
def get_template(deliverable):
    return TemplateRef(f"{deliverable.id}/section.md.j2")
"""
FILES = {
    "goals/section.md.j2": (
        "## {{ words.first }}\\n\\n- {{ 'G1' | target }} {{ draft.markdown | length }}\\n\\n"
        "## {{ words.second }}\\n\\n- {{ 'G2' | target }}\\n"
    ),
    "steps/section.md.j2": "## {{ words.first }}\\n\\n{{ ['G1', 'G2'] | refs }}\\n",
}
TITLES = {
    "en": ("Goals", "First goal", "Second goal", "What to do"),
    "de": ("Ziele", "Größtes Ziel", "Zweites Ziel", "Was zu tun ist"),
    "fr": ("Objectifs", "But n°1", "But n°2", "Étapes"),
    "es": ("Metas", "¿Primera meta?", "Segunda meta", "Pasos"),
    "ja": ("目標", "最初の目標", "次の目標", "手順"),
}


@pytest.fixture
def docgen(tmp_path: Path) -> Docgen:
    """A command line with one plugin that has words in five languages."""
    made = Docgen(folder=tmp_path / "work", site=tmp_path / "site")
    made.folder.mkdir()
    package = made.site / "polyglot"
    tables: dict[str, list[str]] = {"goals": [], "steps": []}
    for tag, (title, first, second, other) in TITLES.items():
        tables["goals"] += [
            f"[{tag}]",
            f"title={title!r}",
            f"first={first!r}",
            f"second={second!r}",
        ]
        tables["steps"] += [f"[{tag}]", f"title={other!r}"]
    tables["steps"].insert(1, "first = 'Only in English'")
    files = {name: text.replace("\\n", "\n") for name, text in FILES.items()}
    files |= {f"{key}/words.toml": "\n".join(lines) for key, lines in tables.items()}
    for name, text in files.items():
        path = package / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (package / "__init__.py").write_text(PLUGIN, encoding="utf-8")
    made.install(
        "polyglot-dist", "", {"docgen.deliverables": ["goals = polyglot", "steps = polyglot"]}
    )
    return made


def generate(docgen: Docgen, language: str) -> tuple[str, str]:
    """Give the document and the prompts of a run against a server in this process."""
    with FakeLMStudio() as fake:
        done = docgen(
            *("generate", "Portal: a booking portal.", "--server", "lmstudio", "-q", "-o", "out"),
            *("--base-url", fake.base_url, "--language", language),
        )
        prompts = "\n".join(str(asked.body) for asked in fake.requests)
    assert done.returncode == 0, done.stderr
    return (docgen.folder / "out" / "document.md").read_text(encoding="utf-8"), prompts


def headings(text: str) -> list[str]:
    tokens = parse(text)
    return [
        plain_text(tokens[at + 1].children)
        for at, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def links(text: str) -> list[tuple[str, str]]:
    """The target and the text of every link."""
    found = []
    for token in parse(text):
        children = token.children or []
        for at, child in enumerate(children):
            if child.type == "link_open":
                found.append((unquote(str(child.attrs["href"])), children[at + 1].content))
    return found


def assert_links_lead_somewhere(text: str) -> None:
    slugger = Slugger()
    anchors = {f"#{slugger.anchor(title)}" for title in headings(text)}
    ids = re.findall(r'<a id="([a-z]+[0-9]+)"></a>', text)
    assert len(ids) == len(set(ids))
    known = anchors | {f"#{each}" for each in ids}
    assert {target for target, _ in links(text) if target.startswith("#")} <= known


@pytest.mark.parametrize("language", TITLES)
def test_headings_are_translated_and_ids_are_not(docgen: Docgen, language: str) -> None:
    """Titles, headings inside, the table of contents; the instructions name the language."""
    title, first, second, other = TITLES[language]
    text, prompts = generate(docgen, language)
    shell = words(language)
    found = headings(text)
    own = (title, first, second, other)
    assert found[1:] == [shell.contents, *own, "Only in English", shell.about]
    listed = [name for target, name in links(text) if not re.fullmatch("#g[12]", target)]
    assert listed == found[2:]
    assert [name for target, name in links(text) if target in {"#g1", "#g2"}] == ["G1", "G2"]
    assert_links_lead_somewhere(text)
    assert f"Aims in {language}." in prompts


@pytest.mark.parametrize("language", TITLES)
def test_the_pack_of_seven_speaks_the_language(tmp_path: Path, language: str) -> None:
    """Every section stands under the title that its plugin has in the language."""
    (tmp_path / "site").mkdir()
    (tmp_path / "work").mkdir()
    docgen = Docgen(folder=tmp_path / "work", site=tmp_path / "site")
    text, _ = generate(docgen, language)
    known = _titles(docgen, language)
    titles = [each for each in headings(text) if each in known]
    assert len(titles) == len(docgen.json("deliverables")["deliverables"])
    assert_links_lead_somewhere(text)


def _titles(docgen: Docgen, language: str) -> set[str]:
    """The titles that the installed words have for a language."""
    files = [each["path"] for each in docgen.json("templates")["templates"]]
    found = [Path(path) for path in files if path.endswith("words.toml")]
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in found]
    return {table[language]["title"] for table in tables}
