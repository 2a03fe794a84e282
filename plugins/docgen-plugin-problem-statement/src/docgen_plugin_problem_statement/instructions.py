"""What the problem statement should hold, and how the model is asked for it."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import Part, SectionForm

__all__ = ["Settings", "section_form", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.problem_statement]`.

    Attributes:
        criteria: How many success criteria to ask for, 2 to 10.
    """

    criteria: int = attrs.field(
        default=4,
        validator=and_(instance_of(int), ge(2), le(10)),
        metadata={"help": "How many success criteria to ask for (2 to 10)."},
    )


def section_form(settings: Settings) -> SectionForm:
    """The parts of the section, in order."""
    return SectionForm(
        parts=(
            Part("Problem Definition", "what the problem or the opportunity is"),
            Part("Current State", "how the work is done today and what goes wrong"),
            Part("Desired State", "how the work is done when the problem is solved"),
            Part("Impact", "what the problem costs in time, money and quality"),
            Part(
                "Success Criteria",
                f"{settings.criteria} results that can be measured, with numbers of the brief",
            ),
            Part("Stakeholders", "a list of the people concerned and what each of them wants"),
            Part("Constraints", "a list of the limits in the brief"),
        ),
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    opening = "Write the problem statement of the brief."
    closing = "Write one to three short sentences under each heading."
    return section_form(settings).instructions(opening, closing, language=language)
