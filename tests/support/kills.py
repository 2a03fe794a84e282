"""Kills `docgen generate` at seeded moments and runs the same command again until it ends."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
from support.terminal import Terminal

from docgen_core.store.answers import decode_answer
from docgen_core.store.disk import TEMPORARY
from docgen_core.store.objects import unframe
from docgen_core.store.verify import FileState, verify
from docgen_core.testing import FakeLMStudio, RecordedRequest, Reply

__all__ = ["DELIVERABLES", "SLOTS", "Killer", "Series"]

SLOTS = 4
DELIVERABLES = 7

_BRIEF = "Create a project management tool"
_EARLIER = "Create a calendar"
_OPTIONS = ("--mode", "batch", "--concurrency", str(SLOTS), "--no-cache", "-q")
_MARK = re.compile(r"mark-([0-9a-f]{16})")


@attrs.frozen(kw_only=True)
class Series:
    """What became of one folder: killed some times, then run to the end.

    Attributes:
        kills: How often it was killed.
        requests: Completions asked for over all its runs.
        stored: Answers that were on the disk after each kill.
        repeated: Prompts that were sent although their answer was stored.
        same: Whether the document has the bytes of an unbroken run.
        strays: Files left behind that are not docgen's or not as docgen wrote them.
        exit_code: Of the last run.
        evidence: For each repeated prompt, the fingerprints under which its answers are stored.
    """

    kills: int
    requests: int
    stored: tuple[int, ...]
    repeated: tuple[str, ...]
    same: bool
    strays: tuple[str, ...]
    exit_code: int
    evidence: tuple[str, ...] = ()


class Killer:
    """Runs series of kills.

    Args:
        folder: Where the run folders go.
        seed: Decides every moment.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - moments, not secrets
        self._terminal = Terminal(folder)
        self._sessions: set[int] = set()
        self._reference = b""
        self._number = 0

    def series(self, kills: int) -> Iterator[Series]:
        """Give finished series until there were so many kills."""
        with FakeLMStudio(respond=_marked) as fake:
            self._reference = self._unbroken(fake)
            while kills > 0:
                outcome = self._one(fake, self._random.randint(1, min(kills, 4)))
                kills -= outcome.kills
                yield outcome

    def survivors(self) -> set[int]:
        """The processes that killed or finished runs left behind."""
        return {pid for pid in _pids() if _session_of(pid) in self._sessions}

    def _unbroken(self, fake: FakeLMStudio) -> bytes:
        process = self._start(fake, "reference")
        if process.wait() or fake.chats != DELIVERABLES:
            msg = f"the unbroken run failed: exit code {process.returncode}, {fake.chats} requests"
            raise RuntimeError(msg)
        return (self._terminal.folder / "reference" / "document.md").read_bytes()

    def _one(self, fake: FakeLMStudio, wanted: int) -> Series:
        self._number += 1
        name = f"out{self._number}"
        folder = self._terminal.folder / name
        if self._number % 2 == 0:
            # Every other folder already holds the document of another brief.
            self._start(fake, name, _EARLIER).wait()
        before = len(fake.chat_requests)
        earlier = _stored(folder)
        stored: list[int] = []
        finished: set[str] = set()
        repeated: list[str] = []
        while len(stored) < wanted:
            asked = len(fake.chat_requests)
            if not self._killed(self._start(fake, name), fake):
                break  # it was quicker than its killer
            repeated += [mark for mark in _marks(fake, asked) if mark in finished]
            finished |= _stored(folder) - earlier
            stored.append(len(finished))
        asked = len(fake.chat_requests)
        code = self._start(fake, name).wait()
        repeated += [mark for mark in _marks(fake, asked) if mark in finished]
        return Series(
            kills=len(stored),
            requests=len(fake.chat_requests) - before,
            stored=tuple(stored),
            repeated=tuple(repeated),
            same=(folder / "document.md").read_bytes() == self._reference,
            strays=tuple(_strays(folder)),
            exit_code=code,
            evidence=tuple(_evidence(folder, repeated)),
        )

    def _start(self, fake: FakeLMStudio, name: str, brief: str = _BRIEF) -> subprocess.Popen[bytes]:
        variables = {"DOCGEN_BASE_URL": fake.base_url, "SOURCE_DATE_EPOCH": "1767225600"}
        process = subprocess.Popen(
            [sys.executable, "-m", "docgen_core", "generate", brief, *_OPTIONS, "-o", name],
            cwd=self._terminal.folder,
            env=self._terminal.environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._sessions.add(process.pid)
        return process

    def _killed(self, process: subprocess.Popen[bytes], fake: FakeLMStudio) -> bool:
        """Kill the process some time after a request of its own; False when it ended first."""
        wanted = fake.chats + self._random.randint(1, DELIVERABLES)
        # Mostly while it asks; sometimes later, while the document is put together.
        moment = self._random.uniform(0.0, self._random.choice((0.15, 0.15, 0.15, 1.5)))
        while fake.chats < wanted and process.poll() is None:
            with contextlib.suppress(TimeoutError):
                fake.wait_until(lambda: fake.chats >= wanted, timeout=0.05)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=moment)
        process.kill()
        return process.wait() == -signal.SIGKILL


def _marked(request: RecordedRequest) -> Reply:
    """A slow answer that carries the hash of its prompt."""
    mark = _mark(request)
    text = f"## Part\n\nThe answer mark-{mark}, in some words that take a while to arrive."
    return Reply.text(text).delayed(first=0.02, each=0.0001)


def _mark(request: RecordedRequest) -> str:
    prompt = str(request.messages[-1]["content"])
    return hashlib.sha256(prompt.encode()).hexdigest()[:16]


def _marks(fake: FakeLMStudio, start: int) -> list[str]:
    return [_mark(request) for request in fake.chat_requests[start:]]


def _stored(folder: Path) -> set[str]:
    """The marks of the answers that a folder holds, whole."""
    marks = set()
    for path in _objects(folder):
        body = unframe(path.read_bytes())
        found = None if body is None else decode_answer(body)
        if found is not None:
            marks |= set(_MARK.findall(found[2].text))
    return marks


def _objects(folder: Path) -> list[Path]:
    """The stored objects. A temporary file is none yet, however much of it is written."""
    found = (folder / ".docgen" / "objects").glob("??/*")
    return sorted(path for path in found if not path.name.startswith(TEMPORARY))


def _evidence(folder: Path, repeated: list[str]) -> Iterator[str]:
    """Where the answers to repeated prompts are: in which object, under which fingerprint."""
    for path in _objects(folder) if repeated else ():
        body = unframe(path.read_bytes())
        found = None if body is None else decode_answer(body)
        if found is not None and set(_MARK.findall(found[2].text)) & set(repeated):
            key, number, answer = found
            yield f"{path.name[:12]} {key} number {number} fingerprint {answer.fingerprint[:12]}"


def _strays(folder: Path) -> Iterator[str]:
    """What a clean folder does not hold; the lock must be free for it to be read at all."""
    sealed = verify(folder)
    known = {finding.file for finding in sealed} | {".docgen/lock"}
    unlike = (finding for finding in sealed if finding.state is not FileState.UNCHANGED)
    yield from (f"{finding.file} is {finding.state}" for finding in unlike)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known:
            yield f"{name} is left over"


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None
