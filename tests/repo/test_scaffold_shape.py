"""The standard deliverables have the shape that the scaffold writes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from docgen_core.cli.scaffold import write_scaffold

ROOT = Path(__file__).parents[2]
#: What the repository has once, for all of its packages.
OUTSIDE = {".github/workflows/test.yml", ".gitignore", "CHANGELOG.md", "LICENSE"}
#: Files whose shared lines are compared, as they are called in every plugin.
COMPARED = (
    "pyproject.toml",
    "README.md",
    "src/PACKAGE/__init__.py",
    "src/PACKAGE/instructions.py",
    "src/PACKAGE/schema.py",
    "src/PACKAGE/templates/words.toml",
    "tests/test_ID_plugin.py",
)
#: What does not count: words in further languages, and the insides of tests.
NOT_SHARED = {
    "README.md": re.compile(r" The plugin has words for .*"),
    "src/PACKAGE/templates/words.toml": re.compile(r"\[(?!en)\w+\]"),
    "tests/test_ID_plugin.py": re.compile(r"(?!class |def test_|    deliverable|    plugin).*"),
}


@attrs.frozen(kw_only=True)
class Plugin:
    """One of the standard deliverables, or what the scaffold writes in its place.

    Attributes:
        facts: The [project] table of its pyproject.
        files: The text of each file; the plugin's own names are put in capitals.
    """

    facts: Mapping[str, Any]
    files: Mapping[str, str]

    @property
    def key(self) -> str:
        """The deliverable's id."""
        return str(next(iter(self.facts["entry-points"]["docgen.deliverables"])))


def read(folder: Path, names: list[str]) -> Plugin:
    """A plugin's files."""
    facts = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    (key,) = facts["entry-points"]["docgen.deliverables"]
    own = {
        facts["name"]: "DISTRIBUTION",
        facts["name"].replace("-", "_"): "PACKAGE",
        facts["description"]: "DESCRIPTION",
        key.replace("_", " ").title().replace(" ", ""): "CLASS",
        key: "ID",
    }
    files = {}
    for name in names:
        text = (folder / name).read_text("utf-8")
        for old, new in own.items():
            text = text.replace(old, new)
        files[_renamed(name, own)] = text
    return Plugin(facts=facts, files=files)


def _renamed(name: str, own: Mapping[str, str]) -> str:
    for old, new in own.items():
        name = name.replace(old, new)
    return name


def standard() -> list[Path]:
    """The folders of the packages with one deliverable."""
    found = []
    for path in sorted((ROOT / "plugins").glob("docgen-plugin-*")):
        project = tomllib.loads((path / "pyproject.toml").read_text("utf-8"))["project"]
        if len(project["entry-points"].get("docgen.deliverables", ())) == 1:
            found.append(path)
    return found


def sources(folder: Path) -> list[str]:
    """The names of the files, without what running them leaves behind."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in paths if not {"__pycache__", "dist"} & {*path.parts})


@pytest.fixture(scope="module")
def plugins() -> list[Plugin]:
    """The standard deliverables as they are."""
    return [read(folder, sources(folder)) for folder in standard()]


@pytest.fixture(scope="module")
def rendered(plugins: list[Plugin], tmp_path_factory: pytest.TempPathFactory) -> list[Plugin]:
    """What the scaffold writes for the same ids, in the same order."""
    made = []
    for plugin in plugins:
        author = plugin.facts["authors"][0]["name"]
        answers = {"id": plugin.key, "needs": "", "author": author}
        folder = write_scaffold(answers, tmp_path_factory.mktemp("scaffold"), ask=False)
        made.append(read(folder, sources(folder)))
    return made


def test_there_are_seven(plugins: list[Plugin]) -> None:
    """Or this file would compare nothing."""
    assert len(plugins) == 7


def test_the_file_sets_are_the_same(plugins: list[Plugin], rendered: list[Plugin]) -> None:
    """A plugin may have further modules; what the repository has once it has not."""
    for plugin, made in zip(plugins, rendered, strict=True):
        expected = made.files.keys() - OUTSIDE
        further = plugin.files.keys() - expected
        assert expected <= plugin.files.keys(), plugin.key
        assert all(name.startswith("src/PACKAGE/") and name.endswith(".py") for name in further)


def test_pyproject_is_the_same_but_for_the_description(
    plugins: list[Plugin], rendered: list[Plugin]
) -> None:
    """Line for line."""
    for plugin, made in zip(plugins, rendered, strict=True):
        assert plugin.files["pyproject.toml"] == made.files["pyproject.toml"], plugin.key


@pytest.mark.parametrize("name", COMPARED)
def test_what_all_plugins_share_the_scaffold_writes_too(
    name: str, plugins: list[Plugin], rendered: list[Plugin]
) -> None:
    """A line that stands in each of the seven is the house's way, so it stands in the scaffold."""
    shared = set.intersection(*(lines(plugin, name) for plugin in plugins))
    assert shared - lines(rendered[0], name) == set()


def lines(plugin: Plugin, name: str) -> set[str]:
    """The lines of a file that every plugin could have."""
    skipped = NOT_SHARED.get(name, re.compile(r"(?!)"))
    return {skipped.sub("", line) for line in plugin.files[name].splitlines()}
