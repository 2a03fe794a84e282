"""One deliverable's way from prompt to section: ask (or take the stored answer), read, render."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import attrs

from docgen_core.engine.budget import Fitted, fit
from docgen_core.engine.inquiry import Answer
from docgen_core.engine.parameters import Parameters, settle
from docgen_core.engine.plan import Plan
from docgen_core.engine.prompt import PromptContext, PromptGenerator, messages_of
from docgen_core.errors import DocgenError, FileError, ServerError
from docgen_core.lmstudio.tokens import TokenEstimator
from docgen_core.lmstudio.types import ChatRequest, ModelInfo
from docgen_core.model import (
    Brief,
    Deliverable,
    DeliverableId,
    DeliverableResult,
    Draft,
    Generation,
    HookContext,
    InputResult,
)
from docgen_core.plugins.dispatch import Dispatcher, Fragment
from docgen_core.settings import OrchestrationConfig
from docgen_core.store import RunFolder, StoredAnswer
from docgen_core.templating import Templates

__all__ = ["Job", "Question", "Tools"]

#: Raised when the way from answer to draft changes, so that stored answers are asked for anew.
_FINGERPRINT_VERSION = 1


class Asks(Protocol):
    """Sends a request until there is a usable answer."""

    async def ask(self, key: str, request: ChatRequest, *, tokens: int) -> Answer:
        """Give the answer, or raise a ServerError."""


@attrs.frozen(kw_only=True)
class Tools:
    """What every job of a run shares.

    Attributes:
        config: The settings.
        plan: What to write.
        dispatcher: Calls the hooks.
        templates: Renders.
        generator: Writes the prompts.
        estimator: Counts tokens; it learns nothing during a run, so that the same brief gives the
            same prompts each time.
        settings: Settings objects by deliverable id.
        releases: Distribution and version that owns each deliverable.
        model: The model that is asked first.
        server_generation: The server's sampling defaults.
    """

    config: OrchestrationConfig
    plan: Plan
    dispatcher: Dispatcher
    templates: Templates
    generator: PromptGenerator
    estimator: TokenEstimator
    settings: Mapping[str, Any]
    releases: Mapping[str, str]
    model: ModelInfo
    server_generation: Generation = attrs.field(factory=Generation)


@attrs.frozen(kw_only=True)
class Question:
    """All that decides an answer.

    Attributes:
        fitted: The prompt, within the context.
        request: The request to send.
        parameters: What is sent besides the prompt.
        fragments: Who contributed which instructions.
        fingerprint: Hash over all of it.
    """

    fitted: Fitted
    request: ChatRequest
    parameters: Parameters
    fragments: tuple[Fragment, ...]
    fingerprint: str


class Job:
    """One brief on its way through the plan.

    Args:
        brief: What the user wants.
        run_id: Names the run in logs.
        tools: What all jobs share.
        inquiry: Sends the requests; None for a preview.
        folder: Where answers are kept, or None.
        force: Ask again even where nothing changed.
    """

    def __init__(
        self,
        brief: Brief,
        *,
        run_id: str,
        tools: Tools,
        inquiry: Asks | None,
        folder: RunFolder | None = None,
        force: bool = False,
    ) -> None:
        self.brief = brief
        self.folder = folder
        self.results: dict[str, DeliverableResult] = {}
        self.questions: dict[str, Question] = {}
        self.templates: dict[str, str] = {}
        self._run_id = run_id
        self._tools = tools
        self._inquiry = inquiry
        self._force = force

    def context(self, key: str) -> HookContext:
        """What the hooks of `key` may know."""
        ready = (self.results.get(need) for need in self._tools.plan.inputs[key])
        return HookContext(
            brief=self.brief,
            inputs={str(r.deliverable_type): r.as_input() for r in ready if r and r.success},
            settings=self._tools.settings.get(key),
            language=self._tools.config.language,
            run_id=self._run_id,
        )

    async def write(self, key: str) -> DeliverableResult:
        """Write one deliverable; a failure is a result, not an exception.

        Raises:
            FileError: the answer could not be stored; the run cannot go on.
        """
        started = time.monotonic()
        deliverable = self._tools.plan.deliverables[key]
        try:
            question = await self.ask_what(deliverable)
            answer = await self._answer(key, question)
            result = await self._render(deliverable, question, answer)
        except FileError:
            raise
        except DocgenError as error:
            result = self.fail(key, error)
        return attrs.evolve(result, execution_time=time.monotonic() - started)

    async def ask_what(self, deliverable: Deliverable) -> Question:
        """Put the question together, without asking it."""
        context = self.context(deliverable.id)
        fragments = await self._tools.dispatcher.instructions(deliverable, context)
        parameters = settle(
            self._tools.config, self._tools.server_generation, deliverable.generation
        )
        fitted = self._fit(deliverable, context, fragments, parameters)
        request = self._request(fitted, parameters)
        question = Question(
            fitted=fitted,
            request=request,
            parameters=attrs.evolve(parameters, max_tokens=fitted.max_tokens),
            fragments=fragments,
            fingerprint=_fingerprint(request, self._tools.releases.get(deliverable.id, "")),
        )
        self.questions[deliverable.id] = question
        return question

    def _fit(
        self,
        deliverable: Deliverable,
        context: HookContext,
        fragments: Sequence[Fragment],
        parameters: Parameters,
    ) -> Fitted:
        generator = self._tools.generator
        told = {deliverable.id: _joined(fragments)}

        def write(inputs: Sequence[InputResult]) -> str:
            with generator.telling(told):
                return generator.generate_prompt(
                    DeliverableId(deliverable.id),
                    context.brief.text,
                    PromptContext(inputs=inputs, language=context.language),
                )

        count = self._tools.estimator.count
        return fit(
            write,
            tuple(context.inputs.values()),
            count=lambda text: count(text) if text else 0,
            max_tokens=parameters.max_tokens,
            context_length=self._tools.model.context_length,
        )

    def _request(self, fitted: Fitted, parameters: Parameters) -> ChatRequest:
        return ChatRequest(
            model=self._tools.model.id,
            messages=messages_of(self._tools.generator, fitted.prompt),
            max_tokens=fitted.max_tokens,
            temperature=parameters.temperature,
            top_p=parameters.top_p,
            seed=parameters.seed,
            extra=parameters.extra,
        )

    async def _answer(self, key: str, question: Question) -> StoredAnswer | Answer:
        if self.folder is not None and not self._force:
            stored = self.folder.load_answer(key, question.fingerprint)
            if stored is not None:
                return stored
        if self._inquiry is None:
            raise RuntimeError("a preview asks nothing")
        fitted = question.fitted
        tokens = fitted.prompt_tokens + fitted.max_tokens
        if self.folder is None:
            return await self._inquiry.ask(key, question.request, tokens=tokens)
        self.folder.begin(key, question.fingerprint)
        try:
            answer = await self._inquiry.ask(key, question.request, tokens=tokens)
        except ServerError as error:
            self.folder.give_up(key, question.fingerprint, str(error))
            raise
        self.folder.save_answer(key, _to_store(answer, question))
        return answer

    async def _render(
        self, deliverable: Deliverable, question: Question, answer: StoredAnswer | Answer
    ) -> DeliverableResult:
        from docgen_core.document import repair
        from docgen_core.document.unfinished import drop_unfinished

        stored = answer if isinstance(answer, StoredAnswer) else _to_store(answer, question)
        context = self.context(deliverable.id)
        cut = stored.finish_reason == "length"
        repaired = repair(drop_unfinished(stored.text) if cut else stored.text)
        draft = Draft(deliverable=deliverable.id, markdown=repaired.text, model=stored.model)
        draft, warnings = await self._tools.dispatcher.postprocess(deliverable, draft, context)
        template = await self._tools.dispatcher.template(deliverable, context)
        self.templates[deliverable.id] = template.name
        templates = self._tools.templates
        content = await templates.arender_section(
            template, deliverable=deliverable, draft=draft, context=context
        )
        return DeliverableResult(
            deliverable_type=DeliverableId(deliverable.id),
            title=templates.title(deliverable, context.language),
            content=content.strip() + "\n",
            usage=stored.usage,
            prompt_used=question.fitted.prompt,
            model=stored.model,
            finish_reason=stored.finish_reason,
            attempts=stored.attempts,
            time_to_first_token=stored.time_to_first_token,
            reused=isinstance(answer, StoredAnswer),
            cached=isinstance(answer, Answer) and answer.completion.cached,
            warnings=(*question.fitted.warnings, *stored.warnings, *repaired.notes, *warnings),
            fingerprint=question.fingerprint,
            data=draft.data,
        )

    def fail(self, key: str, error: DocgenError) -> DeliverableResult:
        """The result of a deliverable that failed or was given up."""
        question = self.questions.get(key)
        return DeliverableResult(
            deliverable_type=DeliverableId(key),
            title=self._tools.plan.deliverables[key].title,
            success=False,
            error=error,
            attempts=error.attempts if isinstance(error, ServerError) else 0,
            prompt_used=None if question is None else question.fitted.prompt,
        )


def _joined(fragments: Sequence[Fragment]) -> str:
    """The owner's instructions, then what each pack adds, under the pack's name."""
    base, *added = fragments
    parts = [base.text.strip()]
    parts += [f"From {fragment.source}:\n\n{fragment.text.strip()}" for fragment in added]
    return "\n\n".join(parts)


def _to_store(answer: Answer, question: Question) -> StoredAnswer:
    completion = answer.completion
    return StoredAnswer(
        fingerprint=question.fingerprint,
        text=completion.text,
        model=completion.model,
        finish_reason=completion.finish_reason,
        usage=completion.usage,
        attempts=answer.attempts,
        seconds=completion.duration,
        time_to_first_token=completion.time_to_first_token,
        warnings=answer.warnings,
    )


def _fingerprint(request: ChatRequest, release: str) -> str:
    """Hash what decides the answer: prompt, model, parameters and the plugin's version."""
    facts = {
        "version": _FINGERPRINT_VERSION,
        "plugin": release,
        "model": request.model,
        "messages": [[message.role, message.content] for message in request.messages],
        "parameters": [request.max_tokens, request.temperature, request.top_p, request.seed],
        "extra": dict(request.extra),
    }
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
