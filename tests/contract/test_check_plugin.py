"""`docgen check-plugin` on a project that is right, and on the same project spoilt in each way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from support.export_plants import EXPORT_PLANTS
from support.plants import ENTRY, HOOK, PLANTS, init, toml
from support.plugin_project import INIT, PYPROJECT, marked_line, write_project

from docgen_core.conformance import RULES, STAGES, check_plugin
from docgen_core.errors import MissingPluginError, UsageError

PLUGINS: Final = Path(__file__).parents[2] / "plugins"
#: Stands for what docgen refuses and no rule foresees, so that nothing can be planted for it.
UNFORESEEN: Final = {"DG300"}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The good project as an installed distribution; gives the folder of its modules."""
    folder = write_project(tmp_path / "site")
    site = folder / "src"
    info = site / "acme_terms-1.2.dist-info"
    info.mkdir()
    requires = "Requires-Dist: docgen-core<1,>=0.1"
    metadata = f"Metadata-Version: 2.1\nName: acme-terms\nVersion: 1.2\n{requires}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[docgen.deliverables]\n{ENTRY.replace(chr(34), '')}\n")
    monkeypatch.syspath_prepend(str(site))
    return site


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "docgen_core", "check-plugin", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_good_project_has_no_fault(tmp_path: Path) -> None:
    """Every stage comes to its end and finds nothing."""
    report = check_plugin(str(write_project(tmp_path)))
    assert report.findings == ()
    assert (report.missed, report.checked) == ((), ("terms",))


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_found_at_its_line(tmp_path: Path, name: str) -> None:
    """The finding has the rule's code, and the file and line to change."""
    plant = PLANTS[name]
    folder = write_project(tmp_path, plant.edits)
    report = check_plugin(str(folder), seconds=plant.seconds)
    place = (str(folder / plant.at), None) if plant.at else marked_line(folder)
    found = {
        (finding.code, finding.file, finding.line if place[1] else None)
        for finding in report.findings
        if finding.code not in plant.also
    }
    assert found == {(plant.code, *place)}, [str(finding) for finding in report.findings]


def test_every_rule_is_planted() -> None:
    """No rule stands in the table that no check holds."""
    elsewhere = {"DG108", "DG613"}
    planted = {plant.code for plant in PLANTS.values()}
    planted |= {plant.code for plant in EXPORT_PLANTS.values()}
    assert planted | elsewhere | UNFORESEEN == set(RULES)
    assert {code[2] for code in RULES} == set(STAGES)


@pytest.mark.parametrize("name", ["html", "json", "embedded"])
def test_the_repository_s_other_plugins_keep_the_contract(name: str) -> None:
    """Those that bring deliverables hold it in their own tests."""
    report = check_plugin(str(PLUGINS / f"docgen-plugin-{name}"))
    assert (report.findings, report.checked) == ((), (name,))


def test_an_installed_plugin_is_checked_by_the_name_of_its_document(installed: Path) -> None:
    """And by that of its package; the findings name the installed files."""
    assert check_plugin("terms").findings == check_plugin("Acme_Terms").findings == ()
    module = installed / "acme_terms/__init__.py"
    module.write_text(module.read_text("utf-8").replace(HOOK, f"{HOOK}\n    print(1)"), "utf-8")
    (finding,) = check_plugin("terms").findings
    assert (finding.code, finding.file) == ("DG611", str(module))


def test_an_id_that_is_taken_is_told(installed: Path, tmp_path: Path) -> None:
    """Two packages with one id are a conflict for whoever installs both."""
    name = (('name = "acme-terms"', 'name = "other-terms"'), (ENTRY, f"{ENTRY} # HERE"))
    folder = write_project(tmp_path / "other", {PYPROJECT: name})
    (finding,) = check_plugin(str(folder)).findings
    assert (finding.code, finding.file, finding.line) == ("DG108", *marked_line(folder))
    assert "acme-terms 1.2" in finding.message
    assert installed.is_dir()


def test_the_whole_check_has_a_time_limit(tmp_path: Path) -> None:
    """A plugin that is slow everywhere cannot keep the command for long."""
    edits = {**init("import attrs\n", "import time\ntime.sleep(60)\nimport attrs\n")}
    edits |= toml(ENTRY, f"{ENTRY} # HERE")
    folder = write_project(tmp_path, edits)
    (finding,) = check_plugin(str(folder), seconds=60, total=1.5).findings
    assert (finding.code, finding.file, finding.line) == ("DG613", *marked_line(folder))


