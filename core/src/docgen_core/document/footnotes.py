"""Footnote labels that stay apart when sections are put into one document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from markdown_it.token import Token

__all__ = ["relabel_footnotes"]

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.-]+")


def relabel_footnotes(tokens: Sequence[Token], *, section: str) -> None:
    """Put the section's id in front of its footnote labels, in place.

    Args:
        tokens: One section's tokens.
        section: The section's id. A label that begins with it already stays as it is.
    """
    if not any(token.type == "footnote_reference_open" for token in tokens):
        return
    renamed = _new_labels(dict.fromkeys(_labels(tokens)), f"{section}-")
    defined: set[str] = set()
    for token in _note_tokens(tokens):
        label = renamed[token.meta["label"]]
        if token.type == "footnote_reference_open":
            # A second definition of one label is never shown, but its text is not lost either.
            label = _unused(label, defined)
            defined.add(label)
        token.meta["label"] = label


def _new_labels(labels: Iterable[str], prefix: str) -> dict[str, str]:
    """Choose labels that differ in more than case: some viewers take no notice of it."""
    renamed: dict[str, str] = {}
    taken: set[str] = set()
    settled_first = sorted(labels, key=lambda label: not label.startswith(prefix))
    for number, label in enumerate(settled_first, start=1):
        name = label.removeprefix(prefix)
        wanted = prefix + (name if _PLAIN.fullmatch(name) else str(number))
        renamed[label] = _unused(wanted, taken)
        taken.add(renamed[label].casefold())
    return renamed


def _unused(wanted: str, taken: set[str]) -> str:
    label, number = wanted, 2
    while label.casefold() in taken or label in taken:
        label, number = f"{wanted}-{number}", number + 1
    return label


def _labels(tokens: Iterable[Token]) -> Iterator[str]:
    return (token.meta["label"] for token in _note_tokens(tokens))


def _note_tokens(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type in {"footnote_reference_open", "footnote_ref"}:
            yield token
        yield from _note_tokens(token.children or ())
