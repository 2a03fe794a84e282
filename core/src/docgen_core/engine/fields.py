"""Asks for single fields of a structured answer: the last rung, where only little is needed."""

from __future__ import annotations

import re
from typing import Any, Final

import attrs

from docgen_core.engine.inquiry import Answer, Limits
from docgen_core.engine.purse import Asks, Purse
from docgen_core.engine.wanted import Wanted, response_format
from docgen_core.errors import ContextLengthError, GenerationError, Retry
from docgen_core.lmstudio.types import ChatRequest
from docgen_core.structure import Shape, describe_shape, read_json
from docgen_core.structure.derive import asked_slots
from docgen_core.structure.mend import mend
from docgen_core.structure.slots import Slot

__all__ = ["FieldAsker"]

_LEAST_TOKENS: Final = 64
_ROOM: Final = 1.5
_FENCE: Final = re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE)
_LABEL: Final = re.compile(r"\A\s*(?:#{1,6}\s+.*\n+|\*{0,2}[\w ]{1,40}:\*{0,2}\s+)")


class FieldAsker:
    """Completes an answer field by field.

    Args:
        asks: Sends the requests.
        wanted: What is asked for.
        request: The request with the whole prompt.
        purse: What may be spent.

    Attributes:
        prompt_tokens: Tokens of the prompt, about.
        held: Whether the server holds answers to a schema.
        spare: Requests that may be made again, over all fields.
        last: The last answer, or None.
    """

    def __init__(self, asks: Asks, wanted: Wanted, request: ChatRequest, purse: Purse) -> None:
        self._asks = asks
        self._wanted = wanted
        self._request = request
        self._purse = purse
        self.prompt_tokens = 0
        self.held = False
        self.spare = 1
        self.last: Answer | None = None

    async def complete(
        self, value: dict[str, Any], *, everything: bool
    ) -> tuple[dict[str, Any], list[str]]:
        """Ask for the fields that are missing.

        Args:
            value: The fields that are in order, by name.
            everything: Whether fields with a default are asked for as well.

        Returns:
            All fields that could be had, and what was put right in them.
        """
        shape = self._wanted.shape
        notes: list[str] = []
        found = dict(value)
        for slot in asked_slots(shape, self._wanted.ids):
            if slot.name in found or (slot.optional and not everything):
                continue
            got = await self._field(slot, notes)
            if got is not None:
                found[slot.name] = got
            elif not slot.optional:
                break
        return found, notes

    async def _field(self, slot: Slot, notes: list[str]) -> Any:  # noqa: ANN401 - JSON
        while True:
            answer = await self._ask(slot)
            if answer is not None:
                self.last = answer
                value, said = self._read(slot, answer)
                if value is not None:
                    notes += said
                    return value
            if slot.optional or self.spare < 1 or self._purse.tokens < _LEAST_TOKENS:
                return None
            self.spare -= 1

    async def _ask(self, slot: Slot) -> Answer | None:
        needed = int(self._wanted.tokens({slot.name}) * _ROOM)
        limit = min(max(needed, _LEAST_TOKENS), self._request.max_tokens, self._purse.tokens)
        if limit < _LEAST_TOKENS:
            return None
        request = attrs.evolve(self._asking(slot), max_tokens=limit)
        tokens = self.prompt_tokens + len(request.messages[-1].content) // 3 + limit
        try:
            answer = await self._asks.ask(
                self._wanted.name,
                request,
                tokens=tokens,
                limits=Limits(retries=self.spare, resamples=0),
                before=self._purse.spent,
            )
        except GenerationError as error:
            self._purse.lose(error, limit)
            if self.held and error.retry is Retry.NEVER:
                self.held = False
            elif isinstance(error, ContextLengthError) or error.retry is not Retry.RESAMPLE:
                raise
            return None
        self._purse.pay(answer, limit)
        return answer

    def _asking(self, slot: Slot) -> ChatRequest:
        """The whole prompt as it was, for the server's cache, and then what is wanted of it now."""
        wanted = self._wanted
        described = describe_shape(wanted.shape, wanted.ids, only={slot.name}, scale=wanted.scale)
        *first, last = self._request.messages
        content = f"{last.content}\n\nNow write one part of it only. {described}"
        again = self._again()
        request = attrs.evolve(again, messages=(*first, attrs.evolve(last, content=content)))
        if not self.held:
            return request
        return response_format(request, wanted, wanted.schema({slot.name}))

    def _again(self) -> ChatRequest:
        """Another draw for each request, also with a seed: the same one would say the same."""
        seed = self._request.seed
        return attrs.evolve(self._request, seed=None if seed is None else seed + self._purse.spent)

    def _read(self, slot: Slot, answer: Answer) -> tuple[Any, tuple[str, ...]]:
        text = answer.completion.text
        cut = answer.completion.finish_reason == "length"
        reading = read_json(text, cut=cut)
        shape = Shape(cls=self._wanted.shape.cls, slots=(slot,))
        value = reading.value
        if value is None:
            if slot.shape is not None:
                return None, ()
            value = {slot.name: _prose(text)}
        elif isinstance(value, list) or (slot.shape is not None and not _wraps(value, slot)):
            value = {slot.name: value}
        mended = mend(value, shape, self._wanted.ids, scale=self._wanted.scale)
        return mended.value.get(slot.name), mended.notes


def _wraps(value: dict[str, Any], slot: Slot) -> bool:
    """Whether the field stands in it under a name written in another way."""
    bare = re.sub(r"[\W_]+", "", slot.name).casefold()
    return any(re.sub(r"[\W_]+", "", str(key)).casefold() == bare for key in value)


def _prose(text: str) -> str:
    """What a model says that writes no JSON: the words without a heading, label or fence."""
    return _LABEL.sub("", _FENCE.sub("", text).strip(), count=1).strip()
