"""`python -m docgen_core.conformance.child`: the process in which a plugin's code is checked.

Reads one JSON request from standard input and appends one JSON record for each thing it learns to
the file that the request names, so that nothing is lost when the plugin ends the process.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Final, TextIO

import attrs

from docgen_core.conformance.examination import Examination, Request
from docgen_core.conformance.findings import Place
from docgen_core.plugins.discovery import EntryPoint

#: After these, nothing that later stages would say makes sense.
_UNUSABLE: Final = frozenset({"DG104", "DG201", "DG202", "DG302", "DG303"})


def main() -> None:
    """Answer one request."""
    message = json.load(sys.stdin)
    sys.path[:] = message["path"]
    # A second opening of the file by the plugin is the plugin's own act; this one is not.
    with open(message["records"], "a", encoding="utf-8") as file:  # noqa: PTH123 - before the audit
        _run(_request(message), file)
        file.flush()
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


def _run(request: Request, file: TextIO) -> None:
    def write(kind: str, value: object) -> None:
        file.write(json.dumps({kind: value}, default=str) + "\n")
        file.flush()

    def begin(what: str, place: Place) -> None:
        write("begin", [what, *attrs.astuple(place)])

    def crash(kind: type[BaseException], error: BaseException, _trace: object) -> None:
        write("crash", f"{kind.__name__}: {error}")

    sys.excepthook = crash
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
