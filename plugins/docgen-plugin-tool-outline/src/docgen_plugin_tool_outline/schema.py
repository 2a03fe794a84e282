"""What the outline of the tool holds, field by field."""

from __future__ import annotations

from typing import Annotated, Literal

import attrs

from docgen_core.api import Field, Identity, Reference

__all__ = ["Component", "Consideration", "Feature", "Integration", "Screen", "ToolOutline"]


@attrs.frozen(kw_only=True)
class Feature:
    """Something that the tool can do."""

    id: Annotated[str, Identity("F")] = ""
    name: Annotated[str, Field("the name of the feature", limit=50)]
    description: Annotated[str, Field("what it does for the user", limit=110)]
    priority: Annotated[Literal["must", "should", "could"], Field("how much it is needed")]
    use_cases: Annotated[
        tuple[str, ...], Reference("UC", "the use cases that need it", least=1, most=2)
    ] = ()
    goals: Annotated[
        tuple[str, ...], Reference("G", "the goals that it serves", least=1, most=2)
    ] = ()


@attrs.frozen(kw_only=True)
class Component:
    """A part of the architecture."""

    name: Annotated[str, Field("a part of the system", limit=40)]
    task: Annotated[str, Field("what this part does", limit=90)]


@attrs.frozen(kw_only=True)
class Screen:
    """A part of the user interface."""

    name: Annotated[str, Field("the name of the screen", limit=40)]
    shows: Annotated[str, Field("what the user sees and does there", limit=90)]


@attrs.frozen(kw_only=True)
class Integration:
    """Another system that the tool works with."""

    system: Annotated[str, Field("the other system", limit=40)]
    direction: Annotated[Literal["in", "out", "both"], Field("which way the data goes")]
    data: Annotated[str, Field("the data that is exchanged", limit=90)]


@attrs.frozen(kw_only=True)
class Consideration:
    """Something to heed when the tool is built."""

    topic: Annotated[
        Literal["security", "privacy", "performance", "operation", "cost"],
        Field("what it is about"),
    ]
    advice: Annotated[str, Field("what to do about it", limit=110)]


@attrs.frozen(kw_only=True)
class ToolOutline:
    """The whole section."""

    purpose: Annotated[str, Field("what the tool does and for whom", limit=240)]
    features: Annotated[
        tuple[Feature, ...],
        Field("the most important features", least=3, most=12, setting="features", exact=True),
    ]
    architecture: Annotated[str, Field("how the parts of the system work together", limit=200)]
    components: Annotated[
        tuple[Component, ...], Field("the main parts of the system", least=2, most=4)
    ]
    screens: Annotated[tuple[Screen, ...], Field("the main screens", least=2, most=4)]
    integrations: Annotated[tuple[Integration, ...], Field("the other systems", least=1, most=3)]
    considerations: Annotated[tuple[Consideration, ...], Field("what to heed", least=2, most=4)]
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=2),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=2)
    ] = ()
