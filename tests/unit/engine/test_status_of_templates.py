"""`status` where the user's templates or words are broken: it says what `validate` says."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.shop import Shop

from docgen_core.engine.freshness import SectionStatus

BROKEN = {
    "no TOML": ("b/words.toml", "[en\ntitle = 3\n"),
    "no text": ("b/words.toml", "[en]\ntitle = 3\n"),
    "no language": ("b/words.toml", 'title = "B"\n'),
    "a misspelt variable": ("section.md.j2", "{{ drfat.markdown }}\n"),
    "no template": ("section.md.j2", "{% if %}\n"),
}


def looked_at(shop: Shop, folder: Path, name: str, text: str) -> dict[str, SectionStatus]:
    """How the sections stand after a file of the user's templates got another text."""
    for key, needs in (("a", ()), ("b", ()), ("c", ("b",))):
        shop.offer(key, *needs)
    templates = folder / "templates"
    (templates / name).parent.mkdir(parents=True)
    engine = shop.engine(templates_dir=templates)
    assert engine.orchestrate("A CRM", ["a", "b", "c"], output=folder / "out").exit_code == 0
    (templates / name).write_text(text, encoding="utf-8")
    engine = shop.engine(templates_dir=templates)
    found = {item.id: item for item in engine.status(folder / "out").sections}
    said = engine.validate_deliverable_templates()["b"]
    assert found["b"].error == "; ".join(said["errors"])
    assert not said["is_valid"]
    return found


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_template_is_told_as_validate_tells_it(
    shop: Shop, tmp_path: Path, name: str
) -> None:
    """A run could not write the section, so it is not up to date."""
    found = looked_at(shop, tmp_path, *BROKEN[name])
    assert (found["b"].state, found["b"].asks) == ("unknown", False)


def test_what_needs_the_section_is_not_told_to_be_asked_for(shop: Shop, tmp_path: Path) -> None:
    """A run would not come so far; what does not need it stays as it is."""
    found = looked_at(shop, tmp_path, *BROKEN["no text"])
    assert (found["a"].state, found["c"].state) == ("up to date", "unknown")
    assert (found["c"].asks, found["c"].error) == (False, "it needs b")


def test_words_of_all_sections_may_be_broken(shop: Shop, tmp_path: Path) -> None:
    """Each section says so."""
    found = looked_at(shop, tmp_path, "words.toml", "[en]\ntitle = 3\n")
    assert {item.state for item in found.values()} == {"unknown"}
