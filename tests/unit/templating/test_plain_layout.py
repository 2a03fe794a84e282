"""Structured data without a template of its own is readable all the same."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import attrs

from docgen_core.api import Brief, Deliverable, Draft, Field, HookContext, Identity, Reference
from docgen_core.model import TemplateRef
from docgen_core.plugins import Registry
from docgen_core.templating import Templates
from docgen_core.templating.layout import lay_out


@attrs.frozen(kw_only=True)
class Owner:
    """Who answers for it."""

    name: Annotated[str, Field("the name")]
    present: Annotated[bool, Field("whether they are there")]


@attrs.frozen(kw_only=True)
class Risk:
    """One thing that may go wrong."""

    id: Annotated[str, Identity("R")] = ""
    level: Annotated[Literal["low", "high"], Field("how bad")]
    name: Annotated[str, Field("the risk")]
    hits: Annotated[tuple[str, ...], Reference("P", "whom it hits")] = ()
    signs: Annotated[tuple[str, ...], Field("how to tell")] = ()
    owner: Annotated[Owner, Field("who looks after it")]


@attrs.frozen(kw_only=True)
class Risks:
    """What may go wrong."""

    first_words: Annotated[str, Field("an introduction")]
    days: Annotated[int, Field("how long")]
    risks: Annotated[tuple[Risk, ...], Field("the risks")]
    none_yet: Annotated[tuple[str, ...], Field("nothing")] = ()
    script: Annotated[str, Field("a script", lines=True)]
    open_questions: Annotated[tuple[str, ...], Field("what is not known")] = ()


RISKS = Risks(
    first_words="# Not *a* heading\n- nor a list",
    days=3,
    risks=(
        Risk(
            id="R1",
            level="high",
            name="Fire | flood",
            hits=("P1", "P2"),
            signs=("Smoke", "Heat"),
            owner=Owner(name="Anna", present=False),
        ),
    ),
    script="one\n```\ntwo",
    open_questions=("Who pays?",),
)
SHOWN = """\
## Introduction

\\# Not \\*a\\* heading - nor a list

## Days

3

## Risks

- <a id="r1"></a>R1 **Fire \\| flood**
  - Level: high
  - Hits: [P1](#p1), [P2](#p2)
  - Signs
    - Smoke
    - Heat
  - Owner
    - **Anna**
      - Present: no

## Script

````text
one
```
two
````"""


def test_every_field_is_shown_and_escaped() -> None:
    """Empty ones, and those that the document gathers in an appendix, are left out."""
    assert lay_out(RISKS, {"first_words": "Introduction"}) == SHOWN


def test_the_shared_template_shows_no_json() -> None:
    """A deliverable with a schema needs no template to begin with."""
    item = Deliverable(id="risks", title="Risks", summary="s", schema=Risks, api=(1, 1))
    draft = Draft(deliverable="risks", markdown="{}", data=RISKS)
    rendering = Templates.for_registry(Registry(entry_points=[])).arender_section(
        TemplateRef("section.md.j2"),
        deliverable=item,
        draft=draft,
        context=HookContext(brief=Brief.from_text("A CRM"), language="en"),
    )
    assert asyncio.run(rendering) == SHOWN.replace("Introduction", "First words") + "\n"
