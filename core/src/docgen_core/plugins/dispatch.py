"""Calls the hooks: the owner of a deliverable, then the packs where they take part.

Nothing else calls a hook. Every call runs in a thread of its own for a bounded time, and what it
returns is checked here once, so that the engine only ever sees valid results.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from typing import Any, Final

import attrs

from docgen_core.api import (
    Deliverable,
    DocgenError,
    Document,
    Draft,
    HookContext,
    Instructions,
    Section,
    TemplateRef,
)
from docgen_core.errors import HookError
from docgen_core.plugins import isolate
from docgen_core.plugins.registry import Member, Registry

__all__ = ["DEFAULT_TEMPLATE", "Dispatcher", "Fragment"]

#: The template of a deliverable whose plugin names none.
DEFAULT_TEMPLATE: Final = TemplateRef("section.md.j2")

#: The most bytes of instructions from one plugin: far more than any model's context.
INSTRUCTIONS_LIMIT: Final = 200_000
#: The most bytes of Markdown from one hook.
MARKDOWN_LIMIT: Final = 10_000_000

_NAME_LIMIT: Final = 1_000

_log = logging.getLogger("docgen_core.plugins")


@attrs.frozen(kw_only=True)
class Fragment:
    """One plugin's part of the instructions.

    Attributes:
        source: The distribution that owns the deliverable, or the pack's name.
        text: The instructions, in Markdown.
    """

    source: str
    text: str


class Dispatcher:
    """A typed method for each hook.

    Args:
        registry: Where the plugins are.
        settings_for: Gives a pack's settings object by the pack's name, or None.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        settings_for: Callable[[str], object | None] | None = None,
    ) -> None:
        self._registry = registry
        self._settings_for = settings_for or (lambda _name: None)
        # Taken once: hooks run side by side, so what one finds may be what another left.
        self._folder = isolate.working_folder()

    async def instructions(
        self, deliverable: Deliverable, context: HookContext
    ) -> tuple[Fragment, ...]:
        """Collect what the model is told: the owner's part, then what each pack adds.

        Raises:
            PluginError: the owner is unusable, raised, hung or returned no instructions.
        """
        owner = self._registry.member(deliverable.id)
        base = await self._instructions_of(owner, deliverable, context)
        fragments = [Fragment(source=owner.info.distribution, text=base)]
        for pack in self._packs("get_instructions"):
            try:
                text = await self._instructions_of(pack, deliverable, self._for(pack, context))
            except HookError as error:
                self._skip(error)
                continue
            if text:
                fragments.append(Fragment(source=pack.info.name, text=text))
        return tuple(fragments)

    async def template(self, deliverable: Deliverable, context: HookContext) -> TemplateRef:
        """Ask the owner for its template; the shared section template when it names none.

        Raises:
            PluginError: the owner is unusable, raised, hung or returned something else.
        """
        call = _Call(self._registry.member(deliverable.id), "get_template", deliverable, context)
        result = await self._run(call)
        if result is None:
            return DEFAULT_TEMPLATE
        if not isinstance(result, TemplateRef):
            raise call.wrong_type(result, "TemplateRef or None")
        call.check_text(result.name, "the template's name", _NAME_LIMIT)
        return result

    async def postprocess(
        self, deliverable: Deliverable, draft: Draft, context: HookContext
    ) -> tuple[Draft, tuple[str, ...]]:
        """Let the owner and then each pack change the answer.

        Returns:
            The draft, and one sentence for each pack that was skipped.

        Raises:
            PluginError: the owner is unusable, raised, hung or returned something else.
        """
        owner = self._registry.member(deliverable.id)
        draft = await self._postprocess_of(owner, deliverable, draft, context)
        warnings: list[str] = []
        for pack in self._packs("postprocess"):
            try:
                own_context = self._for(pack, context)
                draft = await self._postprocess_of(pack, deliverable, draft, own_context)
            except HookError as error:
                warnings.append(self._skip(error))
        return draft, tuple(warnings)

    async def merge_section(
        self,
        deliverable: Deliverable,
        section: Section,
        existing: Section | None,
        document: Document,
        context: HookContext,
    ) -> tuple[Section | None, tuple[str, ...]]:
        """Ask the owner and then each pack how the section meets the existing one.

        The answers are paid for by now, so that a hook that fails is passed over.

        Returns:
            The first answer that is not None (None leaves it to the core), and one sentence for
            each plugin that failed.

        Raises:
            PluginError: the owner is unusable; or a hook failed and the policy is strict.
        """
        arguments = {"section": section, "existing": existing, "document": document}
        owner = self._registry.member(deliverable.id)
        calls = [_Call(owner, "merge_section", deliverable, context, arguments)]
        calls += (
            _Call(pack, "merge_section", deliverable, self._for(pack, context), arguments)
            for pack in self._packs("merge_section")
        )
        warnings: list[str] = []
        for call in calls:
            try:
                result = await self._merge_of(call)
            except HookError as error:
                warnings.append(self._skip(error, "its answer was left out"))
                continue
            if result is not None:
                return result, tuple(warnings)
        return None, tuple(warnings)

    async def _instructions_of(
        self, member: Member, deliverable: Deliverable, context: HookContext
    ) -> str:
        call = _Call(member, "get_instructions", deliverable, context)
        result = await self._run(call)
        if result is None and not call.is_owner:
            return ""
        text = result.text if isinstance(result, Instructions) else result
        if not isinstance(text, str):
            raise call.wrong_type(result, "str or Instructions")
        if call.is_owner and not text.strip():
            raise call.error("returned empty instructions")
        call.check_text(text, "the instructions", INSTRUCTIONS_LIMIT)
        return text

    async def _postprocess_of(
        self, member: Member, deliverable: Deliverable, draft: Draft, context: HookContext
    ) -> Draft:
        call = _Call(member, "postprocess", deliverable, context, {"draft": draft})
        result = await self._run(call)
        if result is None:
            return draft
        if not isinstance(result, Draft):
            raise call.wrong_type(result, "Draft or None")
        if result.deliverable != draft.deliverable:
            raise call.error(f"returned a draft of {result.deliverable!r}")
        call.check_text(result.markdown, "draft.markdown", MARKDOWN_LIMIT)
        return await self._copied(call, result)

    async def _copied(self, call: _Call, draft: Draft) -> Draft:
        """Part the data from the plugin that made it; later hooks get copies of this copy."""
        if draft.data is None:
            return draft
        timeout = self._registry.policy.hook_timeout
        outcome = await isolate.call_async(
            lambda: _own_copy(draft), timeout=timeout, label=call.label
        )
        if not isinstance(outcome.value, Draft):
            raise call.error(f"returned draft.data that cannot be copied: this {outcome.reason}")
        return outcome.value

    async def _merge_of(self, call: _Call) -> Section | None:
        result = await self._run(call)
        if result is None:
            return None
        if not isinstance(result, Section):
            raise call.wrong_type(result, "Section or None")
        if result.id != call.deliverable.id:
            raise call.error(f"returned a section with the id {result.id!r}")
        call.check_text(result.title, "section.title", _NAME_LIMIT)
        call.check_text(result.markdown, "section.markdown", MARKDOWN_LIMIT)
        return result

    def _packs(self, hook: str) -> tuple[Member, ...]:
        return tuple(pack for pack in self._registry.pack_members() if hook in pack.plugin.hooks)

    def _for(self, pack: Member, context: HookContext) -> HookContext:
        return attrs.evolve(context, settings=self._settings_for(pack.info.name))

    def _skip(self, error: HookError, what: str = "the pack was skipped") -> str:
        """Go on without a hook that failed, unless the user wants every failure to count."""
        if self._registry.policy.strict:
            raise error
        warning = f"{error}; {what}"
        _log.warning("%s", warning)
        return warning

    async def _run(self, call: _Call) -> object:
        if call.hook not in call.member.plugin.hooks:
            return None
        timeout = self._registry.policy.hook_timeout
        outcome = await isolate.call_async(call, timeout=timeout, label=call.label)
        isolate.return_to(self._folder)
        if outcome.output_size:
            _log.debug("%s printed %d bytes: %s", call.label, outcome.output_size, outcome.output)
        if outcome.ok:
            return outcome.value
        if outcome.timed_out and not call.is_owner:
            # Each further call would cost the whole time limit again and leave a thread behind.
            self._registry.drop_pack(call.member.info, f"{call.hook} {outcome.reason}")
        hint = outcome.error.hint if isinstance(outcome.error, DocgenError) else ""
        raise call.error(outcome.reason, hint=hint) from outcome.error


