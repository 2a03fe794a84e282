"""How the model is asked for the {{ cookiecutter.title }}."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import language_name

__all__ = ["Settings", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.{{ cookiecutter.id }}]`.

    Attributes:
        count: How many entries to ask for and to keep, 1 to 5.
    """

    count: int = attrs.field(
        default=3,
        validator=and_(instance_of(int), ge(1), le(5)),
        metadata={"help": "How many entries to ask for (1 to 5)."},
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt{{ ', before the wanted fields' if cookiecutter.answer == 'structured' }}.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    language_rule = f"Write all texts in {language_name(language)}."
    return (
        f"Write the {{ cookiecutter.title }} of the brief, with {settings.count} entries. "
{%- if cookiecutter.answer == 'structured' %}
        "Each entry is something else. One short sentence in each field. "
{%- else %}
        "Begin each entry with a dash and its name in bold. One short sentence for each. "
{%- endif %}
        f"{language_rule}"
    )
