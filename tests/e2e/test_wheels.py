"""Installed as a user installs it: real wheels in an empty environment."""

from __future__ import annotations

import json
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from support.clean import ROOT, Environment, call

from docgen_core.testing import FakeLMStudio

PLUGINS = sorted((ROOT / "plugins").glob("docgen-plugin-*"))
#: Without the example of an in-house pack, which would be written too.
STANDARD = [path for path in PLUGINS if path.name != "docgen-plugin-adr"]

pytestmark = pytest.mark.wheels


@pytest.fixture
def environment(tmp_path: Path, wheels: Path) -> Environment:
    return Environment(tmp_path, wheels)


def active(report: str) -> set[str]:
    """Names of the active deliverables in the JSON of `docgen plugins`."""
    return {
        plugin["name"]
        for plugin in json.loads(report)["plugins"]
        if plugin["status"] == "active" and plugin["group"] == "docgen.deliverables"
    }


def test_one_plugin_then_a_second_one_with_no_other_change(environment: Environment) -> None:
    """The second shows up in the list and in the next document."""
    environment.install("docgen-core", "docgen-plugin-problem-statement")
    assert active(environment.docgen("plugins", "--json")) == {"problem_statement"}
    with FakeLMStudio() as fake:
        brief = ("generate", "A CRM for plumbers", "-o", "out", "--base-url", fake.base_url)
        environment.docgen(*brief)
        document = environment.folder / "out" / "document.md"
        assert "Personas" not in document.read_text(encoding="utf-8")
        environment.install("docgen-plugin-personas")
        assert active(environment.docgen("plugins", "--json")) == {"personas", "problem_statement"}
        environment.docgen(*brief)
        assert "## Personas" in document.read_text(encoding="utf-8")
        assert len(fake.chat_requests) == 2


def test_all_distributions_give_seven_active_deliverables(environment: Environment) -> None:
    """And a document from the installed templates."""
    environment.install("docgen-core", *(path.name for path in STANDARD))
    assert len(active(environment.docgen("plugins", "--json"))) == 7
    with FakeLMStudio() as fake:
        environment.docgen("generate", "A CRM", "-o", "out", "--base-url", fake.base_url)
    document = (environment.folder / "out" / "document.md").read_text(encoding="utf-8")
    assert document.startswith("# A CRM\n")
    sections = list((environment.folder / "out" / "sections").glob("*.md"))
    assert len(sections) == 7
    for section in sections:
        title = section.read_text(encoding="utf-8").splitlines()[0]
        assert f"\n#{title}\n" in document


def test_a_plugin_can_be_removed_without_touching_anything(environment: Environment) -> None:
    """What does not need it still works."""
    environment.install("docgen-core", *(path.name for path in STANDARD))
    call(
        *(sys.executable, "-m", "uv", "pip", "uninstall", "--quiet", "--python"),
        *(environment.folder / "venv" / "bin" / "python", "docgen-plugin-personas"),
    )
    report = environment.docgen("plugins", "--json")
    assert "personas" not in active(report)
    with FakeLMStudio() as fake:
        only = ("-d", "problem_statement")
        environment.docgen("generate", "A CRM", *only, "-o", "out", "--base-url", fake.base_url)


@pytest.mark.parametrize("path", [ROOT, *PLUGINS], ids=lambda path: path.name)
def test_a_wheel_carries_its_data_files(path: Path, wheels: Path) -> None:
    """Templates and type markers, and nothing of the tests."""
    name = "docgen_core" if path == ROOT else path.name.replace("-", "_")
    (wheel,) = wheels.glob(f"{name}-*.whl")
    files = zipfile.ZipFile(wheel).namelist()
    project = tomllib.loads((path / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"{name}/py.typed" in files
    assert not [file for file in files if file.startswith("tests/") or f"{name}/tests/" in file]
    if path == ROOT:
        assert "docgen_templates/document.md.j2" in files
        assert "docgen_scaffold/cookiecutter.json" in files
    elif "docgen.deliverables" in project["entry-points"]:
        ids = project["entry-points"]["docgen.deliverables"]
        folders = [""] if len(ids) == 1 else [f"{key}/" for key in ids]
        for folder in folders:
            assert f"{name}/templates/{folder}section.md.j2" in files
