"""Watches what a plugin's code does to the machine, with an audit hook of the interpreter.

Runs only in the process that is made for a check: an audit hook can never be taken off again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any, Final

import attrs

from docgen_core.conformance.findings import Place

__all__ = ["Act", "Probe"]

_NETWORK: Final = (
    "socket.bind",
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.sendto",
    "socket.sendmsg",
    "urllib.Request",
)
_FILES: Final = (
    "os.chmod",
    "os.chown",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "os.utime",
    "sqlite3.connect",
    "tempfile.mkdtemp",
    "tempfile.mkstemp",
)
_PROCESS: Final = (
    "os.chdir",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.kill",
    "os.posix_spawn",
    "os.putenv",
    "os.spawn",
    "os.system",
    "os.unsetenv",
    "pty.spawn",
    "signal.pthread_kill",
    "subprocess.Popen",
)
_KINDS: Final[Mapping[str, str]] = {
    "import": "import",
    "open": "files",
    **dict.fromkeys(_NETWORK, "network"),
    **dict.fromkeys(_FILES, "files"),
    **dict.fromkeys(_PROCESS, "process"),
}
#: Events whose last argument is an open folder that their paths begin in, or -1.
_IN_FOLDER: Final = frozenset(
    {"os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"}
    | {"os.symlink", "os.utime"}
)
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@attrs.frozen(kw_only=True)
class Act:
    """Something that the plugin's code did, or tried to do.

    Attributes:
        kind: `import`, `network`, `files` or `process`.
        what: The interpreter's name for it, with what it concerned.
        name: The module's name, for an import.
        place: The innermost line of the plugin that led to it.
    """

    kind: str
    what: str
    name: str = ""
    place: Place


class Probe:
    """Records acts while it watches.

    Args:
        place_of: Gives the innermost line of the plugin on a call stack.
    """

    def __init__(self, place_of: Callable[[FrameType | None], Place]) -> None:
        self._place_of = place_of
        self._acts: list[Act] | None = None
        self._forbids = False
        self._within: tuple[str, ...] = ()
        sys.addaudithook(self._audit)

    def watch(self, *, forbid: bool, within: tuple[str, ...] = ()) -> None:
        """Begin to record.

        Args:
            forbid: Stop what reaches for network, files or processes with a PermissionError.
            within: Folders in which files may be written. With any, processes may be started, too.
        """
        self._acts, self._forbids, self._within = [], forbid, within

    def stop(self) -> tuple[Act, ...]:
        """End recording and give what was seen."""
        seen, self._acts = tuple(self._acts or ()), None
        return seen

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        kind = _KINDS.get(event)
        if kind is None or self._acts is None or not _counts(event, arguments):
            return
        if self._within and self._may(kind, event, arguments):
            return
        place = self._place_of(sys._getframe(1))  # noqa: SLF001 - the caller's stack has no other name
        if not place.file:
            return
        name = str(arguments[0]) if kind == "import" else ""
        what = " ".join((event, *_shown(arguments)))
        self._acts.append(Act(kind=kind, what=what, name=name, place=place))
        if self._forbids and kind != "import":
            msg = f"a hook may not do this: {what}"
            raise PermissionError(msg)

    def _may(self, kind: str, event: str, arguments: tuple[Any, ...]) -> bool:
        """Whether an act is what an exporter is there for."""
        if kind != "files":
            return kind == "process"
        if event in _IN_FOLDER and isinstance(arguments[-1], int) and arguments[-1] >= 0:
            return True  # a folder that was opened before
        first = arguments[:1] if event == "open" else arguments[:2]
        paths = [os.fsdecode(each) for each in first if isinstance(each, str | bytes | os.PathLike)]
        return all(path == os.devnull or _is_within(path, self._within) for path in paths)


def _is_within(path: str, folders: tuple[str, ...]) -> bool:
    whole = os.path.realpath(path)
    return any(whole == folder or whole.startswith(folder + os.sep) for folder in folders)


def _counts(event: str, arguments: tuple[Any, ...]) -> bool:
    if event != "open":
        return True
    mode, flags = arguments[1], arguments[2]
    by_mode = isinstance(mode, str) and any(letter in mode for letter in "wax+")
    return by_mode or (isinstance(flags, int) and bool(flags & _WRITING))


def _shown(arguments: tuple[Any, ...]) -> Iterator[str]:
    for argument in arguments[:2]:
        if isinstance(argument, str | bytes | int | tuple) and argument:
            yield repr(argument)[:80]
