"""`-F html` and `docgen export` from the command line, with the real exporter."""

from __future__ import annotations

import json

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
