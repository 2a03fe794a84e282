"""What a problem statement holds, field by field."""

from __future__ import annotations

from typing import Annotated, Literal

import attrs

from docgen_core.api import Field, Identity

__all__ = ["Effect", "Goal", "ProblemStatement", "Stakeholder"]


@attrs.frozen(kw_only=True)
class Effect:
    """What the problem costs in one respect."""

    area: Annotated[Literal["time", "money", "quality", "people"], Field("where it hurts")]
    effect: Annotated[str, Field("what the problem costs there", limit=140)]


@attrs.frozen(kw_only=True)
class Goal:
    """A success criterion: a result that can be measured."""

    id: Annotated[str, Identity("G")] = ""
    result: Annotated[str, Field("a result to reach", limit=100)]
    measure: Annotated[str, Field("the number that shows it is reached", limit=80)]
    due: Annotated[str, Field("the date or the time by which", limit=40)]


@attrs.frozen(kw_only=True)
class Stakeholder:
    """Somebody who is concerned."""

    name: Annotated[str, Field("a group of people or a role", limit=50)]
    interest: Annotated[str, Field("what they want", limit=120)]
    influence: Annotated[Literal["high", "medium", "low"], Field("their say in the project")]


@attrs.frozen(kw_only=True)
class ProblemStatement:
    """The whole section."""

    problem: Annotated[str, Field("what the problem or the opportunity is", limit=240)]
    current_state: Annotated[
        str, Field("how the work is done today and what goes wrong", limit=240)
    ]
    desired_state: Annotated[
        str, Field("how the work is done when the problem is solved", limit=240)
    ]
    impact: Annotated[tuple[Effect, ...], Field("what the problem costs", least=1, most=3)]
    success_criteria: Annotated[
        tuple[Goal, ...],
        Field(
            "the goals, with numbers of the brief", least=2, most=8, setting="criteria", exact=True
        ),
    ]
    stakeholders: Annotated[tuple[Stakeholder, ...], Field("the people concerned", least=2, most=4)]
    constraints: Annotated[
        tuple[str, ...], Field("a limit that the brief sets", limit=120, least=1, most=5)
    ]
    out_of_scope: Annotated[
        tuple[str, ...], Field("what the brief leaves out", limit=80, most=3)
    ] = ()
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=2),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=2)
    ] = ()
