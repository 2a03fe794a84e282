"""Takes briefs in the forms in which callers have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docgen_core.errors import UsageError
from docgen_core.model import Brief

if TYPE_CHECKING:
    from docgen_core.engine.job import Tools

__all__ = ["as_brief", "check_fits"]

#: Tokens that a brief must leave for any instructions and any answer at all.
_LEAST_ROOM: Final = 400


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


def check_fits(brief: Brief, tools: Tools) -> None:
    """Refuse a brief that the model can never hold, before anything is sent.

    Raises:
        UsageError: there is no room for instructions and an answer beside it.
    """
    held = tools.model.context_length
    needed = tools.estimator.count(brief.text)
    if held is not None and needed + _LEAST_ROOM > held:
        raise UsageError(
            f"the brief needs about {needed:,} tokens, instructions and answer {_LEAST_ROOM} or "
            f"more, and {tools.model.id} holds {held:,}",
            hint=_shorten(needed),
        )


def _shorten(needed: int) -> str:
    larger = "load the model with a larger context length."
    return f"Shorten the brief, or {larger}" if needed > _LEAST_ROOM else larger.capitalize()
