"""The form of a free-Markdown section: which parts it has, how to ask for it, how to tidy it.

Small models get headings nearly right: wrong level, bold instead of `##`, text on the heading's
line, chatter before the first one. A form puts that right and never invents a word. It knows
nothing of deliverables, and imports nothing beyond attrs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import attrs

__all__ = ["Part", "SectionForm", "language_name"]

_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING: Final = re.compile(r" {0,3}(#{1,6})[ \t]+\S")
_DEEPEST_PART: Final = 2
_LANGUAGES: Final = (
    ("de", "German"),
    ("en", "English"),
    ("es", "Spanish"),
    ("fr", "French"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("sv", "Swedish"),
    ("zh", "Chinese"),
)


def language_name(tag: str) -> str:
    """Name a language so that a model understands it.

    Args:
        tag: A BCP 47 tag, for instance `de-AT`.

    Returns:
        For instance `German (de-AT)`; the tag alone when the language is not a common one.
    """
    name = dict(_LANGUAGES).get(tag.partition("-")[0].lower())
    return f"the language {tag}" if name is None else f"{name} ({tag})"


def _one_line(_instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not value.strip() or "\n" in value:
        msg = f"{attribute.name} must be one line of text, got {value!r}"
        raise ValueError(msg)


@attrs.frozen
class Part:
    """One part of a section.

    Attributes:
        title: Its heading, without `#`.
        ask: What to say there, as a phrase after a colon.
        example: Its text in the example entry, or empty. Only forms with entries show examples.
    """

    title: str = attrs.field(validator=_one_line)
    ask: str = attrs.field(validator=_one_line)
    example: str = ""


@attrs.frozen
class SectionForm:
    r"""The parts that a section is to have, in order.

    With `entry` empty, each part is a heading (`## Impact`). Otherwise the section is a row of
    entries, each with a heading of its own (`## Maria Lopez, Baker`), and each part is a labelled
    line in every entry (`- **Goals:** She wants to sell all her bread.`).

    Attributes:
        parts: The wanted parts.
        entry: The heading of an entry, for instance of the example. Take one that fits any
            product: small models copy from it.

    Example:
        >>> form = SectionForm((Part("Impact", "what it costs"),))
        >>> print(form.tidy("Sure! Here it is:\n\n**Impact:** Two hours a day."))
        ## Impact
        <BLANKLINE>
        Two hours a day.
    """

    parts: tuple[Part, ...]
    entry: str = ""

    def instructions(self, opening: str, closing: str, *, language: str = "en") -> str:
        """Ask for this form in short plain sentences, the headings as a list or as an example.

        Tried with a model of 135 million parameters: what it keeps to is the list together with
        the name of the first heading, and, for people, an example. A longer text is worse.

        Args:
            opening: What to write, for instance `Write the problem statement of the brief.`
            closing: How long and how concrete, in one or two sentences.
            language: The output language as a BCP 47 tag.
        """
        asks = "\n".join(f"- {part.title}: {part.ask}" for part in self.parts)
        example = self._example()
        shape = f"{opening} {self._shape()}\n\nWhat to say there:\n\n{asks}"
        blocks = [f"{opening} Say:\n\n{asks}", example] if example else [shape]
        end = f"{closing} {_language_rule(language)} {self._first_step()}"
        return "\n\n".join([*blocks, end])

    def tidy(self, markdown: str) -> str:
        """Give known parts their canonical spelling and drop what is not part of the section.

        Dropped are headings and labels with nothing under them and an opening such as `Here it
        is:`. All
        other text stays. Headings in another language and code blocks are left alone. Applying it
        again changes nothing.

        Args:
            markdown: The model's answer.
        """
        text = markdown.strip("\n")
        # Each pass spells a line canonically or removes one, so this ends.
        while (tidied := self._pass(text)) != text:
            text = tidied
        return text

    def _shape(self) -> str:
        if self.entry:
            lines = "\n".join(f"- **{part.title}:**" for part in self.parts)
            return f"Each has a heading and these lines:\n\n{lines}"
        lines = "\n".join(f"## {part.title}" for part in self.parts)
        return f"Use these headings, in this order:\n\n{lines}"

    def _example(self) -> str:
        lines = [f"- **{part.title}:** {part.example}" for part in self.parts if part.example]
        if not (self.entry and lines):
            return ""
        return f"Write each one like this example:\n\n## {self.entry}\n\n" + "\n".join(lines)

    def _first_step(self) -> str:
        first = self.parts[0].title
        if self.entry:
            return f"Begin with ## and a name, then the line - **{first}:**, then the next line."
        return f"Begin with the heading ## {first}, then its sentences, then the next heading."

    def _pass(self, markdown: str) -> str:
        pattern = self._pattern()
        lines: list[_Line] = []
        for line in _read(markdown):
            lines += self._spell(line, pattern)
        kept = _without_empty(_without_opening(lines), self._bare_labels())
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.text for line in kept)).strip("\n")
        return text or markdown

    def _pattern(self) -> re.Pattern[str]:
        titles = "|".join(re.escape(part.title) for part in self.parts)
        lead = r" {0,3}[-*+] +" if self.entry else r" {0,3}#{1,6}[ \t]+"
        number = r"(?:\d{1,2}[.)] *)?"
        # A plain line is taken for a part only when it is bold: prose may start with the same word.
        start = rf"(?:{lead}(?:\*\*)?| {{0,3}}\*\*){number}"
        end = r"(?:\*\*)?:(?:\*\*)?(?:[ \t]+(?P<text>[^\s#`~].*))?" + (
            "" if self.entry else "|(?:\\*\\*)?"
        )
        return re.compile(rf"{start}(?P<title>{titles})(?:{end})\s*", re.IGNORECASE)

    def _bare_labels(self) -> frozenset[str]:
        return frozenset(f"- **{part.title}:**" for part in self.parts if self.entry)

    def _spell(self, line: _Line, pattern: re.Pattern[str]) -> list[_Line]:
        found = None if line.fenced else pattern.fullmatch(line.text)
        if found is None:
            return [self._fit(line)]
        title = next(p.title for p in self.parts if p.title.lower() == found["title"].lower())
        text = (found["text"] or "").rstrip()
        if self.entry:
            return [_Line(f"- **{title}:** {text}".rstrip())]
        return [_Line(""), _Line(f"## {title}"), _Line(""), *([_Line(text)] if text else [])]

    def _fit(self, line: _Line) -> _Line:
        """Put a heading that is none of the parts below them."""
        if self.entry or not 0 < line.level <= _DEEPEST_PART:
            return line
        return _Line("###" + line.text.lstrip()[line.level :])


@attrs.frozen
class _Line:
    text: str
    fenced: bool = False

    @property
    def level(self) -> int:
        """1 to 6 for a heading, else 0."""
        found = None if self.fenced else _HEADING.match(self.text)
        return len(found[1]) if found else 0


def _read(markdown: str) -> Iterator[_Line]:
    fence = ""
    for text in markdown.split("\n"):
        mark = _FENCE.match(text)
        inside = bool(fence)
        if fence and mark and mark[1].startswith(fence) and not text.strip(" `~\t"):
            fence = ""
        elif mark and not fence:
            fence = mark[1]
        yield _Line(text, fenced=inside or bool(mark))


def _without_opening(lines: list[_Line]) -> list[_Line]:
    """Drop one line such as `Here it is:` when a heading follows it."""
    rest = [number for number, line in enumerate(lines) if line.text.strip()]
    if len(rest) < 2 or lines[rest[0]].level or lines[rest[0]].fenced:  # noqa: PLR2004 - a pair
        return lines
    opens = lines[rest[0]].text.rstrip().endswith(":") and lines[rest[1]].level
    return lines[rest[1] :] if opens else lines


def _without_empty(lines: list[_Line], labels: frozenset[str]) -> list[_Line]:
    """Drop headings with nothing under them and labels with nothing behind them."""
    kept: list[_Line] = []
    below = 1  # the level of the next thing that is kept; the end closes every heading
    labelled = True  # whether a label or the end comes next
    for line in reversed(lines):
        bare = not line.fenced and line.text in labels
        if 0 < below <= line.level or (bare and (labelled or below)):
            continue
        if line.text.strip():
            below = line.level
            labelled = line.text.startswith(tuple(labels))
        kept.append(line)
    return kept[::-1]


def _language_rule(language: str) -> str:
    if language.lower().partition("-")[0] == "en":
        return "Write in English."
    return f"Write everything in {language_name(language)}. Translate the headings and labels too."
