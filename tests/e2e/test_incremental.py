"""Running again in the same folder: what is asked for, what is said about it, what stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.desk import BRIEF, Desk, open_desk

from docgen_core.testing import FakeLMStudio, Reply


@pytest.fixture
def desk(tmp_path: Path, fake: FakeLMStudio) -> Desk:
    return open_desk(tmp_path, fake)


def reasons(desk: Desk, key: str, *options: str) -> list[str]:
    return [change["text"] for change in desk.status(*options)[key]["changes"]]


def shown(folder: Path) -> dict[str, tuple[bytes, int]]:
    """The files that people read, with content and time of change."""
    files = [folder / "document.md", *(folder / "sections").iterdir()]
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_a_run_without_changes_asks_nothing_and_touches_no_file(desk: Desk) -> None:
    """Not even the time of change of document and sections."""
    desk.generate()
    before = shown(desk.out)
    assert desk.asked(desk.generate) == []
    assert shown(desk.out) == before


def test_after_a_run_everything_is_up_to_date(desk: Desk) -> None:
    """The options of the last command count as given again."""
    desk.generate("--seed", "7", "--temperature", "0.1")
    assert set(desk.states().values()) == {"up to date"}


def test_another_brief_makes_every_section_stale(desk: Desk) -> None:
    """And it is named as the reason."""
    desk.generate()
    (desk.out.parent / "new.md").write_text("A CRM for banks")
    assert set(desk.states("-f", "new.md").values()) == {"stale"}
    assert "the brief" in reasons(desk, "people", "-f", "new.md")


def test_a_changed_parameter_is_named_with_both_values(desk: Desk) -> None:
    """From the settings file of now."""
    desk.generate()
    (desk.out.parent / "docgen.toml").write_text("temperature = 0.2\n")
    assert "the parameter temperature: 0.7 -> 0.2" in reasons(desk, "people")


def test_another_model_is_named(desk: Desk) -> None:
    """Although no server is asked which one there is."""
    desk.generate()
    (desk.out.parent / "docgen.toml").write_text('model = "other-7b"\n')
    assert any(
        text.startswith("the model: demo-8b -> other-7b") for text in reasons(desk, "people")
    )


def test_another_plugin_version_and_its_instructions_are_named(desk: Desk) -> None:
    """Both are reasons."""
    desk.generate()
    (info,) = desk.docgen.site.glob("*.dist-info")
    desk.edit(info / "METADATA", "1.0", "1.1")
    desk.edit(desk.docgen.site / "desk_plugin.py", "Write <", "Now write <")
    named = reasons(desk, "people")
    assert "the plugin's version: desk-plugin 1.0 -> desk-plugin 1.1" in named
    assert "the instructions of desk-plugin" in named


def test_what_depends_on_a_stale_section_is_stale_because_of_it(desk: Desk) -> None:
    """It may still come out the same; nobody knows before it is written."""
    desk.generate()
    desk.edit(
        desk.docgen.site / "desk_plugin.py",
        '"Write <"',
        '"Oh. "*(deliverable.id=="people") + "Write <"',
    )
    assert desk.states() == {"people": "stale", "flows": "stale", "plan": "stale"}
    assert reasons(desk, "flows") == ["the section people will be written again"]


def test_a_changed_input_is_named_once(desk: Desk) -> None:
    """That it will be written again says more than that a person edited it."""
    desk.generate()
    path = desk.section("people")
    path.write_text(path.read_text() + "\nBy hand.\n")
    desk.edit(
        desk.docgen.site / "desk_plugin.py",
        '"Write <"',
        '"Oh. "*(deliverable.id=="people") + "Write <"',
    )
    assert reasons(desk, "flows") == ["the section people will be written again"]


def test_an_upstream_section_that_comes_out_the_same_stops_the_wave(desk: Desk) -> None:
    """Early cut-off: only what changed is asked for."""
    desk.generate()
    desk.edit(
        desk.docgen.site / "desk_plugin.py",
        '"Write <"',
        '"Oh. "*(deliverable.id=="people") + "Write <"',
    )
    assert desk.asked(desk.generate) == ["people"]
    assert set(desk.states().values()) == {"up to date"}


def test_an_upstream_section_that_comes_out_different_goes_on(desk: Desk) -> None:
    """As far as the difference reaches."""
    desk.generate()
    desk.edit(
        desk.docgen.site / "desk_plugin.py",
        '"Write <"',
        '"Oh. "*(deliverable.id=="people") + "Write <"',
    )
    desk.texts["people"] = "Dan sells hats."
    assert desk.asked(desk.generate) == ["people", "flows"]


def test_a_changed_template_renders_again_without_a_question(desk: Desk) -> None:
    """Also what reads the section is not asked for again."""
    (desk.out.parent / "docgen.toml").write_text('templates_dir = "mine"\n')
    template = desk.out.parent / "mine" / "section.md.j2"
    template.parent.mkdir()
    template.write_text("{{ draft.markdown }}\n")
    desk.generate()
    template.write_text("{{ draft.markdown }}\n\nHouse style.\n")
    assert reasons(desk, "flows") == ["the template"]
    assert desk.status()["flows"]["asks"] is False
    assert desk.asked(desk.generate) == []
    assert desk.document.count("House style.") == 3
    assert set(desk.states().values()) == {"up to date"}


def test_a_failed_and_a_missing_section_are_told_apart(desk: Desk) -> None:
    """What needs the failed one was not started."""
    desk.texts["flows"] = ""
    assert desk("generate", "A CRM", "-o", "out", "--max-retries", "0").returncode == 5
    desk.section("people").unlink()
    found = desk.status()
    assert [found[key]["state"] for key in ("people", "flows")] == ["missing", "failed"]
    assert found["plan"]["state"] in {"failed", "missing"}


def test_status_writes_nothing(desk: Desk) -> None:
    """And needs no server."""
    desk.generate()
    files = {path: path.stat().st_mtime_ns for path in desk.out.rglob("*")}
    assert desk.docgen("status", "out", "--explain").returncode == 0
    assert {path: path.stat().st_mtime_ns for path in desk.out.rglob("*")} == files


def test_explain_names_the_reasons_for_people(desk: Desk) -> None:
    """Indented under the section."""
    desk.generate()
    (desk.out.parent / "docgen.toml").write_text("temperature = 0.2\n")
    told = desk("status", "out", "--explain").stdout
    assert "people will be asked for again:\n  the parameter temperature: 0.7 -> 0.2" in told


def test_a_gone_plugin_leaves_the_status_readable(desk: Desk) -> None:
    """What cannot be compared is said to be unknown."""
    desk.generate()
    done = desk("status", "out", "--no-plugins")
    assert done.returncode == 0
    assert "unknown" in done.stdout


def test_wrong_settings_are_said_once(desk: Desk) -> None:
    """Nothing can be compared with them; the command ends as every other does."""
    desk.generate()
    (desk.out.parent / "docgen.toml").write_text("[settings.people]\nx = 1\n")
    done = desk("status", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("settings.people") == 1


def test_a_section_that_fails_again_keeps_its_text(desk: Desk) -> None:
    """The command says so, status names the reason, and a replay gives the same document."""
    desk.generate()
    answer = desk.fake.respond
    assert answer is not None
    refusal = Reply.error(400, "Model crashed.")
    desk.fake.respond = lambda x: refusal if Desk.about(x) == "flows" else answer(x)
    before = desk.document
    done = desk("generate", BRIEF, "-o", "out", "--no-cache", "--seed", "3")
    assert done.returncode == 5
    assert "keeps the earlier text of flows, plan" in " ".join(done.stderr.split())
    assert desk.document == before
    found = desk.status()
    assert {key: each["state"] for key, each in found.items()} == {
        "people": "up to date",
        "flows": "stale",
        "plan": "stale",
    }
    assert "Model crashed." in found["flows"]["reason"]
    (desk.out / "document.md").unlink()
    again = desk("replay", "out")
    assert (again.returncode, desk.document) == (0, before)
    assert "Flows: the run could not write it again" in " ".join(again.stderr.split())
