"""What the plan of the presentation holds, field by field."""

from __future__ import annotations

from typing import Annotated

import attrs

from docgen_core.api import Field, Reference

__all__ = ["Benefit", "NextStep", "Presentation", "Return", "Slide", "Step"]


@attrs.frozen(kw_only=True)
class Benefit:
    """Something that gets better."""

    benefit: Annotated[str, Field("what gets better, and for whom", limit=110)]
    features: Annotated[
        tuple[str, ...], Reference("F", "the features that bring it", least=0, most=2)
    ] = ()


@attrs.frozen(kw_only=True)
class Step:
    """A step from today to daily use."""

    step: Annotated[str, Field("what happens", limit=100)]
    period: Annotated[str, Field("when it happens", limit=40)]


@attrs.frozen(kw_only=True)
class Return:
    """Costs against savings."""

    costs: Annotated[str, Field("what the tool costs", limit=110)]
    savings: Annotated[str, Field("what it saves or earns", limit=110)]
    payback: Annotated[str, Field("when it has paid for itself", limit=80)]


@attrs.frozen(kw_only=True)
class NextStep:
    """A decision that is asked for."""

    decision: Annotated[str, Field("what to decide now", limit=100)]
    owner: Annotated[str, Field("who decides", limit=50)]
    due: Annotated[str, Field("the date or the time by which", limit=40)]


@attrs.frozen(kw_only=True)
class Slide:
    """One slide."""

    title: Annotated[str, Field("the title of the slide", limit=60)]
    message: Annotated[str, Field("the one thing to remember", limit=110)]
    visual: Annotated[str, Field("the picture, table or chart on it", limit=70)]
    features: Annotated[
        tuple[str, ...], Reference("F", "the features that it shows", least=0, most=2)
    ] = ()


@attrs.frozen(kw_only=True)
class Presentation:
    """The whole section."""

    executive_summary: Annotated[
        str, Field("the problem, the tool and what is asked for", limit=240)
    ]
    benefits: Annotated[tuple[Benefit, ...], Field("the main benefits", least=2, most=4)]
    roadmap: Annotated[
        tuple[Step, ...], Field("the steps from today to daily use", least=2, most=4)
    ]
    roi: Annotated[Return, Field("the return on investment")]
    change_management: Annotated[
        tuple[str, ...], Field("how people are trained and won over", limit=110, least=1, most=3)
    ]
    next_steps: Annotated[tuple[NextStep, ...], Field("the decisions to take now", least=1, most=3)]
    slides: Annotated[
        tuple[Slide, ...],
        Field("the slides in order", least=3, most=12, setting="slides", exact=True),
    ]
    prompt: Annotated[
        str,
        Field(
            "what Copilot is told: audience, tone and aim of the presentation",
            limit=400,
            lines=True,
        ),
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=2),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=2)
    ] = ()
