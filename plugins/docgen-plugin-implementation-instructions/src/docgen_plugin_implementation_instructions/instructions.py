"""How the model is asked for the implementation instructions."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import language_name

__all__ = ["Settings", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.implementation_instructions]`.

    Attributes:
        phases: How many phases to ask for and to keep, 2 to 8.
    """

    phases: int = attrs.field(
        default=3,
        validator=and_(instance_of(int), ge(2), le(8)),
        metadata={"help": "How many phases to ask for (2 to 8)."},
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt, before the wanted fields.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    language_rule = f"Write all texts in {language_name(language)}."
    return (
        f"Plan how the tool is built and brought into use, in {settings.phases} phases. "
        f"{language_rule}"
    )
