from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from docgen_core.errors import FileError
from docgen_core.store.journal import Journal, WorkItem


def journal_in(folder: Path) -> tuple[Journal, list[str]]:
    """A journal, and what it warns of."""
    warned: list[str] = []
    return Journal(folder / "journal.sqlite", warned.append), warned


def change(folder: Path, statement: str) -> None:
    """Change a closed journal behind docgen's back."""
    with closing(sqlite3.connect(folder / "journal.sqlite")) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute(statement)
        database.commit()


def item(state: str, **facts: object) -> WorkItem:
    """A row about `a` with the fingerprint `f`."""
    row = {"starts": 0, "requests": 0, "number": 0, "object": None, "error": "", **facts}
    return WorkItem(deliverable="a", fingerprint="f", state=state, **row)  # type: ignore[arg-type]


def test_the_way_of_a_deliverable_is_kept(tmp_path: Path) -> None:
    """Started, failed, started again, finished: after each step and after reopening."""
    journal, warned = journal_in(tmp_path)
    journal.start("a", "f")
    assert journal.work() == (item("started", starts=1),)
    journal.fail("a", "f", "no model")
    assert journal.work() == (item("failed", starts=1, error="no model"),)
    journal.start("a", "f")
    journal.finish("a", "f", requests=2, number=1, digest="d")
    journal.close()
    journal, _ = journal_in(tmp_path)
    assert journal.work() == (item("finished", starts=2, requests=2, number=1, object="d"),)
    assert (journal.answer("a", "f"), journal.answer("a", "g")) == ("d", None)
    journal.close()
    assert warned == []


def test_a_later_answer_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    """And an earlier one that is found afterwards does not."""
    journal, _ = journal_in(tmp_path)
    journal.finish("a", "f", requests=1, number=1, digest="one")
    assert journal.next_number() == 2
    journal.adopt("a", "f", number=2, digest="two")
    journal.adopt("a", "f", number=1, digest="one")
    assert journal.answer("a", "f") == "two"
    journal.close()


def test_texts_that_may_stand_are_known_until_one_does(tmp_path: Path) -> None:
    """Between intending and settling, both the old and the new text are docgen's."""
    journal, _ = journal_in(tmp_path)
    journal.intend("a.md", "old")
    journal.settle("a.md", "old")
    journal.intend("a.md", "new")
    assert journal.texts("a.md") == {"old", "new"}
    journal.settle("a.md", "new")
    assert journal.texts("a.md") == {"new"}
    journal.close()


def test_it_is_durable_and_for_the_user_alone(tmp_path: Path) -> None:
    """Write-ahead logging, flushed at every commit; mode 0600; one file once it is closed."""
    journal, _ = journal_in(tmp_path)
    database = journal._database
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.execute("PRAGMA synchronous").fetchone() == (2,)
    journal.start("a", "f")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    journal.close()
    assert modes == {0o600}
    assert [path.name for path in tmp_path.iterdir()] == ["journal.sqlite"]


def test_a_journal_of_a_newer_docgen_is_refused(tmp_path: Path) -> None:
    """And left as it is."""
    journal_in(tmp_path)[0].close()
    change(tmp_path, "PRAGMA user_version = 99")
    before = (tmp_path / "journal.sqlite").read_bytes()
    with pytest.raises(FileError, match=r"newer docgen \(layout 99\)"):
        journal_in(tmp_path)
    assert (tmp_path / "journal.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("PRAGMA user_version = 0", id="older layout"),
        pytest.param("ALTER TABLE work ADD COLUMN x", id="another column"),
        pytest.param("DROP TABLE texts", id="a table gone"),
        pytest.param(
            "UPDATE sqlite_master SET sql = replace(sql, 'started', 'stbrted')", id="a changed rule"
        ),
    ],
)
def test_a_journal_of_another_layout_is_made_anew(tmp_path: Path, statement: str) -> None:
    """The old one is kept beside it; the user is told."""
    journal_in(tmp_path)[0].close()
    change(tmp_path, statement)
    journal, warned = journal_in(tmp_path)
    journal.start("a", "f")
    journal.close()
    assert len(warned) == 1
    assert (tmp_path / "journal.sqlite.corrupt").exists()


@pytest.mark.parametrize("size", [100, 4096, 6000])
def test_a_torn_journal_is_made_anew(tmp_path: Path, size: int) -> None:
    """Wherever it was cut."""
    journal, _ = journal_in(tmp_path)
    journal.finish("a", "f", requests=1, number=1, digest="d")
    journal.close()
    path = tmp_path / "journal.sqlite"
    path.write_bytes(path.read_bytes()[:size])
    journal, warned = journal_in(tmp_path)
    assert journal.work() == ()
    journal.close()
    assert len(warned) == 1


def test_a_full_disk_is_a_clear_error(tmp_path: Path) -> None:
    """SQLite's own refusal, made by a bound on the pages."""
    journal, _ = journal_in(tmp_path)
    pages = journal._database.execute("PRAGMA page_count").fetchone()[0]
    journal._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(FileError, match="full"):
        journal.start("a", "f" * 100_000)
    journal.close()


def test_where_sqlite_cannot_work_the_run_goes_on_without_it(tmp_path: Path) -> None:
    """A folder stands where the file should; nothing is kept, and the user is told."""
    folder = tmp_path / "journal.sqlite.corrupt" / "x"
    folder.mkdir(parents=True)
    (tmp_path / "journal.sqlite").mkdir()
    journal, warned = journal_in(tmp_path)
    journal.finish("a", "f", requests=1, number=1, digest="d")
    assert journal.answer("a", "f") == "d"
    journal.close()
    assert "goes on without it" in warned[-1]
