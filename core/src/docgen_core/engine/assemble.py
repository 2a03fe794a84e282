"""Puts the finished sections together: merge hook, tokens, document shell, files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import attrs

from docgen_core.document import (
    SHELL_VARIABLES,
    Words,
    escape_inline,
    merge_sections,
    normalise_section,
    shell_variables,
    split_section,
    words,
)
from docgen_core.document.threeway import mine_of
from docgen_core.engine.appendices import appendices, keep_data
from docgen_core.engine.backmatter import keep_appendices
from docgen_core.engine.earlier import Earlier, earlier_texts, standing_in
from docgen_core.engine.edits import meet, section_of, write_standing
from docgen_core.engine.facts import facts_of, section_facts
from docgen_core.engine.job import Job, Tools
from docgen_core.engine.origins import recorded_writers, writers
from docgen_core.errors import TemplateError
from docgen_core.model import Brief, DeliverableResult, Document, Section, SectionFacts, TemplateRef
from docgen_core.store import RunFolder
from docgen_core.store.aside import copies_of
from docgen_core.templating import Problem, Templates

__all__ = ["Assembled", "assemble", "check_shell", "shell_problems"]

_SHELL = TemplateRef("document.md.j2")


@attrs.frozen(kw_only=True)
class Assembled:
    """The document and what was written for it.

    Attributes:
        document: The merged document, or None when merging is off or nothing succeeded.
        files: What was written, the document first.
        warnings: What a reader should know.
        error: Why there is no document although there should be one, or None.
        order: The ids of its sections in reading order.
    """

    document: Document | None = None
    files: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    error: TemplateError | None = None
    order: tuple[str, ...] = ()


def shell_problems(templates: Templates) -> tuple[Problem, ...]:
    """Look for mistakes in the document's own template, without rendering it.

    Raises:
        TemplateError: no source has it.
    """
    return templates.check(_SHELL.name, SHELL_VARIABLES)


def check_shell(templates: Templates) -> None:
    """Refuse a document template that cannot work, before anything is asked.

    Raises:
        TemplateError: it is missing, malformed, or uses something that it will not see.
    """
    problems = shell_problems(templates)
    if problems:
        raise TemplateError(
            f"template {_SHELL.name!r} cannot be used: {'; '.join(map(str, problems))}",
            hint="Correct it, or take it away to use the next in line: "
            f"`docgen templates which {_SHELL.name}` names the file in use.",
        )


async def assemble(job: Job, tools: Tools, *, force: bool, date: str) -> Assembled:
    """Merge the successful results of a job and write them to its folder, if it has one.

    Args:
        job: Holds the results.
        tools: What the run shares.
        force: Replace sections edited by hand (a copy is kept).
        date: The date on the title page, in day precision.

    Raises:
        HookError: a merge hook failed, and the plugin policy is strict.
        FileError: a file could not be written.
    """
    earlier = earlier_texts(job, tools)
    job = standing_in(job, earlier)
    done = [job.results[key] for key in tools.plan.order if _succeeded(job.results, key)]
    new = tuple(section_of(result) for result in done)
    preview = _preview(new, job.brief, tools)
    replaced = {section.id for section in new if force} - earlier.keys()
    chosen, warnings = await _settle(job, tools, new, preview, replaced=replaced)
    files = [] if job.folder is None else [job.folder.section_file(item.id) for item in new]
    keep_data(job, tools)
    document, error = None, None
    try:
        document = await _document(chosen, job, tools, earlier, date)
    except TemplateError as failure:  # what was written stays, and so does the run's record
        error = failure
    if document is not None:
        facts = _facts(job, tools, earlier)
        document = attrs.evolve(document, date=date, facts=facts)
    if document is not None and job.folder is not None:
        keep_appendices(job.folder, document.sections[len(chosen) :])
        path, remarks = _write_document(job.folder, document.markdown)
        files.insert(0, path)
        warnings += remarks
    warnings += [] if job.folder is None else job.folder.tidy_copies()
    warnings += _kept(earlier)
    warnings += _left_out(job, tools)
    warnings += _lost(job, tools)
    return Assembled(
        document=document,
        files=tuple(files),
        warnings=tuple(warnings),
        error=error,
        order=tuple(section.id for section in chosen),
    )


def _write_document(folder: RunFolder, text: str) -> tuple[Path, list[str]]:
    """Write document.md; say where a version that a person changed is kept."""
    path, kept = folder.write_document(text)
    if kept is None:
        return path, []
    others = len(copies_of(path)) - 1
    beside = f", beside {others} earlier of yours" if others else ""
    return path, [f"document.md had been edited by hand; that version is in {kept}{beside}"]


async def _settle(
    job: Job,
    tools: Tools,
    new: Sequence[Section],
    preview: Document,
    *,
    replaced: Collection[str],
) -> tuple[list[Section], list[str]]:
    """Let each new section meet the one that stands there, and write its file.

    Args:
        job: The results.
        tools: What the run shares.
        new: The sections.
        preview: The document without hand edits.
        replaced: Ids of sections whose hand edits are given up.

    Returns:
        The sections as the document shows them, and what a reader should know.
    """
    chosen: list[Section] = []
    warnings: list[str] = []
    for section in new:
        existing = None if job.folder is None else _existing(job.folder, section)
        shown = None if section.id in replaced else existing
        pick, remarks = await _ask_hooks(job, tools, section, shown, preview)
        warnings += remarks
        if pick is None and job.folder is not None and shown is not None and shown.edited:
            standing = meet(job.folder, section)
            warnings += write_standing(job.folder, section, standing)
            pick = attrs.evolve(shown, markdown=standing.body)
        elif job.folder is not None:
            warnings += _write_section(job.folder, section, pick or section, existing)
        chosen.append(pick or section)
    return chosen, warnings


def show_finished(job: Job) -> tuple[Path, ...]:
    """Write the sections of an interrupted run that have no file yet, for people to read.

    Returns:
        The files of its finished sections; one that an earlier run wrote stands as it was.
    """
    folder = job.folder
    if folder is None:
        return ()
    done = [(key, result) for key, result in job.results.items() if result.success]
    for key, result in done:
        if folder.read_section(key) is None:
            text, _ = normalise_section(section_of(result))
            folder.write_generated(key, text)
            folder.write_section(key, text)
    return tuple(folder.section_file(key) for key, _ in done)


def _left_out(job: Job, tools: Tools) -> list[str]:
    """Sections of earlier runs in the folder that this document does not hold."""
    previous = None if job.folder is None else job.folder.previous
    if previous is None:
        return []
    others = [
        section.id
        for section in previous.sections
        if section.has_text and section.id not in tools.plan.order
    ]
    if not others:
        return []
    warning = (
        f"the document does without {', '.join(others)}, which belong to another brief or language "
        "or cannot be made again; their texts stay in sections/"
    )
    return [warning]


def _kept(earlier: Mapping[str, Earlier]) -> list[str]:
    """Sections whose text is of an earlier run."""
    if not earlier:
        return []
    names = ", ".join(earlier)
    return [f"the document keeps the earlier text of {names}, which could not be written again"]


def _lost(job: Job, tools: Tools) -> list[str]:
    """Sections that failed and have a text of another brief or language, which is not shown."""
    folder = job.folder
    if folder is None:
        return []
    failed = [
        key for key in tools.plan.order if key in job.results and not _succeeded(job.results, key)
    ]
    standing = [key for key in failed if folder.read_section(key) is not None]
    if not standing:
        return []
    names = ", ".join(standing)
    return [
        f"the document does without {names}, which failed; the texts of before stay in sections/"
    ]


def _succeeded(results: Mapping[str, DeliverableResult], key: str) -> bool:
    return key in results and results[key].success


def _existing(folder: RunFolder, section: Section) -> Section | None:
    standing = folder.read_section(section.id)
    if standing is None:
        return None
    text, edited = standing
    edited = edited and text != normalise_section(section)[0]
    return attrs.evolve(section, markdown=split_section(mine_of(text)), edited=edited)


def _preview(new: tuple[Section, ...], brief: Brief, tools: Tools) -> Document:
    """The document as it would be without hand edits: what merge hooks may look at."""
    merged = merge_sections(new, title=brief.title, contents_title=None)
    return Document(
        title=brief.title,
        sections=new,
        outline=merged.outline,
        language=tools.config.language,
    )


async def _ask_hooks(
    job: Job, tools: Tools, section: Section, existing: Section | None, preview: Document
) -> tuple[Section | None, tuple[str, ...]]:
    """Ask the merge hooks; None leaves it to the core, which merges what a person edited."""
    deliverable = tools.plan.deliverables[section.id]
    context = job.context(section.id)
    merge = tools.dispatcher.merge_section
    return await merge(deliverable, section, existing, preview, context)


def _write_section(
    folder: RunFolder, new: Section, pick: Section, existing: Section | None
) -> list[str]:
    """Write a section's file; what a person wrote and what the model newly wrote both stay."""
    generated, _ = normalise_section(new)
    before = folder.generated(new.id)
    edited = existing is not None and existing.edited
    warnings = []
    if edited and pick is existing:
        if before != generated:
            kept = folder.keep_aside(f"sections/{new.id}.new.md", generated)
            warnings.append(f"{new.title}: your edited text was kept; the new text is in {kept}")
        folder.write_generated(new.id, generated)
        return warnings
    if edited:
        kept = folder.copy_aside(f"sections/{new.id}.md")
        warnings.append(f"{new.title}: your edited text was replaced; it is in {kept}")
    folder.write_generated(new.id, generated)
    folder.write_section(new.id, normalise_section(pick)[0])
    return warnings


