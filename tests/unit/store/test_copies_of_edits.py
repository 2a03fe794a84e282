"""Copies of what people wrote: one for each text, and never one text less."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen_core.store import RunFolder
from docgen_core.store.aside import copies_of, is_aside
from docgen_core.store.disk import Disk


def write(out: Path, **texts: str) -> None:
    """Files of a folder by their names without `.md`, dashes and dots as they are."""
    for name, text in texts.items():
        (out / f"{name}.md").write_text(text, encoding="utf-8")


def held(out: Path) -> dict[str, str]:
    """The copies by name."""
    return {copy.name: copy.read_text(encoding="utf-8") for copy in copies_of(out / "document.md")}


def edited(folder: RunFolder, text: str) -> Path | None:
    """A person changes the document, and docgen writes its own again."""
    write(folder.path, document=text)
    return folder.write_document("Made.\n")[1]


def test_each_text_has_one_copy(tmp_path: Path) -> None:
    """However often it comes, and whatever came between."""
    with RunFolder(tmp_path) as folder:
        folder.write_document("Made.\n")
        for text in ("One.\n", "Two.\n", "One.\n", "Two.\n"):
            edited(folder, text)
    assert held(tmp_path) == {"document.edited.md": "One.\n", "document.edited-2.md": "Two.\n"}


def test_a_name_that_became_free_is_no_reason_for_a_second_copy(tmp_path: Path) -> None:
    """The first copy was removed by its author; the second one is found all the same."""
    with RunFolder(tmp_path) as folder:
        folder.write_document("Made.\n")
        edited(folder, "One.\n")
        edited(folder, "Two.\n")
        (tmp_path / "document.edited.md").unlink()
        assert edited(folder, "Two.\n") == tmp_path / "document.edited-2.md"
    assert held(tmp_path) == {"document.edited-2.md": "Two.\n"}


def test_a_copy_that_says_what_another_says_is_removed_and_told_of(tmp_path: Path) -> None:
    """The oldest one stays."""
    copies = {"document.edited": "A", "document.edited-2": "B", "document.edited-10": "A"}
    write(tmp_path, document="Made.\n", **copies)
    with RunFolder(tmp_path) as folder:
        told = folder.tidy_copies()
    gone = tmp_path / "document.edited-10.md"
    assert told == [f"{gone} was removed, because document.edited.md says the same"]
    assert held(tmp_path) == {"document.edited.md": "A", "document.edited-2.md": "B"}


def test_a_copy_that_stands_in_the_document_again_is_removed(tmp_path: Path) -> None:
    """Its author took it over; the sections hold what was theirs."""
    write(tmp_path, **{"document": "Mine.\n", "document.edited": "Mine.\n"})
    with RunFolder(tmp_path) as folder:
        (told,) = folder.tidy_copies()
    assert told.endswith("because document.md says the same")
    assert held(tmp_path) == {}


def test_sections_are_tidied_as_well(tmp_path: Path) -> None:
    """Those that docgen writes."""
    with RunFolder(tmp_path) as folder:
        folder.write_generated("a", "# A\n")
        folder.write_section("a", "# A\n")
        write(tmp_path / "sections", **{"a.edited": "Mine.", "a.edited-2": "Mine."})
        assert len(folder.tidy_copies()) == 1
    assert not (tmp_path / "sections" / "a.edited-2.md").exists()


class Holding(Disk):
    """A disk on which another program has the copies open."""

    def remove(self, path: Path) -> None:
        if is_aside(path.name):
            raise PermissionError(13, "Permission denied")
        super().remove(path)


def test_a_copy_that_cannot_be_removed_stays(tmp_path: Path) -> None:
    """It is no reason to end a run that has written all its texts."""
    write(tmp_path, **{"document": "Mine.\n", "document.edited": "Mine.\n"})
    with RunFolder(tmp_path, disk=Holding()) as folder:
        assert folder.tidy_copies() == []
    assert held(tmp_path) == {"document.edited.md": "Mine.\n"}


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    """A person's own files may have such names, and links lead elsewhere."""
    write(tmp_path, **{"notes": "Mine.", "notes.edited": "Mine.", "document": "Made.\n"})
    (tmp_path / "document.edited.md").symlink_to(tmp_path / "document.md")
    with RunFolder(tmp_path) as folder:
        assert folder.tidy_copies() == []
    assert (tmp_path / "notes.edited.md").exists()
    assert (tmp_path / "document.edited.md").is_symlink()


@pytest.mark.parametrize(
    ("name", "aside"),
    [
        ("a.edited.md", True),
        ("a.edited-2.md", True),
        ("a.edited-120.md", True),
        ("a.new.md", True),
        ("a.md", False),
        ("edited.md", False),
        ("a.edited-x.md", False),
    ],
)
def test_what_is_set_aside_is_known_by_its_name(name: str, *, aside: bool) -> None:
    """So that checks leave it out."""
    assert is_aside(name) is aside
