"""Looks at a plan without a server: the prompts, and whether the templates can be used."""

from __future__ import annotations

from typing import TypedDict

import attrs

from docgen_core.engine.job import Job
from docgen_core.engine.plan import Plan
from docgen_core.engine.prepare import (
    make_dispatcher,
    make_templates,
    make_tools,
    plan_settings,
    settings_of,
)
from docgen_core.engine.prompt import PromptGenerator
from docgen_core.errors import DocgenError
from docgen_core.model import Brief, HookContext
from docgen_core.plugins import Registry
from docgen_core.settings import OrchestrationConfig

__all__ = ["Preview", "TemplateValidation", "preview", "template_errors", "validate"]


#: The entry of the template around all sections, beside those of the deliverables.
_SHELL = "document.md.j2"


class TemplateValidation(TypedDict):
    """Whether a template can be used, and why not."""

    is_valid: bool
    errors: list[str]


@attrs.frozen(kw_only=True)
class Preview:
    """A prompt as it would be without the inputs that a run produces.

    Attributes:
        id: The deliverable's id.
        inputs: Ids whose results would enter the prompt.
        prompt: The user message.
        prompt_tokens: Its estimated tokens.
        max_tokens: The bound on the answer.
    """

    id: str
    inputs: tuple[str, ...]
    prompt: str
    prompt_tokens: int
    max_tokens: int


async def preview(
    config: OrchestrationConfig,
    registry: Registry,
    brief: Brief,
    plan: Plan,
    generator: PromptGenerator,
) -> tuple[Preview, ...]:
    """Write the prompts of a plan without a server and without inputs."""
    tools = make_tools(config, registry, plan, plan_settings(config, plan), generator, None)
    job = Job(brief, run_id="preview", tools=tools, inquiry=None)
    return tuple([await _preview(job, plan, key) for key in plan.order])


async def _preview(job: Job, plan: Plan, key: str) -> Preview:
    question = await job.ask_what(plan.deliverables[key])
    return Preview(
        id=key,
        inputs=plan.inputs[key],
        prompt=question.fitted.prompt,
        prompt_tokens=question.fitted.prompt_tokens,
        max_tokens=question.fitted.max_tokens,
    )


async def validate(
    config: OrchestrationConfig, registry: Registry
) -> dict[str, TemplateValidation]:
    """Check the template of every installed deliverable, and the document's own."""
    found: dict[str, TemplateValidation] = {}
    for key in registry.deliverable_ids():
        errors = await template_errors(config, registry, key)
        found[key] = {"is_valid": not errors, "errors": errors}
    if found:
        errors = _shell_errors(config, registry)
        found[_SHELL] = {"is_valid": not errors, "errors": errors}
    return found


def _shell_errors(config: OrchestrationConfig, registry: Registry) -> list[str]:
    # The Markdown parser loads here: previewing prompts does without.
    from docgen_core.engine.assemble import shell_problems

    try:
        return [str(problem) for problem in shell_problems(make_templates(config, registry))]
    except DocgenError as error:
        return [str(error)]


async def template_errors(config: OrchestrationConfig, registry: Registry, key: str) -> list[str]:
    """Say what is wrong with the template and the words of a deliverable, without a run.

    Args:
        config: Says where the user's templates are, and the language.
        registry: The plugins.
        key: The deliverable's id.
    """
    try:
        deliverable = registry.deliverable(key)
        context = HookContext(
            brief=Brief.from_text("Template validation"),
            settings=settings_of(config, key, deliverable.settings),
            language=config.language,
        )
        reference = await make_dispatcher(config, registry).template(deliverable, context)
        templates = make_templates(config, registry)
        problems = templates.check_section(reference.name, deliverable, config.language)
    except DocgenError as error:
        return [str(error)]
    return [str(problem) for problem in problems]
