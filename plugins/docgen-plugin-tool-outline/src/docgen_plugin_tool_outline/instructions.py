"""What the tool outline should hold, and how the model is asked for it."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import Part, SectionForm

__all__ = ["Settings", "section_form", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.tool_outline]`.

    Attributes:
        features: How many features to ask for, 3 to 15.
    """

    features: int = attrs.field(
        default=5,
        validator=and_(instance_of(int), ge(3), le(15)),
        metadata={"help": "How many features to ask for (3 to 15)."},
    )


def section_form(settings: Settings) -> SectionForm:
    """The parts of the section, in order."""
    return SectionForm(
        parts=(
            Part("Purpose", "what the tool does and for whom"),
            Part("Features", f"a list of the {settings.features} most important features"),
            Part("Architecture", "the main components and how they work together"),
            Part("User Interface", "the main screens"),
            Part("Integration Points", "a list of other systems and the data exchanged with each"),
            Part(
                "Implementation Considerations",
                "security, data protection, performance and operation",
            ),
        ),
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    opening = "Write the outline of the tool that the brief asks for."
    closing = "Write one to three short sentences under each heading."
    return section_form(settings).instructions(opening, closing, language=language)