def test_a_pack_is_checked_without_a_document_of_its_own(tmp_path: Path) -> None:
    """Its hooks are called for a document that stands for any."""
    module = """
from docgen_core.api import hookimpl

@hookimpl
def get_instructions():
    return "Write plainly."

@hookimpl
def postprocess(draft):
    open("log.txt", "a")
"""
    edits = toml("docgen.deliverables", "docgen.packs") | init("", module)
    report = check_plugin(str(write_project(tmp_path, edits)))
    assert [finding.code for finding in report.findings] == ["DG609"]
    assert report.checked == ("terms",)
    assert not Path("log.txt").exists()


def test_the_check_keeps_the_plugin_out_of_this_process(tmp_path: Path) -> None:
    """Nothing of it is imported here."""
    check_plugin(str(write_project(tmp_path)))
    assert "acme_terms" not in sys.modules


def test_the_command_prints_places_from_the_working_folder(tmp_path: Path) -> None:
    """As editors and terminals know them, and leaves with 3."""
    write_project(tmp_path, PLANTS["a misspelt hook"].edits)
    _, line = marked_line(tmp_path)
    done = run(".", folder=tmp_path)
    assert (done.returncode, done.stderr) == (3, "")
    first, hint, *rest = done.stdout.splitlines()
    assert first.startswith(f"{INIT}:{line}: DG301 post_process is not a hook")
    assert hint == f"    {RULES['DG301'].hint}"
    assert rest == ["Not checked because of this: conduct, template.", "acme-terms: 1 fault"]


def test_the_command_gives_one_json_document(tmp_path: Path) -> None:
    """With every finding's parts."""
    write_project(tmp_path, PLANTS["a print in a hook"].edits)
    facts = json.loads(run(".", "--json", folder=tmp_path).stdout)
    file, line = marked_line(tmp_path)
    assert (facts["valid"], facts["plugin"], facts["not_checked"]) == (False, "acme-terms", [])
    (finding,) = facts["findings"]
    assert (finding["code"], finding["file"], finding["line"]) == ("DG611", file, line)
    assert finding["hint"] == RULES["DG611"].hint


def test_the_command_is_content_with_a_good_plugin(tmp_path: Path) -> None:
    """Exit code 0."""
    write_project(tmp_path)
    done = run(".", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "terms: no faults\n")


def test_the_process_of_a_check_loads_nothing_heavy_before_the_plugin() -> None:
    """What is loaded already would not be seen when the plugin imports it."""
    code = (
        "import sys, docgen_core.conformance.child\n"
        "from docgen_core.conformance.import_checks import HEAVY\n"
        "third = ('httpx', 'jinja2', 'cattrs', 'rich', 'importlib_metadata', 'markdown_it')\n"
        "print([name for name in (*HEAVY, *third) if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_module_in_a_namespace_answers_for_itself_alone(tmp_path: Path) -> None:
    """What other packages put into the same namespace is theirs."""
    folder = write_project(tmp_path, toml(ENTRY, 'terms = "acme.terms"'))
    space = folder / "src/acme"
    space.mkdir()
    (folder / "src/acme_terms").rename(space / "terms")
    (space / "other.py").write_text("from docgen_core.engine import engine\n", encoding="utf-8")
    assert check_plugin(str(folder)).findings == ()
    module = space / "terms/__init__.py"
    module.write_text(module.read_text("utf-8") + "print(1)\n", encoding="utf-8")
    assert [f.code for f in check_plugin(str(folder)).findings] == ["DG206"]


def test_a_folder_does_not_hide_an_installed_plugin(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is a name, even where a folder has the same one."""
    (tmp_path / "terms").mkdir()
    monkeypatch.chdir(tmp_path)
    assert check_plugin("terms").target == "acme-terms"
    assert installed.is_dir()


def test_an_unknown_name_is_not_a_fault_of_a_plugin(tmp_path: Path) -> None:
    """The message says what is installed under a name near to it, or how to name a folder."""
    with pytest.raises(MissingPluginError, match="no installed plugin is called 'no_such'"):
        check_plugin("no_such")
    with pytest.raises(UsageError, match=r"there is no pyproject\.toml in it"):
        check_plugin(str(tmp_path))
