"""What the personas should hold, and how the model is asked for them."""

from __future__ import annotations

from typing import Final

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import Part, SectionForm

__all__ = ["Settings", "section_form", "write_instructions"]

_CLOSING: Final = (
    "Write one short sentence on each line. Make the users differ in job and skill. At most "
    "400 words."
)


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
            Part("Background", "age, job and place of work"),
            Part("Goals", "what this person wants to get done"),
            Part("Pain Points", "what is hard today"),
            Part("Technology Proficiency", "low, medium or high, and what the person uses"),
            Part("Behaviour", "how a working day goes"),
            Part("Needs", "what the tool must do for this person"),
        ),
        entry="Persona",
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    opening = f"Describe {settings.count} typical users for the brief. Give each a name and a job."
    return section_form(settings).instructions(opening, _CLOSING, language=language)
