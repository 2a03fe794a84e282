"""What a check says: findings, each of a known code, with what to do next."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

__all__ = ["RULES", "Finding", "Report", "Rule", "Severity", "found"]


class Severity(enum.StrEnum):
    """How bad a finding is."""

    #: A reader is misled or stuck.
    ERROR = "error"
    #: It may be meant so; a person should look.
    WARNING = "warning"


@attrs.frozen(kw_only=True)
class Rule:
    """One thing that a check looks for.

    Attributes:
        severity: How bad it is.
        meaning: When it is reported, as a sentence for the documentation.
        advice: What to do next.
    """

    severity: Severity
    meaning: str
    advice: str


def _rule(severity: Severity, meaning: str, advice: str) -> Rule:
    return Rule(severity=severity, meaning=meaning, advice=advice)


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "dangling-id": _rule(
            Severity.ERROR,
            "A link or a field names an id that nothing in the pack defines.",
            "Name an item that is there, or add the item.",
        ),
        "unknown-id": _rule(
            Severity.WARNING,
            "A text names an id of a kind that the pack has, but there is no such item.",
            "Name an item that is there, or add the item.",
        ),
        "duplicate-id": _rule(
            Severity.ERROR,
            "Two items have the same id.",
            "Give one of them the next free number, and mend what refers to it.",
        ),
        "unused-item": _rule(
            Severity.WARNING,
            "Nothing refers to an item of a kind that others refer to.",
            "Refer to it where it matters, or take it out.",
        ),
        "contradiction": _rule(
            Severity.ERROR,
            "Two sections give the same figure of the same item different values.",
            "Find out which value holds, and correct the other.",
        ),
        "figures-differ": _rule(
            Severity.WARNING,
            "Two sections give a figure of the same name different values.",
            "Find out which value holds, or name the two figures apart.",
        ),
        "repeated-paragraph": _rule(
            Severity.WARNING,
            "A paragraph stands in the pack more than once.",
            "Keep it in one place and refer to it from the other.",
        ),
        "empty-section": _rule(
            Severity.ERROR,
            "A section has a title and no text.",
            "Write it, run `docgen generate` for it again, or take it out.",
        ),
        "empty-heading": _rule(
            Severity.WARNING,
            "A heading has no words, or nothing stands under it.",
            "Write what belongs there, or remove the heading.",
        ),
        "placeholder": _rule(
            Severity.ERROR,
            "A text was left to be filled in: TBD, TODO, Lorem ipsum, [insert ...], <name>.",
            "Put in what is meant, or say openly that it is not known yet.",
        ),
        "wrong-language": _rule(
            Severity.ERROR,
            "A section is not in the language of the pack.",
            "Translate it, or run `docgen generate` for it again with --language.",
        ),
        "broken-link": _rule(
            Severity.ERROR,
            "A link leads to a heading or a file that is not there.",
            "Correct the link, or remove it.",
        ),
        "unclosed-fence": _rule(
            Severity.ERROR,
            "A code block is opened and never closed.",
            "Add the closing line of the fence.",
        ),
        "conflict": _rule(
            Severity.ERROR,
            "The marks of a merge conflict stand in the text.",
            "Keep one of the two versions and remove the marks.",
        ),
        "missing-file": _rule(
            Severity.ERROR,
            "run.json tells of a section whose file is gone.",
            "Run `docgen replay` on the folder to write it again.",
        ),
        "missing-section": _rule(
            Severity.ERROR,
            "The last run did not write a section: it was interrupted, or the section failed.",
            "Run the same `docgen generate` command again; only what is missing is asked for.",
        ),
        "unreadable-file": _rule(
            Severity.ERROR,
            "A file is not UTF-8 text, or not the JSON that it should be.",
            "Restore it; `docgen replay` writes docgen's own files again.",
        ),
    }
)


@attrs.frozen(kw_only=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        file: Relative to the folder, with `/`.
        line: From 1; 0 when it is about the file as a whole.
        severity: How bad it is.
        code: One of `RULES`.
        message: What is wrong.
        advice: What to do next.
        key: What it is about: the same thing in the document needs no second finding.
    """

    file: str
    line: int
    severity: Severity
    code: str
    message: str
    advice: str
    key: str = ""


def found(code: str, file: str, line: int, message: str, *, key: str = "") -> Finding:
    """Make a finding of a known code.

    Args:
        code: One of `RULES`.
        file: Relative to the folder.
        line: From 1, or 0.
        message: What is wrong.
        key: What it is about; by default the message.
    """
    rule = RULES[code]
    return Finding(
        file=file,
        line=line,
        severity=rule.severity,
        code=code,
        message=message,
        advice=rule.advice,
        key=key or message,
    )


@attrs.frozen(kw_only=True)
class Report:
    """What a check found.

    Attributes:
        findings: By file and line.
        not_checked: What could not be looked at, and why.
    """

    findings: tuple[Finding, ...] = ()
    not_checked: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return sum(finding.severity is severity for finding in self.findings)
