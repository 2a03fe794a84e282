"""One deliverable's way from prompt to section: ask (or take the stored answer), read, render."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from docgen_core.engine.budget import Fitted, fit
from docgen_core.engine.fingerprint import fingerprint, marked, parts_of, source_of
from docgen_core.engine.inquiry import Answer
from docgen_core.engine.nobody import Nobody
from docgen_core.engine.parameters import Parameters, settle
from docgen_core.engine.plan import Plan
from docgen_core.engine.prompt import PromptContext, PromptGenerator, Revision, joined, messages_of
from docgen_core.engine.purse import Asks
from docgen_core.engine.stored import draft_of, predates_schema, to_store
from docgen_core.engine.structured import Desk, completed, misfits, wanted_of
from docgen_core.engine.timeline import Timeline
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
    TemplateRef,
)
from docgen_core.plugins.dispatch import DEFAULT_TEMPLATE, Dispatcher, Fragment
from docgen_core.settings import OrchestrationConfig
from docgen_core.store import RunFolder, StoredAnswer
from docgen_core.store.requests import RequestRecord
from docgen_core.templating import Templates

if TYPE_CHECKING:
    from docgen_core.engine.wanted import Wanted

__all__ = ["Job", "Question", "Tools"]


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
        server: Names the server for what is remembered about its models.
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
    server: str = ""


@attrs.frozen(kw_only=True)
class Question:
    """All that decides an answer.

    Attributes:
        fitted: The prompt, within the context.
        request: The request to send.
        parameters: What is sent besides the prompt.
        fragments: Who contributed which instructions.
        fingerprint: Hash over all of it.
        parts: Each thing that decides it, by name; a hash, or the thing itself where it is short.
        wanted: The structure that is asked for; None for free Markdown.
    """

    fitted: Fitted
    request: ChatRequest
    parameters: Parameters
    fragments: tuple[Fragment, ...]
    fingerprint: str
    parts: Mapping[str, str] = attrs.field(factory=dict)
    wanted: Wanted | None = None


class Job:
    """One brief on its way through the plan.

    Args:
        brief: What the user wants.
        run_id: Names the run in logs.
        tools: What all jobs share.
        inquiry: Sends the requests; None for a preview.
        folder: Where answers are kept, or None.
        force: Ask again even where nothing changed.
        revisions: What a person wants to be different, by deliverable id.
        timeline: Hears what `inquiry` sends; None where nothing is sent.

    Attributes:
        requests: Those that made each answer, in whichever run.
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
        revisions: Mapping[str, Revision] | None = None,
        timeline: Timeline | None = None,
    ) -> None:
        self.brief = brief
        self.folder = folder
        self.results: dict[str, DeliverableResult] = {}
        self.questions: dict[str, Question] = {}
        self.templates: dict[str, str] = {}
        self.sources: dict[str, str] = {}
        self.requests: dict[str, tuple[RequestRecord, ...]] = {}
        self.timeline = timeline or Timeline()
        self.revisions = dict(revisions or {})
        self._run_id = run_id
        self._tools = tools
        self._inquiry = inquiry
        self._force = force
        self._edits: dict[str, str | None] = {}

    def context(self, key: str) -> HookContext:
        """What the hooks of `key` may know."""
        ready = (self.results.get(need) for need in self._tools.plan.inputs[key])
        return HookContext(
            brief=self.brief,
            inputs={str(r.deliverable_type): self._input(r) for r in ready if r and r.success},
            settings=self._tools.settings.get(key),
            language=self._tools.config.language,
            run_id=self._run_id,
        )

    def _input(self, result: DeliverableResult) -> InputResult:
        """A result as a later deliverable reads it: what a person wrote is the truth."""
        made = result.as_input()
        if self.folder is None or self._force:
            return made
        if made.id not in self._edits:
            from docgen_core.engine.edits import body_by_hand

            self._edits[made.id] = body_by_hand(self.folder, result)
        body = self._edits[made.id]
        return made if body is None else attrs.evolve(made, markdown=body)

    async def write(self, key: str) -> DeliverableResult:
        """Write one deliverable; a failure is a result, not an exception.

        Raises:
            FileError: the answer could not be stored; the run cannot go on.
        """
        started = time.monotonic()
        deliverable = self._tools.plan.deliverables[key]
        try:
            with self.timeline.working_on(key):
                question = await self.ask_what(deliverable)
                answer = await self._answer(key, question)
            result = await self._render(deliverable, question, answer)
        except FileError:
            raise
        except DocgenError as error:
            result = self.fail(key, error)
        if result.reused:  # like its tokens, its time is that of the run that asked
            return result
        return attrs.evolve(result, execution_time=time.monotonic() - started)

    async def ask_what(self, deliverable: Deliverable) -> Question:
        """Put the question together, without asking it."""
        context = self.context(deliverable.id)
        fragments = await self._tools.dispatcher.instructions(deliverable, context)
        wanted = wanted_of(deliverable, context)
        parameters = settle(
            self._tools.config,
            self._tools.server_generation,
            deliverable.generation,
            least_tokens=0 if wanted is None else wanted.least_tokens,
        )
        wanted = None if wanted is None else wanted.fitting(parameters.max_tokens)
        question = self._question(deliverable, context, fragments, parameters, wanted)
        self.questions[deliverable.id] = question
        return question

    def _question(
        self,
        deliverable: Deliverable,
        context: HookContext,
        fragments: tuple[Fragment, ...],
        parameters: Parameters,
        wanted: Wanted | None,
    ) -> Question:
        write = self._writer(deliverable, context, fragments, wanted)
        inputs = tuple(context.inputs.values())
        fitted = self._fit(write, inputs, parameters)
        request = self._request(fitted, parameters)
        marks = marked(inputs, self._marks(inputs))
        # What was shortened to fit depends on the layout, too.
        identity = write(marks) if fitted.prompt == write(inputs) else fitted.prompt
        release = self._tools.releases.get(deliverable.id, "")
        revision = self.revisions.get(deliverable.id)
        parameters = attrs.evolve(parameters, max_tokens=fitted.max_tokens)
        wanted = None if wanted is None else wanted.fitting(fitted.max_tokens)
        schema = "" if wanted is None else wanted.schema_text()
        return Question(
            fitted=fitted,
            request=request,
            parameters=parameters,
            fragments=fragments,
            fingerprint=fingerprint(request, identity, release, schema),
            parts=parts_of(
                brief=context.brief.text,
                language=context.language,
                system=request.messages[0].content,
                prompt=identity,
                model=request.model,
                release=release,
                parameters=parameters,
                fragments=fragments,
                inputs=marks,
                settings=context.settings,
                schema=schema,
                wish="" if revision is None else revision.wish,
            ),
            wanted=wanted,
        )

    def _marks(self, inputs: Sequence[InputResult]) -> dict[str, str]:
        """What stands for each input in the fingerprint; a text of a person stands for itself."""
        return {i.id: self.sources.get(i.id, "") for i in inputs if self._edits.get(i.id) is None}

    def _writer(
        self,
        deliverable: Deliverable,
        context: HookContext,
        fragments: Sequence[Fragment],
        wanted: Wanted | None,
    ) -> Callable[[Sequence[InputResult]], str]:
        """A function that writes the prompt from its inputs."""
        generator = self._tools.generator
        shape = "" if wanted is None else f"\n\n{wanted.description}"
        told = {deliverable.id: joined(fragments) + shape}
        revision = self.revisions.get(deliverable.id)

        def write(inputs: Sequence[InputResult]) -> str:
            about = PromptContext(inputs=inputs, language=context.language, revision=revision)
            with generator.telling(told):
                return generator.generate_prompt(
                    DeliverableId(deliverable.id), context.brief.text, about
                )

        return write

    def _fit(
        self,
        write: Callable[[Sequence[InputResult]], str],
        inputs: Sequence[InputResult],
        parameters: Parameters,
    ) -> Fitted:
        count = self._tools.estimator.count
        return fit(
            write,
            inputs,
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
            # Where nobody can be asked, what does not fit any more is dealt with when it is read.
            asks = not isinstance(self._inquiry, Nobody)
            if stored is not None and not (asks and misfits(stored, question.wanted)):
                return stored
        if self.folder is None:
            return await self._ask(key, question)
        self.folder.begin(key, question.fingerprint)
        try:
            answer = await self._ask(key, question)
        except ServerError as error:
            self.folder.give_up(key, question.fingerprint, str(error))
            raise
        self.folder.save_answer(key, self._stored(key, question, answer))
        return answer

    def _stored(self, key: str, question: Question, answer: StoredAnswer | Answer) -> StoredAnswer:
        if isinstance(answer, StoredAnswer):
            return answer
        return to_store(answer, question.fingerprint, self.timeline.of(key))

    async def _ask(self, key: str, question: Question) -> Answer:
        if self._inquiry is None:
            raise RuntimeError("a preview asks nothing")
        fitted = question.fitted
        if question.wanted is None:
            tokens = fitted.prompt_tokens + fitted.max_tokens
            return await self._inquiry.ask(key, question.request, tokens=tokens)
        desk = Desk(
            asks=self._inquiry,
            server=self._tools.server,
            model=self._tools.model,
            max_retries=self._tools.config.max_retries_per_deliverable,
            folder=self.folder,
        )
        context, tokens = self.context(key), fitted.prompt_tokens
        return await desk.ask(question.wanted, question.request, context, prompt_tokens=tokens)

    async def _render(
        self, deliverable: Deliverable, question: Question, answer: StoredAnswer | Answer
    ) -> DeliverableResult:
        stored = self._stored(deliverable.id, question, answer)
        self.requests[deliverable.id] = stored.requests
        context, asked = self.context(deliverable.id), question.fingerprint
        draft, template, warnings = await self._draft(deliverable, stored, context, asked)
        self.sources[deliverable.id] = source_of(draft)
        self.templates[deliverable.id] = template.name
        templates = self._tools.templates
        content = await templates.arender_section(
            template, deliverable=deliverable, draft=draft, context=context
        )
        return DeliverableResult(
            deliverable_type=DeliverableId(deliverable.id),
            title=templates.title(deliverable, context.language),
            content=content.strip() + "\n",
            execution_time=stored.seconds,
            usage=stored.usage,
            prompt_used=question.fitted.prompt,
            model=stored.model,
            finish_reason=stored.finish_reason,
            attempts=stored.attempts,
            time_to_first_token=stored.time_to_first_token,
            reused=isinstance(answer, StoredAnswer),
            cached=isinstance(answer, Answer) and answer.completion.cached,
            warnings=(*question.fitted.warnings, *stored.warnings, *warnings),
            fingerprint=question.fingerprint,
            data=draft.data,
            rung=stored.rung,
            rung_reason=stored.rung_reason,
        )

    async def _draft(
        self, deliverable: Deliverable, stored: StoredAnswer, context: HookContext, asked: str
    ) -> tuple[Draft, TemplateRef, tuple[str, ...]]:
        """The answer after the hooks, what lays it out, and what was noticed on the way."""
        draft, notes = draft_of(deliverable, stored)
        if predates_schema(deliverable, stored):
            # Hooks and template of now are about data that this answer does not have.
            return draft, DEFAULT_TEMPLATE, notes
        dispatcher = self._tools.dispatcher
        draft, warnings = await dispatcher.postprocess(deliverable, draft, context)
        template = await dispatcher.template(deliverable, context)
        draft, short = completed(deliverable, draft, context)
        # An answer to another question was not asked for the numbers of now.
        return draft, template, (*notes, *warnings, *(short if stored.fingerprint == asked else ()))

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
