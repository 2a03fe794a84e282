"""The document shell: its words, its variables and the shared template."""

from __future__ import annotations

import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined

from docgen_core.document import merge_sections, shell_variables, words
from docgen_core.document.inline import plain_text
from docgen_core.document.parse import parse
from docgen_core.model import Brief, Section

HOSTILE = 'Portal <script>alert("brief")</script> [x](javascript:y) #'


def render(**changes: str) -> str:
    """Render the shared shell around one section, in an environment with jinja's defaults."""
    brief = Brief(text="# B", title=changes.pop("brief", "B"), source=changes.pop("source", ""))
    title = changes.pop("title", "Doc")
    section = Section(id="one", title="One", markdown="text")
    contents_title = changes.pop("contents_title", "Contents") or None
    merged = merge_sections([section], title=title, contents_title=contents_title)
    variables = shell_variables(
        merged, title=title, brief=brief, contents_title=contents_title, **changes
    )
    loader = PackageLoader("docgen_templates", "")
    environment = Environment(loader=loader, undefined=StrictUndefined, autoescape=False)  # noqa: S701 - Markdown
    return environment.get_template("document.md.j2").render(variables)


def test_the_shell_lays_out_the_title_page() -> None:
    """Title, subtitle, facts, contents and body, and one newline at the end."""
    assert render(subtitle="Sub", date="2026-01-02", source="crm.md") == (
        "# Doc\n\nSub\n\nB · crm.md · 2026-01-02\n\n"
        "## Contents\n\n- [One](#one)\n\n## One\n\ntext\n"
    )


def test_what_is_not_given_leaves_no_trace() -> None:
    """No empty lines pile up."""
    assert render(brief="Doc", contents_title="") == "# Doc\n\n## One\n\ntext\n"


def test_a_hostile_title_is_only_text() -> None:
    """A brief's title reads as it was written and runs nothing."""
    text = render(title=HOSTILE, brief=HOSTILE, source=HOSTILE, subtitle=HOSTILE)
    tokens = parse(text)
    assert plain_text(tokens[1].children) == HOSTILE
    inner = [child.type for token in tokens[:9] for child in token.children or []]
    assert set(inner) == {"text"}


@pytest.mark.parametrize(
    ("language", "contents"),
    [
        ("en", "Contents"),
        ("de-AT", "Inhalt"),
        ("fr", "Sommaire"),
        ("es_MX", "Índice"),
        ("JA", "目次"),
        ("tlh", "Contents"),
        ("", "Contents"),
    ],
)
def test_words_fall_back_to_english(language: str, contents: str) -> None:
    """Only the first part of the language tag counts."""
    assert contents == words(language).contents