@attrs.frozen
class _Call:
    """One hook call: what runs in the plugin's thread, and how to speak of it."""

    member: Member
    hook: str
    deliverable: Deliverable
    context: HookContext
    arguments: dict[str, Any] = attrs.field(factory=dict)

    def __call__(self) -> object:
        own = {name: _own_copy(value) for name, value in self.arguments.items()}
        context = attrs.evolve(
            self.context,
            brief=_own_copy(self.context.brief),
            inputs={key: _own_copy(value) for key, value in self.context.inputs.items()},
            settings=copy.deepcopy(self.context.settings),
        )
        deliverable = _own_copy(self.deliverable)
        return self.member.plugin.call(self.hook, deliverable=deliverable, context=context, **own)

    @property
    def is_owner(self) -> bool:
        return self.deliverable.id in self.member.info.deliverables

    @property
    def label(self) -> str:
        return f"{self.member.info.distribution} {self.hook} {self.deliverable.id}"

    def error(self, what: str, *, hint: str = "") -> HookError:
        info = self.member.info
        message = f"{info.release}: {self.hook} for {self.deliverable.id!r} {what}"
        remedy = (
            f"Report it to the plugin's author, try `pip install -U {info.distribution}`, "
            f'or switch it off with plugins.disable = ["{info.distribution}"].'
        )
        return HookError(message, hint=hint or remedy)

    def wrong_type(self, result: object, expected: str) -> HookError:
        return self.error(f"returned {type(result).__name__}, expected {expected}")

    def check_text(self, text: object, what: str, limit: int) -> None:
        if not isinstance(text, str):
            raise self.error(f"returned {type(text).__name__} as {what}, expected str")
        size = len(text.encode("utf-8", errors="replace"))
        if size > limit:
            raise self.error(f"returned {size:,} bytes as {what}, the limit is {limit:,}")


def _own_copy(value: Any) -> Any:  # noqa: ANN401 - any hook argument
    """Give a hook its own copy of an argument: `object.__setattr__` changes frozen objects, too."""
    if isinstance(value, Document):
        return attrs.evolve(value, sections=tuple(map(_own_copy, value.sections)))
    data = getattr(value, "data", None)
    if data is not None:
        return attrs.evolve(value, data=copy.deepcopy(data))
    return attrs.evolve(value) if attrs.has(type(value)) else value
