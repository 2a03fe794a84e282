"""Figures that contradict each other: the same name, or the same item, with different values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from docgen_core.check.figure_words import (
    CONNECTED,
    CONNECTING,
    GENERIC,
    LABELS,
    MODIFIERS,
    MULTIPLES,
    UNITS,
)
from docgen_core.check.findings import Finding, found
from docgen_core.check.parts import Block, Part, Row

__all__ = ["check_figures"]

_ID: Final = re.compile(r"(?<![\w\-/.#])[A-Z]{1,3}[1-9][0-9]{0,3}(?![\w\-]|[.,]\d)", re.ASCII)
_LEADING_ID: Final = re.compile(rf"\W*({_ID.pattern})", re.ASCII)
_NUMBER: Final = re.compile(
    r"(?P<currency>[€$£¥]|\b(?:EUR|USD|GBP|CHF|JPY))?\s?"
    # Thousands are set apart by a point, a comma, an apostrophe or a blank.
    r"(?<![A-Za-z0-9_.,'/\u2013-])"
    r"(?P<number>\d{1,3}(?:[.,'\u2019\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?"
    r"|\d+(?:[.,]\d+)?)"
    r"(?![\d/\u2013-]|[.:]\d)\s?(?P<multiple>(?:k|million|millions|Mio)\b\.?|万)?"
    r"\s?(?P<unit>[%€$£¥円秒分日週年]|時間|週間|[かヶカ]月|ユーロ|ドル|パーセント|[^\W\d_]+)?",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|[。！？\n;]")  # noqa: RUF001 - CJK marks
_CLAUSE: Final = re.compile(r"[,(（\[]|\d")  # noqa: RUF001
_WIDE_WORD: Final = re.compile("[\u3400-\u9fff\u30a0-\u30ff]+$")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_THOUSANDS: Final = re.compile(r"[.,'\u2019\u00a0\u202f ](?=\d{3}(?!\d))")
#: The label of a value that stands right behind its item: `K1: 30 %`.
_ITSELF: Final = "="
#: Longer cells are sentences.
_CELL: Final = 40


@attrs.frozen(kw_only=True)
class _Claim:
    """One value that a text gives something.

    Attributes:
        subject: The id of the item that it is about, or an empty text.
        label: What the figure is called.
        unit: In what it is given.
        value: The number.
        shown: As it is written.
        part: Where it stands.
        line: Where it stands.
    """

    subject: str
    label: str
    unit: str
    value: float
    shown: str
    part: Part = attrs.field(eq=False)
    line: int = attrs.field(eq=False)


def check_figures(parts: Sequence[Part]) -> Iterator[Finding]:
    """Compare the figures of sections with each other.

    Args:
        parts: The sections.
    """
    claims: dict[tuple[str, str, str], list[_Claim]] = defaultdict(list)
    for part in parts:
        for claim in (*_rows(part), *_texts(part)):
            claims[claim.subject, claim.label, claim.unit].append(claim)
    for about, same in claims.items():
        single = _single(same)
        differing = (claim for claim in single if claim.value != single[0].value)
        if (other := next(differing, None)) is not None:
            yield _finding(about, single[0], other)
        elif about[1] == _ITSELF:
            yield from _against_named(about, same, claims)


def _against_named(
    about: tuple[str, str, str],
    same: Sequence[_Claim],
    claims: Mapping[tuple[str, str, str], Sequence[_Claim]],
) -> Iterator[Finding]:
    """Compare `K1: 30 %` with what another section calls the target, or the like, of K1."""
    for claim in same:
        named = [
            other
            for (subject, label, unit), others in claims.items()
            if (subject, unit) == (about[0], about[2]) and label != _ITSELF
            for other in others
            if other.part is not claim.part
        ]
        if named and claim.value not in {other.value for other in named}:
            yield _finding(about, claim, named[0])
            return


def _single(claims: Sequence[_Claim]) -> list[_Claim]:
    """One claim for each section; a section that gives several values speaks of several things."""
    by_part: dict[int, list[_Claim]] = defaultdict(list)
    for claim in claims:
        by_part[id(claim.part)].append(claim)
    return [same[0] for same in by_part.values() if len({claim.value for claim in same}) == 1]


def _finding(about: tuple[str, str, str], first: _Claim, other: _Claim) -> Finding:
    subject, label, _ = about
    name = " ".join(filter(None, (subject, "" if label == _ITSELF else repr(label))))
    where = f"{first.part.file}:{first.line}"
    message = f"{name} is {other.shown} here and {first.shown} in {where}"
    code = "contradiction" if subject else "figures-differ"
    return found(code, other.part.file, other.line, message, key="/".join(about))


def _rows(part: Part) -> Iterator[_Claim]:
    """What tables say: `| K1 | Waiting time | 10 min |`, or `| Budget | 20,000 EUR |`."""
    for row in part.rows:
        leading = _LEADING_ID.match(row.cells[0])
        for place, cell in enumerate(row.cells[1:], start=1):
            numbers = list(_NUMBER.finditer(cell))
            if len(numbers) != 1 or len(cell) > _CELL:
                continue
            label = _row_label(row, place) if leading is None else _name(row.header[place])
            if label:
                subject = "" if leading is None else leading[1]
                yield from _claim(subject, label, numbers[0], part, row.line)


def _row_label(row: Row, place: int) -> str:
    label = _name(row.cells[0]) if len(row.cells) == 2 and place == 1 else ""  # noqa: PLR2004
    return "" if label in GENERIC else label


def _texts(part: Part) -> Iterator[_Claim]:
    about = ""
    for block in part.blocks:
        if block.kind == "heading":
            leading = _LEADING_ID.match(block.prose)
            about = leading[1] if leading else ""
        elif block.kind == "text":
            yield from _sentences(part, block, about)


def _sentences(part: Part, block: Block, about: str) -> Iterator[_Claim]:
    leading = _LEADING_ID.match(block.prose)
    about = leading[1] if leading else about
    offset = 0
    for sentence in _SENTENCE.split(block.prose):
        at = block.prose.find(sentence, offset)
        offset = at + len(sentence)
        line = block.line + block.prose[:at].count("\n")
        names = set(_ID.findall(sentence)) - {about}
        if len(names) > 1 or (names and leading):
            continue
        subject = next(iter(names), about)
        for number in _NUMBER.finditer(sentence):
            start = number.start("currency" if number["currency"] else "number")
            label = _label(sentence[:start], subject)
            if label and (subject or label not in GENERIC):
                yield from _claim(subject, label, number, part, line)


def _claim(
    subject: str, label: str, found_number: re.Match[str], part: Part, line: int
) -> Iterator[_Claim]:
    number, unit = found_number["number"], _unit(found_number)
    if _YEAR.fullmatch(number) and unit not in {"eur", "usd", "gbp", "chf", "jpy"}:
        return
    value = _value(number) * MULTIPLES.get((found_number["multiple"] or "").lower().rstrip("."), 1)
    shown = " ".join(found_number[0].split())
    yield _Claim(
        subject=subject, label=label, unit=unit, value=value, shown=shown, part=part, line=line
    )


def _unit(number: re.Match[str]) -> str:
    written = (number["unit"] or number["currency"] or "").lower()
    unit = UNITS.get(written, "")
    if not unit and number["currency"]:
        unit = UNITS[number["currency"].lower()]
    return unit or ("" if written in CONNECTED else written.removesuffix("s"))


def _value(number: str) -> float:
    """Read a number as people of several countries write it."""
    return float(_THOUSANDS.sub("", number).replace(",", "."))


def _label(before: str, subject: str) -> str:
    """What a number is called, from the words before it; empty when they do not say."""
    clause = _CLAUSE.split(before.replace(subject, " \0 ") if subject else before)[-1]
    clause = MODIFIERS.sub("", clause)
    named = CONNECTING.sub("", clause)
    connected = named != clause
    label = _name(named)
    if connected and named.rstrip(" *").endswith("\0"):
        return label if label in LABELS | GENERIC else _ITSELF
    return label if connected or label in LABELS else ""


def _name(text: str) -> str:
    """The name at the end of a text, without articles and the like."""
    wide = _WIDE_WORD.search(text.strip())
    if wide is not None:
        return wide[0]
    words = [word.casefold() for word in _WORD.findall(text.replace("\0", " "))]
    while words and words[-1] in CONNECTED:
        words.pop()
    name: list[str] = []
    while words and words[-1] not in CONNECTED and len(name) < 4:  # noqa: PLR2004 - no longer name
        name.insert(0, words.pop())
    label = " ".join(name)
    return label if len(label) > 2 else ""  # noqa: PLR2004
