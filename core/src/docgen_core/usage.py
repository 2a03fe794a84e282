"""What making a section took: token counts and the facts that exporters may show."""

from __future__ import annotations

import attrs

__all__ = ["RunReport", "SectionFacts", "Usage"]


@attrs.frozen(kw_only=True)
class Usage:
    """Token counts of one completion, or the sum over several.

    Attributes:
        prompt_tokens: Tokens of the prompt.
        completion_tokens: Tokens of the answer, reasoning included.
        cached_tokens: Prompt tokens that the server took from its cache; None when not reported.
        reasoning_tokens: Tokens spent on reasoning; None when not reported.
        estimated: True when the server reported nothing and docgen counted by length.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    estimated: bool = False

    @property
    def total_tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=_add_optional(self.cached_tokens, other.cached_tokens),
            reasoning_tokens=_add_optional(self.reasoning_tokens, other.reasoning_tokens),
            estimated=self.estimated or other.estimated,
        )


def _add_optional(left: int | None, right: int | None) -> int | None:
    if left is None or right is None:
        return left if right is None else right
    return left + right


@attrs.frozen(kw_only=True)
class SectionFacts:
    """How one section was made. None of it is in the Markdown document.

    Attributes:
        section: The section's id.
        plugin: The distribution and version that owns it.
        model: The model that wrote it; empty when none did.
        template: The template that laid it out, and where it came from.
        seconds: From its first request to its section, or None when not known.
        usage: Token counts, or None when not known.
        attempts: Requests that were made; 0 when an earlier answer was taken.
    """

    section: str
    plugin: str = ""
    model: str = ""
    template: str = ""
    seconds: float | None = None
    usage: Usage | None = None
    attempts: int = 0


@attrs.frozen(kw_only=True)
class RunReport:
    """The report of a run, for exporters that show it as a part of their page.

    Attributes:
        html: A `section` element: tables and inline drawings, no script, all texts escaped.
        css: The rules for it; all its classes begin with `run`.
    """

    html: str
    css: str