async def _document(
    sections: Sequence[Section],
    job: Job,
    tools: Tools,
    earlier: Mapping[str, Earlier],
    date: str,
) -> Document | None:
    config, brief = tools.config, job.brief
    if not sections or not config.merge_into_single_document:
        return None
    vocabulary = words(config.language)
    contents_title = vocabulary.contents if config.include_table_of_contents else None
    made = {section.id: _made(section.id, job, tools, earlier) for section in sections}
    about = _provenance(sections, made, vocabulary)
    sections = (*sections, *appendices(job, tools, vocabulary), about)
    merged = merge_sections(sections, title=brief.title, contents_title=contents_title)
    shell = shell_variables(
        merged,
        title=brief.title,
        brief=brief,
        date=date,
        language=config.language,
        contents_title=contents_title,
    )
    return Document(
        title=brief.title,
        sections=sections,
        outline=merged.outline,
        markdown=(await tools.templates.arender(_SHELL, **shell)).strip() + "\n",
        language=config.language,
    )


def _provenance(
    sections: Sequence[Section], made: Mapping[str, tuple[str, str, str]], vocabulary: Words
) -> Section:
    """The appendix: which model, which plugin and packs, and which template wrote each section."""
    head = (vocabulary.section, vocabulary.model, vocabulary.written_by, vocabulary.template)
    rows = [(section.title, *made[section.id]) for section in sections]
    lines = [_row(head), _row(("---",) * len(head)), *(_row(row) for row in rows)]
    return Section(id="about", title=vocabulary.about, markdown="\n".join(lines))


