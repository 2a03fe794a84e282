"""`-F html` and `docgen export` from the command line, with the real exporter."""

from __future__ import annotations

import json

import pytest
from support.terminal import Terminal

from docgen_core.testing import FakeLMStudio

BRIEF = "Create a project management tool"


def test_a_page_is_written_beside_the_document(online: Terminal) -> None:
    """And named in the record of the run."""
    done = online.run("generate", BRIEF, "-d", "problem_statement", "-o", "out", "-F", "html")
    assert done.returncode == 0, done.stderr
    page = (online.folder / "out" / "document.html").read_text(encoding="utf-8")
    assert "<title>Create a project management tool</title>" in page
    record = json.loads((online.folder / "out" / "run.json").read_text(encoding="utf-8"))
    assert "document.html" in record["files"]


def test_a_folder_is_exported_after_the_server_has_gone(
    online: Terminal, fake: FakeLMStudio
) -> None:
    """The same page as in the run, but for times that only the run knew to the millisecond."""
    online.run("generate", BRIEF, "-d", "problem_statement", "-o", "out", "-F", "html")
    first = (online.folder / "out" / "document.html").read_bytes()
    (online.folder / "out" / "document.html").unlink()
    fake.stop()
    done = online.run("export", "out", "-F", "html")
    assert (done.returncode, done.stdout) == (0, "out/document.html\n")
    assert (online.folder / "out" / "document.html").read_bytes() == first
    assert online.run("verify", "out").returncode == 0


def test_an_export_that_cannot_be_is_told(online: Terminal) -> None:
    """No folder, no such format, a wrong setting: an exit code for each."""
    online.run("generate", BRIEF, "-d", "problem_statement", "-o", "out")
    assert online.run("export", "nowhere", "-F", "html").returncode == 6
    unknown = online.run("export", "out", "-F", "no-such")
    assert unknown.returncode == 3
    assert "html" in unknown.stderr
    assert "pip install docgen-plugin-no-such" in unknown.stderr
    (online.folder / "docgen.toml").write_text('[settings.html]\ntheme = "pink"\n')
    wrong = online.run("export", "out", "-F", "html", "--json")
    assert wrong.returncode == 2
    assert "settings.html.theme" in wrong.stderr + wrong.stdout


def test_names_of_formats_are_taken_as_people_write_them(online: Terminal) -> None:
    """In capitals, with a dot, with commas, and twice."""
    names = ("-F", "HTML,.json", "-F", "html")
    done = online.run("generate", BRIEF, "-d", "problem_statement", "-o", "out", *names)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (online.folder / "out").glob("document.*")} == {
        "document.html",
        "document.json",
        "document.md",
    }
    done = online.run("export", "out", *names)
    assert (done.returncode, done.stdout) == (0, "out/document.html\nout/document.json\n")


@pytest.mark.parametrize(
    ("names", "code", "said"),
    [
        (("-F", ""), 2, "-F needs the name of a format"),
        (("-F", "html,"), 2, "-F needs the name of a format"),
        (("-F", "md"), 2, "docgen always writes document.md"),
        (("-F", "Markdown", "-F", "html"), 2, "Leave markdown out"),
        (("-F", "htm"), 3, "did you mean 'html'?"),
    ],
)
def test_a_format_that_is_none_is_told_alike(
    online: Terminal, fake: FakeLMStudio, names: tuple[str, ...], code: int, said: str
) -> None:
    """By both commands, before anything is asked or written."""
    (online.folder / "there" / ".docgen").mkdir(parents=True)
    for command in (("generate", BRIEF, "-o", "out"), ("export", "there")):
        done = online.run(*command, *names)
        assert done.returncode == code, done.stderr
        assert said in done.stderr
    assert fake.chats == 0
    assert not (online.folder / "out").exists()


def test_a_place_that_is_no_output_folder_is_told(online: Terminal) -> None:
    """Nothing there, a file, and a folder of somebody else's."""
    (online.folder / "document.md").write_text("# T\n")
    (online.folder / "mine").mkdir()
    for name, said in (
        ("nowhere", "there is no folder"),
        ("document.md", "is a file, not a folder that docgen wrote"),
        ("mine", "is not a folder that docgen wrote"),
    ):
        done = online.run("export", name, "-F", "html")
        assert (done.returncode, said in done.stderr) == (6, True), done.stderr


def test_a_folder_in_the_way_fails_one_format_only(online: Terminal) -> None:
    """It is left alone; the other format is written, and the record says so."""
    online.run("generate", BRIEF, "-d", "problem_statement", "-o", "out")
    (online.folder / "out" / "document.json" / "notes").mkdir(parents=True)
    for command in (("export", "out"), ("generate", BRIEF, "-d", "problem_statement", "-o", "out")):
        done = online.run(*command, "-F", "json", "-F", "html")
        assert done.returncode == 5, done.stderr
        assert "there is a folder of that name" in done.stderr
        assert (online.folder / "out" / "document.json" / "notes").is_dir()
        record = json.loads((online.folder / "out" / "run.json").read_text(encoding="utf-8"))
        assert "document.html" in record["files"]
        assert "document.json" not in record["files"]
