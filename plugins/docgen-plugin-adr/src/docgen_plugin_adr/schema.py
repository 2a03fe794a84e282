"""What each deliverable holds, field by field."""

from __future__ import annotations

from typing import Annotated, Literal

import attrs

from docgen_core.api import Field, Identity, Reference

__all__ = [
    "AdrConsequences",
    "AdrContext",
    "AdrDecisions",
    "Consequence",
    "Decision",
    "Driver",
    "Option",
]


@attrs.frozen(kw_only=True)
class Driver:
    """Something that pushes the architecture in a direction."""

    id: Annotated[str, Identity("DR")] = ""
    name: Annotated[str, Field("a short name for the driver", limit=60)]
    kind: Annotated[
        Literal["quality", "constraint", "risk"],
        Field("a wanted quality, a constraint, or a technical risk"),
    ]
    description: Annotated[str, Field("why it matters here, in one sentence", limit=200)]


@attrs.frozen(kw_only=True)
class AdrContext:
    """What drives the decisions."""

    situation: Annotated[
        str, Field("the technical situation in which the decisions are taken", limit=300)
    ]
    drivers: Annotated[
        tuple[Driver, ...],
        Field(
            "what pushes the architecture, each something else",
            least=1,
            most=5,
            setting="count",
            exact=True,
        ),
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=3),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=3)
    ] = ()


@attrs.frozen(kw_only=True)
class Option:
    """One way that was thought of."""

    name: Annotated[str, Field("a short name for the option", limit=60)]
    argument: Annotated[str, Field("the strongest argument for or against it", limit=160)]


@attrs.frozen(kw_only=True)
class Decision:
    """One decision."""

    id: Annotated[str, Identity("AD")] = ""
    title: Annotated[str, Field("what is decided, as a short phrase", limit=80)]
    status: Annotated[Literal["proposed", "accepted"], Field("how far the decision is")]
    drivers: Annotated[
        tuple[str, ...], Reference("DR", "the drivers that it answers", least=1, most=3)
    ] = ()
    options: Annotated[tuple[Option, ...], Field("the ways that were thought of", least=2, most=3)]
    decision: Annotated[str, Field("what will be done, in one sentence", limit=200)]
    reason: Annotated[str, Field("why this option and not another, in one sentence", limit=200)]


@attrs.frozen(kw_only=True)
class AdrDecisions:
    """What was decided."""

    decisions: Annotated[
        tuple[Decision, ...],
        Field(
            "the decisions that are hard to change later, each another one",
            least=1,
            most=5,
            setting="count",
            exact=True,
        ),
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=3),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=3)
    ] = ()


@attrs.frozen(kw_only=True)
class Consequence:
    """What follows from a decision."""

    id: Annotated[str, Identity("CQ")] = ""
    decisions: Annotated[
        tuple[str, ...], Reference("AD", "the decisions that it follows from", least=1, most=2)
    ] = ()
    effect: Annotated[Literal["easier", "harder"], Field("what becomes of the work")]
    description: Annotated[str, Field("what becomes easier or harder", limit=200)]
    follow_up: Annotated[str, Field("what has to be done about it, and by whom", limit=160)]


@attrs.frozen(kw_only=True)
class AdrConsequences:
    """What follows from the decisions."""

    consequences: Annotated[
        tuple[Consequence, ...],
        Field(
            "good and bad consequences, each another one",
            least=1,
            most=5,
            setting="count",
            exact=True,
        ),
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=3),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=3)
    ] = ()
