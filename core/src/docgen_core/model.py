"""The data that passes between the rooms: frozen attrs classes, no I/O, nothing but derivation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from docgen_core.errors import DocgenError
from docgen_core.usage import RunReport, SectionFacts, Usage

__all__ = [
    "Brief",
    "Deliverable",
    "DeliverableId",
    "DeliverableResult",
    "Document",
    "Draft",
    "Generation",
    "HookContext",
    "InputResult",
    "Instructions",
    "OutlineEntry",
    "RunReport",
    "Section",
    "SectionFacts",
    "TemplateRef",
    "Usage",
]

_ID = re.compile(r"[a-z][a-z0-9_]*")
_TITLE_LIMIT = 80
# An opening fence of backticks holds none in the words after it: that would be inline code.
_FENCE = re.compile(r"`{3,}(?=[^`]*$)|~{3,}")


def _frozen_mapping(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(value))


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):  # a text is an iterable of letters, each of which may be an id
        msg = f"expected ids such as ({values!r},), got the text {values!r}"
        raise TypeError(msg)
    return tuple(values)


def _check_id(_instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not _ID.fullmatch(value):
        msg = f"{attribute.name} must match [a-z][a-z0-9_]*, got {value!r}"
        raise ValueError(msg)


def _parted(text: str) -> tuple[list[str], list[str]]:
    """Part a text into the lines outside and inside fenced code, blank ones left out."""
    outside: list[str] = []
    inside: list[str] = []
    fence = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        mark = _FENCE.match(line)
        if fence:
            closes = mark is not None and mark[0].startswith(fence) and line == mark[0]
            fence = "" if closes else fence
            inside += [] if closes else [line]
        elif mark is not None:
            fence = mark[0]
        else:
            outside.append(line)
    return outside, inside


class DeliverableId(str):
    """A deliverable's id: a plain string that also answers to `.value`.

    Code written for an enumeration of deliverable types (`result.deliverable_type.value`) keeps
    working, although the ids are open: each plugin brings its own.
    """

    __slots__ = ()

    @property
    def value(self) -> str:
        """The id as a plain string."""
        return str(self)


@attrs.frozen(kw_only=True)
class Brief:
    """What a person wants, in their own words.

    Attributes:
        text: The brief as written, in Markdown or plain text.
        title: A short name for title pages: the first heading or the first line.
        source: Where it came from (a file name or `-`), for messages only.
    """

    text: str
    title: str
    source: str = ""

    @classmethod
    def from_text(cls, text: str, *, source: str = "") -> Brief:
        """Make a brief, taking its title from the first heading or else the first line.

        Args:
            text: The brief as written.
            source: Where it came from, for messages.
        """
        lines, code = _parted(text)
        headings = [line.lstrip("#").strip() for line in lines if re.match(r"#{1,6}\s", line)]
        title = " ".join((headings or lines or code or ["Untitled brief"])[0].split())
        if len(title) > _TITLE_LIMIT:
            title = title[: _TITLE_LIMIT - 1].rstrip() + "…"
        return cls(text=text, title=title, source=source)


@attrs.frozen(kw_only=True)
class Generation:
    """Sampling parameters that override the run's own for one deliverable or one server.

    None means: leave it to the next in line. The user's explicit settings win over these.

    Attributes:
        max_tokens: The most tokens the answer may have.
        temperature: Sampling temperature, 0 to 2.
        top_p: Nucleus sampling mass, 0 to 1.
        extra: Further request fields, sent as they are (for instance `repeat_penalty`).
    """

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    extra: Mapping[str, Any] = attrs.field(factory=dict, converter=_frozen_mapping)


@attrs.frozen(kw_only=True)
class Deliverable:
    """What one kind of document is: data only, so that it can be listed, hashed and tested.

    Attributes:
        id: `[a-z][a-z0-9_]*`, equal to the entry-point name.
        title: The heading of its section.
        summary: One line for `docgen deliverables`.
        needs: Ids whose results must come first and enter the prompt.
        uses: The same, if they happen to be part of the run.
        schema: An attrs class whose fields carry `Field`, `Identity` and `Reference`: the answer
            is asked for as JSON, checked, and handed on as an object of the class. None for free
            Markdown.
        settings: An attrs class whose fields users may set under `[settings.<id>]`, or None.
        generation: Sampling overrides for this deliverable.
        api: The hook API (major, minor) that the plugin was written for.
    """

    id: str = attrs.field(validator=_check_id)
    title: str
    summary: str
    needs: tuple[str, ...] = attrs.field(default=(), converter=_ids)
    uses: tuple[str, ...] = attrs.field(default=(), converter=_ids)
    schema: type[Any] | None = None
    settings: type[Any] | None = None
    generation: Generation = attrs.field(factory=Generation)
    api: tuple[int, int] = (1, 0)


@attrs.frozen(kw_only=True)
class Instructions:
    """What the model is told to write for one deliverable.

    Attributes:
        text: The instructions, in Markdown. They stand last in the prompt.
    """

    text: str


@attrs.frozen
class TemplateRef:
    """A template by name, found through the loader chain.

    Attributes:
        name: `<deliverable id>/<file>` for a plugin's own file, for instance
            `glossary/section.md.j2`; a name without a folder is one of the shared templates.
    """

    name: str


@attrs.frozen(kw_only=True)
class InputResult:
    """A finished deliverable, as a later one sees it.

    Attributes:
        id: The deliverable's id.
        title: Its section heading.
        markdown: Its finished Markdown, without the section heading.
        data: The structured answer, or None for free Markdown.
    """

    id: str
    title: str
    markdown: str
    data: Any = None


@attrs.frozen(kw_only=True)
class HookContext:
    """What a hook may know about the run. Frozen: hooks are pure functions of their arguments.

    Attributes:
        brief: The user's brief.
        inputs: The results of needed (and used) deliverables, by id.
        settings: The deliverable's or pack's settings object, or None when it declares none.
        language: The output language as a BCP 47 tag, for instance `en` or `de`.
        run_id: Names this run in logs.
    """

    brief: Brief
    inputs: Mapping[str, InputResult] = attrs.field(factory=dict, converter=_frozen_mapping)
    settings: Any = None
    language: str = "en"
    run_id: str = ""


@attrs.frozen(kw_only=True)
class Draft:
    """The model's answer on its way to becoming a section.

    Attributes:
        deliverable: The deliverable's id.
        markdown: The answer as Markdown, reasoning removed.
        data: The structured answer, or None for free Markdown.
        model: The model that answered.
    """

    deliverable: str
    markdown: str
    data: Any = None
    model: str = ""


@attrs.frozen(kw_only=True)
class Section:
    """One deliverable's part of the document.

    Attributes:
        id: The deliverable's id.
        title: The section heading, without `#`.
        markdown: The body under that heading.
        edited: True when a person changed this text since docgen last wrote it.
        data: Its structured content as plain data, item ids included, as the model gave it; None
            for free Markdown. Hand edits are in `markdown` only.
    """

    id: str
    title: str
    markdown: str
    edited: bool = False
    data: Mapping[str, Any] | None = None


@attrs.frozen(kw_only=True)
class OutlineEntry:
    """One heading of the document.

    Attributes:
        level: 1 to 6.
        title: The heading as plain text.
        anchor: The id that links to it, without `#`.
        section: The id of the section that holds it; empty for the title page.
    """

    level: int
    title: str
    anchor: str
    section: str


@attrs.frozen(kw_only=True)
class Document:
    """The merged document.

    Attributes:
        title: The document's title.
        sections: The sections in reading order.
        outline: Every heading in reading order.
        markdown: The whole document, empty while it is still being put together.
        language: The output language as a BCP 47 tag.
        date: The date on the title page, in day precision; empty when not known.
        facts: How each section was made, as far as it is known.
        report: The report of the run, for formats that can show it; None when nothing is known.
    """

    title: str
    sections: tuple[Section, ...] = ()
    outline: tuple[OutlineEntry, ...] = ()
    markdown: str = ""
    language: str = "en"
    date: str = ""
    facts: tuple[SectionFacts, ...] = ()
    report: RunReport | None = None


@attrs.frozen(kw_only=True)
class DeliverableResult:
    """What became of one deliverable.

    Attributes:
        deliverable_type: The deliverable's id.
        content: The section's Markdown; empty on failure.
        success: Whether there is usable content.
        title: The section heading.
        error: Why it failed, or None.
        execution_time: Seconds from its first request to its section; of a reused one, the seconds
            that its answer took in the run that asked for it.
        usage: Token counts of the attempt that succeeded, or None when none did.
        prompt_used: The rendered prompt, or None when nothing was sent.
        model: The model that answered; empty when nothing did.
        finish_reason: Why the model stopped (`stop`, `length`), or None.
        attempts: How many requests were made; 0 when it was taken from the cache.
        time_to_first_token: Seconds, or None when nothing arrived.
        reused: True when an unchanged earlier result was taken instead of asking again.
        cached: True when the answer to the same request came from the user's cache.
        warnings: What a reader should know, one sentence each.
        fingerprint: Hash over everything that decides the content.
        data: The structured answer, or None for free Markdown.
        rung: How a structured answer was got: `schema`, `prompt`, `repair` or `fields`.
        rung_reason: Why it was not got in an earlier way; empty when it was the first.
    """

    deliverable_type: DeliverableId
    content: str = ""
    success: bool = True
    title: str = ""
    error: DocgenError | None = attrs.field(default=None, eq=False)
    execution_time: float = 0.0
    usage: Usage | None = None
    prompt_used: str | None = None
    model: str = ""
    finish_reason: str | None = None
    attempts: int = 0
    time_to_first_token: float | None = None
    reused: bool = False
    cached: bool = False
    warnings: tuple[str, ...] = ()
    fingerprint: str = ""
    data: Any = None
    rung: str = ""
    rung_reason: str = ""

    @property
    def error_message(self) -> str | None:
        """The failure as one sentence, or None."""
        return None if self.error is None else str(self.error)

    @property
    def token_usage(self) -> dict[str, int] | None:
        """Token counts under the wire's names, or None when nothing was sent."""
        if self.usage is None:
            return None
        return {
            "prompt_tokens": self.usage.prompt_tokens,
            "completion_tokens": self.usage.completion_tokens,
            "total_tokens": self.usage.total_tokens,
        }

    def as_input(self) -> InputResult:
        """This result as a later deliverable sees it."""
        return InputResult(
            id=str(self.deliverable_type),
            title=self.title,
            markdown=self.content,
            data=self.data,
        )
