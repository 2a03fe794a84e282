"""The child process: runs llama.cpp's server until its parent is gone.

Reads one line of JSON from standard input, starts the server, writes one line of JSON with its
address to standard output, and ends when standard input does.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
from types import FrameType
from typing import Any, Final

__all__ = ["main"]

_SET_PARENT_DEATH_SIGNAL: Final = 1
_ERRORS_ONLY: Final = 1
_FULL_LOG: Final = 3
_CHUNK: Final = 4096


def main() -> None:
    """Serve until the parent closes the pipe or dies; never returns."""
    line = sys.stdin.buffer.readline()
    if not line:
        os._exit(0)
    plan = json.loads(line)
    answer = _take_standard_output()
    _die_with(plan["parent"], signal_number=_kill_signal())
    watcher = threading.Thread(target=_exit_at_end_of_input, daemon=True)
    watcher.start()
    server = _start(plan)
    _survive_threads_of(plan["parent"])
    _say(answer, {"address": server.listening_address})
    watcher.join()


def _take_standard_output() -> int:
    """Keep standard output for the answer alone: whatever else is printed goes to the log."""
    answer = os.dup(1)
    os.dup2(2, 1)
    return answer


def _say(descriptor: int, message: dict[str, str]) -> None:
    os.write(descriptor, json.dumps(message).encode() + b"\n")
    os.close(descriptor)


def _kill_signal() -> int:
    return signal.SIGKILL if sys.platform == "linux" else 0


def _die_with(parent: int, *, signal_number: int) -> None:
    """Have Linux send this process a signal when the thread that started it ends."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal_number)
    _exit_without(parent)  # it may have died before the call above


def _survive_threads_of(parent: int) -> None:
    """From now on the end of one thread of the parent is no reason to stop.

    Linux sends the signal when the *thread* that started this process ends. While the model is
    loaded that thread waits for the answer, so its end is the parent's end and SIGKILL is right
    (nothing else would be heard: the binding does not let go of Python's lock). Afterwards a
    server started from a short-lived thread has to live on.
    """
    if sys.platform == "linux":

        def check(_number: int, _frame: FrameType | None) -> None:
            _exit_without(parent)

        signal.signal(signal.SIGUSR2, check)
        _die_with(parent, signal_number=signal.SIGUSR2)


def _exit_without(parent: int) -> None:
    if os.getppid() != parent:
        os._exit(0)


def _exit_at_end_of_input() -> None:
    while os.read(0, _CHUNK):
        pass
    os._exit(0)  # no clean-up: llama.cpp's own can hang while a request is being answered


def _start(plan: dict[str, Any]) -> Any:  # noqa: ANN401 - the binding has no types
    try:
        import xllamacpp

        return xllamacpp.Server(_parameters(xllamacpp, plan))
    except (ImportError, RuntimeError, ValueError, TypeError, AttributeError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)  # noqa: T201
        os._exit(1)


def _parameters(xllamacpp: Any, plan: dict[str, Any]) -> Any:  # noqa: ANN401 - no types
    params = xllamacpp.CommonParams()
    params.model.path = plan["model"]
    params.model_alias = {plan["alias"]}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = plan["n_ctx"]
    params.n_parallel = plan["n_parallel"]
    params.n_gpu_layers = plan["gpu_layers"]
    params.cpuparams.n_threads = plan["threads"]
    params.cpuparams_batch.n_threads = plan["threads"]
    params.cache_ram_mib = plan["cache_ram_mib"]
    params.verbosity = _FULL_LOG if plan["verbose"] else _ERRORS_ONLY
    # With several slots the least recently used one is taken and filled from the host cache;
    # choosing by similarity would let all but one of them evaluate the shared brief again.
    params.slot_prompt_similarity = 0.1 if plan["n_parallel"] == 1 else 0.0
    # Pages in a browser must not read from this server.
    params.cors_origins = ""
    params.ui = False
    return params


if __name__ == "__main__":
    main()
