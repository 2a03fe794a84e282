"""How the model is asked for the problem statement."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import language_name

__all__ = ["Settings", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.problem_statement]`.

    Attributes:
        criteria: How many success criteria to ask for and to keep, 2 to 8.
    """

    criteria: int = attrs.field(
        default=3,
        validator=and_(instance_of(int), ge(2), le(8)),
        metadata={"help": "How many success criteria to ask for (2 to 8)."},
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt, before the wanted fields.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    language_rule = f"Write all texts in {language_name(language)}."
    return (
        f"Write the problem statement of the brief, with its facts and numbers. Name "
        f"{settings.criteria} success criteria. {language_rule}"
    )
