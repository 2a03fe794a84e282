"""Starts the jail process, hands it an untrusted template with plain data, reads its answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from docgen_core.templating import filters, jail
from docgen_core.templating.engine import OPTIONS, OUTPUT_LIMIT, REMOVED_GLOBALS, Fault
from docgen_core.templating.plain import plain

if TYPE_CHECKING:
    from docgen_core.templating.sources import Found

__all__ = ["render_confined"]

MEMORY_BYTES: Final = 512 * 2**20

#: What a Python process needs of the environment; nothing else of it is passed on.
_NEEDED: Final = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def render_confined(
    name: str, templates: Iterable[Found], variables: Mapping[str, Any], *, timeout: float
) -> str | Fault:
    """Render a template of the project folder.

    Args:
        name: The template's name.
        templates: Every template that may take part.
        variables: What the template sees; objects are reduced to plain data.
        timeout: Seconds that it may take.

    Returns:
        The text, or what went wrong.
    """
    request = {
        "name": name,
        "templates": {found.name: (found.text, found.path) for found in templates},
        "variables": plain(variables),
        "options": dict(OPTIONS),
        "removed_globals": REMOVED_GLOBALS,
        "filters": filters.__file__,
        "path": sys.path,
        "cpu_seconds": _cpu_seconds(timeout),
        "memory_bytes": MEMORY_BYTES,
        "output_bytes": OUTPUT_LIMIT,
    }
    try:
        answer = _ask(json.dumps(request), timeout, _cpu_seconds(timeout))
    except subprocess.TimeoutExpired:
        return Fault(message=f"it takes longer than {timeout:g} s")
    if "text" in answer:
        return str(answer["text"])
    return Fault(
        message=answer["error"], file=answer.get("file") or "", line=answer.get("line") or 0
    )


def _cpu_seconds(timeout: float) -> int:
    """Half of the time limit: on a busy machine a process gets less than the clock shows."""
    return max(1, int(timeout / 2))


def _ask(request: str, timeout: float, cpu_seconds: int) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - this Python, a file of ours, no shell
        [sys.executable, "-I", jail.__file__],
        input=request,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
        env={key: os.environ[key] for key in _NEEDED if key in os.environ},
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        return {"error": _cause_of_death(done.returncode, cpu_seconds)}
    return answer if isinstance(answer, dict) else {"error": "the rendering process went wrong"}


def _cause_of_death(code: int, cpu_seconds: int) -> str:
    import signal

    stopped_by_limit = {-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL")} - {0}
    if code in stopped_by_limit:
        return f"it needs more than {cpu_seconds} s of processor time"
    return f"rendering it needs more than {MEMORY_BYTES // 2**20} MB of memory, or it crashed"
