"""Between an answer and its stored form, and from the stored form to a draft."""

from __future__ import annotations

import json
from typing import Any, Final

from docgen_core.engine.inquiry import Answer
from docgen_core.errors import GenerationError
from docgen_core.model import Deliverable, Draft
from docgen_core.store import StoredAnswer
from docgen_core.store.requests import RequestRecord
from docgen_core.structure import load

__all__ = ["data_in", "draft_of", "predates_schema", "to_store"]

_AGAIN: Final = "Run the same `docgen generate` command again, so that it is asked for anew."
_BEFORE: Final = (
    "it was written before its plugin asked for data, so it is shown as it was written;"
    " `docgen generate` asks for it anew"
)


def to_store(
    answer: Answer, fingerprint: str, requests: tuple[RequestRecord, ...] = ()
) -> StoredAnswer:
    """The form in which an answer is kept, with the requests that it took."""
    completion = answer.completion
    return StoredAnswer(
        fingerprint=fingerprint,
        text=completion.text,
        model=completion.model,
        finish_reason=completion.finish_reason,
        usage=completion.usage,
        attempts=answer.attempts,
        seconds=completion.duration,
        time_to_first_token=completion.time_to_first_token,
        warnings=answer.warnings,
        rung=answer.rung,
        rung_reason=answer.rung_reason,
        requests=requests,
    )


def draft_of(deliverable: Deliverable, stored: StoredAnswer) -> tuple[Draft, tuple[str, ...]]:
    """The answer on its way to a section, and what was put right in its Markdown.

    Raises:
        GenerationError: a structured answer is of another version of the schema class.
    """
    if deliverable.schema is not None and not predates_schema(deliverable, stored):
        return _structured(deliverable, stored, deliverable.schema), ()
    if deliverable.schema is None and stored.rung:
        raise GenerationError(
            f"the stored answer for {deliverable.id} is data of a schema that it has no more",
            hint=_AGAIN,
        )
    # The Markdown parser loads here: previewing prompts does without.
    from docgen_core.document import repair
    from docgen_core.document.unfinished import drop_unfinished

    cut = stored.finish_reason == "length"
    repaired = repair(drop_unfinished(stored.text) if cut else stored.text)
    draft = Draft(deliverable=deliverable.id, markdown=repaired.text, model=stored.model)
    notes = (_BEFORE,) if predates_schema(deliverable, stored) else ()
    return draft, (*repaired.notes, *notes)


def predates_schema(deliverable: Deliverable, stored: StoredAnswer) -> bool:
    """Whether an answer is free Markdown of a time when the deliverable had no schema."""
    if deliverable.schema is None or stored.rung:
        return False
    return data_in(stored.text, deliverable.schema) is None


def data_in(text: str, cls: type[Any]) -> Any:  # noqa: ANN401 - an object of the class, or None
    """The data of a stored structured answer; None when it does not fit the class."""
    try:
        return load(json.loads(text), cls)
    except (ValueError, RecursionError):
        return None


def _structured(deliverable: Deliverable, stored: StoredAnswer, cls: type[Any]) -> Draft:
    data = data_in(stored.text, cls)
    if data is None:
        raise GenerationError(
            f"the stored answer for {deliverable.id} does not fit its schema any more",
            hint=_AGAIN,
        )
    return Draft(deliverable=deliverable.id, markdown=stored.text, data=data, model=stored.model)
