"""Gets a structured answer out of any model: from a grammar down to one field at a time.

The rungs: `schema` (the server holds the answer to the schema), `prompt` (the prompt describes
the JSON, the answer is read tolerantly), `repair` (the model is shown its answer and what is
wrong with it), `fields` (one small request for each field that is still missing), and then a
named error. All rungs together are bounded in requests and in tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from docgen_core.engine.fields import FieldAsker
from docgen_core.engine.inquiry import Answer, Limits
from docgen_core.engine.purse import Asks, Purse
from docgen_core.engine.rungs import Rung, RungMemory
from docgen_core.engine.wanted import Wanted, response_format
from docgen_core.errors import ContextLengthError, GenerationError, Retry, StructureError
from docgen_core.lmstudio.types import ChatRequest, Message
from docgen_core.structure import Built, Problem, build, read_answer

__all__ = ["Climbed", "Ladder"]

_LONGEST_QUOTE: Final = 6000
_MOST_MISTAKES: Final = 12
_MOST_NOTES: Final = 8
_LEAST_TOKENS: Final = 64
_HINT: Final = (
    "Use a larger model, raise max_tokens or max_retries, or see docs/structured.md for what was"
    " tried."
)
_REFUSED: Final = "the server refused the schema"
_IGNORED: Final = "the answer to the schema was no JSON"
_SHORTER: Final = "Keep it short: at most one short sentence in each text, and few items in lists."


@attrs.frozen(kw_only=True)
class Climbed:
    """A structured answer and how it came about.

    Attributes:
        built: The object and what was put right in it.
        answer: The last answer; its usage is the sum over all requests.
        rung: The rung that gave it.
        reason: Why it was not an earlier one; empty for the first.
    """

    built: Built
    answer: Answer
    rung: Rung
    reason: str = ""


class Ladder:
    """One deliverable's way to a structured answer.

    Args:
        asks: Sends the requests.
        wanted: What is asked for.
        request: The request with the whole prompt, without a schema.
        prompt_tokens: Tokens of the prompt, about.
        memory: What is known about the model.
        purse: What may be spent.
        context_length: What the model holds, or None when unknown.
    """

    def __init__(
        self,
        asks: Asks,
        wanted: Wanted,
        request: ChatRequest,
        *,
        prompt_tokens: int,
        memory: RungMemory,
        purse: Purse,
        context_length: int | None = None,
    ) -> None:
        self._asks = asks
        self._wanted = wanted
        self._request = request
        self._prompt_tokens = prompt_tokens
        self._memory = memory
        self._purse = purse
        self._context = context_length
        self._retries = purse.requests - 1
        self._seen: list[str] = []
        self._best = Built(found=False)
        self._last: Answer | None = None
        self._error: GenerationError | None = None
        #: Why the schema does not work with this model, as far as that is known.
        self._without = ""

    async def climb(self) -> Climbed:
        """Try the rungs in turn.

        Raises:
            StructureError: none of them gave a usable answer.
            ServerError: the server failed.
        """
        if self._request.max_tokens < _LEAST_TOKENS:
            raise self._no_room()
        learned = self._memory.recall()
        self._without = learned.why
        if learned.why:
            self._seen.append(f"learned before: {learned.why}")
        done = await self._with_schema() if learned.rung == "schema" else None
        if done is None and learned.rung != "fields" and not self._best.found:
            done = await self._with_prompt()
        if done is None and self._best.found:
            done = await self._with_repair()
        return done or await self._with_fields()

    async def _with_schema(self) -> Climbed | None:
        wanted = self._wanted
        done = await self._try("schema", self._formed(wanted))
        if done is not None:
            self._memory.forget()
            return done
        if self._last is not None and self._best.found and _cut(self._last):
            # Too long for its limit: the same with half the bounds.
            request = self._formed(wanted.shorter(), _SHORTER)
            done = await self._try("schema", request)
        if done is None and self._last is not None and not self._best.found:
            self._without = _IGNORED
        return done

    async def _with_prompt(self) -> Climbed | None:
        done = await self._try("prompt", self._request)
        if done is not None or self._best.found:
            self._learn("prompt")
        return done

    async def _with_repair(self) -> Climbed | None:
        last = self._last
        if last is None or _cut(last) or not self._best.problems:
            return None
        request = self._conversation(last.completion.text, _mistakes(self._best))
        if self._takes_schema:
            request = response_format(request, self._wanted, self._wanted.schema())
        return await self._try("repair", request)

    async def _with_fields(self) -> Climbed:
        """Ask for what is missing, field by field; the rest is kept."""
        if self._retries < 1 and self._purse.spent:
            raise self._failed()
        asker = FieldAsker(self._asks, self._wanted, self._request, self._purse)
        asker.prompt_tokens, asker.held = self._prompt_tokens, self._takes_schema
        asker.spare = max(self._retries, 0)
        value, notes = await asker.complete(self._best.value, everything=not self._best.found)
        built = build(value, self._wanted.shape, self._wanted.ids)
        last = asker.last or self._last
        if built.data is None or last is None:
            self._best = attrs.evolve(built, problems=_first_told(self._best, built))
            raise self._failed()
        if not self._best.found:
            self._learn("fields")
        return self._climbed("fields", attrs.evolve(built, notes=(*built.notes, *notes)), last)

    async def _try(self, rung: Rung, request: ChatRequest) -> Climbed | None:
        """Send one request for a whole answer; what became of it is remembered."""
        purse = self._purse
        limit = min(request.max_tokens, purse.tokens)
        if purse.requests < 1 or limit < _LEAST_TOKENS:
            self._seen.append(f"{rung}: no request or token left")
            return None
        request = attrs.evolve(request, max_tokens=limit)
        try:
            answer = await self._send(rung, request)
        except GenerationError as error:
            purse.lose(error, limit)
            self._error = error
            self._seen.append(f"{rung}: {error}")
            if not self._passes(rung, error):
                raise
            return None
        purse.pay(answer, limit)
        self._last = answer
        return self._take(rung, answer)

    async def _send(self, rung: Rung, request: ChatRequest) -> Answer:
        extra = sum(len(message.content) for message in request.messages[2:]) // 3
        tokens = self._prompt_tokens + extra + request.max_tokens
        if rung == "repair" and self._context is not None and tokens > self._context:
            raise ContextLengthError("the answer and its mistakes do not fit the context")
        # An answer that cannot be used is asked for once more as it was; then another way is tried.
        limits = Limits(retries=self._purse.requests - 1, resamples=int(rung == "schema"))
        return await self._asks.ask(
            self._wanted.name, request, tokens=tokens, limits=limits, before=self._purse.spent
        )

    def _passes(self, rung: Rung, error: GenerationError) -> bool:
        """Whether the next rung may help: it is the answer or the schema, not the server."""
        if isinstance(error, ContextLengthError):
            return rung == "repair"
        if error.retry is Retry.NEVER and rung == "schema":
            self._without = _REFUSED
            return True
        return error.retry is Retry.RESAMPLE or rung == "repair"

    def _take(self, rung: Rung, answer: Answer) -> Climbed | None:
        wanted = self._wanted
        built = read_answer(
            answer.completion.text, wanted.shape, wanted.ids, cut=_cut(answer), scale=wanted.scale
        )
        if built.data is not None:
            return self._climbed(rung, built, answer)
        more = len(built.value) >= len(self._best.value)
        if built.found and (more or not self._best.found):
            self._best = built
        wrong = "; ".join(map(str, built.problems[:3]))
        self._seen.append(f"{rung}: {'cut off, ' if _cut(answer) else ''}{wrong}")
        return None

    def _climbed(self, rung: Rung, built: Built, answer: Answer) -> Climbed:
        completion = attrs.evolve(answer.completion, usage=self._purse.usage)
        notes = built.notes[:_MOST_NOTES]
        answer = attrs.evolve(
            answer,
            completion=completion,
            attempts=self._purse.spent,
            warnings=tuple(dict.fromkeys((*answer.warnings, *notes))),
        )
        return Climbed(built=built, answer=answer, rung=rung, reason=" | ".join(self._seen)[:500])

    def _formed(self, wanted: Wanted, more: str = "") -> ChatRequest:
        request = self._request if not more else self._continued(more)
        return response_format(request, wanted, wanted.schema())

    def _continued(self, more: str) -> ChatRequest:
        """The request with a last paragraph; all before it stays as it is in the server's cache."""
        *first, last = self._request.messages
        message = attrs.evolve(last, content=f"{last.content}\n\n{more}")
        return attrs.evolve(self._request, messages=(*first, message))

    def _conversation(self, said: str, reply: str) -> ChatRequest:
        turns = (
            Message(role="assistant", content=said[:_LONGEST_QUOTE]),
            Message(role="user", content=reply),
        )
        return attrs.evolve(self._request, messages=(*self._request.messages, *turns))

    @property
    def _takes_schema(self) -> bool:
        """Whether a schema may be sent; one that is ignored does no harm."""
        return not self._without.startswith(_REFUSED)

    def _learn(self, rung: Rung) -> None:
        if self._without:
            self._memory.learn(rung, self._without)

    def _no_room(self) -> StructureError:
        return StructureError(
            f"an answer of at most {self._request.max_tokens} tokens has no room for its structure",
            hint=f"Raise max_tokens; {_LEAST_TOKENS} is the least, and a model says little in it.",
        )

    def _failed(self) -> StructureError:
        told, hint = "; ".join(map(str, self._best.problems[:4])), _HINT
        if not told and self._last is None and self._error is not None:
            # No answer came at all: what the server said tells more.
            told, hint = str(self._error), self._error.hint or _HINT
        error = StructureError(
            f"no usable structured answer after {self._purse.spent} requests: "
            f"{told or 'there was no JSON in any answer'}",
            hint=hint,
        )
        error.attempts = self._purse.spent
        return error


def _first_told(before: Built, after: Built) -> tuple[Problem, ...]:
    """What is wrong still, as it was told of the whole answer, where that says more."""
    told = {problem.path: problem for problem in before.problems} if before.found else {}
    return tuple(told.get(problem.path, problem) for problem in after.problems)


def _cut(answer: Answer) -> bool:
    return answer.completion.finish_reason == "length"


def _mistakes(built: Built) -> str:
    told = _listed([str(problem) for problem in built.problems])
    return (
        f"This JSON has mistakes:\n\n{told}\n\n"
        "Write the whole JSON object again, with the mistakes corrected and the rest as it was. "
        "Write the JSON object alone."
    )


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines[:_MOST_MISTAKES])
