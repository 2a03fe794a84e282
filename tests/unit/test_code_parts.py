"""code_parts: what a block of code is made of, for exporters to colour."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.api import code_parts, nodes
from docgen_core.code_parts import _LANGUAGES


def kinds(text: str, language: str) -> dict[str, str]:
    """What each part of a text is."""
    parts = code_parts(nodes.Code(text=text, language=language))
    return {part.text: part.kind for part in parts}


@pytest.mark.parametrize(
    ("language", "text", "part", "kind"),
    [
        ("python", "def f(): pass", "def", "keyword"),
        ("python", "def f(): pass", "f", "name"),
        ("python", "x = len(y)", "len", "known"),
        ("python", "x = 'y'", "'y'", "string"),
        ("python", "x = 12", "12", "number"),
        ("python", "x  # y", "# y", "comment"),
        ("json", '{"a": null}', "null", "keyword"),
        ("sql", "SELECT a", "SELECT", "keyword"),
        ("html", "<b class='x'>", "class", "known"),
        ("diff", "-a\n+b", "+b", "added"),
        ("diff", "-a\n+b", "-a", "removed"),
    ],
)
def test_a_part_has_its_kind(language: str, text: str, part: str, kind: str) -> None:
    """In the languages that models write."""
    assert kinds(text, language)[part] == kind


@pytest.mark.parametrize(
    ("text", "language"), [("def f()", ""), ("def f()", "no-such"), ("x = 1\n" * 9_999, "python")]
)
def test_what_is_not_known_or_too_long_is_one_plain_part(text: str, language: str) -> None:
    """It is shown all the same."""
    code = nodes.Code(text=text, language=language)
    assert code_parts(code) == (nodes.CodePart(text=text),)


def test_without_the_library_code_is_one_plain_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """A format that does not colour need not bring it."""
    monkeypatch.setitem(sys.modules, "pygments.lexers", None)
    code = nodes.Code(text="def f()", language="python")
    assert code_parts(code) == (nodes.CodePart(text="def f()"),)


@given(st.text(max_size=200), st.sampled_from(sorted(_LANGUAGES)))
def test_the_parts_make_up_the_text(text: str, language: str) -> None:
    """No letter is lost in any language, and every kind is one that exporters know."""
    parts = code_parts(nodes.Code(text=text, language=language))
    assert "".join(part.text for part in parts) == text
    assert {part.kind for part in parts} <= set(nodes.CODE_KINDS)


def test_every_language_has_a_lexer() -> None:
    """The names are the library's."""
    for language in _LANGUAGES:
        code_parts(nodes.Code(text="x", language=language))


def test_every_style_of_a_span_has_an_element() -> None:
    """As every kind of code has a place in the list."""
    assert set(nodes.SPAN_TAGS) == set(nodes.SPAN_STYLES)
    assert set(nodes.CodeKind.__args__) == set(nodes.CODE_KINDS)  # type: ignore[attr-defined] # a Literal
