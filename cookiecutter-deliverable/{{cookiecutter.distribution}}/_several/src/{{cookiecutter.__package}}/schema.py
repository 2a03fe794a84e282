"""What each deliverable holds, field by field."""

from __future__ import annotations

from typing import Annotated

import attrs

from docgen_core.api import Field, Identity

__all__ = [
{%- for part in cookiecutter.__parts.split(',') | sort %}
{%- set class = part | replace('_', ' ') | title | replace(' ', '') %}
    "{{ class }}",
    "{{ class }}Entry",
{%- endfor %}
]
{%- for part in cookiecutter.__parts.split(',') %}
{%- set class = part | replace('_', ' ') | title | replace(' ', '') %}
{%- set letters = part | select('in', 'abcdefghijklmnopqrstuvwxyz') | join %}
{%- set initials = part.split('_') | map('first') | join %}
{%- set prefix = (initials if '_' in part else letters)[:3] | upper %}


@attrs.frozen(kw_only=True)
class {{ class }}Entry:
    """One entry of {{ part | replace('_', ' ') | title }}."""

    id: Annotated[str, Identity("{{ prefix }}")] = ""
    name: Annotated[str, Field("a short name for the entry", limit=60)]
    description: Annotated[str, Field("what it is, in one sentence", limit=200)]


@attrs.frozen(kw_only=True)
class {{ class }}:
    """The whole section {{ part | replace('_', ' ') | title }}."""

    entries: Annotated[
        tuple[{{ class }}Entry, ...],
        Field("the entries, each something else", least=1, most=5, setting="count", exact=True),
    ]
    assumptions: Annotated[
        tuple[str, ...],
        Field("what is taken for granted although the brief does not say it", limit=120, most=2),
    ] = ()
    open_questions: Annotated[
        tuple[str, ...], Field("what has to be asked before the work starts", limit=120, most=2)
    ] = ()
{%- endfor %}
