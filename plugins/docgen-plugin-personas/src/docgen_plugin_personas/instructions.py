"""How the model is asked for the personas."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import language_name

__all__ = ["Settings", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.personas]`.

    Attributes:
        count: How many personas to ask for and to keep, 3 to 5.
    """

    count: int = attrs.field(
        default=3,
        validator=and_(instance_of(int), ge(3), le(5)),
        metadata={"help": "How many personas to ask for (3 to 5)."},
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt, before the wanted fields.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    language_rule = f"Write all texts in {language_name(language)}."
    return (
        f"Describe {settings.count} people who will use the tool of the brief. They differ in job "
        f"and skill. {language_rule}"
    )
