"""What the use cases hold, field by field."""

from __future__ import annotations

from typing import Annotated

import attrs

from docgen_core.api import Field, Identity, Reference

__all__ = ["UseCase", "UseCases"]


@attrs.frozen(kw_only=True)
class UseCase:
    """What somebody does with the tool, step by step."""

    id: Annotated[str, Identity("UC")] = ""
    title: Annotated[str, Field("what the user does with the tool", limit=60)]
    preconditions: Annotated[
        tuple[str, ...], Field("what must be true before", limit=80, least=1, most=2)
    ]
    main_flow: Annotated[
        tuple[str, ...], Field("one step when all goes well", limit=80, least=3, most=6)
    ]
    alternative_flows: Annotated[
        tuple[str, ...], Field("another way to the same end", limit=100, least=1, most=2)
    ]
    exceptions: Annotated[
        tuple[str, ...],
        Field("what can go wrong, and what happens then", limit=100, least=1, most=2),
    ]
    business_rules: Annotated[
        tuple[str, ...], Field("a rule that always holds", limit=80, least=1, most=2)
    ]
    postconditions: Annotated[
        tuple[str, ...], Field("what is true afterwards", limit=80, least=1, most=2)
    ]
    acceptance_criteria: Annotated[
        tuple[str, ...], Field("how a tester sees that it works", limit=90, least=1, most=3)
    ]
    actors: Annotated[tuple[str, ...], Reference("P", "who takes part", least=1, most=2)] = ()
    goals: Annotated[
        tuple[str, ...], Reference("G", "the goals that this serves", least=1, most=2)
    ] = ()


@attrs.frozen(kw_only=True)
class UseCases:
    """The whole section."""

    use_cases: Annotated[
        tuple[UseCase, ...],
        Field(
            "the most important things that people do with the tool",
            least=1,
            most=8,
            setting="count",
            exact=True,
        ),
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=2),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=2)
    ] = ()
