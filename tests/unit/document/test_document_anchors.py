"""Heading ids as GitHub builds them."""

from __future__ import annotations

import pytest

from docgen_core.document import Slugger, slug

SLUGS = {
    "Hello, World!": "hello-world",
    "Goals & more": "goals--more",
    "Über uns": "über-uns",
    "目次と概要": "目次と概要",
    "Привет мир": "привет-мир",
    "🚀 Launch": "-launch",
    "a_b-c d": "a_b-c-d",
    "1. First": "1-first",
    "C++": "c",
    "½ price ²": "-price-",
    "Ⅷ": "ⅷ",
    "🚀": "section",
    "": "section",
    "हिन्दी": "हिन्दी",
}


@pytest.mark.parametrize(("title", "expected"), SLUGS.items())
def test_a_slug_is_built_as_github_does(title: str, expected: str) -> None:
    """Viewers compute the same id from the heading."""
    assert expected == slug(title)


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["a", "a", "a"], ["a", "a-1", "a-2"]),
        (["a", "a-1", "a"], ["a", "a-1", "a-2"]),
        (["a", "a", "a-1", "a-1"], ["a", "a-1", "a-1-1", "a-1-2"]),
        (["🚀", "🎉"], ["section", "section-1"]),
    ],
)
def test_repeated_titles_get_numbers_that_never_collide(
    titles: list[str], expected: list[str]
) -> None:
    """No two headings share an id."""
    slugger = Slugger()
    assert expected == [slugger.anchor(title) for title in titles]
