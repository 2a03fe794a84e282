"""The part of a deliverable's way that only structured ones take: asking, numbering, reading."""

from __future__ import annotations

from typing import Any

import attrs

from docgen_core.engine.inquiry import Answer
from docgen_core.engine.ladder import Ladder
from docgen_core.engine.purse import Asks, Purse
from docgen_core.engine.rungs import RungMemory
from docgen_core.engine.stored import data_in
from docgen_core.engine.wanted import Wanted, want
from docgen_core.errors import HookError
from docgen_core.lmstudio.types import ChatRequest, ModelInfo
from docgen_core.model import Deliverable, Draft, HookContext
from docgen_core.store import RunFolder, StoredAnswer
from docgen_core.structure import assign_ids, ids_in, shape_of, shortfalls, to_text, with_counts

__all__ = ["Desk", "completed", "misfits", "wanted_of"]


@attrs.frozen(kw_only=True)
class Desk:
    """What asking for a structured answer needs of a run.

    Attributes:
        asks: Sends the requests.
        server: Names the server for what is remembered about its models.
        model: The model that is asked first.
        max_retries: Further attempts for one deliverable.
        folder: Where earlier answers are, or None.
    """

    asks: Asks
    server: str
    model: ModelInfo
    max_retries: int
    folder: RunFolder | None = None

    async def ask(
        self, wanted: Wanted, request: ChatRequest, context: HookContext, *, prompt_tokens: int
    ) -> Answer:
        """Get a structured answer; its text is JSON, with ids.

        Raises:
            ServerError: there is none; `StructureError` when it is the answers that are no good.
        """
        ladder = Ladder(
            self.asks,
            wanted,
            request,
            prompt_tokens=prompt_tokens,
            memory=RungMemory(self.server, self.model.id),
            purse=Purse.of(request.max_tokens, self.max_retries),
            context_length=self.model.context_length,
        )
        climbed = await ladder.climb()
        data = self._numbered(wanted, climbed.built.data, context)
        answer = climbed.answer
        return attrs.evolve(
            answer,
            completion=attrs.evolve(answer.completion, text=to_text(data)),
            rung=climbed.rung,
            rung_reason=climbed.reason,
        )

    def _numbered(self, wanted: Wanted, data: Any, context: HookContext) -> Any:  # noqa: ANN401
        """The data with ids: those of the last answer where items are the same."""
        earlier = [] if self.folder is None else self.folder.earlier_answers(wanted.name)
        objects = [data_in(answer.text, wanted.shape.cls) for answer in earlier]
        known = [each for each in objects if each is not None]
        used: dict[str, tuple[str, ...]] = {}
        for each in known:
            for prefix, ids in ids_in(each).items():
                used[prefix] = (*used.get(prefix, ()), *ids)
        inputs: dict[str, tuple[str, ...]] = {}
        for item in context.inputs.values():
            for prefix, ids in ids_in(item.data).items():
                inputs[prefix] = (*inputs.get(prefix, ()), *ids)
        return assign_ids(data, known[-1] if known else None, used=used, inputs=inputs)


def wanted_of(deliverable: Deliverable, context: HookContext) -> Wanted | None:
    """What a deliverable asks for; None for free Markdown."""
    if deliverable.schema is None:
        return None
    inputs = [item.data for item in context.inputs.values()]
    shape = with_counts(shape_of(deliverable.schema), context.settings)
    return want(deliverable.id, shape, inputs, language=context.language)


def misfits(answer: StoredAnswer, wanted: Wanted | None) -> bool:
    """Whether a stored answer is of another version of the class, or of none."""
    return wanted is not None and data_in(answer.text, wanted.shape.cls) is None


def completed(
    deliverable: Deliverable, draft: Draft, context: HookContext
) -> tuple[Draft, tuple[str, ...]]:
    """The draft after postprocess, with an id for each item that a hook added.

    Returns:
        The draft, and which lists have fewer items than the user's settings want.

    Raises:
        HookError: a hook put something else in the place of the data.
    """
    if deliverable.schema is None:
        return draft, ()
    if not isinstance(draft.data, deliverable.schema):
        raise HookError(
            f"postprocess left {type(draft.data).__name__} as the data of {deliverable.id}, "
            f"expected {deliverable.schema.__name__}",
            hint="Change the data with attrs.evolve.",
        )
    data = assign_ids(draft.data)
    short = shortfalls(with_counts(shape_of(deliverable.schema), context.settings), data)
    told = tuple(dict.fromkeys(short))
    return (draft if data == draft.data else attrs.evolve(draft, data=data)), told
