"""Asks until there is a usable answer: retries by error class, then the fallback models."""

from __future__ import annotations

import asyncio
import copy
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence

import attrs

from docgen_core.engine.admission import Admission
from docgen_core.engine.health import Health
from docgen_core.errors import AuthError, ConnectError, GenerationError, Retry, ServerError
from docgen_core.events import (
    AttemptFailed,
    AttemptFinished,
    AttemptStarted,
    Event,
    Listener,
    TextArrived,
)
from docgen_core.lmstudio.retry import RetryPolicy
from docgen_core.lmstudio.types import ChatRequest, Completion, ModelInfo

__all__ = ["Answer", "Inquiry", "Limits"]

Complete = Callable[[ChatRequest, Callable[[str], None] | None], Awaitable[Completion]]

#: How much warmer each new try samples after an unusable answer (empty, repeating).
_WARMER = 0.2
_WARMEST = 1.2


@attrs.frozen(kw_only=True)
class Answer:
    """A usable completion and what it took.

    Attributes:
        completion: The answer.
        attempts: Requests made.
        warnings: What a reader should know.
        rung: How a structured answer was got; empty for free Markdown.
        rung_reason: Why not in an earlier way.
    """

    completion: Completion
    attempts: int
    warnings: tuple[str, ...] = ()
    rung: str = ""
    rung_reason: str = ""


@attrs.frozen(kw_only=True)
class Limits:
    """Bounds on one request, below those of the settings.

    Attributes:
        retries: Attempts after the first, whatever failed.
        resamples: Attempts after an answer that could not be used.
    """

    retries: int
    resamples: int


class Inquiry:
    """Sends the requests of a run.

    Args:
        complete: The client's call.
        models: The chosen model, then the fallbacks.
        policy: When to try again.
        emit: Receives the events.
        sleep: Waits for seconds; replaceable so that tests need not wait.
        rng: Source of the jitter.
    """

    def __init__(
        self,
        complete: Complete,
        models: Sequence[ModelInfo],
        *,
        policy: RetryPolicy,
        emit: Listener,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: random.Random | None = None,
    ) -> None:
        self._complete = complete
        self._models = tuple(models)
        self._policy = policy
        self._emit = emit
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._health = Health()
        self._gates: Mapping[str, Admission] = {
            model.id: Admission(model.context_length if model.shared_context else None)
            for model in models
        }
        self._warm = {model.id for model in models if model.loaded}
        self._warming = {model.id: asyncio.Lock() for model in models}

    def heard_by(self, listener: Listener) -> Inquiry:
        """The same, with what is known of the server shared; a listener hears its requests.

        Events do not name the brief: of many that are open, each has an inquiry of its own.

        Args:
            listener: Hears the events of the requests that are made through what is returned.
        """
        other, emit = copy.copy(self), self._emit

        def both(event: Event) -> None:
            listener(event)
            emit(event)

        other._emit = both  # noqa: SLF001 - it is one of its own kind
        return other

    async def ask(
        self,
        key: str,
        request: ChatRequest,
        *,
        tokens: int,
        limits: Limits | None = None,
        before: int = 0,
    ) -> Answer:
        """Ask until there is a usable answer.

        Args:
            key: The deliverable's id, for the events.
            request: The request; its model is replaced by each model in turn.
            tokens: What prompt and answer may need together.
            limits: Fewer attempts after the first than the settings allow; None for these.
            before: Requests that were made for the deliverable before; they count on.

        Raises:
            ServerError: every attempt failed; the last error.
        """
        attempts = before
        warnings: list[str] = []
        for model in self._models:
            trial = _Trial(key, attrs.evolve(request, model=model.id), tokens, attempts, limits)
            outcome = await self._ask_one(trial)
            attempts = trial.attempts
            if isinstance(outcome, Completion):
                warnings += _remarks(outcome, model)
                return Answer(
                    completion=outcome,
                    attempts=attempts - outcome.cached,
                    warnings=tuple(warnings),
                )
            if isinstance(outcome, AuthError | ConnectError) or model is self._models[-1]:
                outcome.attempts = attempts
                raise outcome
            warnings.append(f"{model.id} failed ({outcome}), so the next model was asked")
        raise GenerationError("no model to ask", hint="Load a model in LM Studio.")

    async def _ask_one(self, trial: _Trial) -> Completion | ServerError:
        while True:
            trial.attempts += 1
            trial.here += 1
            try:
                completion = await self._send(trial)
            except ServerError as error:
                delay = self._delay(error, trial)
                self._emit(
                    AttemptFailed(
                        deliverable=trial.key,
                        attempt=trial.attempts,
                        error=error,
                        retry_in=delay,
                    )
                )
                if delay is None:
                    return self._health.last_word(error)
                trial.learn(error)
                await self._sleep(delay)
            else:
                self._emit(
                    AttemptFinished(
                        deliverable=trial.key,
                        attempt=trial.attempts,
                        usage=completion.usage,
                        finish_reason=completion.finish_reason,
                        cached=completion.cached,
                        seconds=completion.duration,
                        time_to_first_token=completion.time_to_first_token,
                    )
                )
                return completion

    def _delay(self, error: ServerError, trial: _Trial) -> float | None:
        """Seconds until the next attempt, or None; takes the run's health into account."""
        self._health.failed(error)
        if error.retry in {Retry.ALONE, Retry.LATER}:
            self._gates[trial.request.model].crowded()
        if not trial.may_retry(error):
            return None
        delay = self._policy.delay(error, trial.here, self._rng)
        return delay if delay is not None and self._health.take_retry() else None

    async def _send(self, trial: _Trial) -> Completion:
        """Send one attempt; while a model is cold, one at a time, so that it is loaded once."""
        model = trial.request.model
        if model in self._warm:
            return await self._send_now(trial)
        async with self._warming[model]:
            if model not in self._warm:
                return await self._send_now(trial)
        return await self._send_now(trial)

    async def _send_now(self, trial: _Trial) -> Completion:
        model = trial.request.model
        async with self._gates[model].enter(trial.tokens, alone=trial.alone):
            self._emit(AttemptStarted(deliverable=trial.key, attempt=trial.attempts, model=model))
            completion = await self._complete(trial.request, self._listener(trial.key))
            if completion.cached:  # it says nothing about the server
                return completion
            self._warm.add(model)
        self._health.succeeded()
        self._gates[model].succeeded()
        return completion

    def _listener(self, key: str) -> Callable[[str], None]:
        def arrived(text: str) -> None:
            self._emit(TextArrived(deliverable=key, text=text))

        return arrived


