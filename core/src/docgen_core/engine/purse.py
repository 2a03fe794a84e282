"""What a structured deliverable may spend on its answers, and who answers."""

from __future__ import annotations

from typing import Protocol

import attrs

from docgen_core.engine.inquiry import Answer, Limits
from docgen_core.errors import GenerationError, Retry
from docgen_core.lmstudio.types import ChatRequest
from docgen_core.model import Usage

__all__ = ["Asks", "Purse"]


class Asks(Protocol):
    """Sends a request until there is a usable answer."""

    async def ask(
        self,
        key: str,
        request: ChatRequest,
        *,
        tokens: int,
        limits: Limits | None = None,
        before: int = 0,
    ) -> Answer:
        """Give the answer, or raise a ServerError."""


@attrs.define(kw_only=True)
class Purse:
    """What a deliverable may still spend.

    Attributes:
        requests: Requests for whole answers.
        tokens: Tokens that the model may still write.
        spent: Requests made.
        usage: Tokens of all answers.
    """

    requests: int
    tokens: int
    spent: int = 0
    usage: Usage = attrs.field(factory=Usage)

    @classmethod
    def of(cls, max_tokens: int, max_retries: int) -> Purse:
        """What the settings allow for one deliverable."""
        return cls(requests=1 + max_retries, tokens=(2 + max_retries) * max_tokens)

    def pay(self, answer: Answer, max_tokens: int) -> None:
        """Note an answer; attempts that failed before it may have been as long as they could."""
        made = max(1, answer.attempts - self.spent)
        self.requests -= made
        self.tokens -= (made - 1) * max_tokens
        self.spent = max(self.spent, answer.attempts)
        self.usage += answer.completion.usage
        self.tokens -= answer.completion.usage.completion_tokens

    def lose(self, error: GenerationError, max_tokens: int) -> None:
        """Note answers that could not be used: each may have been as long as it could be."""
        made = max(1, error.attempts - self.spent)
        self.requests -= made
        self.spent = max(self.spent, error.attempts)
        self.tokens -= made * max_tokens if error.retry is Retry.RESAMPLE else 0
