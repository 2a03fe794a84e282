"""What holds for the repository as a whole: names, versions, borders."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PLUGINS = sorted((ROOT / "plugins").glob("docgen-plugin-*"))
DELIVERABLES = [
    path
    for path in PLUGINS
    if '"docgen.deliverables"' in (path / "pyproject.toml").read_text(encoding="utf-8")
]
FIRST_PARTY_IDS = (
    "problem_statement",
    "personas",
    "use_cases",
    "tool_outline",
    "implementation_instructions",
    "copilot365_presentation_prompt",
    "effectiveness_assessment",
)


def project(path: Path) -> dict[str, Any]:
    """The pyproject of a distribution."""
    return tomllib.loads((path / "pyproject.toml").read_text(encoding="utf-8"))["project"]  # type: ignore[no-any-return] # TOML


def tracked() -> list[Path]:
    """Every file that git tracks."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_the_seven_deliverables_are_distributions_of_their_own() -> None:
    """Each id has a folder; beside them there is only the example of an in-house pack."""
    expected = {"docgen-plugin-" + key.replace("_", "-") for key in FIRST_PARTY_IDS}
    assert {path.name for path in DELIVERABLES} == expected | {"docgen-plugin-adr"}


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_has_the_core_s_version_and_a_range_on_it(path: Path) -> None:
    """Versions move together; the range leaves room for minors."""
    facts = project(path)
    assert facts["version"] == project(ROOT)["version"]
    assert "docgen-core>=0.1,<1" in facts["dependencies"]


@pytest.mark.parametrize("path", DELIVERABLES, ids=lambda path: path.name)
def test_a_deliverable_depends_on_the_core_and_nothing_else(path: Path) -> None:
    """So that it could be deleted without touching anything."""
    assert project(path)["dependencies"] == ["docgen-core>=0.1,<1"]


def test_the_development_requirements_list_every_plugin() -> None:
    """A plugin that is not listed would not be tested."""
    lines = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    listed = {line.removeprefix("-e ./plugins/") for line in lines if line.startswith("-e ./plug")}
    assert listed == {path.name for path in PLUGINS}


def test_the_core_names_no_deliverable() -> None:
    """Every deliverable could be deleted without touching the core."""
    sources = [*(ROOT / "core").rglob("*.py"), *(ROOT / "templates").rglob("*.*")]
    pattern = re.compile("|".join(rf"\b{key}\b" for key in FIRST_PARTY_IDS))
    hits = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in sources
        if path.suffix in {".py", ".j2"} and "testing" not in path.parts
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert hits == []


@pytest.mark.parametrize("path", DELIVERABLES, ids=lambda path: path.name)
def test_a_deliverable_imports_only_the_public_api_of_the_core(path: Path) -> None:
    """Everything else in the core is private."""
    imports = re.compile(r"^\s*(?:from|import)\s+(docgen_core[\w.]*)", re.MULTILINE)
    found = {
        name
        for source in (path / "src").rglob("*.py")
        for name in imports.findall(source.read_text(encoding="utf-8"))
    }
    assert found == {"docgen_core.api"}


def test_no_tracked_text_names_a_machine_path_or_a_package_index() -> None:
    """What is committed must hold on every machine."""
    pattern = re.compile(rf"{re.escape(str(ROOT.parent))}/|https?://\S+/simple\b")
    texts = [path for path in tracked() if path.suffix in {".py", ".md", ".toml", ".txt", ".j2"}]
    assert [str(path) for path in texts if pattern.search(path.read_text(errors="replace"))] == []


def test_source_files_are_short_enough_to_read() -> None:
    """Under 400 lines each."""
    sources = [*(ROOT / "core/src").rglob("*.py"), *(ROOT / "plugins").glob("*/src/**/*.py")]
    assert [p.name for p in sources if p.read_text(encoding="utf-8").count("\n") > 400] == []
