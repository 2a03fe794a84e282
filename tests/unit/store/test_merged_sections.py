"""Sections in which a person's words and a new text come together, and wishes, on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen_core.engine.edits import meet, write_standing
from docgen_core.model import Section
from docgen_core.store import RunFolder
from docgen_core.store.disk import Disk
from docgen_core.store.view import FolderView
from docgen_core.store.wishes import WISHES_FILE, Wish

OLD = Section(id="a", title="A", markdown="One.\n\nTwo.")
NEW = Section(id="a", title="A", markdown="One.\n\nThree.")
MERGED = "# A\n\nMine.\n\nThree.\n"


class Stopped(Exception):  # noqa: N818 - stands for a kill, no error
    """What ends the process in the middle of it."""


class StoppingDisk(Disk):
    """Stops before a file of that name gets its new content."""

    def __init__(self, name: str) -> None:
        self._name = name

    def replace(self, source: Path, target: Path) -> None:
        """Stop, or do it."""
        if target.parent.name + "/" + target.name == self._name:
            raise Stopped
        super().replace(source, target)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with a section that a person has edited."""
    with RunFolder(tmp_path) as folder:
        folder.write_generated("a", "# A\n\nOne.\n\nTwo.\n")
        folder.write_section("a", "# A\n\nOne.\n\nTwo.\n")
    folder.section_file("a").write_text("# A\n\nMine.\n\nTwo.\n")
    return tmp_path


def merge(path: Path, disk: Disk | None = None, section: Section = NEW) -> list[str]:
    with RunFolder(path, disk=disk) as folder:
        return write_standing(folder, section, meet(folder, section))


def test_a_merged_section_is_a_persons(out: Path) -> None:
    """It holds both, and counts as edited."""
    assert merge(out) == ["A: your changes were merged into the new text"]
    with RunFolder(out) as folder:
        assert folder.read_section("a") == (MERGED, True)
        assert folder.generated("a") == "# A\n\nOne.\n\nThree.\n"


@pytest.mark.parametrize("file", ["sections/a.md", "generated/a.md"])
def test_a_kill_in_the_middle_of_a_merge_changes_nothing_of_its_result(
    out: Path, file: str
) -> None:
    """Before the section or after it, before what was generated."""
    with pytest.raises(Stopped):
        merge(out, StoppingDisk(file))
    merge(out)
    assert (out / "sections" / "a.md").read_text() == MERGED
    assert merge(out) == []


def test_an_unchanged_file_is_not_written_again(out: Path) -> None:
    """Whoever watches it sees no change."""
    merge(out)
    with RunFolder(out) as folder:
        file = folder.section_file("a")
        before = file.stat().st_mtime_ns
        folder.write_section("a", file.read_text())
    assert file.stat().st_mtime_ns == before


def test_wishes_are_read_back(out: Path) -> None:
    """Also by a reader without the lock."""
    wishes = {"a": (Wish(wish="shorter", text="One.", brief_sha256="x"),)}
    with RunFolder(out) as folder:
        folder.write_wishes(wishes)
    assert FolderView(out).wishes == wishes


def test_damaged_wishes_are_told_of(out: Path) -> None:
    """And count as none."""
    with RunFolder(out) as folder:
        folder.write_wishes({"a": (Wish(wish="shorter", text="", brief_sha256="x"),)})
    (out / WISHES_FILE).write_bytes((out / WISHES_FILE).read_bytes()[:-2])
    with RunFolder(out) as folder:
        assert folder.wishes == {}
        assert "damaged" in folder.warnings[0]


def test_a_document_is_compared_only_with_the_one_it_came_from(out: Path) -> None:
    """Where docgen's own copy is damaged, nobody knows what a person changed."""
    with RunFolder(out) as folder:
        folder.write_document("# D\n\nOne.\n")
    (out / "document.md").write_text("# D\n\nMine.\n")
    with RunFolder(out) as folder:
        assert folder.document_edit() == ("# D\n\nOne.\n", "# D\n\nMine.\n")
    (out / ".docgen" / "document.md").write_text("# D\n\nBad.\n")
    with RunFolder(out) as folder:
        assert folder.document_edit() is None
