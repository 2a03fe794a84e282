"""Checks a plugin in processes of their own, so that nothing it does can take the caller down."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from docgen_core.conformance.findings import EXPORT, Finding, Place, Report
from docgen_core.conformance.package_checks import check_package
from docgen_core.conformance.target import Target, find_target

__all__ = ["check_plugin"]

#: Two seeds under which sets of texts are walked through in different orders.
_SEEDS: Final = ("1", "4")


def check_plugin(name: str, *, seconds: float = 10.0, total: float = 120.0) -> Report:
    """Check a plugin against the contract of all plugins.

    Its code runs in other processes; this one imports nothing of it.

    Args:
        name: A deliverable's id, a pack's name, a distribution's name, or the path of a project
            folder, which need not be installed.
        seconds: How long importing a module, or one call of a hook, may take.
        total: How many seconds one process of the check may take.

    Raises:
        MissingPluginError: nothing installed has that name.
        UsageError: the folder is no project.
    """
    target = find_target(name)
    findings = list(check_package(target))
    done = {"package"}
    checked: tuple[str, ...] = ()
    if not target.fault and target.chosen:
        first = _examine(target, _SEEDS[0], seconds, total)
        findings += first.findings
        if not findings:  # worth the time only where nothing else is wrong
            findings += _compare(first, _examine(target, _SEEDS[1], seconds, total))
        done |= first.done
        checked = first.checked
    distinct = {(f.file, f.line, f.code): f for f in sorted(findings, reverse=True)}
    return Report(
        target=target.name,
        findings=tuple(sorted(distinct.values())),
        done=frozenset(done),
        checked=checked,
    )


@attrs.frozen(kw_only=True)
class _Examined:
    """What one process of a check wrote down."""

    findings: tuple[Finding, ...]
    done: frozenset[str]
    checked: tuple[str, ...]
    digests: Mapping[str, Sequence[Any]]


def _examine(target: Target, seed: str, seconds: float, total: float) -> _Examined:
    with tempfile.TemporaryDirectory(prefix="docgen-check-") as folder:
        records = Path(folder) / "records.jsonl"
        records.touch()
        ending = _run(_message(target, records, seconds), seed, total)
        return _read(records, ending)


def _message(target: Target, records: Path, seconds: float) -> str:
    return json.dumps(
        {
            "path": [*target.folders, *filter(None, sys.path)],
            "points": [attrs.asdict(point) for point in target.points],
            "chosen": [attrs.asdict(point) for point in target.chosen],
            "others": [attrs.asdict(point) for point in target.others],
            "places": [attrs.astuple(target.place_of(point)) for point in target.points],
            "records": str(records),
            "seconds": seconds,
        }
    )


def _run(message: str, seed: str, total: float) -> tuple[str, str]:
    """Run one process to its end; give the code and words for an end that was not its own."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "docgen_core.conformance.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    )
    try:
        process.communicate(message.encode(), timeout=total)
    except subprocess.TimeoutExpired:
        return "DG613", f"is not done after {total:g} s"
    finally:
        _end(process)
    code = process.returncode
    return ("DG612", f"ended the process with code {code}") if code else ("", "")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that the plugin may have started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, 9)
        else:
            process.kill()
    process.wait()


def _read(file: Path, ending: tuple[str, str]) -> _Examined:
    records: dict[str, list[Any]] = defaultdict(list)
    for kind, value in _records(file):
        records[kind].append(value)
    findings = [Finding(**each) for each in records["finding"]]
    code, words = ending
    if records["crash"]:
        code, words = "DG614", f"ends the check with {records['crash'][0]}"
    elif not (code or records["end"]):
        code, words = "DG612", "ended the process"
    if code:
        what, *place = (records["begin"] or [["the check"]])[-1]
        findings.append(Finding.at(Place(*place), code, f"{what} {words}"))
    return _Examined(
        findings=tuple(findings),
        done=frozenset(records["done"]),
        checked=tuple(next(iter(records["checked"]), ())),
        digests=next(iter(records["digests"]), {}),
    )


def _records(file: Path) -> Iterator[tuple[str, Any]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(ValueError):  # the last line of a process that was ended
            yield from json.loads(line).items()


def _compare(first: _Examined, second: _Examined) -> Iterable[Finding]:
    """Tell where two processes came to different results."""
    yield from second.findings
    for key, (digest, file, line) in first.digests.items():
        if second.digests.get(key, [digest])[0] != digest:
            message = f"{key.partition(' (')[0]} gives another result in another process"
            code = "DG806" if key.startswith(EXPORT) else "DG606"
            yield Finding.at(Place(file, line), code, message)
