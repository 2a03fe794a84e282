"""What the use cases should hold, and how the model is asked for them."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import Part, SectionForm

__all__ = ["Settings", "section_form", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.use_cases]`.

    Attributes:
        count: How many use cases to ask for, 1 to 10.
    """

    count: int = attrs.field(
        default=3,
        validator=and_(instance_of(int), ge(1), le(10)),
        metadata={"help": "How many use cases to ask for (1 to 10)."},
    )


def section_form(_settings: Settings) -> SectionForm:
    """The parts of the section, in order."""
    return SectionForm(
        parts=(
            Part("Actors", "who takes part"),
            Part("Preconditions", "what must be true before"),
            Part("Main Flow", "the steps when all goes well"),
            Part("Alternative Flows", "another way to the same end"),
            Part("Exceptions", "what can go wrong, and what happens then"),
            Part("Business Rules", "a rule that always holds"),
            Part("Postconditions", "what is true afterwards"),
            Part("Acceptance Criteria", "how a tester sees that it works"),
        ),
        entry="Add a New Entry",
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    opening = f"Describe {settings.count} use cases of the tool. The actors are the personas."
    closing = "Write one short sentence on each line."
    return section_form(settings).instructions(opening, closing, language=language)
