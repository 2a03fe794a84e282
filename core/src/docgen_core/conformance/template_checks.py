"""Checks of a deliverable's template and of its words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from docgen_core.api import Deliverable, Draft, HookContext, TemplateRef
from docgen_core.conformance.findings import Finding, Place
from docgen_core.errors import TemplateError
from docgen_core.templating import Templates

__all__ = ["check_rendering", "check_template_file", "check_words", "languages_of"]

_WORDS: Final = "words.toml"
_FAILED: Final = re.compile(
    r"failed: (?P<file>.+?)(?:, line (?P<line>\d+))?: (?P<what>.+)", re.DOTALL
)
_RENDERING: Final[Mapping[str, str]] = {"full": "DG703", "least": "DG704"}


def check_template_file(
    ref: TemplateRef, item: Deliverable, templates: Templates, named: Place
) -> Iterator[Finding]:
    """Check that a template is there and makes sense, without running it.

    Args:
        ref: The template.
        item: Whose section it writes.
        templates: All templates.
        named: The line that names it.
    """
    try:
        problems = templates.check_section(ref.name, item, languages_of(item, templates)[0])
    except TemplateError as error:
        yield Finding.at(named, "DG701", str(error))
        return
    for problem in problems:
        yield Finding.at(Place(problem.file, problem.line), "DG702", problem.message)


def languages_of(item: Deliverable, templates: Templates) -> tuple[str, ...]:
    """Give the languages that a deliverable has words for; English when it has none."""
    return tuple(_tables(item, templates)) or ("en",)


def check_words(item: Deliverable, templates: Templates) -> Iterator[Finding]:
    """Check that a deliverable's languages have the same words."""
    path = _words_path(item, templates)
    if not path:
        return
    try:
        templates.words(item.id, "en")
    except TemplateError as error:
        line = re.search(r"line (\d+)", str(error))
        yield Finding.at(Place(path, int(line[1]) if line else 1), "DG706", str(error))
        return
    tables = _tables(item, templates)
    every = {key for table in tables.values() for key in table}
    for language, table in tables.items():
        missing = ", ".join(sorted(every - set(table)))
        if missing:
            place = Place(path, _line_of(path, f"[{language}]"))
            yield Finding.at(place, "DG707", f"[{language}] of {item.id} lacks {missing}")


def check_rendering(
    ref: TemplateRef,
    item: Deliverable,
    draft: Draft,
    context: HookContext,
    *,
    templates: Templates,
    name: str,
) -> Iterator[Finding]:
    """Render a section as a run would.

    Args:
        ref: The template.
        item: Whose section it is.
        draft: The post-processed answer.
        context: What the template sees of the run.
        templates: All templates.
        name: `full` or `least`: what the answer holds.
    """
    import asyncio

    path = templates.which(ref.name).path
    render = templates.arender_section(ref, deliverable=item, draft=draft, context=context)
    try:
        text = asyncio.run(render)
    except TemplateError as error:
        found = _FAILED.search(str(error))
        message = f"{item.id} ({name} answer, {context.language}): " + (
            found["what"] if found else str(error)
        )
        yield Finding.at(_place_in(str(error), Place(path)), _RENDERING[name], message)
        return
    # The headings of a free answer are the model's, not the template's.
    for title in _empty_headings(text) if draft.data is not None else ():
        place = Place(path, _heading_line(path, title, templates.words(item.id, context.language)))
        message = f"{item.id} ({name} answer, {context.language}): nothing under {title!r}"
        yield Finding.at(place, "DG705", message)


def _empty_headings(text: str) -> Iterator[str]:
    """Give each heading without text, or with neither text nor a lower heading under it."""
    from markdown_it import MarkdownIt

    blocks = [token for token in MarkdownIt().parse(text) if token.level == 0]
    levels = [int(t.tag[1]) if t.type == "heading_open" else 0 for t in blocks]
    for index, level in enumerate(levels):
        if not level:
            continue
        inline = _inline_after(text, blocks[index])
        following = levels[index + 2] if index + 2 < len(levels) else level
        if not inline or (following and following <= level):
            yield inline


def _inline_after(text: str, token: Any) -> str:  # noqa: ANN401 - markdown_it is imported late
    start, end = token.map
    return "\n".join(text.splitlines()[start:end]).strip("# \n=-")


def _heading_line(path: str, title: str, words: Mapping[str, str]) -> int:
    """Find the line of a template that writes a heading: its text, or the word for it."""
    keys = [key for key, word in words.items() if word.strip() and word.strip() == title.strip()]
    for number, line in enumerate(_lines(path), 1):
        if not line.lstrip().startswith("#"):
            continue
        if (title and title in line) or any(f"words.{key}" in line for key in keys):
            return number
    return next((n for n, line in enumerate(_lines(path), 1) if line.lstrip().startswith("#")), 1)


def _words_path(item: Deliverable, templates: Templates) -> str:
    try:
        return templates.which(f"{item.id}/{_WORDS}").path
    except TemplateError:
        return ""


def _tables(item: Deliverable, templates: Templates) -> dict[str, dict[str, str]]:
    path = _words_path(item, templates)
    try:
        tables = tomllib.loads("\n".join(_lines(path)))
    except ValueError:
        return {}
    return {language: table for language, table in tables.items() if isinstance(table, dict)}


def _place_in(message: str, otherwise: Place) -> Place:
    found = _FAILED.search(message)
    return Place(found["file"], int(found["line"] or 0)) if found else otherwise


def _line_of(path: str, start: str) -> int:
    lines = (n for n, line in enumerate(_lines(path), 1) if line.strip().startswith(start))
    return next(lines, 0)


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
