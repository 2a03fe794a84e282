"""How the model is asked for the presentation."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import language_name

__all__ = ["Settings", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.copilot365_presentation_prompt]`.

    Attributes:
        slides: How many slides to ask for and to keep, 3 to 12.
    """

    slides: int = attrs.field(
        default=5,
        validator=and_(instance_of(int), ge(3), le(12)),
        metadata={"help": "How many slides to ask for (3 to 12)."},
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt, before the wanted fields.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    language_rule = f"Write all texts in {language_name(language)}."
    return (
        f"Plan a presentation for the people who decide on the tool of the brief. It has "
        f"{settings.slides} slides. {language_rule}"
    )
