"""What the effectiveness assessment should hold, and how the model is asked for it."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import Part, SectionForm

__all__ = ["Settings", "section_form", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.effectiveness_assessment]`.

    Attributes:
        kpis: How many key performance indicators to ask for, 2 to 12.
    """

    kpis: int = attrs.field(
        default=4,
        validator=and_(instance_of(int), ge(2), le(12)),
        metadata={"help": "How many key performance indicators to ask for (2 to 12)."},
    )


def section_form(settings: Settings) -> SectionForm:
    """The parts of the section, in order."""
    return SectionForm(
        parts=(
            Part("Key Performance Indicators", f"{settings.kpis} figures that show success"),
            Part("Measurement Method", "how each figure is measured, and how often"),
            Part("Targets and Dates", "the number to reach for each figure, and the date"),
            Part("Evaluation Criteria", "when the result counts as good, fair or poor"),
            Part("Reporting", "who reports what to whom, and when"),
            Part("Improvement", "what happens when a target is missed"),
        ),
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    opening = "Write the effectiveness assessment of the tool."
    closing = "Write one to three short sentences under each heading."
    return section_form(settings).instructions(opening, closing, language=language)
