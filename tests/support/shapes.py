"""Schema classes for tests: one with every kind of field, and two that refer to each other."""

from __future__ import annotations

from typing import Annotated, Literal

import attrs

from docgen_core.api import Field, Identity, Reference

__all__ = ["Case", "Cases", "People", "Person", "Step"]


@attrs.frozen(kw_only=True)
class Person:
    """Somebody, with an id."""

    id: Annotated[str, Identity("P")] = ""
    name: Annotated[str, Field("the name and the job", limit=60)]
    goals: Annotated[tuple[str, ...], Field("what they want", limit=80, least=1, most=3)]


@attrs.frozen(kw_only=True)
class People:
    """What a deliverable with ids holds."""

    people: Annotated[tuple[Person, ...], Field("who uses it", least=1, most=4)]
    assumptions: Annotated[tuple[str, ...], Field("what is taken for granted", most=3)] = ()


@attrs.frozen(kw_only=True)
class Step:
    """One step of a flow."""

    text: Annotated[str, Field("what happens", limit=120)]


@attrs.frozen(kw_only=True)
class Case:
    """A use of the product, with every kind of field."""

    id: Annotated[str, Identity("UC")] = ""
    name: Annotated[str, Field("what is done", limit=60)]
    actor: Annotated[str, Reference("P", "who does it")] = ""
    helpers: Annotated[tuple[str, ...], Reference("P", "who helps", most=2)] = ()
    after: Annotated[tuple[str, ...], Reference("UC", "what must be done before", most=2)] = ()
    weight: Annotated[int, Field("1 for low to 5 for high", least=1, most=5)]
    level: Annotated[Literal["low", "medium", "high"], Field("how often")]
    steps: Annotated[tuple[Step, ...], Field("the flow", least=1, most=4)]


@attrs.frozen(kw_only=True)
class Cases:
    """What a deliverable that refers to people holds."""

    summary: Annotated[str, Field("what it is about", limit=200)]
    cases: Annotated[tuple[Case, ...], Field("the uses", least=1, most=4)]
    days: Annotated[int, Field("how long it takes, in days", least=0)] = 0
    script: Annotated[str, Field("what to say", lines=True, limit=400)] = ""
    ready: Annotated[bool, Field("whether it can begin")] = False
