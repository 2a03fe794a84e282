"""The main job against a fake LM Studio, from the command line."""

from __future__ import annotations

import json
import re
import signal

import pytest
from support.terminal import Terminal

from docgen_core.testing import FakeLMStudio, Hold, RecordedRequest, Reply

BRIEF = "Create a project management tool"
SEVEN = (
    "problem_statement",
    "personas",
    "use_cases",
    "tool_outline",
    "copilot365_presentation_prompt",
    "effectiveness_assessment",
    "implementation_instructions",
)


def headings(markdown: str) -> list[str]:
    """The section headings and those right below them, outside code, as text."""
    text = re.sub(r'(?ms)^```.*?^```|<a id="\w+"></a>', "", markdown)
    return re.findall(r"(?m)^#{2,3} (.+)$", text)


def test_all_seven_are_written_and_merged(online: Terminal) -> None:
    """Sections, document and record are there; the exit code is 0."""
    done = online.run("generate", BRIEF, "-o", "out")
    out = online.folder / "out"
    assert done.returncode == 0, done.stderr
    assert sorted(path.stem for path in (out / "sections").glob("*.md")) == sorted(SEVEN)
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert [section["id"] for section in record["sections"]] == list(SEVEN)
    assert {section["status"] for section in record["sections"]} == {"done"}


def test_the_contents_link_to_every_heading_they_name(online: Terminal) -> None:
    """Each link of the table of contents has its heading, in the same order."""
    online.run("generate", BRIEF, "-o", "out")
    document = (online.folder / "out" / "document.md").read_text(encoding="utf-8")
    contents = document.partition("## Contents")[2].partition("\n## ")[0]
    linked = re.findall(r"\[([^\]]+)\]\(#([^)]+)\)", contents)
    body = document.partition(contents)[2]
    assert [text for text, _ in linked] == headings(body)
    assert len({anchor for _, anchor in linked}) == len(linked) > 6


def test_two_deliverables_bring_what_they_need(online: Terminal) -> None:
    """tool_outline needs use_cases, which needs personas; the terminal says so."""
    done = online.run("generate", BRIEF, "-d", "problem_statement", "-d", "tool_outline")
    assert done.returncode == 0
    assert "personas" in done.stderr
    sections = online.folder.glob("output/*/sections/*.md")
    assert {path.stem for path in sections} == set(SEVEN[:4])


def test_json_on_stdout_is_one_document(online: Terminal) -> None:
    """Everything else goes to stderr."""
    done = online.run("generate", BRIEF, "-d", "problem_statement", "-o", "out", "--json")
    report = json.loads(done.stdout)
    assert any(path.endswith("document.md") for path in report["files"])


def test_a_second_run_asks_for_nothing_and_leaves_the_bytes(
    online: Terminal, fake: FakeLMStudio
) -> None:
    """An unchanged deliverable is not asked for again."""
    online.run("generate", BRIEF, "-o", "out")
    first = (online.folder / "out" / "document.md").read_bytes()
    asked = len(fake.chat_requests)
    again = online.run("generate", BRIEF, "-o", "out")
    assert again.returncode == 0
    assert len(fake.chat_requests) == asked
    assert (online.folder / "out" / "document.md").read_bytes() == first


def test_force_asks_again(online: Terminal, fake: FakeLMStudio) -> None:
    """For everything, also what is unchanged."""
    online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement", "--force")
    assert len(fake.chat_requests) == 2


def test_a_hand_edited_section_is_kept(online: Terminal) -> None:
    """In its file and in the document."""
    online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    section = online.folder / "out" / "sections" / "problem_statement.md"
    section.write_text("# Problem Statement\n\nMy own words.\n", encoding="utf-8")
    online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    assert section.read_text(encoding="utf-8") == "# Problem Statement\n\nMy own words.\n"
    document = (online.folder / "out" / "document.md").read_text(encoding="utf-8")
    assert "My own words." in document


def test_force_replaces_a_hand_edited_section_and_keeps_a_copy(online: Terminal) -> None:
    """What a person wrote is never lost."""
    online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    folder = online.folder / "out" / "sections"
    (folder / "problem_statement.md").write_text("# Problem Statement\n\nMine.\n")
    done = online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement", "--force")
    assert "Mine." not in (folder / "problem_statement.md").read_text(encoding="utf-8")
    assert "Mine." in (folder / "problem_statement.edited.md").read_text(encoding="utf-8")
    assert "problem_statement.edited.md" in done.stderr.replace("\n", "")


