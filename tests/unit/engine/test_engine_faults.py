"""Faults that come after the model has answered, or from the caller's own code."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.shop import Shop

from docgen_core.document import SHELL_VARIABLES, merge_sections, shell_variables
from docgen_core.errors import TemplateError
from docgen_core.events import Event, RunFinished, TextArrived
from docgen_core.model import Brief
from docgen_core.testing import Reply


def explode() -> None:
    msg = "boom"
    raise RuntimeError(msg)


def shell(folder: Path, text: str) -> Path:
    """A folder of the user's own templates that has a document shell."""
    folder.mkdir()
    (folder / "document.md.j2").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("hook", [explode, lambda: "text"], ids=["raises", "type"])
def test_a_failing_merge_hook_costs_no_document(
    shop: Shop, tmp_path: Path, hook: Callable[..., object]
) -> None:
    """The section is merged the core's way, and the user is told."""
    shop.offer("a")
    shop.offer("m", hooks={"merge_section": hook})
    result = shop.engine().orchestrate("A CRM", ["a", "m"], output=tmp_path)
    assert (result.exit_code, result.success_count) == (0, 2)
    assert "docgen-plugin-m 1.0: merge_section for 'm'" in " ".join(result.warnings)
    assert "## M" in (tmp_path / "document.md").read_text(encoding="utf-8")


def test_a_broken_shell_is_refused_before_anything_is_sent(shop: Shop, tmp_path: Path) -> None:
    """Finding out afterwards would cost all of the model's time."""
    shop.offer("a")
    own = shell(tmp_path / "templates", "{{ nope }}")
    with pytest.raises(TemplateError, match="'nope' is undefined") as caught:
        shop.engine(templates_dir=own).orchestrate("A CRM", ["a"], output=tmp_path / "out")
    assert (caught.value.exit_code, shop.fake.requests) == (3, ())


def test_a_broken_shell_does_not_matter_when_nothing_is_merged(shop: Shop, tmp_path: Path) -> None:
    """The sections alone need none."""
    shop.offer("a")
    own = shell(tmp_path / "templates", "{{ nope }}")
    engine = shop.engine(templates_dir=own, merge_into_single_document=False)
    assert engine.orchestrate("A CRM", ["a"]).exit_code == 0


def test_a_shell_that_fails_late_leaves_the_sections_and_the_record(
    shop: Shop, tmp_path: Path
) -> None:
    """Some faults show only when it is rendered."""
    shop.offer("a")
    own = shell(tmp_path / "templates", "{{ brief.nope }}")
    result = shop.engine(templates_dir=own).orchestrate("A CRM", ["a"], output=tmp_path / "out")
    assert (result.exit_code, result.document) == (5, None)
    assert "document.md.j2" in str(result.document_error)
    assert (tmp_path / "out" / "sections" / "a.md").is_file()
    assert '"partial"' in (tmp_path / "out" / "run.json").read_text(encoding="utf-8")


def test_the_shell_is_validated_beside_the_deliverables(shop: Shop, tmp_path: Path) -> None:
    """`docgen validate` finds what a run would refuse."""
    shop.offer("a")
    own = shell(tmp_path / "templates", "one\n{{ nope }}")
    found = shop.engine(templates_dir=own).validate_deliverable_templates()
    assert found["a"]["is_valid"]
    assert not found["document.md.j2"]["is_valid"]
    assert "document.md.j2, line 2: 'nope' is undefined" in found["document.md.j2"]["errors"][0]


def test_the_shell_sees_what_the_check_says_it_sees() -> None:
    """A name that is in one list only would be refused or would fail."""
    merged = merge_sections([], title="T", contents_title=None)
    variables = shell_variables(merged, title="T", brief=Brief.from_text("B"))
    assert set(SHELL_VARIABLES) == set(variables)


def test_a_hook_that_changes_the_folder_does_not_move_the_files(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative output folder means what it meant when the run began."""
    here, other = tmp_path / "here", tmp_path / "other"
    here.mkdir()
    other.mkdir()
    monkeypatch.chdir(here)

    def move() -> str:
        os.chdir(other)
        return "Write."

    shop.offer("a", hooks={"get_instructions": move})
    result = shop.engine().orchestrate("A CRM", ["a"], output="out")
    assert result.exit_code == 0
    assert (here / "out" / "document.md").is_file()
    assert (list(other.iterdir()), Path.cwd()) == ([], here)


def test_reasoning_arrives_as_empty_pieces(shop: Shop) -> None:
    """The progress display shows life; the reasoning itself stays out."""
    shop.offer("a")
    shop.fake.enqueue(Reply.text("the answer", reasoning="think it over"))
    shop.engine().orchestrate("A CRM", ["a"])
    pieces = [event.text for event in shop.events if isinstance(event, TextArrived)]
    assert (pieces[:3], "".join(pieces)) == (["", "", ""], "the answer")


def test_a_listener_that_raises_is_left_out_and_logged_once(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """Its fault is neither the model's nor the run's; the next run tries it again."""
    heard: list[Event] = []

    def listen(event: Event) -> None:
        heard.append(event)
        if isinstance(event, TextArrived):
            explode()

    shop.offer("a")
    engine = shop.engine()
    engine.listeners.insert(1, listen)
    with caplog.at_level(logging.ERROR, logger="docgen_core.engine"):
        result = engine.orchestrate("A CRM", ["a"])
        assert (result.exit_code, result.deliverable_results[0].attempts) == (0, 1)
        assert isinstance(heard[-1], TextArrived)
        assert isinstance(shop.events[-1], RunFinished)
        assert len(caplog.records) == 1
        engine.orchestrate("A CRM", ["a"])
    assert len(caplog.records) == 2


def test_a_section_that_fails_later_is_not_lost(shop: Shop, tmp_path: Path) -> None:
    """Its text, with what a person wrote, stays in its file, and the run says so."""
    shop.offer("a")
    shop.offer("b")
    shop.fake.enqueue(Reply.text("One."), Reply.text("Two."))
    shop.engine().orchestrate("A CRM", ["a", "b"], output=tmp_path)
    mine = tmp_path / "sections" / "b.md"
    mine.write_text(mine.read_text(encoding="utf-8") + "\nMy words.\n", encoding="utf-8")
    refusal = Reply.error(400, "Model crashed.")
    shop.fake.enqueue(Reply.text("Another one."))
    shop.fake.respond = lambda _: refusal
    failed = shop.engine(temperature=0.1).orchestrate("A CRM", ["a", "b"], output=tmp_path)
    assert failed.exit_code == 5
    assert "keeps the earlier text of b" in " ".join(failed.warnings)
    assert "My words." in mine.read_text(encoding="utf-8")
    shop.fake.respond = lambda _: Reply.text("Two again.")
    shop.engine(temperature=0.1).orchestrate("A CRM", ["a", "b"], output=tmp_path)
    assert "My words." in (tmp_path / "document.md").read_text(encoding="utf-8")
