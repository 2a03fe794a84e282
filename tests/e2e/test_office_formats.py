"""`-F docx` and `-F pptx` from the command line: a whole run, then again without a server."""

from __future__ import annotations

import json

import docx
import pptx
from support.terminal import Terminal

from docgen_core.testing import FakeLMStudio

BRIEF = "Create a booking app for climbing gyms"
FORMATS = ("-F", "docx", "-F", "pptx")
PRESENTATION = "copilot365_presentation_prompt"


def test_slides_follow_the_data_of_the_presentation(online: Terminal) -> None:
    """A slide for each item after the title; each with notes."""
    done = online.run("generate", BRIEF, "-d", PRESENTATION, "-o", "out", *FORMATS)
    assert done.returncode == 0, done.stderr
    stored = online.folder / "out" / ".docgen" / "data" / f"{PRESENTATION}.json"
    items = json.loads(stored.read_text(encoding="utf-8"))["slides"]
    _, *made = pptx.Presentation(str(online.folder / "out" / "document.pptx")).slides
    titles = [slide.shapes.title.text for slide in made if slide.shapes.title is not None]
    assert titles == [item["title"] for item in items]
    assert all(slide.has_notes_slide for slide in made)
    word = docx.Document(str(online.folder / "out" / "document.docx"))
    assert word.core_properties.title == BRIEF


def test_both_are_written_again_without_a_server(online: Terminal, fake: FakeLMStudio) -> None:
    """The same bytes, and on a template that the settings name."""
    online.run("generate", BRIEF, "-d", PRESENTATION, "-o", "out", *FORMATS)
    files = [online.folder / "out" / name for name in ("document.docx", "document.pptx")]
    first = [path.read_bytes() for path in files]
    fake.stop()
    assert online.run("export", "out", *FORMATS).returncode == 0
    assert [path.read_bytes() for path in files] == first
    team = docx.Document()
    team.styles["Heading 1"].font.name = "Team Sans"
    team.save(str(online.folder / "team.docx"))
    (online.folder / "docgen.toml").write_text('[settings.docx]\ntemplate = "team.docx"\n')
    done = online.run("export", "out", *FORMATS)
    assert done.returncode == 0, done.stderr
    assert docx.Document(str(files[0])).styles["Heading 1"].font.name == "Team Sans"


def test_a_template_that_is_not_there_fails_one_format_only(online: Terminal) -> None:
    """The other is written, and the failed one leaves no old file."""
    online.run("generate", BRIEF, "-d", PRESENTATION, "-o", "out", *FORMATS)
    (online.folder / "docgen.toml").write_text('[settings.docx]\ntemplate = "nowhere.docx"\n')
    done = online.run("export", "out", *FORMATS)
    assert done.returncode == 5
    assert "nowhere.docx" in done.stderr
    assert not (online.folder / "out" / "document.docx").exists()
    assert (online.folder / "out" / "document.pptx").exists()


def test_a_template_stands_beside_the_settings_file(online: Terminal) -> None:
    """Wherever in the project the command is started; a missing one is told with its full path."""
    project, inside = online.folder / "project", online.folder / "project" / "briefs"
    inside.mkdir(parents=True)
    team = docx.Document()
    team.styles["Heading 1"].font.name = "Team Sans"
    team.save(str(project / "team.docx"))
    settings = '[settings.docx]\ntemplate = "team.docx"\n\n[settings.pptx]\ntemplate = "no.pptx"\n'
    (project / "docgen.toml").write_text(settings)
    below = Terminal(inside, online.variables)
    done = below.run("generate", BRIEF, "-d", "problem_statement", "-o", "out", *FORMATS)
    assert done.returncode == 5
    assert f"cannot read the template {project / 'no.pptx'}: No such file" in done.stderr
    word = inside / "out" / "document.docx"
    assert docx.Document(str(word)).styles["Heading 1"].font.name == "Team Sans"
    word.unlink()
    named = str((project / "docgen.toml").relative_to(online.folder))
    online.run("export", str(inside / "out"), "-F", "docx", "--config", named)
    assert docx.Document(str(word)).styles["Heading 1"].font.name == "Team Sans"
