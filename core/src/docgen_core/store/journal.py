"""What was started, finished and failed: a small SQLite database beside the objects.

It is an index and a history, not the truth: everything in it that decides what is asked again can
be read from the objects, and is, when it is missing, damaged or of an older layout.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs

from docgen_core.errors import FileError
from docgen_core.store.objects import quarantine

__all__ = ["Journal", "WorkItem"]

#: Raised when the tables change; an older journal is then made anew, a newer one is refused.
_VERSION: Final = 1
#: No folder holds as many answers; a damaged number beyond it must not overflow the column.
_HIGHEST: Final = 2**53

_WORK: Final = """CREATE TABLE work (
    deliverable TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'finished', 'failed')),
    starts INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0,
    number INTEGER NOT NULL DEFAULT 0,
    object TEXT,
    error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (deliverable, fingerprint)
) WITHOUT ROWID"""
_TEXTS: Final = """CREATE TABLE texts (
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (file, sha256)
) WITHOUT ROWID"""

_START: Final = """
INSERT INTO work (deliverable, fingerprint, state, starts) VALUES (?, ?, 'started', 1)
ON CONFLICT DO UPDATE SET state = 'started', starts = starts + 1, error = ''
"""
_FINISH: Final = """
INSERT INTO work (deliverable, fingerprint, state, requests, number, object)
VALUES (?, ?, 'finished', ?, ?, ?)
ON CONFLICT DO UPDATE SET state = 'finished', requests = requests + excluded.requests,
    number = excluded.number, object = excluded.object, error = ''
"""
_ADOPT: Final = """
INSERT INTO work (deliverable, fingerprint, state, number, object) VALUES (?, ?, 'finished', ?, ?)
ON CONFLICT DO UPDATE SET state = 'finished', number = excluded.number, object = excluded.object
    WHERE excluded.number >= work.number
