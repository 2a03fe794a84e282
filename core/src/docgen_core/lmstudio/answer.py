"""Puts one answer together from the events of its stream, or from one whole JSON object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from docgen_core.errors import GenerationError, Retry
from docgen_core.lmstudio.faults import Report, broken_stream, classify, reported_error
from docgen_core.lmstudio.reasoning import ThinkFilter, json_seat, split_reasoning
from docgen_core.lmstudio.repetition import RepetitionGuard
from docgen_core.lmstudio.tokens import TokenEstimator
from docgen_core.lmstudio.types import ChatRequest, Completion
from docgen_core.model import Usage

__all__ = ["Answer"]

_TOO_LONG = frozenset({"length", "max_tokens", "max_output_tokens"})
_FAILED = frozenset({"error", "abort", "aborted", "cancelled", "failed"})
# Pieces of the answer that the guards take at once: a call for each would be felt.
_GUARD_EVERY = 16
# Longer than any tokenizer's average, so that only a server that ignores max_tokens gets there.
_CHARS_PER_TOKEN, _CHARS_AT_LEAST = 16, 20_000
_REASONING_HINT = (
    "Raise max_tokens, or switch the model's reasoning off (reasoning_effort 'none', or in "
    "LM Studio's model settings)."
)


class Answer:
    """Collects what one request brings.

    Args:
        request: What was asked.
        where: The address, for messages.
        on_text: Called with each piece of the answer's text; with "" for a piece of reasoning.
    """

    def __init__(
        self, request: ChatRequest, *, where: str, on_text: Callable[[str], None] | None = None
    ) -> None:
        self._request = request
        self._where = where
        self._on_text = on_text
        self._filter = ThinkFilter()
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._model = ""
        self._usage: Mapping[str, Any] = {}
        self._timings: Mapping[str, Any] = {}
        limit = max(_CHARS_AT_LEAST, request.max_tokens * _CHARS_PER_TOKEN)
        self._text_guard = RepetitionGuard(max_chars=limit)
        self._reasoning_guard = RepetitionGuard(max_chars=limit)
        #: The server's word for why it stopped; "" until it said so.
        self.finish_reason = ""

    def add(self, name: str, event: Mapping[str, Any]) -> bool:
        """Take one event and say whether it brought a piece of the answer.

        Raises:
            GenerationError: It reports an error, has no sense, or the text repeats itself.
        """
        if name == "error" or "error" in event:
            self._refuse(event, named_error=name == "error")
        choices = event.get("choices")
        if choices is None:
            self._refuse(event, named_error=False)
        brought = False
        try:
            for choice in choices or ():
                if not choice.get("index"):
                    part = choice.get("delta") or choice.get("message")
                    if part:
                        brought = self._take(part)
                    if choice.get("finish_reason"):
                        self.finish_reason = str(choice["finish_reason"])
            if event.get("usage"):
                self._usage = dict(event["usage"])
                self._timings = event.get("timings") or {}
        except (AttributeError, TypeError, ValueError) as error:
            raise broken_stream("an event does not have the form of a chat completion") from error
        if not self._model:
            self._model = str(event.get("model") or "")
        return brought

    def complete(
        self, estimator: TokenEstimator, *, time_to_first_token: float, duration: float
    ) -> Completion:
        """Close the answer.

        Args:
            estimator: Counts the tokens when the server did not.
            time_to_first_token: Seconds, for the record.
            duration: Seconds, for the record.

        Raises:
            GenerationError: There is no finish reason, no text, or nothing but reasoning.
        """
        self._show(self._filter.close())
        self._check_finish()
        content = "".join(self._text)
        text, thought = split_reasoning(content)
        reasoning = "\n".join(filter(None, ("".join(self._reasoning).strip(), thought)))
        if not text.strip() and reasoning and self._request.response_format:
            text = json_seat("".join(self._reasoning)) or text
        if not text.strip():
            raise self._without_text(reasoning)
        return Completion(
            text=text,
            reasoning=reasoning,
            finish_reason="length" if self.finish_reason in _TOO_LONG else "stop",
            usage=self._counted(estimator, content + reasoning),
            model=self._model or self._request.model,
            time_to_first_token=time_to_first_token,
            duration=duration,
        )

    def _take(self, part: Mapping[str, Any]) -> bool:
        text = part.get("content")
        reasoning = part.get("reasoning_content") or part.get("reasoning")
        if reasoning:
            self._reasoning.append(_plain(reasoning))
            if len(self._reasoning) % _GUARD_EVERY == 0:
                self._reasoning_guard.feed("".join(self._reasoning[-_GUARD_EVERY:]))
            if self._on_text is not None and not text:
                self._on_text("")
        if text:
            piece = text if isinstance(text, str) else _plain(text)
            self._text.append(piece)
            if len(self._text) % _GUARD_EVERY == 0:
                self._text_guard.feed("".join(self._text[-_GUARD_EVERY:]))
            if self._on_text is not None:
                shown = self._filter.feed(piece)
                if shown or self._filter.thinking:
                    self._on_text(shown)
        return bool(text or reasoning)

    def _show(self, text: str) -> None:
        if text and self._on_text is not None:
            self._on_text(text)

    def _refuse(self, event: Mapping[str, Any], *, named_error: bool) -> None:
        """Raise the error that an event reports; `error: null` is none."""
        report = reported_error(event)
        if report is None and named_error:
            report = Report(text=str(event.get("message") or ""))
        if report is not None:
            raise classify(report, where=self._where)

    def _check_finish(self) -> None:
        seen = f"after {len(''.join(self._text)):,} characters"
        if not self.finish_reason:
            raise broken_stream(f"the stream from {self._where} ended {seen}, before it was whole")
        if self.finish_reason in _FAILED:
            raise broken_stream(f"the server at {self._where} gave up {seen}")
        if self.finish_reason == "content_filter":
            message = f"The server at {self._where} withheld the answer (content filter)"
            raise GenerationError(message, hint="Word the brief differently or change the model.")

    def _without_text(self, reasoning: str) -> GenerationError:
        if reasoning:
            short = " before max_tokens ran out" if self.finish_reason in _TOO_LONG else ""
            message = f"The model wrote only reasoning and no answer{short}"
            return GenerationError(message, hint=_REASONING_HINT, retry=Retry.RESAMPLE)
        message = f"The model's answer is empty (finish reason {self.finish_reason!r})"
        hint = "If it happens again, the prompt may not fit the context, or the model is unfit."
        return GenerationError(message, hint=hint, retry=Retry.RESAMPLE)

    def _counted(self, estimator: TokenEstimator, answer: str) -> Usage:
        prompt = _count(self._usage, "prompt_tokens")
        completion = _count(self._usage, "completion_tokens")
        # The template's own tokens: a few for each message.
        expected = sum(estimator.count(each.content) + 4 for each in self._request.messages)
        if prompt:
            estimator.learn(expected, prompt)
        return Usage(
            prompt_tokens=prompt or expected,
            completion_tokens=completion or estimator.count(answer),
            cached_tokens=self._cached(),
            reasoning_tokens=_count(self._usage, "completion_tokens_details", "reasoning_tokens"),
            estimated=not (prompt and completion),
        )

    def _cached(self) -> int | None:
        cached = _count(self._usage, "prompt_tokens_details", "cached_tokens")
        return _count(self._timings, "cache_n") if cached is None else cached


def _plain(content: object) -> str:
    """Return a content field as text; some servers send a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content)
    raise TypeError


def _count(holder: object, *path: str) -> int | None:
    """Return a whole number of at least 0 at a path of keys, or None."""
    for key in path:
        holder = holder.get(key) if isinstance(holder, Mapping) else None
    return holder if type(holder) is int and holder >= 0 else None
