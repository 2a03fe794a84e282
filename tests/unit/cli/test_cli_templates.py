"""`docgen templates` and `docgen validate` with a project that changes what plugins lay out."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import Docgen

NAME = "document.md.j2"


@pytest.fixture
def changed(good: Docgen) -> Docgen:
    """A project with a folder of templates and a copy of the document's."""
    (good.folder / "docgen.toml").write_text('templates_dir = "mine"\n', encoding="utf-8")
    assert good("templates", "copy", NAME).returncode == 0
    return good


def add(docgen: Docgen, name: str, text: str) -> Path:
    path = docgen.folder / "mine" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_list_says_what_is_overridden(changed: Docgen) -> None:
    """With both places, in the table and as JSON."""
    found = {each["name"]: each for each in changed.json("templates")["templates"]}
    assert found[NAME]["origin"] == "project"
    assert [each["origin"] for each in found[NAME]["overrides"]] == ["shared"]
    assert found["section.md.j2"]["overrides"] == []
    (line,) = (line for line in changed("templates").stdout.splitlines() if line.startswith(NAME))
    assert line.split()[1:3] == ["project", "shared"]


def test_a_copy_says_what_to_do_next(good: Docgen) -> None:
    """Also that a folder given by --to is not in use yet."""
    done = good("templates", "copy", NAME, "--to", "other")
    assert (good.folder / "other" / NAME).exists()
    assert "set templates_dir in docgen.toml to this folder: other" in done.stdout
    assert "docgen validate" in done.stdout
    again = good.json("templates", "copy", NAME, "--to", "other", "--force")
    assert (again["name"], again["in_use"]) == (NAME, False)


def test_a_copy_needs_a_folder(good: Docgen) -> None:
    """The hint names both ways to say which."""
    done = good("templates", "copy", NAME)
    assert done.returncode == 3
    assert "templates_dir" in done.stderr
    assert "--to" in done.stderr


def test_a_second_copy_is_refused(changed: Docgen) -> None:
    """Nothing of the user's is lost by accident."""
    path = add(changed, NAME, "mine")
    done = changed("templates", "copy", NAME)
    assert (done.returncode, path.read_text(encoding="utf-8")) == (3, "mine")
    assert f"docgen templates diff {NAME}" in done.stderr


def test_the_difference_is_shown(changed: Docgen) -> None:
    """As text and as JSON."""
    assert changed("templates", "diff", NAME).stdout == "Both say the same.\n"
    path = changed.folder / "mine" / NAME
    path.write_text(path.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
    assert "+more" in changed("templates", "diff", NAME).stdout.splitlines()
    found = changed.json("templates", "diff", NAME)
    assert (found["changed_since_copy"], found["original"]["origin"]) == (False, "shared")


def test_a_newer_original_is_told(changed: Docgen) -> None:
    """The hash in the copy's first line is of another text."""
    path = changed.folder / "mine" / NAME
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    stamp = first.replace(first.split()[-2], "0" * 64)
    path.write_text(f"{stamp}\n{rest}", encoding="utf-8")
    done = changed("templates", "diff", NAME)
    assert "has changed since your copy was made" in done.stdout
    assert changed.json("templates", "diff", NAME)["changed_since_copy"] is True


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("section.md.j2", "\n{% if %}", 2, "Expected an expression"),
        ("section.md.j2", "{{ dta }}", 1, "'dta' is undefined"),
        ("section.md.j2", "\n\n{{ words.nope }}", 3, "there is no word 'nope'"),
        ("section.md.j2", "{{ context.langage }}", 1, "has no field 'langage'"),
        ("alpha/words.toml", "[en]\ntitel = 'x'", 2, "no template asks for the word 'titel'"),
        ("alpha/words.toml", "[en]\ntitle =\n", 2, "cannot be read"),
    ],
)
def test_validate_names_file_and_line(
    changed: Docgen, name: str, text: str, line: int, message: str
) -> None:
    """For each kind of mistake, with exit code 3."""
    path = add(changed, name, text)
    done = changed("validate")
    assert done.returncode == 3
    told, *_ = (each for each in done.stdout.splitlines() if message in each)
    assert str(path) in told
    assert f"line {line}" in told
