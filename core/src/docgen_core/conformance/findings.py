"""What a check says: findings with their places, and the report that holds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from docgen_core.conformance.rules import RULES, STAGES

__all__ = ["EXPORT", "Digests", "Finding", "Place", "Report", "stage_of"]

#: How the name of a digest begins that is of an export and not of a hook.
EXPORT: Final = "the export of "

#: A hash with the file and line of what made it, by what was called.
Digests = dict[str, tuple[str, str, int]]


@attrs.frozen(order=True)
class Place:
    """A line of a file.

    Attributes:
        file: The file's path; empty when unknown.
        line: The line in it, from 1; 0 when it concerns the whole file.
    """

    file: str = ""
    line: int = 0


@attrs.frozen(kw_only=True, order=True)
class Finding:
    """One fault of a plugin.

    Attributes:
        file: The file to change.
        line: The line in it, from 1; 0 when it concerns the whole file.
        code: The rule that is broken, for instance `DG301`.
        message: What is wrong.
        hint: What to do about it.
    """

    file: str
    line: int
    code: str
    message: str
    hint: str = attrs.field(
        default=attrs.Factory(lambda self: RULES[self.code].hint, takes_self=True), order=False
    )

    @classmethod
    def at(cls, place: Place, code: str, message: str) -> Finding:
        """Make a finding at a place."""
        return cls(file=place.file, line=place.line, code=code, message=message)

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.code} {self.message}" if where else f"{self.code} {self.message}"


@attrs.frozen(kw_only=True)
class Report:
    """The result of a check.

    Attributes:
        target: What was checked, by name.
        findings: The faults, in order of place.
        done: The stages that came to their end; a fault may keep later ones from running.
        checked: What was checked, by the names of the entry points: ids, packs, formats and so on.
    """

    target: str
    findings: tuple[Finding, ...]
    done: frozenset[str]
    checked: tuple[str, ...] = ()

    @property
    def missed(self) -> tuple[str, ...]:
        """The stages that did not run to their end, in order."""
        return tuple(stage for stage in STAGES.values() if stage not in self.done)

    def of(self, codes: Iterable[str]) -> tuple[Finding, ...]:
        """Give the findings with one of these codes."""
        wanted = frozenset(codes)
        return tuple(finding for finding in self.findings if finding.code in wanted)


def stage_of(code: str) -> str:
    """Name the stage of a check that gives a code."""
    return STAGES[code[2]]
