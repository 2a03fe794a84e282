"""Stands where the server is asked, in work that takes only what is stored."""

from __future__ import annotations

import attrs

from docgen_core.engine.inquiry import Answer, Limits
from docgen_core.errors import GenerationError
from docgen_core.lmstudio.types import ChatRequest

__all__ = ["Nobody"]


@attrs.frozen(kw_only=True)
class Nobody:
    """Stands where the server is asked.

    Attributes:
        hint: What to do about an answer that is not stored.
    """

    hint: str = ""

    async def ask(
        self,
        key: str,
        request: ChatRequest,
        *,
        tokens: int,
        limits: Limits | None = None,
        before: int = 0,
    ) -> Answer:
        """Refuse."""
        del request, tokens, limits, before
        raise GenerationError(f"the answer for {key} is not stored", hint=self.hint)
