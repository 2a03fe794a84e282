"""Checks the template of a section against its deliverable: fields of the data, words, filters."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence

from docgen_core.model import Deliverable
from docgen_core.templating.check import (
    SECTION_VARIABLES,
    Closure,
    Problem,
    check_template,
)
from docgen_core.templating.fields import find_slips, words_asked
from docgen_core.templating.kinds import section_kinds
from docgen_core.templating.sources import Found
from docgen_core.templating.wording import TITLE, choose_words, read_words

__all__ = ["check_section"]


def check_section(
    name: str,
    closure: Closure,
    deliverable: Deliverable,
    language: str,
    words_files: Sequence[Found],
) -> tuple[Problem, ...]:
    """Give what is wrong with the template of a section, in order of place.

    Args:
        name: The template.
        closure: It, and what it refers to.
        deliverable: Whose section it is; its schema class tells which fields there are.
        language: The language of the words.
        words_files: Every `words.toml` that has a say, the first one winning.

    Raises:
        TemplateError: a `words.toml` is malformed.
    """
    words = choose_words(map(read_words, words_files), language)
    confined = any(not found.trusted for found in closure.templates.values())
    variables = section_kinds(deliverable, words, methods=not confined)
    problems = set(check_template(name, closure, SECTION_VARIABLES))
    for own_name, tree in closure.trees.items():
        path = closure.templates[own_name].path
        slips = find_slips(tree, variables)
        problems.update(Problem(file=path, line=s.line, message=s.message) for s in slips)
    asked = words_asked(closure.trees.values())
    for found in words_files:
        if not found.trusted and asked is not None:
            others = [other for other in words_files if other is not found]
            problems.update(_strange_words(found, asked | _keys(others) | {TITLE}))
    return tuple(sorted(problems))


def _keys(files: Sequence[Found]) -> frozenset[str]:
    return frozenset(key for file in files for table in read_words(file).values() for key in table)


def _strange_words(found: Found, known: Collection[str]) -> Iterator[Problem]:
    """Words of the project that replace none and that no template asks for: misspelt ones."""
    for tag, table in read_words(found).items():
        for key in sorted(set(table) - set(known)):
            close = difflib.get_close_matches(key, sorted(known), n=1)
            hint = (
                f"did you mean {close[0]!r}?" if close else f"there are {', '.join(sorted(known))}"
            )
            message = f"no template asks for the word {key!r} in [{tag}]; {hint}"
            yield Problem(file=found.path, line=_line(found.text, key), message=message)


def _line(text: str, key: str) -> int:
    """The line of a key, 0 where it is written in a way that is not looked for."""
    written = re.compile(rf"""^[ \t]*["']?{re.escape(key)}["']?[ \t]*=""", re.MULTILINE)
    found = written.search(text)
    return 0 if found is None else text.count("\n", 0, found.start()) + 1
