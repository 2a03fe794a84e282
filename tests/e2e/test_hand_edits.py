"""What a person wrote in a run folder: merged, kept, in the prompts, never silently lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.desk import Desk, open_desk

from docgen_core.testing import FakeLMStudio


@pytest.fixture
def desk(tmp_path: Path, fake: FakeLMStudio) -> Desk:
    """A folder with a finished run."""
    made = open_desk(tmp_path, fake)
    made.generate()
    return made


def said(text: str) -> str:
    """What was printed, without line breaks."""
    return " ".join(text.split())


def test_changes_in_different_paragraphs_are_merged(desk: Desk) -> None:
    """Both are in the file and in the document; the run says so."""
    desk.edit(desk.section("plan"), "Start small.", "Start tiny.")
    desk.texts["plan"] = "Start small.\n\nGrow much later."
    done = desk.generate("--seed", "3")
    text = desk.section("plan").read_text()
    assert "Start tiny.\n\nGrow much later." in text
    assert "Start tiny." in desk.document
    assert "Plan: your changes were merged into the new text" in said(done.stderr)


def test_a_merged_section_stays_a_persons_and_merges_again(desk: Desk) -> None:
    """The base of the next merge is what was generated last."""
    desk.edit(desk.section("plan"), "Start small.", "Start tiny.")
    for seed, ending in enumerate(["Grow later on.", "Never grow."]):
        desk.texts["plan"] = f"Start small.\n\n{ending}"
        desk.generate("--seed", str(seed))
    assert "Start tiny.\n\nNever grow." in desk.section("plan").read_text()
    assert desk.status()["plan"]["file_state"] == "edited"


def test_a_paragraph_added_at_the_end_survives_a_new_text(desk: Desk) -> None:
    """Although everything before it is another one."""
    with desk.section("plan").open("a") as file:
        file.write("\nMine at the end.\n")
    desk.texts["plan"] = "All new.\n\nAll different."
    desk.generate("--seed", "3")
    assert "All different.\n\nMine at the end." in desk.section("plan").read_text()


def test_a_clash_is_marked_and_the_document_keeps_the_persons_words(desk: Desk) -> None:
    """As git marks it; status and the next run tell of it."""
    desk.edit(desk.section("plan"), "Start small.", "Start tiny.")
    desk.texts["plan"] = "Start big.\n\nGrow later."
    done = desk.generate("--seed", "3")
    clash = "<<<<<<< yours\nStart tiny.\n=======\nStart big.\n>>>>>>> newly generated\n"
    assert clash in desk.section("plan").read_text()
    assert "Start tiny.\n\nGrow later." in desk.document
    assert "<<<<" not in desk.document
    assert "clash in one place" in said(done.stderr)
    assert desk.status()["plan"]["file_state"] == "conflict"
    assert "still holds the marks" in said(desk.generate("--seed", "3").stderr)


def test_a_resolved_clash_is_an_edit_like_any_other(desk: Desk) -> None:
    """Nothing is left to tell."""
    desk.edit(desk.section("plan"), "Start small.", "Start tiny.")
    desk.texts["plan"] = "Start big.\n\nGrow later."
    desk.generate("--seed", "3")
    desk.section("plan").write_text("# Plan\n\nStart tiny or big.\n\nGrow later.\n")
    done = desk.generate("--seed", "3")
    assert "Start tiny or big." in desk.document
    assert "marks" not in done.stderr
    assert desk.status()["plan"]["file_state"] == "edited"


def test_a_new_text_over_an_open_clash_stands_beside_it(desk: Desk) -> None:
    """Marks are never merged into marks."""
    desk.edit(desk.section("plan"), "Start small.", "Start tiny.")
    desk.texts["plan"] = "Start big.\n\nGrow later."
    desk.generate("--seed", "3")
    before = desk.section("plan").read_text()
    desk.texts["plan"] = "Start huge."
    desk.generate("--seed", "4")
    assert desk.section("plan").read_text() == before
    assert "Start huge." in (desk.out / "sections" / "plan.new.md").read_text()


def test_what_a_person_wrote_reaches_what_depends_on_it(desk: Desk) -> None:
    """The dependent is stale, says why, and its prompt holds the person's words."""
    desk.edit(desk.section("people"), "Ann sells shoes.", "Zoe sells hats.")
    assert desk.states() == {"people": "up to date", "flows": "stale", "plan": "stale"}
    changes = [change["text"] for change in desk.status()["flows"]["changes"]]
    assert changes == ["the section people"]
    assert desk.asked(desk.generate) == ["flows"]
    prompt = desk.fake.chat_requests[-1].messages[-1]["content"]
    assert "Zoe sells hats." in prompt
    assert "Ann" not in prompt


