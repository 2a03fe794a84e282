"""Checks of what a distribution says about itself. Nothing here runs the plugin's code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from docgen_core.conformance.findings import Finding
from docgen_core.conformance.target import Target
from docgen_core.plugins.discovery import DELIVERABLES, PACKS, EntryPoint, normalise

__all__ = ["check_package"]

_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")
_REQUIREMENT: Final = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[[^]]*\])?\s*\(?([^;)]*)")


def check_package(target: Target) -> Iterator[Finding]:
    """Check entry points and requirements."""
    if target.fault:
        yield Finding.at(target.place(), "DG109", f"{target.name}: {target.fault}")
        return
    if not target.points:
        message = f"{target.name} declares no entry point that docgen reads"
        yield Finding.at(target.place("project"), "DG101", message)
    for point in target.chosen:
        yield from _check_point(point, target)
    yield from _check_range(target)


def _check_point(point: EntryPoint, target: Target) -> Iterator[Finding]:
    place = target.place_of(point)
    pattern = _ID if point.group == DELIVERABLES else _NAME
    if not pattern.fullmatch(point.name):
        message = f"the entry point {point.name!r} must match {pattern.pattern}"
        yield Finding.at(place, "DG102", message)
    if point.attribute and point.group in {DELIVERABLES, PACKS}:
        message = f"the entry point {point.name!r} loads {point.value!r}"
        yield Finding.at(place, "DG103", message)
    for other in target.others:
        if (other.group, other.name) == (point.group, point.name):
            message = f"{other.release} is installed and offers {point.name!r} too"
            yield Finding.at(place, "DG108", message)


def _check_range(target: Target) -> Iterator[Finding]:
    place = target.place("dependencies")
    read = [found for found in map(_REQUIREMENT.match, target.requires) if found is not None]
    ranges = [found[2] for found in read if normalise(found[1]) == "docgen-core"]
    if not ranges:
        yield Finding.at(place, "DG107", f"{target.name} does not depend on docgen-core")
    for bounds in ranges:
        if ">" not in bounds or "<" not in bounds:
            said = f"docgen-core{bounds.strip()}"
            message = f"{target.name} depends on {said!r}, which names no floor and bound"
            yield Finding.at(place, "DG107", message)
