"""`python -m docgen_core.conformance.child`: the process in which a plugin's code is checked.

Reads one JSON request from standard input and appends one JSON record for each thing it learns to
the file that the request names, so that nothing is lost when the plugin ends the process.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any, Final

import attrs

from docgen_core.conformance.examination import Examination, Request
from docgen_core.conformance.findings import Place
from docgen_core.plugins.discovery import EntryPoint

#: After these, nothing that later stages would say makes sense.
_UNUSABLE: Final = frozenset({"DG104", "DG201", "DG202", "DG302", "DG303", "DG308"})


def main() -> None:
    """Answer one request."""
    message = json.load(sys.stdin)
    sys.path[:] = message["path"]
    # Line by line, and open to the end: the next moment may be the process's last.
    file = open(message["records"], "a", encoding="utf-8", buffering=1)  # noqa: PTH123, SIM115

    def write(kind: str, value: object) -> None:
        file.write(json.dumps({kind: value}, default=str) + "\n")

    def crash(kind: type[BaseException], error: BaseException, _trace: object) -> None:
        write("crash", f"{kind.__name__}: {error}")

    sys.excepthook = crash
    _run(_request(message), write)
    write("end", value=True)
    # Threads that the plugin left behind could keep the process from ending.
    os._exit(0)


def _request(message: dict[str, Any]) -> Request:
    def points(name: str) -> tuple[EntryPoint, ...]:
        return tuple(EntryPoint(**point) for point in message[name])

    return Request(
        points=points("points"),
        chosen=points("chosen"),
        others=points("others"),
        places=tuple(Place(*place) for place in message["places"]),
        seconds=message["seconds"],
    )


def _run(request: Request, write: Callable[[str, object], None]) -> None:
    def begin(what: str, place: Place) -> None:
        write("begin", [what, *attrs.astuple(place)])

    examination = Examination(request, begin)
    found: set[str] = set()
    for name, stage in examination.stages().items():
        if name == "conduct" and (refusals := list(examination.refusals())):
            for finding in refusals if not found else ():
                write("finding", attrs.asdict(finding))
            return
        for finding in stage():
            write("finding", attrs.asdict(finding))
            found.add(finding.code)
        if found & _UNUSABLE:
            return
        write("done", name)
    write("checked", examination.checked)
    write("digests", examination.digests)


if __name__ == "__main__":
    main()
