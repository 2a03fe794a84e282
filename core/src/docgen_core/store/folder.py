"""The run folder of one document, and the only code that writes to it."""

from __future__ import annotations

import contextlib
import json
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import attrs

from docgen_core.model import Usage
from docgen_core.store.atomic import make_folder, read_text, sha256, write_text
from docgen_core.store.lock import FolderLock
from docgen_core.store.record import RUN_FILE, RunRecord, read_run, to_json

__all__ = ["RunFolder", "StoredAnswer"]

_ANSWER_SCHEMA = 1


def _strings(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class StoredAnswer:
    """A model's answer, kept so that the same question is not asked again.

    Attributes:
        fingerprint: Hash over everything that decided it.
        text: The answer as it came, reasoning removed.
        model: The model that answered.
        finish_reason: Why it stopped.
        usage: Token counts over all attempts.
        attempts: Requests made for it.
        seconds: How long they took.
        time_to_first_token: Seconds, of the attempt that succeeded.
        warnings: What was noticed on the way.
    """

    fingerprint: str
    text: str
    model: str
    finish_reason: str
    usage: Usage
    attempts: int
    seconds: float
    time_to_first_token: float | None
    warnings: tuple[str, ...] = attrs.field(default=(), converter=_strings)


class RunFolder:
    """Reads and writes one run folder; a context manager that holds its lock.

    Args:
        path: The folder; created when it is entered.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._state = path / ".docgen"
        self._lock = FolderLock(self._state / "lock")
        self._previous: RunRecord | None = None

    def __enter__(self) -> Self:
        for folder in (self.path, self._state, self.path / "sections"):
            make_folder(folder)
        for name in ("answers", "generated"):
            make_folder(self._state / name)
        self._lock.acquire()
        try:
            self._previous = read_run(self.path)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self._lock.release()

    @property
    def previous(self) -> RunRecord | None:
        """What the last run recorded, or None."""
        return self._previous

    def load_answer(self, key: str, fingerprint: str) -> StoredAnswer | None:
        """The stored answer for `key`, if it was given to exactly this question."""
        text = read_text(self._state / "answers" / f"{key}.json")
        answer = None if text is None else _parse_answer(text)
        return answer if answer is not None and answer.fingerprint == fingerprint else None

    def save_answer(self, key: str, answer: StoredAnswer) -> None:
        """Keep an answer; it is on the disk when this returns."""
        body = json.dumps(attrs.asdict(answer), ensure_ascii=False)
        wrapped = {"schema": _ANSWER_SCHEMA, "sha256": sha256(body), "answer": body}
        write_text(self._state / "answers" / f"{key}.json", json.dumps(wrapped, ensure_ascii=False))

    def section_file(self, key: str) -> Path:
        """Where the section of `key` stands."""
        return self.path / "sections" / f"{key}.md"

    def read_section(self, key: str) -> tuple[str, bool] | None:
        """The section's text as it stands, and whether a person changed it; None if absent."""
        text = read_text(self.section_file(key))
        if text is None:
            return None
        generated = self.generated(key)
        return text, generated is not None and generated != text

    def generated(self, key: str) -> str | None:
        """The section as docgen last generated it, or None."""
        return read_text(self._state / "generated" / f"{key}.md")

    def write_generated(self, key: str, text: str) -> None:
        """Remember what docgen generated for `key`, to tell later edits from it."""
        write_text(self._state / "generated" / f"{key}.md", text)

    def write_section(self, key: str, text: str) -> None:
        """Write the section that is shown."""
        write_text(self.section_file(key), text)

    def keep_aside(self, name: str, text: str) -> Path:
        """Write a text that the user may want under a name of its own."""
        path = self.path / name
        write_text(path, text)
        return path

    def copy_aside(self, name: str, copy: str) -> Path:
        """Keep a copy of a file that is about to be replaced."""
        return self.keep_aside(copy, read_text(self.path / name) or "")

    def write_document(self, text: str) -> tuple[Path, Path | None]:
        """Write document.md; a version that a person changed is kept beside it.

        Returns:
            The document's path, and the kept copy's path or None.
        """
        path = self.path / "document.md"
        kept = None
        standing = read_text(path)
        if standing is not None and standing != text and self._changed_by_hand(path, standing):
            kept = self.keep_aside("document.edited.md", standing)
        write_text(path, text)
        return path, kept

    def write_record(self, record: RunRecord) -> Path:
        """Write run.json."""
        path = self.path / RUN_FILE
        write_text(path, to_json(record))
        self._previous = record
        return path

    def sweep(self) -> None:
        """Remove temporary files that a killed run left behind; only the lock's holder may."""
        for folder in (self.path, self.path / "sections", self._state / "answers"):
            for stray in folder.glob(".tmp-*"):
                with contextlib.suppress(OSError):
                    stray.unlink()

    def _changed_by_hand(self, path: Path, text: str) -> bool:
        recorded: Mapping[str, str] = {} if self._previous is None else self._previous.files
        return recorded.get(path.name) != sha256(text)


def _parse_answer(text: str) -> StoredAnswer | None:
    """Read a stored answer; anything damaged or of another version is as good as absent."""
    try:
        wrapped: dict[str, Any] = json.loads(text)
        body = wrapped["answer"]
        if wrapped["schema"] != _ANSWER_SCHEMA or wrapped["sha256"] != sha256(body):
            return None
        fields = json.loads(body)
        return StoredAnswer(**{**fields, "usage": Usage(**fields["usage"])})
    except (ValueError, KeyError, TypeError):
        return None
