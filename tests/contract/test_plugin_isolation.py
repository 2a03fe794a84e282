"""Eighteen packages broken in as many ways, installed beside four good ones."""

from __future__ import annotations

import csv
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from support.command_line import Docgen

from docgen_core.testing import FakeLMStudio, RecordedRequest, Reply

HEAD: Final = "from docgen_core.api import Deliverable, Draft, hookimpl\n"
OFFER: Final = """
@hookimpl
def get_deliverables():
    return [Deliverable(id="{id}", title="The {id}", summary="S", needs={needs})]

@hookimpl
def get_instructions(deliverable):
    return "Write about " + deliverable.id
"""
BOOM: Final = "    raise RuntimeError('boom in the plugin')\n"

#: What is told of a plugin that was never loaded, or whose loading failed.
FAILED: Final = {
    "import_error": ("import a_module_that_is_not_there\n", "ModuleNotFoundError"),
    "exits": ("raise SystemExit(3)\n", "raised SystemExit: 3"),
    "hangs": ("import threading\nthreading.Event().wait()\n", "took longer than 2 s"),
    "misspelt": ("@hookimpl\ndef post_process(draft): ...\n", "did you mean 'postprocess'?"),
    "wrong_signature": ("@hookimpl\ndef postprocess(client): ...\n", "client"),
    "raises_at_once": ("@hookimpl\ndef get_deliverables():\n" + BOOM, "boom in the plugin"),
}
#: What loads, and fails when a run calls it.
FAILING: Final = {
    "in_instructions": (f"@hookimpl\ndef get_instructions():\n{BOOM}", "boom in the plugin"),
    "in_template": (f"@hookimpl\ndef get_template():\n{BOOM}", "boom in the plugin"),
    "in_postprocess": (f"@hookimpl\ndef postprocess(draft):\n{BOOM}", "boom in the plugin"),
    "wrong_type": ("@hookimpl\ndef get_instructions():\n    return 3\n", "returned int"),
    "hanging": ("@hookimpl\ndef postprocess():\n    while True: pass\n", "took longer than 2 s"),
    "huge": (
        "@hookimpl\ndef get_instructions():\n    return 'x' * 100_000_000\n",
        "returned 100,000,000 bytes",
    ),
}
#: What misbehaves without harm.
HARMLESS: Final = {
    "prints": "import sys\nsys.stdout.write('x' * 10_000_000)\n",
    "in_merge": f"@hookimpl\ndef merge_section(section):\n{BOOM}",
    "mutates": """
@hookimpl
def postprocess(draft, deliverable, context):
    for thing, name in ((deliverable, "title"), (context.inputs["alpha"], "markdown")):
        object.__setattr__(thing, name, "spoilt")
""",
}
GOOD: Final = ("alpha", "beta", "delta", "gamma")
NEEDS: Final = {"mutates": ("alpha",), "beta": ("alpha",)}


def source(name: str, code: str = "") -> str:
    """A module with one deliverable; a hook in `code` takes the place of the usual one."""
    offer = OFFER.format(id=name, needs=NEEDS.get(name, ()))
    if "def get_instructions" in code:
        offer = offer.partition("@hookimpl\ndef get_instructions")[0]
    if "def get_deliverables" in code:
        offer = ""
    return HEAD + code + offer


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Docgen:
    """All of them installed in one folder, each with the metadata that an installer writes."""
    base = tmp_path_factory.mktemp("crowd")
    folder, site = base / "work", base / "site"
    folder.mkdir()
    site.mkdir()
    docgen = Docgen(folder=folder, site=site)
    for name in GOOD:
        add(docgen, name, source(name, witness(base, name)))
    for name, (code, _) in {**FAILED, **FAILING}.items():
        add(docgen, name, source(name, witness(base, name) + code))
    for name, code in HARMLESS.items():
        add(docgen, name, source(name, witness(base, name) + code))
    add(docgen, "names_nothing", None)
    add(docgen, "newer", source("newer").replace('summary="S"', 'summary="S", api=(1, 99)'))
    for name in ("twin_left", "twin_right"):
        add(docgen, name, source("twin"), point="twin")
    return docgen


