"""What the personas hold, field by field."""

from __future__ import annotations

from typing import Annotated, Literal

import attrs

from docgen_core.api import Field, Identity

__all__ = ["Persona", "Personas"]


@attrs.frozen(kw_only=True)
class Persona:
    """A typical user."""

    id: Annotated[str, Identity("P")] = ""
    name: Annotated[str, Field("first name and family name", limit=40)]
    role: Annotated[str, Field("job and place of work", limit=60)]
    background: Annotated[str, Field("age, training and years in the job", limit=110)]
    goals: Annotated[
        tuple[str, ...], Field("what this person wants to get done", limit=80, least=1, most=2)
    ]
    pain_points: Annotated[
        tuple[str, ...], Field("what is hard for this person today", limit=80, least=1, most=2)
    ]
    proficiency: Annotated[
        Literal["low", "medium", "high"], Field("how well this person uses technology")
    ]
    technology: Annotated[str, Field("the devices and programs in use", limit=70)]
    behaviour: Annotated[str, Field("how a working day goes", limit=110)]
    needs: Annotated[
        tuple[str, ...], Field("what the tool must do for this person", limit=80, least=1, most=2)
    ]


@attrs.frozen(kw_only=True)
class Personas:
    """The whole section."""

    personas: Annotated[
        tuple[Persona, ...],
        Field(
            "the typical users, each with another job", least=3, most=5, setting="count", exact=True
        ),
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=2),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=2)
    ] = ()
