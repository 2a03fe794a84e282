"""The structured content of each section, in the run folder."""

from __future__ import annotations

from pathlib import Path

from docgen_core.store import RunFolder
from docgen_core.store.verify import FileState, verify


def _states(folder: Path) -> dict[str, FileState]:
    return {finding.file: finding.state for finding in verify(folder)}


def test_data_comes_back_as_written(tmp_path: Path) -> None:
    """And there is none where none was written."""
    with RunFolder(tmp_path) as folder:
        folder.write_data("a", '{"items": []}\n')
        assert folder.read_data("a") == '{"items": []}\n'
        assert folder.read_data("b") is None


def test_data_is_part_of_the_seal(tmp_path: Path) -> None:
    """A run that does not write it again keeps it sealed."""
    with RunFolder(tmp_path) as folder:
        folder.write_data("a", "{}\n")
    with RunFolder(tmp_path):
        pass
    assert _states(tmp_path)[".docgen/data/a.json"] is FileState.UNCHANGED


def test_changed_data_is_damage(tmp_path: Path) -> None:
    """It is docgen's own record: nobody edits it."""
    with RunFolder(tmp_path) as folder:
        folder.write_data("a", "{}\n")
    (tmp_path / ".docgen/data/a.json").write_text("[]\n", encoding="utf-8")
    assert _states(tmp_path)[".docgen/data/a.json"] is FileState.DAMAGED