def witness(base: Path, name: str) -> str:
    """Code that tells that a module was imported."""
    return f"import pathlib\npathlib.Path({str(base / name)!r}).touch()\n"


def imported(docgen: Docgen) -> set[str]:
    """The modules that were imported since they were forgotten."""
    return {path.name for path in docgen.site.parent.iterdir() if path.is_file()}


def forget(docgen: Docgen) -> None:
    """Forget which modules were imported."""
    for name in imported(docgen):
        (docgen.site.parent / name).unlink()


def add(docgen: Docgen, name: str, code: str | None, point: str = "") -> None:
    """Install one package with a RECORD, as installers do."""
    package = f"crowd-{name.replace('_', '-')}"
    docgen.install(
        package, code or "", {"docgen.deliverables": [f"{point or name} = crowd_{name}"]}
    )
    if code is None:
        (docgen.site / f"crowd_{name}.py").unlink()
    record(docgen.site, f"crowd_{name}")


def record(site: Path, module: str) -> None:
    info = next(site.glob(f"{module}-*.dist-info"))
    files = [f"{module}.py", *(f"{info.name}/{path.name}" for path in info.iterdir())]
    with (info / "RECORD").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([name, "", ""] for name in files)


def uninstall(site: Path, module: str) -> None:
    """Remove what RECORD lists, as `pip uninstall` does."""
    info = next(site.glob(f"{module}-*.dist-info"))
    with (info / "RECORD").open(encoding="utf-8", newline="") as file:
        for name, *_ in list(csv.reader(file)):
            (site / name).unlink(missing_ok=True)
    (info / "RECORD").unlink()
    info.rmdir()


def answer(request: RecordedRequest) -> Reply:
    return Reply.text(f"Text of {request.prompt.rpartition('Write about ')[2].split()[0]}.")


@pytest.fixture
def lm_studio() -> Iterator[FakeLMStudio]:
    with FakeLMStudio(respond=answer) as fake:
        yield fake


def listed(docgen: Docgen) -> dict[str, dict[str, Any]]:
    """What `docgen plugins --json` says, by package."""
    done = docgen("plugins", "--json", DOCGEN_HOOK_TIMEOUT="2")
    assert done.returncode == 0, done.stderr
    plugins = json.loads(done.stdout)["plugins"]
    # What else the environment has is switched off by name.
    ours = (each for each in plugins if each["distribution"].startswith("crowd-"))
    return {each["distribution"]: each for each in ours}


