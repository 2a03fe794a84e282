"""`docgen new deliverable`: every variant, and answers that cannot be used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Docgen

from docgen_core.cli.scaffold import questions, scaffold_folder, write_scaffold

ROOT = Path(__file__).parents[3]
SHARED = {".github/workflows/test.yml", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md"}
SHARED |= {"pyproject.toml"}

#: Answers, and the files of src and tests that they give.
VARIANTS: list[tuple[dict[str, str], set[str]]] = [
    (
        {"id": "risk_log", "needs": "personas"},
        {"__init__.py", "instructions.py", "py.typed", "schema.py"}
        | {"templates/section.md.j2", "templates/words.toml", "test_risk_log_plugin.py"},
    ),
    (
        {"id": "pitch", "answer": "free", "licence": "MIT"},
        {"__init__.py", "instructions.py", "py.typed"}
        | {"templates/section.md.j2", "templates/words.toml", "test_pitch_plugin.py"},
    ),
    (
        {"variant": "several", "id": "adr", "parts": "adr_one, adr_two", "needs": "a, b"},
        {"__init__.py", "instructions.py", "py.typed", "schema.py", "test_adr_plugin.py"}
        | {
            f"templates/adr_{n}/{f}"
            for n in ("one", "two")
            for f in ("section.md.j2", "words.toml")
        },
    ),
    (
        {"variant": "pack", "id": "acme_style"},
        {"__init__.py", "py.typed", "test_acme_style_pack.py"},
    ),
    (
        {"variant": "pack", "id": "acme_words", "acts_as": "glossary"},
        {"__init__.py", "py.typed", "test_acme_words_pack.py"},
    ),
    (
        {"variant": "pack", "id": "legal", "acts_as": "legal_footer", "licence": "Proprietary"},
        {"__init__.py", "py.typed", "templates/document.md.j2", "test_legal_pack.py"},
    ),
]

REFUSED = [
    (("id=Risk",), "id: 'Risk' must be words of small letters"),
    (("id=risk-log",), "id: 'risk-log' must be words"),
    (("id=_x",), "must be words"),
    (("id=1x",), "must be words"),
    (("id=../x",), "must be words"),
    (("id=" + "a" * 41,), "40 characters at most"),
    (("id=settings",), "would clash"),
    (("id=a_b", "needs=a_b"), "cannot need itself"),
    (("id=a_b", "needs=A B"), "is not the id of a deliverable"),
    (("id=a_b", "parts=a_c"), "only the variant `several`"),
    (("id=a_b", "variant=several", "parts=a_b"), "two ids or more"),
    (("id=a_b", "variant=several", "parts=a_c,a_c"), "two ids or more"),
    (("id=a_b", "distribution=A_B"), "distribution: 'A_B' must be"),
    (("id=a_b", 'title=say "hello"'), "title: must be one line"),
    (("id=a_b", "summary=two\nlines"), "summary: must be one line"),
    (("id=a_b", "licence=GPL"), "licence: got 'GPL', expected one of Apache-2.0, MIT"),
    (("idd=a_b",), "unknown key 'idd'; did you mean 'id'?"),
    (("risk_log",), "'risk_log' is not of the form KEY=VALUE"),
]


def named(value: tuple[dict[str, str], set[str]]) -> str:
    """An id of a parameter that is the same in every process."""
    return value[0]["id"]


@pytest.fixture(scope="module", params=VARIANTS, ids=named)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, str], set[str], Path]:
    """The answers, the files that they should give, and the folder that they gave."""
    answers, files = request.param
    return answers, files, write_scaffold(answers, tmp_path_factory.mktemp("new"), ask=False)


def files_of(folder: Path) -> set[str]:
    """The names of the files in a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def short(name: str, package: str) -> str:
    """A file's name without the folders that its package gives it."""
    return name.removeprefix(f"src/{package}/").removeprefix("tests/")


def test_each_variant_writes_its_files_and_no_others(
    made: tuple[dict[str, str], set[str], Path],
) -> None:
    """What was not chosen leaves nothing behind."""
    _, files, folder = made
    found = files_of(folder)
    package = folder.name.replace("-", "_")
    assert {short(name, package) for name in found} == SHARED | files


