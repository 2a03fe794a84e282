"""One section on its own: from a model's answer to clean tokens, and to and from its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import attrs
from markdown_it.token import Token

from docgen_core.document.fit import fit_headings
from docgen_core.document.inline import plain_text
from docgen_core.document.items import keep_first
from docgen_core.document.parse import parse, parse_blocks
from docgen_core.document.render import escape_inline, render
from docgen_core.document.repairs import WRAPPING_LANGUAGES, clean_characters, is_remark, repair
from docgen_core.document.safe import make_safe
from docgen_core.model import Section

__all__ = [
    "Prepared",
    "as_notes",
    "normalise_section",
    "prepare",
    "section_heading",
    "split_section",
    "title_of",
]


@attrs.frozen(kw_only=True)
class Prepared:
    """A section's tokens, repaired, safe and with fitted headings.

    Attributes:
        tokens: The tokens below the section heading.
        notes: What was repaired or dropped, one phrase each.
    """

    tokens: list[Token]
    notes: tuple[str, ...]


def prepare(section: Section, *, level: int, items: set[str] | None = None) -> Prepared:
    """Read one section, whatever state its text is in.

    Args:
        section: The section; its Markdown is untrusted.
        level: The level that its own heading will have.
        items: The ids of items that are defined already; this section's are added.
    """
    repaired = repair(section.markdown)
    counts: Counter[str] = Counter()
    tokens = make_safe(parse(repaired.text), counts)
    tokens = fit_headings(tokens, title=section.title, under=level)
    tokens = keep_first(tokens, set() if items is None else items, counts)
    _settle_fence(tokens)
    return Prepared(tokens=tokens, notes=(*repaired.notes, *as_notes(counts)))


def _settle_fence(tokens: Sequence[Token]) -> None:
    """Rename the language of a first fence that, with a later one, would pass for a wrapping."""
    announced = bool(tokens) and tokens[0].type == "paragraph_open"
    if announced and is_remark(plain_text(tokens[1].children)):
        tokens = tokens[3:]
    if not tokens or tokens[0].type != "fence":
        return
    language = tokens[0].info.strip().lower()
    # A wrapping that names its language may have been cut off: any later fence is enough.
    later = any(token.type == "fence" for token in tokens[1:])
    suspect = tokens[-1].type == "fence" or (language and later)
    if suspect and language in WRAPPING_LANGUAGES:
        tokens[0].info = "text"


def as_notes(counts: Counter[str]) -> Iterable[str]:
    """Phrases with how often they apply, in the order in which they first came up."""
    return (f"{phrase} ({count})" if count > 1 else phrase for phrase, count in counts.items())


def normalise_section(section: Section) -> tuple[str, tuple[str, ...]]:
    """Write a section as the file that stands in `sections/`.

    Args:
        section: The section; its Markdown is untrusted.

    Returns:
        The file's text, the title as its first-level heading, and what was repaired or dropped.
    """
    prepared = prepare(section, level=1)
    body = render(prepared.tokens)
    heading = f"# {escape_inline(section.title)}"
    text = f"{heading}\n\n{body}\n" if body else f"{heading}\n"
    return text, prepared.notes


def split_section(text: str) -> str:
    """Read the body back from a section file, perhaps edited by hand.

    Args:
        text: The file's text.

    Returns:
        What stands below the first-level heading at the top, as written; everything when there is
        no such heading.
    """
    return _split(text)[1]


def section_heading(text: str) -> str | None:
    """Read the heading of a section file as Markdown, or None when there is none at the top.

    Args:
        text: The file's text.
    """
    return _split(text)[0]


def title_of(text: str) -> str:
    """Read the title back from a section file; empty when it has no heading at the top.

    Args:
        text: The file's text.
    """
    tokens = parse(section_heading(text) or "")
    return plain_text(tokens[1].children) if tokens else ""


def _split(text: str) -> tuple[str | None, str]:
    text = clean_characters(text)
    lines = text.split("\n")
    tokens = parse_blocks(text)
    if not tokens or tokens[0].tag != "h1" or tokens[0].map is None:
        return None, text.strip("\n")
    return tokens[1].content, "\n".join(lines[tokens[0].map[1] :]).strip("\n")
