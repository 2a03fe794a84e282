"""What the presentation prompt should hold, and how the model is asked for it."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import Part, SectionForm

__all__ = ["Settings", "section_form", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.copilot365_presentation_prompt]`.

    Attributes:
        slides: How many slides to ask for, 3 to 20.
    """

    slides: int = attrs.field(
        default=6,
        validator=and_(instance_of(int), ge(3), le(20)),
        metadata={"help": "How many slides to ask for (3 to 20)."},
    )


def section_form(settings: Settings) -> SectionForm:
    """The parts of the section, in order."""
    return SectionForm(
        parts=(
            Part("Executive Summary", "the problem, the tool and the request"),
            Part("Benefits", "a list of the main benefits"),
            Part("Roadmap", "the steps from today to daily use"),
            Part("Return on Investment", "costs against savings"),
            Part("Change Management", "how people are trained and won over"),
            Part("Next Steps", "what to decide now, by whom"),
            Part(
                "Slide List",
                f"a numbered list of {settings.slides} slides, each with its title and message",
            ),
            Part(
                "Prompt to Paste",
                "a text for Copilot that begins with: Create a presentation about",
            ),
        ),
    )


def write_instructions(settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt.

    Args:
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    opening = "Write the plan of a presentation for the people who decide on the tool."
    closing = "Write one to three short sentences under each heading."
    return section_form(settings).instructions(opening, closing, language=language)
