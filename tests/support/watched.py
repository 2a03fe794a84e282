"""Runs `docgen` under an audit hook that notes, and where it matters forbids, what it does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
from support.terminal import Terminal

__all__ = ["Watched", "watch"]

# The hook cannot be taken out again, and it sees what any library in the process does. A connection
# or a look-up other than the allowed one raises, so that a test cannot pass by a lucky refusal.
_PROGRAM = """
import json, os, sys
log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
allowed = {tuple(address) for address in json.loads(sys.argv[2])}
kinds = ("open", "os.", "shutil.", "socket.", "sqlite3.connect", "subprocess.", "pickle.", "pty.")
quiet = ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.putenv", "socket.__new__")
busy = False
def plain(value):
    if isinstance(value, bytes):
        return os.fsdecode(value)
    if isinstance(value, (str, int, float, type(None))):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return os.fspath(value) if hasattr(value, "__fspath__") else str(type(value))
def watch(event, arguments):
    global busy
    if busy or not event.startswith(kinds) or event in quiet:
        return
    busy = True
    try:
        line = json.dumps([event, plain(arguments), os.getcwd()]) + "\\n"
        os.write(log, line.encode("utf-8", "backslashreplace"))
    finally:
        busy = False
    target = None
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        target = arguments[1]
    elif event == "socket.getaddrinfo":
        target = arguments[:2]
    elif event.startswith("socket.gethost") or event == "socket.getnameinfo":
        target = arguments
    if target is not None and tuple(plain(target)[:2]) not in allowed:
        raise PermissionError(f"{event} {target}")
sys.addaudithook(watch)
sys.argv = ["docgen", *sys.argv[3:]]
from docgen_core.cli.main import run
run()
"""

_CHANGES = (
    *("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.chmod"),
    *("os.chown", "os.truncate", "os.utime", "os.setxattr", "sqlite3.connect"),
)
_STARTS = ("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "pty.")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@attrs.frozen(kw_only=True)
class _Event:
    name: str
    arguments: list[Any]
    folder: str

    def path(self, position: int = 0) -> Path | None:
        """One of its arguments as an absolute path; None when it is an open file."""
        value = self.arguments[position] if len(self.arguments) > position else None
        return None if not isinstance(value, str) else Path(os.path.abspath(self._below(value)))  # noqa: PTH100 - links stay

    def _below(self, value: str) -> str:
        return os.path.join(self.folder, value)  # noqa: PTH118 - an absolute one wins


@attrs.frozen(kw_only=True)
class Watched:
    """One watched run.

    Attributes:
        exit_code: Its exit code.
        stdout: What it printed.
        stderr: What it said.
        events: What it did.
    """

    exit_code: int
    stdout: str
    stderr: str
    events: tuple[_Event, ...] = attrs.field(repr=False)

    @property
    def addresses(self) -> set[tuple[str, ...]]:
        """What it connected to, sent to, listened on or looked up, with the event's name."""
        found = set()
        for event in self.events:
            if event.name in {"socket.connect", "socket.sendto", "socket.bind"}:
                found.add((event.name, *map(str, event.arguments[1][:2])))
            elif event.name.startswith("socket.get"):
                found.add((event.name, *map(str, event.arguments[:2])))
        return found

    @property
    def read(self) -> set[Path]:
        """Files that it opened to read."""
        return {path for event in self.events if (path := _opened(event, writing=False))}

    @property
    def changed(self) -> set[Path]:
        """Files and folders that it made, wrote, renamed, removed or otherwise changed."""
        return {path for event in self.events for path in _changes(event)}

    @property
    def started(self) -> list[str]:
        """Processes that it started."""
        return [str(event) for event in self.events if event.name.startswith(_STARTS)]

    @property
    def unpickled(self) -> list[str]:
        """What it loaded by way of pickle."""
        return [str(event) for event in self.events if event.name.startswith("pickle.")]


def watch(terminal: Terminal, *arguments: str, allow: str = "", **variables: str) -> Watched:
    """Run one command; everything but `allow`, given as `host:port`, is refused by the hook."""
    log = terminal.folder / "watched.log"
    log.unlink(missing_ok=True)
    host, _, port = allow.rpartition(":")
    addresses = [(host, int(port))] if allow else []
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(log), json.dumps(addresses), *arguments],
        cwd=terminal.folder,
        env=terminal.environment(PYTHONDONTWRITEBYTECODE="1", **variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return Watched(
        exit_code=done.returncode,
        stdout=done.stdout.decode(),
        stderr=done.stderr.decode(),
        events=tuple(_events(log)),
    )


def _events(log: Path) -> Iterator[_Event]:
    for line in log.read_text(encoding="utf-8").splitlines():
        name, arguments, folder = json.loads(line)
        yield _Event(name=name, arguments=arguments, folder=folder)


def _opened(event: _Event, *, writing: bool) -> Path | None:
    if event.name != "open":
        return None
    writes = bool(event.arguments[2] & _WRITING)
    return event.path() if writes is writing else None


def _changes(event: _Event) -> Iterator[Path]:
    written = _opened(event, writing=True)
    positions = (0, 1) if event.name in {"os.rename", "os.link", "os.symlink"} else (0,)
    paths = [event.path(position) for position in positions] if event.name in _CHANGES else []
    yield from (path for path in [written, *paths] if path is not None)
