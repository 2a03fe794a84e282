"""What the document shell template is given: every value escaped, so the template only lays out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from docgen_core.document.merge import Merged
from docgen_core.document.render import escape_inline
from docgen_core.document.shell_words import words
from docgen_core.model import Brief

__all__ = ["SHELL_VARIABLES", "shell_variables"]

#: The names of what `document.md.j2` sees.
SHELL_VARIABLES: Final = (
    "title",
    "subtitle",
    "date",
    "language",
    "contents_title",
    "contents",
    "body",
    "brief",
    "words",
)


def shell_variables(
    merged: Merged,
    *,
    title: str,
    brief: Brief,
    subtitle: str = "",
    date: str = "",
    language: str = "en",
    contents_title: str | None = None,
) -> Mapping[str, object]:
    """Collect the variables of `document.md.j2`.

    Args:
        merged: The merged sections.
        title: The document's title, as given to `merge_sections`.
        brief: What the document was made from. Its title and source are escaped; its text stays
            as written and is not for printing.
        subtitle: A line under the title, plain text.
        date: Day precision at most, so that the same content is the same bytes.
        language: The output language as a BCP 47 tag.
        contents_title: As given to `merge_sections`.

    Returns:
        A value for each name of `SHELL_VARIABLES`.
    """
    safe_brief = attrs.evolve(
        brief, title=escape_inline(brief.title), source=escape_inline(brief.source)
    )
    return {
        "title": escape_inline(title),
        "subtitle": escape_inline(subtitle),
        "date": escape_inline(date),
        "language": escape_inline(language),
        "contents_title": escape_inline(contents_title or ""),
        "contents": merged.contents,
        "body": merged.body,
        "brief": safe_brief,
        "words": words(language),
    }
