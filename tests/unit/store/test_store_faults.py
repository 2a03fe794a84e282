"""What a failing disk, a torn file or a flipped byte does: finished answers or a new question."""

from __future__ import annotations

import contextlib
import errno
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.broken_disk import BrokenDisk, ShortDisk

from docgen_core.errors import FileError
from docgen_core.model import Usage
from docgen_core.store import RunFolder, RunRecord, StoredAnswer
from docgen_core.store.disk import Disk
from docgen_core.store.verify import verify

KEYS = ("a", "b")
RECORD = RunRecord(
    docgen="0.1.0",
    status="done",
    brief_sha256="00",
    brief_title="CRM",
    language="en",
    server={},
    sections=(),
    files={},
    started="2026-01-01T00:00:00+00:00",
    seconds=1.0,
)


def answer(key: str) -> StoredAnswer:
    """The one right answer for `key`."""
    return StoredAnswer(
        fingerprint=f"f-{key}",
        text=f"The answer for {key}.",
        model="demo",
        finish_reason="stop",
        usage=Usage(),
        attempts=1,
        seconds=1.0,
        time_to_first_token=None,
    )


def run(path: Path, disk: Disk) -> list[str]:
    """A run that asks for what is not stored, then writes everything; gives what it asked for."""
    asked = []
    with RunFolder(path, disk=disk) as folder:
        folder.sweep()
        for key in KEYS:
            stored = folder.load_answer(key, f"f-{key}")
            if stored is None:
                folder.begin(key, f"f-{key}")
                asked.append(key)
                folder.save_answer(key, answer(key))
            else:
                assert stored == answer(key)
            folder.write_generated(key, answer(key).text)
            folder.write_section(key, answer(key).text)
        folder.write_document("The document.")
        folder.write_record(RECORD)
    return asked


def durable(path: Path) -> set[str]:
    """What a fresh look finds stored."""
    with RunFolder(path) as folder:
        found = {key: folder.load_answer(key, f"f-{key}") for key in KEYS}
    assert all(stored == answer(key) for key, stored in found.items() if stored is not None)
    return {key for key, stored in found.items() if stored is not None}


def calls_of_a_run(path: Path) -> int:
    """How many calls of a run change the disk."""
    disk = BrokenDisk()
    run(path, disk)
    return disk.calls


@pytest.mark.parametrize(
    ("code", "step"),
    [
        pytest.param(errno.ENOSPC, 1, id="full"),
        pytest.param(errno.EIO, 3, id="broken"),
        pytest.param(errno.EACCES, 4, id="forbidden"),
    ],
)
def test_whichever_call_fails_what_is_finished_is_kept(
    tmp_path: Path, code: int, step: int
) -> None:
    """The failure has a name and a way out; the same command again ends the run."""
    total = calls_of_a_run(tmp_path / "whole")
    assert total > 50
    for fail_at in range(0, total, step):
        path = tmp_path / f"run{fail_at}"
        with contextlib.suppress(FileError):
            run(path, BrokenDisk(fail_at, code))
        before = durable(path)
        assert set(run(path, Disk())) == set(KEYS) - before
        assert run(path, Disk()) == []
        assert not list(path.rglob(".tmp-*"))
        assert all(finding.sound for finding in verify(path)), fail_at
        assert not list(path.rglob("*.edited.md"))
        shutil.rmtree(path)


@pytest.mark.parametrize("most", [1, 7, 100])
def test_a_disk_that_writes_a_part_at_a_time_loses_nothing(tmp_path: Path, most: int) -> None:
    """Each call says how much it wrote; the rest follows."""
    assert run(tmp_path, ShortDisk(most)) == list(KEYS)
    assert all(finding.sound for finding in verify(tmp_path))
    assert run(tmp_path, Disk()) == []


@pytest.mark.parametrize("room", [0, 1, 100, 500, 900, 1500])
def test_a_disk_that_is_full_after_a_part_is_a_clear_error(tmp_path: Path, room: int) -> None:
    """A short write without an error is noticed; nothing half-written is ever read."""
    with pytest.raises(FileError, match="No space left"):
        run(tmp_path, ShortDisk(64, room))
    before = durable(tmp_path)
    assert set(run(tmp_path, Disk())) == set(KEYS) - before


