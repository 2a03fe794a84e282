"""The run folder of one document, and the only code that writes to it."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import types
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from docgen_core.errors import FileError
from docgen_core.store.answers import StoredAnswer, decode_answer, encode_answer
from docgen_core.store.aside import copy_place, tidy
from docgen_core.store.atomic import (
    is_link,
    make_folder,
    read_text,
    refuse_link,
    remove_file,
    sha256,
    write_bytes,
)
from docgen_core.store.disk import Disk, sweep
from docgen_core.store.lock import FolderLock
from docgen_core.store.objects import ObjectStore
from docgen_core.store.recipe import RECIPE_FILE, Recipe, encode_recipe, read_recipe
from docgen_core.store.record import RUN_FILE, RunRecord, read_run, to_json
from docgen_core.store.seal import SEAL_FILE, Seal, hash_file, read_seal, write_seal
from docgen_core.store.wishes import WISHES_FILE, Wishes, encode_wishes, read_wishes

if TYPE_CHECKING:
    from docgen_core.store.journal import Journal

__all__ = ["RunFolder", "StoredAnswer"]

_JOURNAL: Final = ".docgen/journal.sqlite"
_GENERATED: Final = ".docgen/generated"
#: The document as docgen last wrote it, to tell what a person changed in it.
_DOCUMENT: Final = ".docgen/document.md"
_DATA: Final = ".docgen/data"

_log = logging.getLogger("docgen_core.store")


def _merge_note(key: str, generated: str) -> str:
    """Under which name the journal remembers a merge that is under way."""
    return f"merge:{key}:{sha256(generated)}"


class RunFolder:
    """Reads and writes one run folder; a context manager that holds its lock.

    What a killed run left is put in order on entry; on exit the folder is sealed.

    Args:
        path: The folder; created when it is entered.
        disk: Does the writing; tests give one that fails.

    Attributes:
        path: The folder.
        warnings: What was found damaged or could not be kept, one sentence each.
        recorded: Fingerprints of answers to take where a question has none of its own, by id.
    """

    def __init__(self, path: Path, *, disk: Disk | None = None) -> None:
        self.path = path
        self.warnings: list[str] = []
        self.recorded: dict[str, str] = {}
        self._disk = disk or Disk()
        self._lock = FolderLock(path / ".docgen" / "lock")
        self._objects = ObjectStore(path / ".docgen" / "objects", self._disk, self._warn)
        self._previous: RunRecord | None = None
        self._recipe: Recipe | None = None
        self._wishes: Wishes = {}
        self._hashes: dict[str, str] = {}
        self._absorbed = ""
        self._journal: Journal
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> Self:
        state = self.path / ".docgen"
        inner = ("sections", _GENERATED, _DATA)
        for folder in (self.path, state, *(self.path / name for name in inner)):
            if folder != self.path:
                refuse_link(folder)
            make_folder(folder, self._disk)
        refuse_link(self._objects.path)
        make_folder(self._objects.path, self._disk)
        with contextlib.ExitStack() as stack:
            self._lock.acquire()
            stack.callback(self._lock.release)
            self._read_state()
            self._journal = self._open_journal()
            stack.push(self._leave)
            self._break_seal()
            self._adopt()
            self._cleanup = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self._cleanup.__exit__(kind, error, trace)

    @property
    def previous(self) -> RunRecord | None:
        """What the last run recorded, or None."""
        return self._previous

    @property
    def recipe(self) -> Recipe | None:
        """What the last run was asked for, or None when that is not known."""
        return self._recipe

    @property
    def wishes(self) -> Wishes:
        """What people asked to be different, by deliverable id, the latest last."""
        return self._wishes

    def _read_state(self) -> None:
        self._previous = read_run(self.path)
        self._recipe = read_recipe(self.path, self._disk)
        wishes = read_wishes(self.path, self._disk)
        if wishes is None:
            self._warn(f"{self.path / WISHES_FILE} is damaged; the refinements in it are lost")
        self._wishes = wishes or {}

    # Answers: the object first, then the journal.

    def begin(self, key: str, fingerprint: str) -> None:
        """Note that `key` is about to be asked for."""
        self._journal.start(key, fingerprint)

    def give_up(self, key: str, fingerprint: str, reason: str) -> None:
        """Note that asking for `key` failed."""
        self._journal.fail(key, fingerprint, reason)

    def load_answer(self, key: str, fingerprint: str) -> StoredAnswer | None:
        """The stored answer for `key`, if it was given to exactly this question.

        Where `recorded` names another question for the key, that one's answer comes first.
        """
        recorded = self.recorded.get(key, fingerprint)
        known = None if recorded == fingerprint else self._stored(key, recorded)
        return known or self._stored(key, fingerprint)

    def _stored(self, key: str, fingerprint: str) -> StoredAnswer | None:
        """The journal says where it is. Where it does not, the objects are asked themselves.

        Looking through them costs nothing beside asking the model again.
        """
        digest = self._journal.answer(key, fingerprint)
        answer = None if digest is None else self._answer_in(digest, key, fingerprint)
        if answer is not None:
            return answer
        others = (self._answer_in(other, key, fingerprint) for other in self._objects)
        return next((other for other in others if other is not None), None)

    def _answer_in(self, digest: str, key: str, fingerprint: str) -> StoredAnswer | None:
        body = self._objects.get(digest)
        found = None if body is None else decode_answer(body)
        if found is None or (found[0], found[2].fingerprint) != (key, fingerprint):
            return None
        return found[2]

    def earlier_answers(self, key: str) -> list[StoredAnswer]:
        """Every answer for `key` that is stored, whatever the question was, the oldest first."""
        bodies = (self._objects.get(digest) for digest in self._objects)
        found = (decode_answer(body) for body in bodies if body is not None)
        mine = [(number, answer) for each in found if each for name, number, answer in [each]
                if name == key]  # fmt: skip
        return [answer for _, answer in sorted(mine, key=lambda pair: pair[0])]

    def save_answer(self, key: str, answer: StoredAnswer) -> None:
        """Keep an answer; it is on the disk when this returns."""
        number = self._journal.next_number()
        digest = self._objects.put(encode_answer(key, number, answer))
        self._journal.finish(
            key, answer.fingerprint, requests=answer.attempts, number=number, digest=digest
        )

    # Texts: the journal first, so that what a killed run wrote is not taken for a hand edit.

    def section_file(self, key: str) -> Path:
        """Where the section of `key` stands."""
        return self.path / "sections" / f"{key}.md"

    def read_section(self, key: str) -> tuple[str, bool] | None:
        """The section's text as it stands, and whether a person changed it; None if absent.

        A text of which docgen remembers nothing counts as a person's.
        """
        text = self._read_shown(f"sections/{key}.md")
        if text is None:
            return None
        known = self._journal.texts(f"sections/{key}.md")
        if known:
            return text, sha256(text) not in known
        return text, self.generated(key) != text

    def generated(self, key: str) -> str | None:
        """The section as docgen last generated it, or None."""
        return read_text(self.path / _GENERATED / f"{key}.md", self._disk)

    def write_generated(self, key: str, text: str) -> None:
        """Remember what docgen generated for `key`, to tell later edits from it."""
        self._write(f"{_GENERATED}/{key}.md", text)

    def write_section(self, key: str, text: str) -> None:
        """Write the section that is shown."""
        self._write_shown(f"sections/{key}.md", text)

    def write_merged(self, key: str, text: str, generated: str) -> None:
        """Write a section that holds a person's words together with what was newly generated.

        It stays a person's text. A kill between the files is recognised by `was_merged`.
        """
        note = _merge_note(key, generated)
        self._journal.intend(note, sha256(text))
        self._write(f"sections/{key}.md", text)
        self.write_generated(key, generated)
        self._journal.settle(note, "")

    def was_merged(self, key: str, text: str, generated: str) -> bool:
        """Whether the text already holds what was generated: the run that merged it was killed."""
        return sha256(text) in self._journal.texts(_merge_note(key, generated))

    def read_data(self, key: str) -> str | None:
        """The structured content of the section of `key` as JSON, or None."""
        return read_text(self.path / _DATA / f"{key}.json", self._disk)

    def write_data(self, key: str, text: str | None) -> None:
        """Write a section's structured content, for other programs; None where it has none now."""
        if text is not None:
            self._write(f"{_DATA}/{key}.json", text)
        else:
            remove_file(self.path / _DATA / f"{key}.json", self._disk)

    def keep_aside(self, name: str, text: str) -> Path:
        """Write a text that the user may want under a name of its own."""
        path = self.path / name
        write_bytes(path, text.encode("utf-8", errors="replace"), self._disk)
        return path

    def copy_aside(self, name: str) -> Path:
        """Keep a copy of a file that is about to be replaced, beside copies of other texts."""
        text = read_text(self.path / name, self._disk) or ""
        place = copy_place(self.path / name, text, self._disk)
        return self.keep_aside(place.relative_to(self.path).as_posix(), text)

    def tidy_copies(self) -> list[str]:
        """Remove copies of people's texts that stand elsewhere, too; say which, and where."""
        sections = sorted(file.name for file in (self.path / _GENERATED).glob("*.md"))
        files = (self.path / "document.md", *(self.path / "sections" / name for name in sections))
        return tidy(files, self._disk)

    def write_document(self, text: str) -> tuple[Path, Path | None]:
        """Write document.md; a version that a person changed is kept beside it.

        Returns:
            The document's path, and the kept copy's path or None.
        """
        path = self.path / "document.md"
        kept = None
        standing = self._read_shown(path.name)
        if standing not in {None, text, self._absorbed} and self._by_hand(path.name, standing):
            kept = self.copy_aside(path.name)
        self._write_shown(path.name, text)
        # After the document: a kill between the two must not make the old one look like an edit.
        self._write(_DOCUMENT, text)
        return path, kept

    def document_edit(self) -> tuple[str, str] | None:
        """The document as docgen wrote it and as a person changed it, where both are known."""
        standing = self._read_shown("document.md")
        base = read_text(self.path / _DOCUMENT, self._disk)
        if standing is None or base is None or not self._by_hand("document.md", standing):
            return None
        return None if self._by_hand("document.md", base) else (base, standing)

    def document_absorbed(self, text: str) -> None:
        """Note that all that a person changed in the document stands elsewhere: no copy needed."""
        self._absorbed = text

    def write_edit(self, key: str, text: str) -> None:
        """Write a section that holds a person's words; it stays a person's text."""
        self._write(f"sections/{key}.md", text)

    def write_recipe(self, recipe: Recipe) -> None:
        """Write down what the run is asked for."""
        self._write_data(RECIPE_FILE, encode_recipe(recipe))
        self._recipe = recipe

    def write_wishes(self, wishes: Wishes) -> None:
        """Write down what people asked to be different."""
        self._write_data(WISHES_FILE, encode_wishes(wishes))
        self._wishes = wishes

    def write_record(self, record: RunRecord) -> Path:
        """Write run.json."""
        self._write(RUN_FILE, to_json(record))
        self._previous = record
        return self.path / RUN_FILE

    def sweep(self) -> None:
        """Remove temporary files that a killed run left behind; only the lock's holder may."""
        sweep(self.path)

    def _by_hand(self, name: str, text: str | None) -> bool:
        known = self._journal.texts(name)
        if not known and self._previous is not None:
            known = frozenset({self._previous.files.get(name, "")})
        return sha256(text or "") not in known

    def _read_shown(self, name: str) -> str | None:
        """A file that people may edit; a link in its place leads elsewhere and is not read."""
        path = self.path / name
        return None if is_link(path) else read_text(path, self._disk)

    def _write_shown(self, name: str, text: str) -> None:
        """Write a file that people may edit."""
        digest = sha256(text)
        self._journal.intend(name, digest)
        self._write(name, text)
        self._journal.settle(name, digest)

    def _write(self, name: str, text: str) -> None:
        self._write_data(name, text.encode("utf-8", errors="replace"))

    def _write_data(self, name: str, data: bytes) -> None:
        path = self.path / name
        digest = hashlib.sha256(data).hexdigest()
        # What is the same is left alone, so that what watches the files sees no change. A link is
        # never the same: it is replaced.
        if is_link(path) or hash_file(path) != digest:
            write_bytes(path, data, self._disk)
        self._hashes[name] = digest

    # Entering and leaving.

    def _open_journal(self) -> Journal:
        from docgen_core.store.journal import Journal

        return Journal(self.path / _JOURNAL, self._warn)

    def _break_seal(self) -> None:
        """Remove the seal before anything changes; what it says of unchanged files still holds."""
        seal = read_seal(self.path)
        if seal is not None:
            self._hashes.update(seal.files)
        remove_file(self.path / SEAL_FILE, self._disk)

    def _adopt(self) -> None:
        """Take into the journal what is stored and not in it.

        Either the run was killed between object and journal, or the journal is new.
        """
        known = {item.object for item in self._journal.work()}
        for digest in self._objects:
            body = None if digest in known else self._objects.get(digest)
            found = None if body is None else decode_answer(body)
            if found is not None:
                key, number, answer = found
                self._journal.adopt(key, answer.fingerprint, number=number, digest=digest)

    def _leave(
        self,
        kind: type[BaseException] | None,  # noqa: ARG002 - what a context manager is given
        error: BaseException | None,
        trace: types.TracebackType | None,  # noqa: ARG002
    ) -> None:
        """Close and seal. After a failure that is best effort: the first error is the one."""
        with contextlib.suppress(*(() if error is None else (FileError,))):
            self._journal.close()
            write_seal(self.path, self._seal(), self._disk)

    def _seal(self) -> Seal:
        """What was written is sealed as it was written, so that damage since then shows."""
        kept = [*(self.path / _GENERATED).glob("*.md"), *(self.path / _DATA).glob("*.json")]
        names = [RUN_FILE, RECIPE_FILE, WISHES_FILE, _DOCUMENT]
        names += sorted(file.relative_to(self.path).as_posix() for file in kept)
        files = dict(self._previous.files) if self._previous is not None else {}
        for name in names:
            digest = self._hashes.get(name) or hash_file(self.path / name)
            if digest is not None:
                files[name] = digest
        journal = hash_file(self.path / _JOURNAL)
        if journal is not None:
            files[_JOURNAL] = journal
        return Seal(files=files, objects=self._objects)

    def _warn(self, text: str) -> None:
        _log.warning("%s", text)
        self.warnings.append(text)
