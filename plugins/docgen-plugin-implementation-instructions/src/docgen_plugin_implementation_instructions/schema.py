"""What the implementation instructions hold, field by field."""

from __future__ import annotations

from typing import Annotated, Literal

import attrs

from docgen_core.api import Field, Identity, Reference

__all__ = ["ImplementationInstructions", "QualityCheck", "Resource", "Risk", "WorkPackage"]


@attrs.frozen(kw_only=True)
class WorkPackage:
    """A phase of the plan, with the milestone at its end."""

    id: Annotated[str, Identity("W")] = ""
    name: Annotated[str, Field("the name of the phase", limit=50)]
    result: Annotated[str, Field("what is there when it is done", limit=110)]
    milestone: Annotated[str, Field("the event that ends it", limit=70)]
    weeks: Annotated[int, Field("how many weeks it takes", least=1, most=8)]
    features: Annotated[
        tuple[str, ...], Reference("F", "the features that are built in it", least=0, most=3)
    ] = ()
    after: Annotated[
        tuple[str, ...], Reference("W", "the earlier phases that it waits for", least=0, most=2)
    ] = ()


@attrs.frozen(kw_only=True)
class Resource:
    """Somebody or something that the work needs."""

    name: Annotated[str, Field("a role or a piece of equipment", limit=50)]
    task: Annotated[str, Field("what it is needed for", limit=90)]
    amount: Annotated[int, Field("how many", least=1, most=20)]


@attrs.frozen(kw_only=True)
class Risk:
    """Something that may go wrong."""

    id: Annotated[str, Identity("R")] = ""
    risk: Annotated[str, Field("what may go wrong", limit=100)]
    likelihood: Annotated[Literal["low", "medium", "high"], Field("how likely it is")]
    impact: Annotated[Literal["low", "medium", "high"], Field("how bad it would be")]
    response: Annotated[str, Field("what is done about it", limit=100)]
    work_packages: Annotated[
        tuple[str, ...], Reference("W", "the phases that it concerns", least=0, most=2)
    ] = ()


@attrs.frozen(kw_only=True)
class QualityCheck:
    """How one part of the work is tested and accepted."""

    check: Annotated[str, Field("what is tested, and how", limit=100)]
    passed_when: Annotated[str, Field("what must be true to pass", limit=100)]


@attrs.frozen(kw_only=True)
class ImplementationInstructions:
    """The whole section."""

    approach: Annotated[str, Field("how the tool is built and brought into use", limit=200)]
    work_packages: Annotated[
        tuple[WorkPackage, ...],
        Field("the phases in order", least=2, most=8, setting="phases", exact=True),
    ]
    requirements: Annotated[
        tuple[str, ...],
        Field("what must be ready before the work starts", limit=100, least=1, most=4),
    ]
    dependencies: Annotated[
        tuple[str, ...], Field("what the work depends on from outside", limit=100, least=1, most=3)
    ]
    resources: Annotated[
        tuple[Resource, ...], Field("the people and the equipment", least=2, most=4)
    ]
    risks: Annotated[tuple[Risk, ...], Field("the main risks", least=2, most=4)]
    quality_checks: Annotated[
        tuple[QualityCheck, ...], Field("how the work is tested", least=1, most=3)
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=2),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=2)
    ] = ()
