"""How the model is asked for the deliverables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs
from attrs.validators import and_, ge, instance_of, le

from docgen_core.api import language_name

__all__ = ["Settings", "write_instructions"]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set under `[settings.<id>]` of each deliverable.

    Attributes:
        count: How many entries to ask for and to keep, 1 to 5.
    """

    count: int = attrs.field(
        default=3,
        validator=and_(instance_of(int), ge(1), le(5)),
        metadata={"help": "How many entries to ask for (1 to 5)."},
    )


_TASKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "adr_context": (
            "Describe what drives the software architecture of the tool, with {count} entries "
            "in the list of drivers. Name qualities, constraints and technical risks."
        ),
        "adr_decisions": (
            "Write {count} architecture decisions for the tool, with {count} entries in the list. "
            "Each answers some of the drivers. Compare real options."
        ),
        "adr_consequences": (
            "Write what follows from the architecture decisions, with {count} entries in the "
            "list. Name at least one thing that becomes harder."
        ),
    }
)


def write_instructions(key: str, settings: Settings, language: str) -> str:
    """Write the instructions, which stand last in the prompt, before the wanted fields.

    Args:
        key: The deliverable's id.
        settings: The user's settings.
        language: The output language as a BCP 47 tag.
    """
    task = _TASKS[key].format(count=settings.count)
    language_rule = f"Write all texts in {language_name(language)}."
    return f"{task} One short sentence in each field. {language_rule}"