def test_force_discards_edits_says_so_and_keeps_a_copy(desk: Desk) -> None:
    """Of the section and of the document."""
    desk.edit(desk.section("plan"), "Start small.", "Start tiny.")
    desk.edit(desk.out / "document.md", "Grow later.", "Grow never.")
    done = desk.generate("--force")
    assert "tiny" not in desk.section("plan").read_text()
    assert "Start tiny." in (desk.out / "sections" / "plan.edited.md").read_text()
    assert "Grow never." in (desk.out / "document.edited.md").read_text()
    told = said(done.stderr).replace(" ", "")
    assert "plan.edited.md" in told
    assert "document.edited.md" in told


def test_another_deliverable_joins_the_document(desk: Desk) -> None:
    """What earlier runs wrote stays in it, in the order of the graph, and is not asked for."""
    before = desk.document
    assert desk.asked(lambda: desk.generate("-d", "people")) == []
    assert desk.document == before
    assert set(desk.states().values()) == {"up to date"}


def test_sections_of_another_brief_do_not_join(desk: Desk) -> None:
    """They would contradict it; the run names them."""
    done = desk.generate("-d", "people", brief="A CRM for banks")
    assert "## Flows" not in desk.document
    assert "flows, plan" in said(done.stderr)
    assert desk.section("plan").is_file()


def test_a_change_in_the_document_goes_into_its_section(desk: Desk) -> None:
    """It stays in the document, too, and no copy is needed."""
    desk.edit(desk.out / "document.md", "Start small.", "Start tiny.")
    done = desk.generate()
    assert "Start tiny.\n\nGrow later." in desk.section("plan").read_text()
    assert "Start tiny." in desk.document
    assert "Plan: your changes in document.md went into" in said(done.stderr)
    assert not list(desk.out.glob("document.edited*"))
    assert desk.generate().stderr.count("went into") == 0


def test_a_change_in_the_document_meets_a_new_text(desk: Desk) -> None:
    """And reaches what depends on the section."""
    desk.edit(desk.out / "document.md", "Ann sells shoes.", "Zoe sells hats.")
    desk.texts["people"] = "Ann sells shoes.\n\nBob mends boots.\n\nCid buys shoes."
    assert desk.asked(lambda: desk.generate("--seed", "3")) == ["people", "flows", "plan"]
    assert "Zoe sells hats.\n\nBob mends boots." in desk.section("people").read_text()
    assert "Zoe sells hats." in desk.fake.chat_requests[-2].messages[-1]["content"]


def test_a_change_on_the_title_page_is_kept_as_a_copy(desk: Desk) -> None:
    """It belongs to no section."""
    desk.edit(desk.out / "document.md", "# A CRM for small shops", "# My CRM")
    desk.generate()
    assert "# My CRM" in (desk.out / "document.edited.md").read_text()


def test_copies_of_one_text_do_not_pile_up(desk: Desk) -> None:
    """Another text is another copy, and the run says how many there are."""
    for title, number in (("# Mine", 1), ("# Yours", 2), ("# Mine", 2)):
        desk.edit(desk.out / "document.md", "# A CRM for small shops", title)
        done = desk.generate()
        assert len(list(desk.out.glob("document.edited*.md"))) == number
    assert "beside 1 earlier of yours" in said(done.stderr)


def test_the_same_line_changed_in_section_and_document_is_kept_as_a_copy(desk: Desk) -> None:
    """The section's own file wins."""
    desk.edit(desk.section("plan"), "Start small.", "Start tiny.")
    desk.edit(desk.out / "document.md", "Start small.", "Start huge.")
    desk.generate()
    assert "Start tiny." in desk.document
    assert "Start huge." in (desk.out / "document.edited.md").read_text()


def test_changes_of_both_files_in_different_places_come_together(desk: Desk) -> None:
    """One paragraph here, another one there."""
    desk.edit(desk.section("people"), "Ann sells shoes.", "Zoe sells hats.")
    desk.edit(desk.out / "document.md", "Cid buys shoes.", "Cid buys boots.")
    desk.generate()
    assert "Zoe sells hats.\n\nBob mends shoes.\n\nCid buys boots." in desk.document
    assert not list(desk.out.glob("document.edited*"))
