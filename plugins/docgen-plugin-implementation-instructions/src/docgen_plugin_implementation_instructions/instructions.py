"""What the implementation instructions should hold, and how the model is asked for them."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import Part, SectionForm

__all__ = ["Settings", "section_form", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.implementation_instructions]`.

    Attributes:
        phases: How many phases to ask for, 2 to 8.
    """

    phases: int = attrs.field(
        default=3,
        validator=and_(instance_of(int), ge(2), le(8)),
        metadata={"help": "How many phases to ask for (2 to 8)."},
    )


def section_form(settings: Settings) -> SectionForm:
    """The parts of the section, in order."""
    return SectionForm(
        parts=(
            Part(
                "Phased Plan", f"a numbered list of {settings.phases} phases, each with its result"
            ),
            Part("Requirements", "what must be ready before the work starts"),
            Part("Dependencies", "what has to wait for what"),
            Part("Resources", "the roles and the equipment needed"),
            Part("Timeline and Milestones", "a list of milestones, each with its week"),
            Part("Risks", "a list of risks, each with a countermeasure"),
            Part("Quality Assurance", "how the work is tested and accepted"),
        ),
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    opening = "Write the implementation instructions for the tool."
    closing = "Write one to three short sentences under each heading."
    return section_form(settings).instructions(opening, closing, language=language)
