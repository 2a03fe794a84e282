"""Takes briefs in the forms in which callers have them."""

from __future__ import annotations

from docgen_core.errors import UsageError
from docgen_core.model import Brief

__all__ = ["as_brief"]


def as_brief(user_input: str | Brief) -> Brief:
    """The brief as an object.

    Raises:
        UsageError: it is empty.
    """
    brief = user_input if isinstance(user_input, Brief) else Brief.from_text(user_input)
    if not brief.text.strip():
        where = f" ({brief.source})" if brief.source else ""
        raise UsageError(f"the brief is empty{where}", hint="Say in a sentence what you want.")
    return brief
