"""What the effectiveness assessment holds, field by field."""

from __future__ import annotations

from typing import Annotated, Literal

import attrs

from docgen_core.api import Field, Identity, Reference

__all__ = ["EffectivenessAssessment", "Evaluation", "Improvement", "Kpi", "Report"]


@attrs.frozen(kw_only=True)
class Kpi:
    """A key performance indicator."""

    id: Annotated[str, Identity("K")] = ""
    name: Annotated[str, Field("the name of the figure", limit=50)]
    method: Annotated[str, Field("how it is measured", limit=100)]
    frequency: Annotated[
        Literal["daily", "weekly", "monthly", "quarterly"], Field("how often it is measured")
    ]
    baseline: Annotated[str, Field("the value today", limit=40)]
    target: Annotated[str, Field("the value to reach", limit=40)]
    due: Annotated[str, Field("the date or the time by which", limit=40)]
    goals: Annotated[
        tuple[str, ...], Reference("G", "the goals that it shows", least=1, most=2)
    ] = ()


@attrs.frozen(kw_only=True)
class Evaluation:
    """When the result counts as good, fair or poor."""

    good: Annotated[str, Field("when the result is good", limit=110)]
    fair: Annotated[str, Field("when the result is fair", limit=110)]
    poor: Annotated[str, Field("when the result is poor", limit=110)]


@attrs.frozen(kw_only=True)
class Report:
    """Who tells whom."""

    content: Annotated[str, Field("what is reported", limit=90)]
    author: Annotated[str, Field("who reports", limit=50)]
    audience: Annotated[str, Field("to whom", limit=50)]
    frequency: Annotated[Literal["weekly", "monthly", "quarterly", "yearly"], Field("how often")]


@attrs.frozen(kw_only=True)
class Improvement:
    """What is done when a target is missed."""

    trigger: Annotated[str, Field("when a target is missed", limit=90)]
    action: Annotated[str, Field("what is done then", limit=110)]


@attrs.frozen(kw_only=True)
class EffectivenessAssessment:
    """The whole section."""

    kpis: Annotated[
        tuple[Kpi, ...],
        Field("the figures that show success", least=2, most=10, setting="kpis", exact=True),
    ]
    evaluation: Annotated[Evaluation, Field("how the result is judged")]
    reports: Annotated[tuple[Report, ...], Field("who reports what to whom", least=1, most=3)]
    improvements: Annotated[
        tuple[Improvement, ...], Field("what is done to get better", least=1, most=3)
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=2),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=2)
    ] = ()
