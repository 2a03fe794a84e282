"""`docgen refine`: one section again, with a wish that stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.desk import Desk, open_desk

from docgen_core.testing import FakeLMStudio

WISH = "make them B2B"


@pytest.fixture
def desk(tmp_path: Path, fake: FakeLMStudio) -> Desk:
    """A folder with a finished run, and a model that heeds the wish."""
    made = open_desk(tmp_path, fake)
    made.generate()
    made.texts["people"] = "Ann sells shoes to firms.\n\nBob mends shoes.\n\nCid buys shoes."
    return made


def refine(desk: Desk, *options: str) -> str:
    done = desk("refine", "people", *(options or (WISH,)), "-o", "out", "--no-cache")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wish_and_the_present_text_are_asked_with(desk: Desk) -> None:
    """One request; the wish stands at its end."""
    assert desk.asked(lambda: refine(desk)) == ["people"]
    prompt = desk.fake.chat_requests[-1].messages[-1]["content"]
    assert "Ann sells shoes.\n\nBob mends shoes." in prompt
    assert prompt.endswith(WISH)


def test_the_change_is_shown_as_a_diff(desk: Desk) -> None:
    """And stands in section and document."""
    told = refine(desk)
    assert "-Ann sells shoes.\n+Ann sells shoes to firms.\n" in told
    assert "to firms" in desk.section("people").read_text()
    assert "to firms" in desk.document


def test_the_rest_of_the_document_stays(desk: Desk) -> None:
    """No other section is written again."""
    before = desk.document
    refine(desk)
    assert desk.document == before.replace("Ann sells shoes.", "Ann sells shoes to firms.")


def test_what_depends_on_it_is_stale_until_the_next_run(desk: Desk) -> None:
    """That run asks for it alone, and keeps the refined section."""
    refine(desk)
    assert desk.states() == {"people": "up to date", "flows": "stale", "plan": "stale"}
    assert desk.status()["people"]["wish"] == WISH
    assert desk.asked(desk.generate) == ["flows"]
    assert "to firms" in desk.document
    assert set(desk.states().values()) == {"up to date"}


def test_undo_brings_the_text_before_it_back(desk: Desk) -> None:
    """Without a question: that answer is still stored."""
    before = desk.section("people").read_bytes()
    refine(desk)
    assert desk.asked(lambda: refine(desk, "--undo")) == []
    assert desk.section("people").read_bytes() == before
    assert set(desk.states().values()) == {"up to date"}
    assert desk.asked(desk.generate) == []


def test_undo_without_a_wish_is_a_wrong_use(desk: Desk) -> None:
    """Exit code 2."""
    done = desk("refine", "people", "--undo", "-o", "out")
    assert done.returncode == 2
    assert "no wish" in done.stderr


def test_a_second_wish_builds_on_the_first(desk: Desk) -> None:
    """And undo takes back one at a time."""
    refine(desk)
    desk.texts["people"] = "Ann sells boots to firms."
    refine(desk, "boots, not shoes")
    assert "to firms" in desk.fake.chat_requests[-1].messages[-1]["content"]
    assert "boots" in desk.document
    refine(desk, "--undo")
    assert "shoes to firms" in desk.document


def test_hand_edits_are_merged(desk: Desk) -> None:
    """As in a run."""
    desk.edit(desk.section("people"), "Cid buys shoes.", "Cid buys hats.")
    refine(desk)
    text = desk.section("people").read_text()
    assert "to firms." in text
    assert "Cid buys hats." in text
    assert "Cid buys hats." in desk.fake.chat_requests[-1].messages[-1]["content"]


def test_a_dry_run_shows_the_prompt_and_asks_nobody(desk: Desk) -> None:
    """Nor does it write."""
    before = desk.document
    assert desk.asked(lambda: refine(desk, WISH, "--dry-run")) == []
    assert WISH in refine(desk, WISH, "--dry-run")
    assert (desk.document, desk.states()["people"]) == (before, "up to date")


def test_a_failure_changes_nothing(desk: Desk) -> None:
    """The wish is not kept either."""
    before = desk.document
    desk.texts["people"] = ""
    (desk.out.parent / "docgen.toml").write_text("max_retries = 0\n")
    done = desk("refine", "people", WISH, "-o", "out", "--no-cache")
    assert done.returncode not in {0, 1}, done.stderr
    assert desk.document == before
    assert set(desk.states().values()) == {"up to date"}


def test_json_tells_what_changed(desk: Desk) -> None:
    """One document on standard output."""
    facts = json.loads(refine(desk, WISH, "--json"))
    assert (facts["changed"], facts["stale"]) == (True, ["flows", "plan"])
    assert "+Ann sells shoes to firms." in facts["diff"]


def test_an_unknown_section_names_those_there_are(desk: Desk) -> None:
    """Exit code 2."""
    done = desk("refine", "nothing", WISH, "-o", "out")
    assert done.returncode == 2
    assert "people, flows, plan" in done.stderr


def test_a_folder_without_a_run_is_refused(desk: Desk) -> None:
    """Exit code 6."""
    assert desk("refine", "people", WISH, "-o", "elsewhere").returncode == 6


def test_the_wish_outlives_the_brief_without_its_text(desk: Desk) -> None:
    """Another brief gets the wish, not the text that belongs to the first one."""
    refine(desk)
    desk.generate("-d", "people", brief="A CRM for banks")
    prompt = desk.fake.chat_requests[-1].messages[-1]["content"]
    assert prompt.endswith(WISH)
    assert "Bob mends shoes." not in prompt


def test_verify_finds_nothing_after_a_refinement(desk: Desk) -> None:
    """Everything is sealed."""
    refine(desk)
    assert desk("verify", "out").returncode == 0
    assert desk("replay", "out").returncode == 0
    assert "to firms" in desk.document


def test_a_section_in_conflict_is_not_stale_for_ever(desk: Desk) -> None:
    """While the marks stand nothing is merged, so another run would change nothing."""
    mine = desk.section("people")
    mine.write_text(mine.read_text().replace("Ann sells shoes.", "Ann is my aunt."))
    refine(desk)
    assert desk.status()["people"]["file_state"] == "conflict"
    desk.texts["people"] = "Ann sells hats.\n\nBob mends shoes.\n\nCid buys shoes."
    refine(desk, "now hats")
    assert desk.states()["people"] == "up to date"
    assert "Ann is my aunt." in desk.document