"""
_FAIL: Final = """
UPDATE work SET state = 'failed', error = ? WHERE deliverable = ? AND fingerprint = ?
"""


@attrs.frozen(kw_only=True)
class WorkItem:
    """One deliverable with one fingerprint, as the journal knows it.

    Attributes:
        deliverable: Its id.
        fingerprint: Hash over everything that decides the answer.
        state: `started`, `finished` or `failed`.
        starts: How often it was begun; more than once after a kill, a failure or with force.
        requests: Requests that the finished ones took.
        number: The answer's number, 0 while there is none.
        object: The SHA-256 of the answer's object, or None.
        error: Why it failed, or an empty string.
    """

    deliverable: str
    fingerprint: str
    state: str
    starts: int
    requests: int
    number: int
    object: str | None
    error: str


#: What SQLite raises; the second where its message quotes damaged text.
_BROKEN = (sqlite3.Error, UnicodeDecodeError)


class Journal:
    """The journal of a run folder; only the holder of the folder's lock opens it.

    Args:
        path: The database file.
        warn: Told what went wrong, one sentence each.

    Raises:
        FileError: a newer docgen wrote it.
    """

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        self._path = path
        self._warn = warn
        self._database = self._open()

    def start(self, deliverable: str, fingerprint: str) -> None:
        """Note that a deliverable is about to be asked for."""
        self._do(_START, deliverable, fingerprint)

    def finish(
        self, deliverable: str, fingerprint: str, *, requests: int, number: int, digest: str
    ) -> None:
        """Note that its answer is stored; the object must be on the disk."""
        self._do(_FINISH, deliverable, fingerprint, requests, number, digest)

    def adopt(self, deliverable: str, fingerprint: str, *, number: int, digest: str) -> None:
        """Note an answer that was found stored; of several to one question the latest holds."""
        self._do(_ADOPT, deliverable, fingerprint, number, digest)

    def next_number(self) -> int:
        """The number of the next answer."""
        ((highest,),) = self._rows("SELECT max(CAST(number AS INTEGER)) FROM work")
        return min(int(highest or 0), _HIGHEST) + 1

    def fail(self, deliverable: str, fingerprint: str, error: str) -> None:
        """Note that there is no answer, and why."""
        self._do(_FAIL, error, deliverable, fingerprint)

    def work(self) -> tuple[WorkItem, ...]:
        """Everything that was ever begun here."""
        names = ", ".join(field.name for field in attrs.fields(WorkItem))
        rows = self._rows(f"SELECT {names} FROM work ORDER BY deliverable, fingerprint")  # noqa: S608 - our own names
        fields = [field.name for field in attrs.fields(WorkItem)]
        return tuple(WorkItem(**dict(zip(fields, row, strict=True))) for row in rows)

    def answer(self, deliverable: str, fingerprint: str) -> str | None:
        """The object that holds the answer, or None. It may be gone, or damaged."""
        query = "SELECT object FROM work WHERE deliverable = ? AND fingerprint = ?"
        rows = self._rows(query, deliverable, fingerprint)
        return str(rows[0][0]) if rows and rows[0][0] else None

    def intend(self, file: str, digest: str) -> None:
        """Note that a text is about to be written, so that it is known whoever is killed when."""
        self._do("INSERT OR IGNORE INTO texts VALUES (?, ?)", file, digest)

    def settle(self, file: str, digest: str) -> None:
        """Note that a text stands; the texts before it are forgotten."""
        self._do("DELETE FROM texts WHERE file = ? AND sha256 <> ?", file, digest)

    def texts(self, file: str) -> frozenset[str]:
        """The hashes of the texts that docgen may have left in a file; empty when unknown."""
        rows = self._rows("SELECT sha256 FROM texts WHERE file = ?", file)
        return frozenset(str(row[0]) for row in rows)

    def close(self) -> None:
        """Fold everything into the one database file and close it."""
        with self._errors(), contextlib.closing(self._database) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _do(self, statement: str, *values: object) -> None:
        with self._errors():
            self._database.execute(statement, values)

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._errors():
            return self._database.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN as error:
            raise FileError(
                f"cannot write {self._path}: {error}",
                hint="Free some space and run the same command again; what is finished is kept.",
            ) from error

    def _open(self) -> sqlite3.Connection:
        """Open the database; one that cannot be used is set aside and made anew."""
        try:
            return _connect(self._path)
        except _BROKEN as error:
            aside = quarantine(self._path)
            for suffix in ("-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            self._warn(f"{self._path}: {error}; it is kept as {aside.name} and made anew")
        try:
            return _connect(self._path)
        except sqlite3.Error as error:
            # A file system without the locks that SQLite needs: the objects alone must do.
            self._warn(f"{self._path} cannot be kept here ({error}); the run goes on without it")
            return _connect(None)


def _connect(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        if path.is_symlink():  # SQLite would follow it, into another program's database
            path.unlink()
        # Made here, because SQLite would let others read it.
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    name = ":memory:" if path is None else str(path)
    database = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
    database.text_factory = _lenient
    try:
        _prepare(database, name)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, name: str) -> None:
    """Check what is there and create what is missing.

    Where the file system refuses write-ahead logging, SQLite keeps its rollback journal, which is
    as durable and slower.
    """
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise FileError(
            f"{name} was written by a newer docgen (layout {version})",
            hint="Upgrade with `pip install -U docgen-core`, or choose another folder with -o.",
        )
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
    tables = {text for (text,) in database.execute("SELECT sql FROM sqlite_master")}
    if version == 0 and not tables:
        script = f"BEGIN; {_WORK}; {_TEXTS}; PRAGMA user_version = {_VERSION}; COMMIT;"
        database.executescript(script)
    elif version != _VERSION or tables != {_WORK, _TEXTS}:
        raise sqlite3.DatabaseError(f"its layout is not the one of version {_VERSION}")


def _lenient(data: bytes) -> str:
    """A damaged text is a text that matches nothing, not an exception."""
    return data.decode("utf-8", errors="replace")
