"""Renders an untrusted template in a process of its own, under limits that Python cannot escape.

This file runs as a script: it reads one JSON request from standard input, writes one JSON answer
to standard output, and imports nothing but the standard library, jinja2 and the file with
docgen's filters. A sandbox inside the process could be kept from reaching objects, but not from
filling the memory or never ending.
"""

from __future__ import annotations

import contextlib
import json
import runpy
import sys
from typing import Any


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    sys.path[:] = request["path"]
    environment = _environment(request)
    _limit(request["cpu_seconds"], request["memory_bytes"])
    json.dump(_answer(environment, request), sys.stdout)


def _answer(environment: Any, request: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - jinja2 is imported late
    from jinja2 import TemplateError, TemplateNotFound

    try:
        template = environment.get_template(request["name"])
        return {"text": _bounded(template, request["variables"], request["output_bytes"])}
    except TemplateNotFound as error:
        return {"error": f"there is no template {error.message!r}", **_where(error, request)}
    except TemplateError as error:
        return {"error": error.message or type(error).__name__, **_where(error, request)}
    except MemoryError:
        return {"error": f"it needs more than {request['memory_bytes'] // 2**20} MB of memory"}
    except RecursionError as error:
        return {"error": "it includes or calls itself without end", **_where(error, request)}
    except Exception as error:  # noqa: BLE001 - whatever the template did is its author's to fix
        return {"error": f"{type(error).__name__}: {error}"[:500], **_where(error, request)}


def _bounded(template: Any, variables: dict[str, Any], limit: int) -> str:  # noqa: ANN401 - jinja2 is imported late
    pieces, size = [], 0
    for piece in template.generate(variables):
        size += len(piece.encode("utf-8", errors="replace"))
        if size > limit:
            msg = f"it writes more than {limit:,} bytes"
            raise OverflowError(msg)
        pieces.append(piece)
    return "".join(pieces)


def _where(error: BaseException, request: dict[str, Any]) -> dict[str, Any]:
    """Find the innermost line of a template that the error passed through."""
    line, path = getattr(error, "lineno", None), getattr(error, "filename", None)
    if line is not None:
        return {"line": line, "file": path}
    paths = {path for _, path in request["templates"].values()}
    found: dict[str, Any] = {}
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in paths:
            found = {"line": trace.tb_lineno, "file": trace.tb_frame.f_code.co_filename}
        trace = trace.tb_next
    return found


def _environment(request: dict[str, Any]) -> Any:  # noqa: ANN401 - jinja2 is imported late
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        """Reads `data.items` as the field of that name, not as the method of dict."""

        def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401
            if isinstance(obj, dict) and attribute in obj:
                return obj[attribute]
            return super().getattr(obj, attribute)

    def load(name: str) -> tuple[str, str | None, None] | None:
        found = request["templates"].get(name)
        return None if found is None else (found[0], found[1], None)

    environment = Environment(
        loader=FunctionLoader(load), undefined=StrictUndefined, **request["options"]
    )
    for name in request["removed_globals"]:
        environment.globals.pop(name, None)
    environment.filters.update(runpy.run_path(request["filters"])["FILTERS"])
    return environment


def _limit(cpu_seconds: int, memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has none; the caller's time limit still holds
        return
    limits = (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, value in limits:
        with contextlib.suppress(ValueError, OSError):  # some systems lack one of them
            resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main()
