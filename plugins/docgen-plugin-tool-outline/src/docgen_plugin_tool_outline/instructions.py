"""How the model is asked for the tool outline."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import language_name

__all__ = ["Settings", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.tool_outline]`.

    Attributes:
        features: How many features to ask for and to keep, 3 to 12.
    """

    features: int = attrs.field(
        default=4,
        validator=and_(instance_of(int), ge(3), le(12)),
        metadata={"help": "How many features to ask for (3 to 12)."},
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt, before the wanted fields.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    language_rule = f"Write all texts in {language_name(language)}."
    return (
        f"Write the outline of the tool that the brief asks for. Name {settings.features} "
        f"features. {language_rule}"
    )