def generate(
    docgen: Docgen, lm_studio: FakeLMStudio, *ids: str, output: str
) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run `docgen generate`; gives the exit code and the results by id."""
    wanted = [part for name in ids for part in ("-d", name)]
    done = docgen(
        *("generate", "A brief", *wanted, "-o", output, "--json"),
        DOCGEN_BASE_URL=lm_studio.base_url,
        DOCGEN_HOOK_TIMEOUT="2",
    )
    results = json.loads(done.stdout).get("deliverables")
    assert results is not None, done.stderr
    return done.returncode, {each["id"]: each for each in results}


def test_every_package_is_listed_with_what_is_known_of_it(crowd: Docgen) -> None:
    """One JSON document: status, distribution, version, hooks, reason and remedy of each."""
    facts = listed(crowd)
    assert len(facts) == len(GOOD) + len(FAILED) + len(FAILING) + len(HARMLESS) + 4
    keys = {"status", "distribution", "version", "hooks", "reason", "remedy"}
    assert all(keys <= set(each) for each in facts.values())
    assert {each["version"] for each in facts.values()} == {"1.0"}
    for name, each in ((each["name"], each) for each in facts.values()):
        assert (each["reason"] == "") == (each["remedy"] == "") == (each["status"] == "active")
        imported_it = each["status"] == "active" or name in {"misspelt", "wrong_signature", "newer"}
        assert bool(each["hooks"]) == (imported_it or name == "raises_at_once"), name


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        *((name, "failed", reason) for name, (_, reason) in FAILED.items()),
        *((name, "active", "") for name in (*FAILING, *HARMLESS, *GOOD)),
        ("names_nothing", "failed", "No module named 'crowd_names_nothing'"),
        ("newer", "incompatible", "hook API 1.99"),
        ("twin_left", "conflict", "crowd-twin-left 1.0 and crowd-twin-right 1.0"),
        ("twin_right", "conflict", "crowd-twin-left 1.0 and crowd-twin-right 1.0"),
    ],
)
def test_the_state_of_each_package(
    crowd: Docgen, states: dict[str, dict[str, Any]], name: str, status: str, reason: str
) -> None:
    """The reason names the fault."""
    assert crowd.site.is_dir()
    facts = states[f"crowd-{name.replace('_', '-')}"]
    assert facts["status"] == status, facts
    assert reason in facts["reason"]


@pytest.fixture(scope="module")
def states(crowd: Docgen) -> dict[str, dict[str, Any]]:
    return listed(crowd)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_none_of_them(crowd: Docgen, option: str) -> None:
    """They work whatever is installed."""
    forget(crowd)
    assert crowd(option).returncode == 0
    assert imported(crowd) == set()


def test_a_run_of_the_good_ones_finishes(crowd: Docgen, lm_studio: FakeLMStudio) -> None:
    """None of the broken ones is even imported for it."""
    forget(crowd)
    code, results = generate(crowd, lm_studio, *GOOD, output="good")
    assert (code, [each["success"] for each in results.values()]) == (0, [True] * len(GOOD))
    assert imported(crowd) == set(GOOD)


def test_a_run_of_all_tells_each_fault_and_keeps_the_rest(
    crowd: Docgen, lm_studio: FakeLMStudio
) -> None:
    """What fails names its package; what misbehaves without harm is written like the good ones."""
    wanted = (*GOOD, *HARMLESS, *FAILING)
    code, results = generate(crowd, lm_studio, *wanted, output="all")
    assert code == 5
    for name in (*GOOD, *HARMLESS):
        assert results[name]["success"], results[name]
    for name, (_, reason) in FAILING.items():
        message = results[name]["error"]["message"]
        assert reason in message
        assert f"crowd-{name.replace('_', '-')} 1.0" in message
    document = (crowd.folder / "all" / "document.md").read_text(encoding="utf-8")
    assert "spoilt" not in document
    assert "Text of mutates." in document


def test_switching_off_needs_nothing_of_the_plugin(crowd: Docgen) -> None:
    """The one that hangs can be disabled in a moment, and is not imported again."""
    settings = crowd.folder / "docgen.toml"
    try:
        done = crowd("plugins", "disable", "crowd-hangs")
        assert done.returncode == 0, done.stderr
        forget(crowd)
        assert listed(crowd)["crowd-hangs"]["status"] == "disabled"
        assert "hangs" not in imported(crowd)
    finally:
        settings.unlink(missing_ok=True)


def test_uninstalling_needs_nothing_of_the_plugin(crowd: Docgen) -> None:
    """What RECORD lists is removed; docgen keeps nothing elsewhere that would miss it."""
    add(crowd, "leaving", source("leaving", "raise SystemExit(9)\n"))
    assert listed(crowd)["crowd-leaving"]["status"] == "failed"
    uninstall(crowd.site, "crowd_leaving")
    assert "crowd-leaving" not in listed(crowd)


def test_ending_the_process_is_out_of_reach(tmp_path: Path) -> None:
    """No code in the same process can hold it; without plugins docgen still works."""
    folder, site = tmp_path / "work", tmp_path / "site"
    folder.mkdir()
    site.mkdir()
    docgen = Docgen(folder=folder, site=site)
    code = textwrap.dedent(source("ends", "import os\nos._exit(77)\n"))
    docgen.install("ends", code, {"docgen.deliverables": ["ends"]})
    assert docgen("plugins").returncode == 77
    assert docgen("plugins", "--no-plugins").returncode == 0
    assert docgen("plugins", "disable", "ends").returncode == 0
    assert docgen("plugins").returncode == 0