def test_a_failure_is_partial_and_the_rest_is_written(online: Terminal, fake: FakeLMStudio) -> None:
    """Exit code 5; the next run asks only for what is missing."""

    def respond(request: RecordedRequest) -> Reply:
        if "find out whether the tool" in request.messages[-1]["content"]:
            return Reply.error(400, "Failed to initialize samplers: failed to parse grammar")
        return Reply.text("Some text.")

    fake.respond = respond
    done = online.run("generate", BRIEF, "-o", "out")
    assert done.returncode == 5
    document = (online.folder / "out" / "document.md").read_text(encoding="utf-8")
    assert "Tool Outline" in document
    before = len(fake.chat_requests)
    fake.respond = lambda _: Reply.text("Some text.")
    assert online.run("generate", BRIEF, "-o", "out").returncode == 0
    assert len(fake.chat_requests) == before + 1


def test_what_needs_a_failed_section_does_not_repeat_its_advice(
    online: Terminal, fake: FakeLMStudio
) -> None:
    """Each section has its line; what to do stands once."""
    fake.respond = lambda _: Reply.hang_up("reset")
    done = online.run("generate", BRIEF, "-o", "out", "--max-retries", "0")
    assert done.returncode == 5
    lines = done.stderr.splitlines()
    assert "  personas: personas was not started, because problem_statement failed" in lines
    assert done.stderr.count("look at the log of the model server") == 1


def test_a_table_of_settings_that_nothing_reads_is_told(online: Terminal) -> None:
    """Most often its name is misspelt; the run goes on."""
    (online.folder / "docgen.toml").write_text("[settings.problem_statment]\ncriteria = 3\n")
    done = online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    assert done.returncode == 0
    told = "[settings.problem_statment] has no effect: no installed plugin is called"
    assert told in done.stderr
    assert "did you mean 'problem_statement'?" in done.stderr


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_keeps_what_was_finished(
    online: Terminal, fake: FakeLMStudio, kind: signal.Signals
) -> None:
    """Exit code 130; the same command goes on where it stopped."""
    hold = Hold()
    fake.enqueue(Reply.text("The problem."), Reply.text("Half a pers").held_after(2, hold))
    process = online.start("generate", BRIEF, "-o", "out")
    hold.wait_until_reached(timeout=60)
    process.send_signal(kind)
    _, stderr = process.communicate(timeout=60)
    hold.release()
    assert process.returncode == 130, stderr.decode()
    assert "kept" in stderr.decode()
    assert len(fake.chat_requests) == 2
    section = online.folder / "out" / "sections" / "problem_statement.md"
    assert "The problem." in section.read_text(encoding="utf-8")
    done = online.run("generate", BRIEF, "-o", "out")
    assert done.returncode == 0
    assert len(fake.chat_requests) == 2 + 6


def test_a_dry_run_contacts_no_server(terminal: Terminal) -> None:
    """It shows the order and the size of the prompts."""
    done = terminal.run("generate", BRIEF, "--dry-run")
    assert done.returncode == 0
    assert "problem_statement" in done.stdout + done.stderr


def test_base_url_works_with_and_without_v1(online: Terminal, fake: FakeLMStudio) -> None:
    """Both forms are in use."""
    for url in (fake.base_url, fake.base_url.removesuffix("/v1"), fake.base_url + "/"):
        done = online.run("health", "--base-url", url)
        assert done.returncode == 0, done.stderr + done.stdout


def test_a_section_that_docgen_did_not_write_is_not_overwritten(online: Terminal) -> None:
    """A text of unknown origin counts as a person's."""
    section = online.folder / "out" / "sections" / "problem_statement.md"
    section.parent.mkdir(parents=True)
    section.write_text("# Problem Statement\n\nMine, from before.\n", encoding="utf-8")
    done = online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    assert "Mine, from before." in section.read_text(encoding="utf-8")
    assert "your edited text was kept" in " ".join(done.stderr.split())


def test_each_replaced_edit_has_a_copy_of_its_own(online: Terminal) -> None:
    """A later one does not replace an earlier one."""
    folder = online.folder / "out" / "sections"
    run = ("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    online.run(*run)
    for words in ("First.", "Second."):
        (folder / "problem_statement.md").write_text(f"# Problem Statement\n\n{words}\n")
        online.run(*run, "--force")
    kept = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.edited*.md"))]
    assert ["First." in kept[1] or "First." in kept[0], len(kept)] == [True, 2]


def test_an_edited_section_stays_edited_in_the_status(online: Terminal) -> None:
    """Also after the next run, which kept it."""
    run = ("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    online.run(*run)
    section = online.folder / "out" / "sections" / "problem_statement.md"
    section.write_text("# Problem Statement\n\nMine.\n", encoding="utf-8")
    online.run(*run)
    assert "edited" in online.run("status", "out").stdout


def test_a_smaller_run_leaves_the_other_sections_in_the_document(
    online: Terminal, fake: FakeLMStudio
) -> None:
    """They are made from what is stored; nothing is asked for."""
    online.run("generate", BRIEF, "-o", "out", "-d", "personas")
    before = (online.folder / "out" / "document.md").read_bytes()
    asked = len(fake.chat_requests)
    online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    assert len(fake.chat_requests) == asked
    assert (online.folder / "out" / "document.md").read_bytes() == before
