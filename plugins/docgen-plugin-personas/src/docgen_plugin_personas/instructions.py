"""What the personas should hold, and how the model is asked for them."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import Part, SectionForm

__all__ = ["Settings", "section_form", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.personas]`.

    Attributes:
        count: How many personas to ask for, 3 to 5.
    """

    count: int = attrs.field(
        default=3,
        validator=and_(instance_of(int), ge(3), le(5)),
        metadata={"help": "How many personas to ask for (3 to 5)."},
    )


def section_form(_settings: Settings) -> SectionForm:
    """The parts of the section, in order."""
    return SectionForm(
        parts=(
            Part(
                "Background",
                "age, job and place of work",
                "Maria is 45 and has worked in this job for ten years.",
            ),
            Part(
                "Goals",
                "what this person wants to get done",
                "She wants to finish her work on time.",
            ),
            Part(
                "Pain Points",
                "what is hard today",
                "She loses time with manual steps.",
            ),
            Part(
                "Technology Proficiency",
                "low, medium or high, and what the person uses",
                "Medium: she uses a computer and a phone.",
            ),
            Part(
                "Behaviour",
                "how a working day goes",
                "She plans her day in the morning.",
            ),
            Part(
                "Needs",
                "what the tool must do for this person",
                "A tool that shows her what to do next.",
            ),
        ),
        entry="Maria Lopez, Office Manager",
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    opening = f"Describe {settings.count} typical users of the tool."
    closing = (
        f"Now write {settings.count} new users who fit the brief. They differ in job and "
        "skill. One short sentence on each line."
    )
    return section_form(settings).instructions(opening, closing, language=language)
