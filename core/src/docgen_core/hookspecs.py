"""The five hooks. A deliverable plugin is a module that implements some of them with `@hookimpl`.

Hooks are synchronous and pure: they get no client, write no file, and give the same result for
the same arguments. An implementation names only the arguments that it wants. The core calls the
plugin that *owns* the deliverable; a pack (entry-point group `docgen.packs`) takes part where its
hook's description says so, in the user's order.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from docgen_core.api import (
    PROJECT_NAME,
    Deliverable,
    Document,
    Draft,
    HookContext,
    Instructions,
    Section,
    TemplateRef,
)

__all__ = [
    "get_deliverables",
    "get_instructions",
    "get_template",
    "merge_section",
    "postprocess",
]

hookspec = pluggy.HookspecMarker(PROJECT_NAME)


@hookspec
def get_deliverables() -> Iterable[Deliverable]:  # type: ignore[empty-body] # a specification has no body
    """Say which deliverables this module offers.

    When: once, when the module is loaded.
    Who: the module behind an entry point of the group `docgen.deliverables`. Packs are not asked.
    Result: one `Deliverable` for each entry point that names this module, with the same id.
    None: an error, like an id without an entry point.

    Example:
        >>> from docgen_core.api import Deliverable, hookimpl
        >>> @hookimpl
        ... def get_deliverables():
        ...     return [Deliverable(id="glossary", title="Glossary", summary="Terms and meanings.")]
        >>> get_deliverables()[0].id
        'glossary'
    """


@hookspec
def get_instructions(  # type: ignore[empty-body] # a specification has no body
    deliverable: Deliverable, context: HookContext
) -> str | Instructions:
    """Say what the model is to write.

    When: once for each deliverable of a run, when the results it needs are there.
    Who: the owner gives the base; then each enabled pack may add to it, under the pack's name.
    Result: a text or `Instructions`. It stands last in the prompt, after the brief and the inputs;
        for a deliverable with a schema the core adds a description of the JSON.
    None: an error from the owner; from a pack, "nothing to add".

    Example:
        >>> from docgen_core.api import hookimpl
        >>> @hookimpl
        ... def get_instructions(context):
        ...     return f"List ten terms of the brief. Write in {context.language}."
        >>> from docgen_core.api import Brief, HookContext
        >>> get_instructions(HookContext(brief=Brief.from_text("A CRM"), language="de"))
        'List ten terms of the brief. Write in de.'
    """


@hookspec
def get_template(deliverable: Deliverable, context: HookContext) -> TemplateRef | None:
    """Name the template that renders the answer.

    When: after the answer was read and post-processed, and in `docgen validate`.
    Who: the owner. A pack or a project folder replaces a template by offering a file of the same
        name earlier in the loader chain, not through this hook.
    Result: a `TemplateRef`; the template sees `deliverable`, `draft`, `data`, `layout`, `context`,
        `words`.
    None: the shared `section.md.j2`, which writes free Markdown as it is, and structured data with
    a heading for each field.

    Example:
        >>> from docgen_core.api import TemplateRef, hookimpl
        >>> @hookimpl
        ... def get_template():
        ...     return TemplateRef("glossary/section.md.j2")
        >>> get_template().name
        'glossary/section.md.j2'
    """


@hookspec
def postprocess(deliverable: Deliverable, draft: Draft, context: HookContext) -> Draft | None:
    """Change the model's answer before it is rendered.

    When: after each usable answer.
    Who: the owner first, then each enabled pack; each gets what the one before returned.
    Result: a new `Draft`, for instance from `attrs.evolve`. The one passed in is frozen. With a
        schema change `draft.data`; items that are added get an id afterwards.
    None: unchanged. Any other type is an error that names the plugin.

    Example:
        >>> import attrs
        >>> from docgen_core.api import Draft, hookimpl
        >>> @hookimpl
        ... def postprocess(draft):
        ...     return attrs.evolve(draft, markdown=draft.markdown.replace("e-mail", "email"))
        >>> postprocess(Draft(deliverable="glossary", markdown="An e-mail")).markdown
        'An email'
    """


@hookspec
def merge_section(
    deliverable: Deliverable,
    section: Section,
    existing: Section | None,
    document: Document,
    context: HookContext,
) -> Section | None:
    """Decide how a new section meets the one that is already in the document.

    When: once for each finished section, in document order, when the document is put together.
    Who: the owner first, then each enabled pack; the first result that is not None wins.
    Result: the `Section` to use. `existing.edited` tells that a person changed the old text;
        `document.outline` lists every heading of the document.
    None: the core's way: what a person edited is merged with the new text and kept where the two
        clash; everything else is replaced.

    Example:
        >>> import attrs
        >>> from docgen_core.api import Section, hookimpl
        >>> @hookimpl
        ... def merge_section(section, existing):
        ...     if existing is None:
        ...         return None
        ...     return attrs.evolve(section, markdown=existing.markdown + section.markdown)
        >>> old = Section(id="log", title="Log", markdown="Monday. ")
        >>> merge_section(Section(id="log", title="Log", markdown="Tuesday."), old).markdown
        'Monday. Tuesday.'
    """
