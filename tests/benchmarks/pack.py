"""What the benchmarks with the whole engine have in common: the seven deliverables and a brief."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

__all__ = ["DELIVERABLES", "long_brief", "short_briefs"]

DELIVERABLES = (
    "problem_statement",
    "personas",
    "use_cases",
    "tool_outline",
    "implementation_instructions",
    "copilot365_presentation_prompt",
    "effectiveness_assessment",
)

_ACTORS = ("a nurse", "the ward manager", "a bank worker", "the payroll clerk", "an auditor")
_ACTIONS = ("see", "swap", "approve", "export", "correct", "search", "print")
_OBJECTS = (
    "the rota of the coming four weeks",
    "open shifts that nobody has taken",
    "hours that were worked beyond the contract",
    "the reasons for an absence",
)
_LONG_LINES = 60
_SHORT_LINES = 28


def long_brief() -> str:
    """A brief of about 1,500 tokens."""
    return _brief("Ward rota", _LONG_LINES)


def short_briefs(count: int) -> Iterator[str]:
    """So many different briefs of about 2 KB."""
    for number in range(count):
        yield _brief(f"Ward rota {number}", _SHORT_LINES)


def _brief(title: str, lines: int) -> str:
    sentences = itertools.islice(
        itertools.cycle(itertools.product(_ACTORS, _ACTIONS, _OBJECTS)), lines
    )
    listed = "\n".join(
        f"- R{number}: {actor} can {action} {thing}, within two minutes and on a phone."
        for number, (actor, action, thing) in enumerate(sentences, start=1)
    )
    return f"# {title}\n\nA tool that replaces the paper rota of a hospital ward.\n\n{listed}\n"
