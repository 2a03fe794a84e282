from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from docgen_core.errors import FileError
from docgen_core.model import Usage
from docgen_core.store import RunFolder, RunRecord, SectionRecord, StoredAnswer, read_run
from docgen_core.store.atomic import sha256, write_text

ANSWER = StoredAnswer(
    fingerprint="f1",
    text="Ein Prüfstand\n",
    model="demo",
    finish_reason="stop",
    usage=Usage(prompt_tokens=10, completion_tokens=3, cached_tokens=4),
    attempts=2,
    seconds=1.5,
    time_to_first_token=0.2,
    warnings=("cut",),
)
RECORD = RunRecord(
    docgen="0.1.0",
    status="done",
    brief_sha256="00",
    brief_title="CRM",
    language="en",
    server={"base_url": "http://127.0.0.1:1/v1", "kind": "openai"},
    sections=(SectionRecord(id="a", title="A", status="done", inputs=("b",)),),
    files={},
    started="2026-01-01T00:00:00+00:00",
    seconds=1.0,
)


def test_an_answer_comes_back_for_the_same_question(tmp_path: Path) -> None:
    """What was saved is what is loaded."""
    with RunFolder(tmp_path) as folder:
        folder.save_answer("a", ANSWER)
        assert folder.load_answer("a", "f1") == ANSWER


def test_an_answer_to_another_question_is_not_used(tmp_path: Path) -> None:
    """A changed fingerprint means asking again."""
    with RunFolder(tmp_path) as folder:
        folder.save_answer("a", ANSWER)
        assert folder.load_answer("a", "f2") is None


def test_a_section_changed_by_hand_is_noticed(tmp_path: Path) -> None:
    """The text differs from what docgen generated last."""
    with RunFolder(tmp_path) as folder:
        folder.write_generated("a", "# A\n\nold\n")
        folder.write_section("a", "# A\n\nold\n")
        assert folder.read_section("a") == ("# A\n\nold\n", False)
        folder.section_file("a").write_text("# A\n\nmine\n")
        assert folder.read_section("a") == ("# A\n\nmine\n", True)


def test_a_document_changed_by_hand_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    """Nothing that a person wrote is overwritten silently."""
    with RunFolder(tmp_path) as folder:
        folder.write_document("first\n")
        folder.write_record(attrs.evolve(RECORD, files={"document.md": sha256("first\n")}))
        (tmp_path / "document.md").write_text("mine\n")
        path, kept = folder.write_document("second\n")
    assert path.read_text() == "second\n"
    assert kept is not None
    assert kept.read_text() == "mine\n"


def test_an_untouched_document_is_replaced_without_a_copy(tmp_path: Path) -> None:
    """A copy would only be noise."""
    with RunFolder(tmp_path) as folder:
        folder.write_document("first\n")
        folder.write_record(attrs.evolve(RECORD, files={"document.md": sha256("first\n")}))
        _, kept = folder.write_document("second\n")
    assert kept is None


def test_a_second_writer_is_refused_and_told_who_writes(tmp_path: Path) -> None:
    """The message names the process; the lock goes with its holder."""
    script = (
        "import sys; from pathlib import Path; from docgen_core.store import RunFolder\n"
        "with RunFolder(Path(sys.argv[1])): print('ready', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(FileError, match=f"process {holder.pid}"), RunFolder(tmp_path):
        pass
    holder.kill()
    holder.communicate()
    with RunFolder(tmp_path) as folder:
        assert folder.previous is None


def test_the_folder_is_for_the_user_alone(tmp_path: Path) -> None:
    """Briefs and documents are private."""
    with RunFolder(tmp_path / "new"):
        mode = (tmp_path / "new").stat().st_mode
    assert stat.S_IMODE(mode) == 0o700


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    """The path is named, and what to do."""
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(FileError, match="cannot create the folder") as caught,
        RunFolder(tmp_path / "file" / "out"),
    ):
        pass
    assert "-o" in caught.value.hint


def test_a_failed_write_leaves_the_old_file_and_no_temporary_one(tmp_path: Path) -> None:
    """The target is a folder, so the last step fails."""
    target = tmp_path / "document.md"
    target.mkdir()
    (target / "inside").write_text("x")
    with pytest.raises(FileError, match="cannot write"):
        write_text(target, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["document.md"]


def test_strays_of_a_killed_run_are_swept(tmp_path: Path) -> None:
    """Only temporary files go."""
    with RunFolder(tmp_path) as folder:
        (tmp_path / ".tmp-abcdefgh").write_text("half")
        (tmp_path / ".tmp-export__").mkdir()
        (tmp_path / ".tmp-notes.md").write_text("mine")
        (tmp_path / "mine.md").write_text("mine")
        folder.sweep()
        left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [".docgen", ".tmp-notes.md", "mine.md", "sections"]


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    """run.json is read back without loss."""
    with RunFolder(tmp_path) as folder:
        folder.write_record(RECORD)
    assert read_run(tmp_path) == RECORD


def test_a_record_of_a_newer_docgen_is_refused(tmp_path: Path) -> None:
    """It could be destroyed by writing the older layout over it."""
    (tmp_path / "run.json").write_text(json.dumps({"schema": 999, "docgen": "9.0"}))
    with pytest.raises(FileError, match=r"newer docgen \(9\.0\)"):
        read_run(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": 1}', '{"schema": "x"}'])
def test_a_damaged_record_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    """The next run writes it anew."""
    (tmp_path / "run.json").write_text(text)
    assert read_run(tmp_path) is None
