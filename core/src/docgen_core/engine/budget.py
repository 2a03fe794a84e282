"""Makes prompt and answer fit the model's context, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from docgen_core.errors import ContextLengthError
from docgen_core.model import InputResult

__all__ = ["Fitted", "fit", "shorten"]

#: Tokens for the chat template's own marks and for what the estimate misses.
_MARGIN = 64
#: Answers shorter than this are of no use.
_LEAST_ANSWER = 128
#: Inputs cut to less than this part of themselves say nothing any more.
_LEAST_SHARE = 0.05
#: Before an answer gets shorter than this, the inputs are shortened instead.
_FAIR_ANSWER = 512
_CUT_MARK = "\n\n[shortened]"


@attrs.frozen(kw_only=True)
class Fitted:
    """A prompt that fits.

    Attributes:
        prompt: The user message.
        prompt_tokens: Its estimated tokens, the system message included.
        max_tokens: The room for the answer.
        warnings: What had to be cut.
    """

    prompt: str
    prompt_tokens: int
    max_tokens: int
    warnings: tuple[str, ...] = ()


def fit(
    write: Callable[[Sequence[InputResult]], str],
    inputs: Sequence[InputResult],
    *,
    count: Callable[[str], int],
    max_tokens: int,
    context_length: int | None,
) -> Fitted:
    """Write the prompt so that it and its answer fit.

    First the answer's bound comes down, to a fair length; then the inputs are shortened. The brief
    and the instructions are never cut.

    Args:
        write: Writes the prompt from the inputs.
        inputs: Results of earlier deliverables.
        count: Estimates the tokens of a text.
        max_tokens: The wanted bound on the answer.
        context_length: What the model holds, or None when unknown.

    Raises:
        ContextLengthError: not even the brief and the instructions fit.
    """
    prompt = write(inputs)
    tokens = count(prompt) + _MARGIN
    if context_length is None or tokens + max_tokens <= context_length:
        return Fitted(prompt=prompt, prompt_tokens=tokens, max_tokens=max_tokens)
    room = context_length - tokens
    if room >= min(max_tokens, _FAIR_ANSWER):
        return Fitted(
            prompt=prompt,
            prompt_tokens=tokens,
            max_tokens=room,
            warnings=(_shorter_answer(room, max_tokens),),
        )
    return _with_short_inputs(
        write, inputs, count=count, max_tokens=max_tokens, context_length=context_length
    )


def _with_short_inputs(
    write: Callable[[Sequence[InputResult]], str],
    inputs: Sequence[InputResult],
    *,
    count: Callable[[str], int],
    max_tokens: int,
    context_length: int,
) -> Fitted:
    empty = [attrs.evolve(item, markdown=_CUT_MARK) for item in inputs]
    fixed = count(write(empty)) + _MARGIN
    answer = min(max_tokens, context_length - fixed)
    if answer < min(max_tokens, _LEAST_ANSWER):
        raise _too_long(fixed, context_length)
    if not inputs:
        warning = _shorter_answer(answer, max_tokens)
        return Fitted(prompt=write(()), prompt_tokens=fixed, max_tokens=answer, warnings=(warning,))
    # Where room is scarce, half of it goes to the inputs.
    answer = min(answer, _FAIR_ANSWER, max(_LEAST_ANSWER, (context_length - fixed) // 2))
    whole = sum(count(item.markdown) for item in inputs)
    share = min(1.0, (context_length - fixed - answer) / max(whole, 1))
    if share < _LEAST_SHARE:
        raise _too_long(fixed, context_length)
    prompt = write([_cut(item, int(count(item.markdown) * share), count) for item in inputs])
    tokens = count(prompt) + _MARGIN
    warnings = [_shorter_inputs(share, context_length)]
    if answer < max_tokens:
        warnings.append(_shorter_answer(answer, max_tokens))
    return Fitted(
        prompt=prompt,
        prompt_tokens=tokens,
        max_tokens=min(answer, context_length - tokens),
        warnings=tuple(warnings),
    )


def _too_long(fixed: int, context_length: int) -> ContextLengthError:
    return ContextLengthError(
        f"the brief and the instructions need about {fixed:,} tokens, and the model holds "
        f"{context_length:,} with its answer",
        hint="Shorten the brief, or load the model with a larger context length.",
    )


def _cut(item: InputResult, tokens: int, count: Callable[[str], int]) -> InputResult:
    return attrs.evolve(item, markdown=shorten(item.markdown, tokens, count))


def shorten(text: str, tokens: int, count: Callable[[str], int]) -> str:
    """The first lines of `text` that together stay within `tokens`, and a mark if any are missing.

    Args:
        text: Markdown.
        tokens: The bound, the mark included.
        count: Estimates the tokens of a text.
    """
    if count(text) <= tokens:
        return text
    left = tokens - count(_CUT_MARK)
    kept: list[str] = []
    for line in text.splitlines():
        left -= count(line) + 1
        if left < 0:
            break
        kept.append(line)
    return "\n".join(kept).rstrip() + _CUT_MARK if kept else ""


def _shorter_inputs(share: float, context_length: int) -> str:
    return (
        f"the sections before it were shortened to {share:.0%} to fit the model's context of "
        f"{context_length:,} tokens"
    )


def _shorter_answer(room: int, wanted: int) -> str:
    return f"the answer's bound came down from {wanted:,} to {room:,} tokens to fit the context"
