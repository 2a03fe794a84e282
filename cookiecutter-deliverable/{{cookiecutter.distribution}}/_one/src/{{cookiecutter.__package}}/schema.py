"""What the {{ cookiecutter.title }} holds, field by field."""

from __future__ import annotations

from typing import Annotated

import attrs

from docgen_core.api import Field, Identity

__all__ = ["{{ cookiecutter.__class }}", "{{ cookiecutter.__class }}Entry"]


@attrs.frozen(kw_only=True)
class {{ cookiecutter.__class }}Entry:
    """One entry."""

    id: Annotated[str, Identity("{{ cookiecutter.__prefix }}")] = ""
    name: Annotated[str, Field("a short name for the entry", limit=60)]
    description: Annotated[str, Field("what it is, in one sentence", limit=200)]


@attrs.frozen(kw_only=True)
class {{ cookiecutter.__class }}:
    """The whole section."""

    entries: Annotated[
        tuple[{{ cookiecutter.__class }}Entry, ...],
        Field("the entries, each something else", least=1, most=5, setting="count", exact=True),
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=2),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=2)
    ] = ()
