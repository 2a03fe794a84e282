"""Copies of installed templates in the project's folder, and how they differ from the original."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen_core.api import TemplateRef
from docgen_core.errors import TemplateError
from docgen_core.templating import Templates
from docgen_core.templating.copies import compare_template, copy_template
from docgen_core.templating.sources import PackageSource

TEXT = "{#- About it. -#}\n# {{ title }}\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackageSource:
    """A package with a template and words."""
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"{tmp_path.name}_copies".replace("-", "_")
    folder = tmp_path / name / "templates" / "a"
    folder.mkdir(parents=True)
    (tmp_path / name / "__init__.py").touch()
    (folder / "b.md.j2").write_text(TEXT, encoding="utf-8")
    (folder / "words.toml").write_text("[en]\ntitle = 'T'\n", encoding="utf-8")
    return PackageSource(name, "plugin:p")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's folder of templates, which is not there yet."""
    return tmp_path / "project"


@pytest.mark.parametrize("name", ["a/b.md.j2", "a/words.toml"])
def test_a_copy_wins_and_says_the_same(package: PackageSource, project: Path, name: str) -> None:
    """Its first line tells where it came from and changes nothing."""
    copied = copy_template(Templates([package], project), name, project)
    templates = Templates([package], project)
    assert copied.in_use
    assert templates.which(name).path == str(copied.path)
    assert compare_template(templates, name).diff == ""
    assert compare_template(templates, name).changed_since_copy is False


def test_a_copy_renders_like_its_original(package: PackageSource, project: Path) -> None:
    """The line at the top leaves no trace."""
    before = Templates([package]).render(TemplateRef("a/b.md.j2"), title="X")
    copy_template(Templates([package]), "a/b.md.j2", project)
    templates = Templates([package], project)
    assert templates.render(TemplateRef("a/b.md.j2"), title="X") == before
    assert templates.words("a", "en") == {"title": "T"}


def test_a_copy_replaces_nothing_unless_told(package: PackageSource, project: Path) -> None:
    """With `force` it is the original again."""
    templates = Templates([package], project)
    path = copy_template(templates, "a/b.md.j2", project).path
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(TemplateError, match="is there already") as caught:
        copy_template(templates, "a/b.md.j2", project)
    assert "docgen templates diff a/b.md.j2" in caught.value.hint
    assert path.read_text(encoding="utf-8") == "mine"
    copy_template(templates, "a/b.md.j2", project, force=True)
    assert path.read_text(encoding="utf-8").endswith(TEXT)


def test_the_difference_is_what_the_user_changed(package: PackageSource, project: Path) -> None:
    """As a unified diff from the original to the project's file."""
    path = copy_template(Templates([package]), "a/b.md.j2", project).path
    path.write_text(path.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
    lines = compare_template(Templates([package], project), "a/b.md.j2").diff.splitlines()
    assert lines[1] == f"+++ {path}"
    assert [line for line in lines[2:] if line[0] in "+-"] == ["+more"]


def test_a_changed_original_is_noticed(
    package: PackageSource, project: Path, tmp_path: Path
) -> None:
    """So that what a new version brings is not missed."""
    copy_template(Templates([package]), "a/b.md.j2", project)
    original = tmp_path / package.package / "templates" / "a" / "b.md.j2"
    original.write_text(TEXT + "new\n", encoding="utf-8")
    found = compare_template(Templates([package], project), "a/b.md.j2")
    assert found.changed_since_copy is True
    assert "-new" in found.diff


def test_a_file_that_was_not_copied_has_no_such_memory(
    package: PackageSource, project: Path
) -> None:
    """Nobody knows what it was made from."""
    (project / "a").mkdir(parents=True)
    (project / "a" / "b.md.j2").write_text("mine", encoding="utf-8")
    found = compare_template(Templates([package], project), "a/b.md.j2")
    assert found.changed_since_copy is None


def test_there_must_be_something_to_compare(package: PackageSource, project: Path) -> None:
    """An original alone, or a project's file alone, has no counterpart."""
    with pytest.raises(TemplateError, match="does not override"):
        compare_template(Templates([package], project), "a/b.md.j2")
    project.mkdir()
    (project / "own.j2").touch()
    with pytest.raises(TemplateError, match="overrides nothing"):
        compare_template(Templates([package], project), "own.j2")


@pytest.mark.parametrize(
    "name", ["../b.md.j2", "/etc/x.j2", "a/b.md", "a//b.j2", "", "a\\..\\b.j2"]
)
def test_a_name_that_is_none_is_refused(package: PackageSource, project: Path, name: str) -> None:
    """Nothing is written outside the folder."""
    with pytest.raises(TemplateError, match="is not the name of a template"):
        copy_template(Templates([package], project), name, project)


def test_a_link_out_of_the_folder_is_not_followed(
    package: PackageSource, project: Path, tmp_path: Path
) -> None:
    """A cloned folder must not make docgen write elsewhere."""
    outside = tmp_path / "outside"
    outside.mkdir()
    project.mkdir()
    (project / "a").symlink_to(outside)
    with pytest.raises(TemplateError, match="link that leads out"):
        copy_template(Templates([package], project), "a/b.md.j2", project, force=True)
    assert not list(outside.iterdir())


def test_an_unknown_name_is_an_error(package: PackageSource, project: Path) -> None:
    """With the closest name."""
    with pytest.raises(TemplateError, match="no template") as caught:
        copy_template(Templates([package], project), "a/c.md.j2", project)
    assert "a/b.md.j2" in caught.value.hint