class _Trial:
    """One deliverable's request to one model, over its attempts."""

    def __init__(
        self,
        key: str,
        request: ChatRequest,
        tokens: int,
        attempts: int,
        limits: Limits | None = None,
    ) -> None:
        self.key = key
        self.request = request
        self.tokens = tokens
        self.attempts = attempts
        self.here = 0
        self.alone = False
        self._limits = limits
        self._resampled = 0

    def may_retry(self, error: ServerError) -> bool:
        """Whether the caller's own limits allow another attempt after this error."""
        if self._limits is None:
            return True
        if error.retry is Retry.RESAMPLE and self._resampled >= self._limits.resamples:
            return False
        return self.here <= self._limits.retries

    def learn(self, error: ServerError) -> None:
        """Change what the error calls for: company, or sampling."""
        self.alone = error.retry is Retry.ALONE
        if error.retry is Retry.RESAMPLE:
            self._resampled += 1
            temperature = min((self.request.temperature or 0.0) + _WARMER, _WARMEST)
            seed = None if self.request.seed is None else self.request.seed + 1
            self.request = attrs.evolve(self.request, temperature=temperature, seed=seed)


def _remarks(completion: Completion, model: ModelInfo) -> list[str]:
    remarks = []
    if completion.finish_reason == "length":
        remarks.append("the answer was cut off at its token limit")
    if completion.model and not _same_model(completion.model, model.id):
        remarks.append(f"{completion.model} answered although {model.id} was asked")
    return remarks


def _same_model(answered: str, asked: str) -> bool:
    """Servers add a quantisation (`@q4_k_m`) or an instance number (`:2`) to the name."""
    return _bare(answered) == _bare(asked)


def _bare(model: str) -> str:
    return model.partition("@")[0].partition(":")[0]