def test_what_is_written_is_tidy(made: tuple[dict[str, str], set[str], Path]) -> None:
    """Formatted and linted by the rules of docgen itself, with no placeholder left."""
    folder = made[2]
    for rule in (
        ["format", "--check"],
        ["check", "--extend-ignore", "S101,INP001,PLR2004,I001,ANN401"],
    ):
        rules = str(ROOT / "pyproject.toml")
        command = [sys.executable, "-m", "ruff", *rule, "--config", rules, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    for name in files_of(folder) - {".github/workflows/test.yml"}:
        text = (folder / name).read_text(encoding="utf-8")
        assert "cookiecutter" not in text, name
        assert text.endswith("\n") or not text, name
        assert "\n\n\n\n" not in text, name


def test_pyproject_says_what_was_answered(made: tuple[dict[str, str], set[str], Path]) -> None:
    """Entry points by group, the range on the core, the licence."""
    answers, _, folder = made
    facts: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    pack = answers.get("variant") == "pack"
    names = answers.get("parts", answers["id"]).replace(" ", "").split(",")
    group = "docgen.packs" if pack else "docgen.deliverables"
    module = folder.name.replace("-", "_")
    assert facts["entry-points"] == {group: dict.fromkeys(names, module)}
    assert facts["dependencies"] == ["docgen-core>=0.1,<1"]
    licence = answers.get("licence", "Apache-2.0")
    assert facts["license"] == licence.replace("Proprietary", "LicenseRef-Proprietary")


@pytest.mark.parametrize(("arguments", "reason"), REFUSED, ids=str)
def test_what_cannot_be_used_is_refused(
    arguments: Sequence[str], reason: str, docgen: Docgen
) -> None:
    """With the reason, and without leaving a folder behind."""
    done = docgen("new", "deliverable", "--no-input", *arguments)
    assert done.returncode == 2, done.stderr
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert not [path for path in docgen.folder.iterdir() if path.name != ".cache"]


def test_a_title_may_have_any_printable_character(tmp_path: Path) -> None:
    """Beyond the first 65,536 characters too, such as an emoji."""
    title = "Übung & Rollen | <b>Ann's</b> 日本 \N{ROCKET}"
    folder = write_scaffold({"id": "roles", "title": title}, tmp_path, ask=False)
    assert f'title="{title}"' in (folder / "src/docgen_plugin_roles/__init__.py").read_text("utf-8")


def test_a_title_that_cannot_be_used_is_told_once(docgen: Docgen) -> None:
    """Not again for each default that repeats it."""
    done = docgen("new", "deliverable", "--no-input", "id=a_b", 'title=say "hello"')
    assert done.stderr.count("must be one line") == 1


def test_a_folder_that_is_there_is_not_touched(docgen: Docgen) -> None:
    """Whatever stands in it."""
    (docgen.folder / "docgen-plugin-pitch").mkdir()
    done = docgen("new", "deliverable", "--no-input", "id=pitch")
    assert done.returncode == 2
    assert list((docgen.folder / "docgen-plugin-pitch").iterdir()) == []


def test_without_cookiecutter_the_message_says_what_to_install(docgen: Docgen) -> None:
    """It is an optional extra."""
    (docgen.site / "cookiecutter.py").write_text(
        "raise ModuleNotFoundError('No module named x', name='cookiecutter')", encoding="utf-8"
    )
    done = docgen("new", "deliverable", "--no-input")
    assert done.returncode == 3
    assert 'pip install "docgen-core[new]"' in done.stderr


def test_nothing_is_written_elsewhere(docgen: Docgen) -> None:
    """Cookiecutter keeps replays in the home folder; docgen lets it write none."""
    home = docgen.folder.parent / "home"
    home.mkdir()
    docgen("new", "deliverable", "--no-input", "id=pitch", HOME=str(home))
    assert list(home.rglob("*")) == []


def test_plain_cookiecutter_writes_the_same(docgen: Docgen) -> None:
    """The template does not need docgen."""
    facts = docgen.json("new", "deliverable", "--no-input", "id=pitch")
    folder, files = Path(facts["folder"]), facts["files"]
    other = docgen.folder / "plain"
    command = ["-m", "cookiecutter", "--no-input", "-o", str(other)]
    environ = docgen.environment({"HOME": str(docgen.folder)})
    subprocess.run(
        [sys.executable, *command, str(scaffold_folder()), "id=pitch"], check=True, env=environ
    )
    for name in files:
        assert (other / folder.name / name).read_bytes() == (folder / name).read_bytes()


def test_every_question_has_a_prompt() -> None:
    """Asked on a terminal, each is a sentence and not the name of a variable."""
    raw = json.loads((scaffold_folder() / "cookiecutter.json").read_text("utf-8"))
    assert set(raw["__prompts__"]) == set(questions(scaffold_folder()))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_it_asks_for_what_is_not_given(docgen: Docgen) -> None:
    """An empty line takes the default; what was given in the command is the default."""
    import pty

    master, slave = pty.openpty()
    answers = ["1", "", "", "", "", "personas", "2", "1", "", "Ann", "2"]
    with subprocess.Popen(
        [sys.executable, "-m", "docgen_core", "new", "deliverable", "id=pitch"],
        stdin=slave,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=docgen.folder,
        env=docgen.environment({}),
    ) as process:
        os.write(master, "".join(f"{answer}\n" for answer in answers).encode())
        assert process.wait(timeout=60) == 0
    os.close(slave)
    os.close(master)
    folder = docgen.folder / "docgen-plugin-pitch"
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    assert (project["license"], project["authors"]) == ("MIT", [{"name": "Ann"}])
    assert 'needs=("personas",)' in (folder / "src/docgen_plugin_pitch/__init__.py").read_text()
    assert not (folder / "src/docgen_plugin_pitch/schema.py").exists()
