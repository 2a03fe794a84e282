"""How the model is asked for the effectiveness assessment."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import language_name

__all__ = ["Settings", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.effectiveness_assessment]`.

    Attributes:
        kpis: How many key figures to ask for and to keep, 2 to 10.
    """

    kpis: int = attrs.field(
        default=3,
        validator=and_(instance_of(int), ge(2), le(10)),
        metadata={"help": "How many key figures to ask for (2 to 10)."},
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt, before the wanted fields.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    language_rule = f"Write all texts in {language_name(language)}."
    return (
        f"Plan how to find out whether the tool of the brief works. Name {settings.kpis} key "
        f"figures. {language_rule}"
    )
