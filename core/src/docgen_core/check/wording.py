"""Texts that are not finished: empty, repeated, left to be filled in, torn by a merge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from docgen_core.check.findings import Finding, found
from docgen_core.check.parts import Block, Part

__all__ = ["check_wording", "conflicts"]

_PLACEHOLDER: Final = re.compile(
    r"\b(?:TBD|TBC|TBA|FIXME|T\.B\.D\.)(?![\w-])"
    # Spanish and Portuguese write it in capitals for "all".
    r"|\bTODO\b(?=\s*(?:[:\-\u2013\u2014(\]]|$|\n))"
    r"|\b(?:your|text|content|description|name|title)\b[\w ]{0,30} goes here\b"
    r"|\blorem ipsum\b|\bX{3,}\b(?!-)|\?{3,}|\u3007\u3007|\u25cb\u25cb|(?:_ ?){5,}"
    r"|\[(?:(?:insert|add|enter|fill in|your|placeholder|to be|name of|tbd|todo|einfügen|"
    r"Platzhalter|ergänzen|insérer|à compléter|insertar|añadir|completar)\b|ここに|記入|要記入)"
    r"[^\[\]]*\]"
    r"|\[[^\[\]\n]{0,40}(?:einfügen|ergänzen|eintragen|à compléter|を挿入|を記入|を入力)\]"
    r"|<(?:your|insert|add|enter|fill in|placeholder|name|company|date|number|amount|product|team|"
    r"project|email|address)\b[^<>\n]{0,40}>"
    r"|\{\{[^{}\n]{1,40}\}\}",
    re.IGNORECASE,
)
#: These are words in small letters.
_CAPITALS: Final = re.compile(r"TBD|TBC|TBA|FIXME|TODO|T\.B\.D\.|X{3,}", re.IGNORECASE)
_CONFLICT: Final = re.compile(r"(?:<{7}|>{7}) \S")
_FENCE: Final = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_WORDLESS: Final = re.compile(r"[\W_]+")
_WIDE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: Shorter texts repeat for good reasons; a text with this many wide characters says more in less.
_REPEATED, _REPEATED_WIDE, _WIDE_TEXT = 60, 24, 10


def check_wording(parts: Sequence[Part]) -> Iterator[Finding]:
    """Look at the words of sections, one after another and against each other.

    Args:
        parts: The sections.
    """
    seen: dict[str, tuple[Part, Block]] = {}
    for part in parts:
        if part.made:
            continue
        yield from _placeholders(part)
        yield from _empty(part)
        yield from _fences(part)
        yield from _repeated(part, seen)


def conflicts(file: str, text: str) -> Iterator[Finding]:
    """Find the marks that a merge left where two changes clashed.

    Args:
        file: Relative to the folder.
        text: Its text.
    """
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        mark = _FENCE.match(line)
        if mark is not None and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if not fence and _CONFLICT.match(line):
            yield found("conflict", file, number, f"a mark of a conflict: {line[:40]}")


def _placeholders(part: Part) -> Iterator[Finding]:
    for block in (
        Block(kind="heading", line=part.line, text=part.title, prose=part.title),
        *part.blocks,
    ):
        for match in _PLACEHOLDER.finditer(block.prose):
            if _CAPITALS.fullmatch(match[0]) and not match[0].isupper():
                continue
            line = block.line + block.prose[: match.start()].count("\n")
            message = f"{' '.join(match[0].split())!r} was left to be filled in"
            around = block.prose[max(match.start() - 30, 0) : match.end() + 30]
            yield found("placeholder", part.file, line, message, key=" ".join(around.split()))


def _empty(part: Part) -> Iterator[Finding]:
    if not (part.texts or part.code_lines):
        message = f"the section {part.title!r} has no text"
        yield found("empty-section", part.file, part.line, message, key=part.title)
        return
    if not part.title.strip():
        yield found("empty-heading", part.file, part.line, "a heading without words")
    headings = [block for block in part.blocks if block.kind == "heading"]
    end = Block(kind="heading", line=1 << 30, text="", level=0)
    filled = sorted([*part.code_lines, *(block.line for block in part.texts)])
    for heading, following in pairwise([*headings, end]):
        name = " ".join(heading.text.split())
        bare = not any(heading.line < line < following.line for line in filled)
        if not name:
            yield found("empty-heading", part.file, heading.line, "a heading without words")
        elif bare and following.level <= heading.level:
            message = f"nothing stands under the heading {name!r}"
            yield found("empty-heading", part.file, heading.line, message)


def _fences(part: Part) -> Iterator[Finding]:
    for fence in part.fences:
        if not fence.closed:
            message = f"the code block that begins here ({fence.info or 'no language'}) never ends"
            yield found("unclosed-fence", part.file, fence.line, message)


def _repeated(part: Part, seen: dict[str, tuple[Part, Block]]) -> Iterator[Finding]:
    for block in part.blocks:
        if block.kind != "text":
            continue
        words = _WORDLESS.sub(" ", block.text.casefold()).strip()
        wide = len(_WIDE.findall(words)) >= _WIDE_TEXT
        if len(words) < (_REPEATED_WIDE if wide else _REPEATED):
            continue
        if words in seen:
            other, first = seen[words]
            message = f"this text stands in {other.file}:{first.line} already"
            yield found("repeated-paragraph", part.file, block.line, message, key=words)
        else:
            seen[words] = (part, block)
