"""Installed as a user installs it: real wheels in an empty environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from docgen_core.testing import FakeLMStudio

ROOT = Path(__file__).parents[2]
PLUGINS = sorted((ROOT / "plugins").glob("docgen-plugin-*"))

pytestmark = pytest.mark.wheels


def call(*command: str | Path, **variables: str) -> str:
    """Run a command; its standard output, or what went wrong."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DOCGEN_")}
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **variables},
        cwd=variables.get("PWD"),
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of every distribution, built from a copy of the sources."""
    target = tmp_path_factory.mktemp("wheels")
    source = tmp_path_factory.mktemp("source") / "docgen"
    ignored = shutil.ignore_patterns(".venv*", ".git", "__pycache__", "output", ".*_cache", "dist")
    shutil.copytree(ROOT, source, ignore=ignored)
    for path in (source, *sorted((source / "plugins").glob("docgen-plugin-*"))):
        call(sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", target, path)
    return target


class Environment:
    """An empty virtual environment, and what is installed into it."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self.folder = folder
        self._wheels = wheels
        call(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
        self._python = folder / "venv" / "bin" / "python"

    def install(self, *names: str) -> None:
        """Install distributions by name from the built wheels, and what they need."""
        call(
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", self._python),
            *("--find-links", self._wheels, "--constraint", ROOT / "constraints.txt"),
            *names,
        )

    def docgen(self, *arguments: str | Path, **variables: str) -> str:
        """Run the installed command."""
        program = self.folder / "venv" / "bin" / "docgen"
        return call(program, *arguments, PWD=str(self.folder), **variables)


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
    environment.install("docgen-core", *(path.name for path in PLUGINS))
    assert len(active(environment.docgen("plugins", "--json"))) == 7
    with FakeLMStudio() as fake:
        environment.docgen("generate", "A CRM", "-o", "out", "--base-url", fake.base_url)
    document = (environment.folder / "out" / "document.md").read_text(encoding="utf-8")
    assert document.startswith("# A CRM\n")
    assert document.count("\n## ") == 9


def test_a_plugin_can_be_removed_without_touching_anything(environment: Environment) -> None:
    """What does not need it still works."""
    environment.install("docgen-core", *(path.name for path in PLUGINS))
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
    assert f"{name}/py.typed" in files
    assert not [file for file in files if file.startswith("tests/") or "/tests/" in file]
    if path == ROOT:
        assert "docgen_templates/document.md.j2" in files
    elif '"docgen.deliverables"' in (path / "pyproject.toml").read_text(encoding="utf-8"):
        assert f"{name}/templates/section.md.j2" in files
