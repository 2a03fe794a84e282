from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from docgen_core.errors import FileError
from docgen_core.model import Usage
from docgen_core.store import Recipe, RunFolder, RunRecord, StoredAnswer
from docgen_core.store.atomic import sha256
from docgen_core.store.verify import verify

ANSWER = StoredAnswer(
    fingerprint="f",
    text="An answer.",
    model="demo",
    finish_reason="stop",
    usage=Usage(),
    attempts=1,
    seconds=1.0,
    time_to_first_token=None,
)
RECIPE = Recipe(
    docgen="0.1.0",
    run_id="r",
    brief={"text": "CRM", "title": "CRM", "source": ""},
    order=("a",),
    config={},
    model={},
    generation={},
    releases={},
    server={},
    date="2026-01-01",
)
SHOWN = {"document.md": "The document.\n", "sections/a.md": "# A\n\nAn answer.\n"}
RECORD = RunRecord(
    docgen="0.1.0",
    status="done",
    brief_sha256="00",
    brief_title="CRM",
    language="en",
    server={},
    sections=(),
    files={name: sha256(text) for name, text in SHOWN.items()},
    started="2026-01-01T00:00:00+00:00",
    seconds=1.0,
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run folder."""
    path = tmp_path_factory.mktemp("whole") / "out"
    with RunFolder(path) as folder:
        folder.write_recipe(RECIPE)
        folder.save_answer("a", ANSWER)
        folder.write_generated("a", SHOWN["sections/a.md"])
        folder.write_section("a", SHOWN["sections/a.md"])
        folder.write_document(SHOWN["document.md"])
        folder.write_record(RECORD)
    return path


@pytest.fixture
def out(whole: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    return shutil.copytree(whole, tmp_path / "out")


def amiss(path: Path) -> dict[str, str]:
    """What is not as docgen left it."""
    return {f.file: f.state.value for f in verify(path) if f.state != "unchanged"}


def written(path: Path) -> list[Path]:
    """Everything that docgen wrote but the lock, whose content means nothing."""
    return sorted(file for file in path.rglob("*") if file.is_file() and file.name != "lock")


def test_a_folder_as_docgen_left_it_is_sound(out: Path) -> None:
    """Every file is looked at."""
    assert amiss(out) == {}
    assert len(verify(out)) == len(written(out))


def test_every_changed_byte_is_found(out: Path) -> None:
    """In any file: the seal, the journal, the recipe, objects, sections, document, run.json."""
    for file in written(out):
        content = file.read_bytes()
        name = file.relative_to(out).as_posix()
        for where in {0, 1, len(content) // 3, len(content) // 2, len(content) - 1}:
            file.write_bytes(content[:where] + bytes([content[where] ^ 1]) + content[where + 1 :])
            assert list(amiss(out)) == [name]
        file.write_bytes(content)


@pytest.mark.parametrize("name", ["document.md", "sections/a.md"])
def test_what_people_may_edit_is_called_edited(out: Path, name: str) -> None:
    """Not damaged: docgen keeps such an edit."""
    (out / name).write_text("mine")
    assert amiss(out) == {name: "edited"}


def test_an_edit_is_sound_after_the_next_run(out: Path) -> None:
    """The run saw it and kept it."""
    (out / "sections" / "a.md").write_text("mine")
    with RunFolder(out) as folder:
        hashes = {**RECORD.files, "sections/a.md": sha256("mine")}
        folder.write_record(attrs.evolve(RECORD, files=hashes))
    assert amiss(out) == {}
    with RunFolder(out) as folder:
        assert folder.read_section("a") == ("mine", True)


def test_what_is_gone_is_named(out: Path) -> None:
    """A section, an object, and run.json."""
    lost = [next((out / ".docgen" / "objects").glob("??/*")), out / "run.json", out / "document.md"]
    for file in lost:
        file.unlink()
    assert amiss(out) == {file.relative_to(out).as_posix(): "missing" for file in lost}


def test_a_run_that_was_killed_is_not_vouched_for(out: Path) -> None:
    """Its seal was broken when it began."""
    folder = RunFolder(out)
    folder.__enter__()
    shutil.copytree(out, out.with_name("killed"))
    folder.__exit__(None, None, None)
    assert amiss(out.with_name("killed")) == {".docgen/seal": "unsealed"}
    assert amiss(out) == {}


def test_what_was_set_aside_does_not_count_as_damage(out: Path) -> None:
    """It is listed, so that somebody looks at it."""
    victim = next((out / ".docgen" / "objects").glob("??/*"))
    victim.write_bytes(b"")
    with RunFolder(out) as folder:
        assert folder.load_answer("a", "f") is None
        assert "damaged" in folder.warnings[0]
    findings = {f.file: f for f in verify(out) if f.state != "unchanged"}
    assert [(f.state.value, f.sound) for f in findings.values()] == [("set aside", True)]


def test_the_user_s_own_files_are_not_looked_at(out: Path) -> None:
    """Notes, and what docgen kept aside for the user."""
    (out / "notes.md").write_text("mine")
    (out / "sections" / "a.new.md").write_text("new")
    assert amiss(out) == {}


def test_a_folder_that_docgen_did_not_write_is_refused(tmp_path: Path) -> None:
    """Nothing to verify is not the same as all well."""
    with pytest.raises(FileError, match="not a folder that docgen wrote"):
        verify(tmp_path)


def test_a_folder_that_is_being_written_is_refused(out: Path) -> None:
    """Its files change while they are read."""
    script = (
        "import sys; from pathlib import Path; from docgen_core.store import RunFolder\n"
        "with RunFolder(Path(sys.argv[1])): print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(FileError, match=f"process {holder.pid}"):
            verify(out)
        holder.communicate()


def test_a_read_only_folder_can_be_verified(out: Path) -> None:
    """Nothing is written: no file is new, and none is younger."""

    def state() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in out.rglob("*")}

    before = state()
    (out / ".docgen").chmod(0o500)
    try:
        assert amiss(out) == {}
    finally:
        (out / ".docgen").chmod(0o700)
    assert state() == before
