"""The parent's side of the child process: starting it, waiting for its address, stopping it."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final

import attrs

from docgen_core.api import FileError, ServerError

__all__ = ["Child", "launch"]

#: Seconds for the server to end when asked; then it is killed.
_PATIENCE: Final = 5.0
_LOG_TAIL: Final = 64 * 1024
#: llama.cpp's lines begin with a clock and a level: `0.00.088.986 E text`.
_LOG_PREFIX: Final = re.compile(r"^[\d.]+ (?P<level>[A-Z]) +")


@attrs.frozen(kw_only=True, eq=False)
class Child:
    """A started server process and its pipes."""

    _process: subprocess.Popen[bytes]
    _log: IO[bytes]

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def stop(self) -> None:
        """End the process, wait until it is gone and close its pipes. Calling it again is fine."""
        self._process.terminate()
        try:
            self._process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream is not None:
                stream.close()

    def ask(self, plan: Mapping[str, Any], *, timeout: float) -> str:
        """Send the plan and wait for the address.

        Args:
            plan: What `serve` reads.
            timeout: Seconds to wait.

        Raises:
            ServerError: the process ended, or did not answer in time.
        """
        late = threading.Event()
        with _alarm(timeout, late, self._process):
            answer = self._exchange(plan)
        if answer:
            return str(json.loads(answer)["address"])
        if late.is_set():
            msg = f"the embedded server did not answer within {timeout:g} seconds"
            raise ServerError(msg, hint="Allow it a longer time, or choose a smaller model.")
        raise self._failure()

    def _exchange(self, plan: Mapping[str, Any]) -> bytes:
        if self._process.stdin is None or self._process.stdout is None:
            return b""
        with contextlib.suppress(BrokenPipeError):  # it has died: there is no answer either
            self._process.stdin.write(json.dumps(plan).encode() + b"\n")
        return self._process.stdout.readline()

    def _failure(self) -> ServerError:
        code = self._process.wait()
        reason = _first_error(self._tail()) or _ending(code)
        hint = "Set log_file under [settings.embedded] for llama.cpp's full log."
        if code == -signal.SIGILL:
            hint = "This processor lacks instructions that the installed xllamacpp needs."
        return ServerError(f"the embedded server could not be started: {reason}", hint=hint)

    def _tail(self) -> str:
        self._log.seek(0)
        return self._log.read(_LOG_TAIL).decode("utf-8", errors="replace")


def launch(
    plan: Mapping[str, Any], *, timeout: float, log_file: Path | None = None
) -> tuple[Child, str]:
    """Start the server process and wait until it answers.

    Args:
        plan: What `serve` reads.
        timeout: Seconds within which it must answer.
        log_file: Where llama.cpp's log goes; None keeps it for the error message only.

    Returns:
        The process, and its address without a trailing slash.

    Raises:
        ServerError: llama.cpp is not installed, or the process ended or did not answer in time.
        FileError: the log file cannot be written.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        msg = "the embedded server needs the package xllamacpp, which is not installed"
        raise ServerError(msg, hint="pip install xllamacpp")
    log = _open_log(log_file)
    # Whatever interrupts the wait, Ctrl-C included, leaves no process behind.
    with contextlib.ExitStack() as undo:
        undo.callback(log.close)
        child = Child(process=_spawn(log), log=log)
        undo.callback(child.stop)
        address = child.ask(plan, timeout=timeout)
        undo.pop_all()
    return child, address


def _open_log(log_file: Path | None) -> IO[bytes]:
    if log_file is None:
        return tempfile.TemporaryFile()
    try:
        return log_file.open("w+b")
    except OSError as error:
        msg = f"the log file {log_file} cannot be written: {error.strerror or error}"
        raise FileError(msg, hint="Change log_file under [settings.embedded].") from error


def _spawn(log: IO[bytes]) -> subprocess.Popen[bytes]:
    # -P: a file in the current folder must not stand in for an installed module.
    command = [sys.executable, "-P", "-m", "docgen_plugin_embedded.serve"]
    new_group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        bufsize=0,
        # Ctrl-C in the terminal is for docgen alone, which then stops the server.
        start_new_session=True,
        creationflags=new_group,
    )


@contextlib.contextmanager
def _alarm(
    timeout: float, late: threading.Event, process: subprocess.Popen[bytes]
) -> Iterator[None]:
    """End the process after `timeout` seconds, which also ends a blocking read from its pipe."""

    def ring() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(timeout, ring)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _first_error(log: str) -> str:
    """The first error of the log, which names the cause; those after it are its consequences."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    matches = [(_LOG_PREFIX.match(line), line) for line in lines]
    errors = [line[found.end() :] for found, line in matches if found and found["level"] == "E"]
    return (errors or lines[-1:] or [""])[0]


def _ending(code: int) -> str:
    if code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended with exit code {code}"
