"""What is remembered about a model from one process to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen_core.engine.rungs import Learned, RungMemory

WEEK = 7 * 24 * 3600.0


def memory(folder: Path, *, model: str = "demo", now: float = 1000.0) -> RungMemory:
    """The memory of one model at a moment."""
    return RungMemory("http://127.0.0.1:1/v1", model, folder=folder, clock=lambda: now)


def test_nothing_known_begins_at_the_schema(tmp_path: Path) -> None:
    """Also without a folder."""
    assert memory(tmp_path / "none").recall() == Learned(rung="schema")


def test_what_was_learned_is_there_in_another_process(tmp_path: Path) -> None:
    """For the same server and model, and for no other."""
    memory(tmp_path).learn("prompt", "refused")
    assert memory(tmp_path).recall() == Learned(rung="prompt", why="refused")
    assert memory(tmp_path, model="other").recall() == Learned()


def test_after_a_week_the_schema_is_tried_again(tmp_path: Path) -> None:
    """Servers are updated; a clock that was set back counts as long ago."""
    memory(tmp_path).learn("fields", "no JSON")
    assert memory(tmp_path, now=1000.0 + WEEK - 1).recall().rung == "fields"
    assert memory(tmp_path, now=1000.0 + WEEK).recall() == Learned()
    assert memory(tmp_path, now=0.0).recall() == Learned()


def test_it_can_be_forgotten(tmp_path: Path) -> None:
    """When the schema works again; twice is no error."""
    memory(tmp_path).learn("prompt", "refused")
    memory(tmp_path).forget()
    memory(tmp_path).forget()
    assert memory(tmp_path).recall() == Learned()


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "null", '{"rung": "prompt"}', '{"rung": 3, "learned": 1}', "[" * 90_000],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: str) -> None:
    """And what is learned next replaces it."""
    memory(tmp_path).learn("prompt", "refused")
    (file,) = tmp_path.iterdir()
    file.write_text(damage)
    assert memory(tmp_path).recall() == Learned()
    memory(tmp_path).learn("fields", "again")
    assert memory(tmp_path).recall().rung == "fields"


def test_a_folder_that_cannot_be_written_costs_a_request_and_no_run(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "rungs").write_text("")
    memory(tmp_path / "rungs").learn("prompt", "refused")
    assert memory(tmp_path / "rungs").recall() == Learned()
    memory(tmp_path / "rungs").forget()
