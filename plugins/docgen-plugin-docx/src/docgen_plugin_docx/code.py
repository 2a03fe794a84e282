"""Blocks of code: cut into paragraphs that Word can handle, each part with its colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

import attrs

from docgen_core.api import code_parts, nodes

__all__ = ["code_paragraphs"]

#: Lines of code in one paragraph; longer ones make Word slow.
_LINES: Final = 100


def code_paragraphs(code: nodes.Code) -> Iterator[tuple[nodes.CodePart, ...]]:
    """Give the parts of each paragraph; between paragraphs a line ends.

    Args:
        code: The block.
    """
    lines = list(_lines(code_parts(code)))
    for at in range(0, len(lines), _LINES):
        yield tuple(_joined(lines[at : at + _LINES]))


def _lines(parts: Iterable[nodes.CodePart]) -> Iterator[list[nodes.CodePart]]:
    line: list[nodes.CodePart] = []
    for part in parts:
        first, *rest = part.text.split("\n")
        line.append(attrs.evolve(part, text=first))
        for text in rest:
            yield line
            line = [attrs.evolve(part, text=text)]
    yield line


def _joined(lines: list[list[nodes.CodePart]]) -> Iterator[nodes.CodePart]:
    """Lines as few parts as they can be: each is a run of its own in the file."""
    ends = [attrs.evolve(line[-1], text=f"{line[-1].text}\n") for line in lines[:-1]]
    ended = [*((*line[:-1], end) for line, end in zip(lines, ends, strict=False)), lines[-1]]
    every = (part for line in ended for part in line)
    for kind, group in groupby(every, key=attrgetter("kind")):
        yield nodes.CodePart(kind=kind, text="".join(part.text for part in group))
