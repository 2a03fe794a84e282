"""The contract as a class of tests, and the opt-in fixtures, as a plugin's author uses them."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.plants import PLANTS
from support.plugin_project import write_project

from docgen_core.conformance import RULES, Report
from docgen_core.testing import DeliverableContract

TESTS = [name for name in vars(DeliverableContract) if name.startswith("test_")]


def contract(name: str) -> DeliverableContract:
    """The class as a subclass for one plugin sets it up."""
    made: DeliverableContract = type("TestIt", (DeliverableContract,), {"deliverable": name})()
    return made


def failing(plugin: Path) -> dict[str, str]:
    """The tests that fail for a plugin, with what they say."""
    instance = contract(str(plugin))
    messages = {}
    for name in TESTS:
        test: Callable[[], None] = getattr(instance, name)
        try:
            test()
        except AssertionError as error:
            messages[name] = str(error)
    return messages


def test_a_good_plugin_passes_every_test(tmp_path: Path) -> None:
    """In a class of its own with one line."""
    assert failing(write_project(tmp_path)) == {}


def test_a_fault_fails_the_test_of_its_rule_alone(tmp_path: Path) -> None:
    """The message names file, line, code and remedy."""
    folder = write_project(tmp_path, PLANTS["a setting without help"].edits)
    messages = failing(folder)
    assert list(messages) == ["test_its_settings_explain_themselves"]
    message = messages["test_its_settings_explain_themselves"]
    assert "acme_terms/__init__.py:" in message
    assert "DG402" in message
    assert RULES["DG402"].hint in message


def test_what_could_not_be_looked_at_does_not_pass(tmp_path: Path) -> None:
    """A plugin that cannot be imported has no template in order."""
    messages = failing(write_project(tmp_path, PLANTS["an exit"].edits))
    assert "DG201" in messages["test_its_template_makes_sense"]
    assert "test_its_package_says_which_docgen_it_fits" not in messages


def test_every_rule_has_its_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """No finding passes unseen."""
    held: list[str] = []
    monkeypatch.setattr(DeliverableContract, "_hold", lambda _self, *codes: held.extend(codes))
    instance = contract("any")
    for name in TESTS:
        getattr(instance, name)()
    assert sorted(held) == sorted(RULES)


def test_the_checks_run_once_for_a_class(tmp_path: Path) -> None:
    """However many tests look at them."""
    instance = contract(str(write_project(tmp_path)))
    first: Report = instance.report()
    assert instance.report() is first


def test_the_kit_needs_no_pytest() -> None:
    """The fixtures alone do."""
    code = "import sys; sys.modules['pytest'] = None; from docgen_core.testing import *"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nothing_of_the_kit_loads_by_itself() -> None:
    """Whoever installs docgen finds nothing added to the tests of other projects."""
    points = importlib.metadata.distribution("docgen-core").entry_points
    assert not [point for point in points if point.group == "pytest11"]


CONFTEST = 'pytest_plugins = ["docgen_core.testing.pytest"]\n'
USE = '''
from docgen_core.testing import DeliverableContract, Reply

class TestTerms(DeliverableContract):
    deliverable = "terms"

def test_a_run(fake_lm_studio, generate):
    """The next answer is scripted."""
    fake_lm_studio.enqueue(Reply.text('{"terms": [{"name": "Belay"}], "notes": "Few."}'))
    result = generate("A climbing gym", "terms", settings={"terms": {"count": 7}}, language="de")
    assert result.result("terms").success
    assert "## Hinweise" in result.result("terms").content
    assert "Explain 7 terms in de." in fake_lm_studio.chat_requests[0].prompt

def test_a_run_without_a_script(generate):
    """The server answers in the form that is asked for."""
    assert generate("A climbing gym", "terms").exit_code == 0
'''


def test_an_author_s_tests_run_with_the_kit(tmp_path: Path) -> None:
    """The plugin is installed, the fixtures are asked for in conftest.py."""
    site = write_project(tmp_path) / "src"
    info = site / "acme_terms-1.2.dist-info"
    info.mkdir()
    metadata = "Name: acme-terms\nVersion: 1.2\nRequires-Dist: docgen-core<1,>=0.1\n"
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\n{metadata}", encoding="utf-8")
    points = "[docgen.deliverables]\nterms = acme_terms\n"
    (info / "entry_points.txt").write_text(points, encoding="utf-8")
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tests / "test_terms.py").write_text(USE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "tests"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert f"{len(TESTS) + 2} passed" in done.stdout