def test_an_error_says_which_file_and_what_to_do(tmp_path: Path) -> None:
    """A user can act on it."""
    with RunFolder(tmp_path) as folder:
        folder._objects._disk = BrokenDisk(2)
        with pytest.raises(FileError, match=r"cannot write .*objects.*No space left") as caught:
            folder.save_answer("c", answer("c"))
    assert "free some space" in caught.value.hint


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run folder to damage copies of."""
    path = tmp_path_factory.mktemp("whole") / "out"
    run(path, Disk())
    return path


def state_files(path: Path) -> list[Path]:
    """What docgen keeps for itself."""
    files = [*(path / ".docgen").rglob("*"), path / "run.json"]
    return sorted(file for file in files if file.is_file() and file.name != "lock")


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damage_anywhere_costs_a_question_at_most(
    whole: Path, tmp_path: Path, data: st.DataObject
) -> None:
    """Any state file cut short or changed: verify names it, and no wrong answer is given."""
    path = tmp_path / "out"
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(whole, path)
    victim = data.draw(st.sampled_from(state_files(path)))
    content = victim.read_bytes()
    where = data.draw(st.integers(0, len(content) - 1))
    cut = data.draw(st.booleans())
    flip = bytes([content[where] ^ data.draw(st.integers(1, 255))])
    victim.write_bytes(content[:where] if cut else content[:where] + flip + content[where + 1 :])
    name = victim.relative_to(path).as_posix()
    assert {f.file: f.state for f in verify(path)}[name] == "damaged"
    try:
        before = durable(path)
    except FileError as error:
        # The changed byte was a version number: what a newer docgen wrote is not touched.
        assert "newer docgen" in str(error)  # noqa: PT017 - one of two outcomes
        return
    assert set(run(path, Disk())) == set(KEYS) - before
    assert "objects/" in name or before == set(KEYS)
    assert run(path, Disk()) == []


def test_a_lost_journal_is_made_from_the_objects(whole: Path, tmp_path: Path) -> None:
    """Nothing is asked for again."""
    path = tmp_path / "out"
    shutil.copytree(whole, path)
    (path / ".docgen" / "journal.sqlite").unlink()
    assert run(path, Disk()) == []


def test_an_answer_whose_journal_entry_was_lost_is_found(tmp_path: Path) -> None:
    """A kill between object and journal costs nothing."""
    with RunFolder(tmp_path) as folder:
        folder.save_answer("a", answer("a"))
        folder._journal._do("DELETE FROM work")
    assert durable(tmp_path) == {"a"}


def test_of_two_answers_to_one_question_the_later_holds(tmp_path: Path) -> None:
    """Also when the journal was lost: asked again with force, the new answer is the one."""
    with RunFolder(tmp_path) as folder:
        folder.save_answer("a", answer("b"))
        folder.save_answer("a", answer("a"))
    (tmp_path / ".docgen" / "journal.sqlite").unlink()
    with RunFolder(tmp_path) as folder:
        assert folder.load_answer("a", "f-a") == answer("a")


def test_a_text_that_a_killed_run_wrote_is_no_hand_edit(tmp_path: Path) -> None:
    """Killed between what was generated and what is shown, the old text is still docgen's."""
    run(tmp_path, Disk())
    with RunFolder(tmp_path) as folder:
        folder.write_generated("a", "newer")
        assert folder.read_section("a") == (answer("a").text, False)
        folder._journal.intend("document.md", "the next one")
        _, kept = folder.write_document("newer")
    assert kept is None


def test_a_full_disk_at_the_seal_is_told(tmp_path: Path) -> None:
    """The run is complete, but nothing vouches for it."""
    total = calls_of_a_run(tmp_path / "whole")
    with pytest.raises(FileError, match="seal"):
        run(tmp_path / "out", BrokenDisk(total - 2))
    assert {f.file for f in verify(tmp_path / "out") if not f.sound} == {".docgen/seal"}