def _made(key: str, job: Job, tools: Tools, earlier: Mapping[str, Earlier]) -> tuple[str, str, str]:
    """The model, the plugin with its packs, and the template that made a section."""
    if key not in earlier:
        model = job.results[key].model
        return model, "; ".join(writers(key, job, tools)), _layout(key, job, tools)
    record = earlier[key].record
    name, _, origin = record.template.partition(" (")
    template = name if origin.startswith("plugin:") else record.template
    return record.model, "; ".join(recorded_writers(record)), template


def _facts(job: Job, tools: Tools, earlier: Mapping[str, Earlier]) -> tuple[SectionFacts, ...]:
    told = {each.section: each for each in section_facts(job, tools)}
    told |= {key: facts_of(each.record) for key, each in earlier.items()}
    return tuple(told.values())


def _layout(key: str, job: Job, tools: Tools) -> str:
    """The template, and where it came from when that is not the plugin itself."""
    name = job.templates.get(key)
    if name is None:
        return ""
    origin = tools.templates.which(name).origin
    return name if origin.startswith("plugin:") else f"{name} ({origin})"


def _row(cells: Sequence[str]) -> str:
    """One table row; a name from a server or a plugin is data, never markup."""
    escaped = (cell if set(cell) == {"-"} else escape_inline(cell) for cell in cells)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in escaped) + " |"
