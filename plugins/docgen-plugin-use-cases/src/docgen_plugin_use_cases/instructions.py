"""How the model is asked for the use cases."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import language_name

__all__ = ["Settings", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.use_cases]`.

    Attributes:
        count: How many use cases to ask for and to keep, 1 to 8.
    """

    count: int = attrs.field(
        default=2,
        validator=and_(instance_of(int), ge(1), le(8)),
        metadata={"help": "How many use cases to ask for (1 to 8)."},
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt, before the wanted fields.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    language_rule = f"Write all texts in {language_name(language)}."
    return (
        f"Describe {settings.count} use cases of the tool that the brief asks for. The actors are "
        f"the personas. {language_rule}"
    )
