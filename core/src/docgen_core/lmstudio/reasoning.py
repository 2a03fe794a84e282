"""Tells the answer from what the model thought aloud, as a whole and while it streams.

Reasoning has three seats: the fields `reasoning_content` and `reasoning`, which need no parsing,
and `<think>` tags within the answer, sometimes without the opening one. Only the tags are dealt
with here, and an answer that has landed in the wrong seat.
"""

from __future__ import annotations

import json
import re

__all__ = ["ThinkFilter", "json_seat", "split_reasoning"]

# A tag in inline code is talked about, not used.
_TAG = re.compile(r"(?<!`)<(/?)think(?:ing)?>", re.IGNORECASE)
# What may become a tag when the next piece arrives.
_HALF_TAG = re.compile(r"<(?:/?(?:t(?:h(?:i(?:n(?:k(?:i(?:n(?:g)?)?)?)?)?)?)?)?)?$", re.IGNORECASE)
_FENCE = re.compile(r"\A```[a-z]*\n(.*)\n```\Z", re.DOTALL)


def split_reasoning(text: str) -> tuple[str, str]:
    """Split a finished answer at its `<think>` tags.

    Args:
        text: The `content` of the answer as it came.

    Returns:
        The answer and the reasoning. Without tags the answer is the text, unchanged. A closing
        tag without an opening one makes everything before it reasoning; an opening one without
        a closing one everything after it.
    """
    if "<" not in text:
        return text, ""
    answer: list[str] = []
    thought: list[str] = []
    thinking, position = False, 0
    for tag in _TAG.finditer(text):
        (thought if thinking else answer).append(text[position : tag.start()])
        if tag[1] and not thinking:
            thought += answer
            answer = []
        thinking, position = not tag[1], tag.end()
    (thought if thinking else answer).append(text[position:])
    if position == 0:
        return text, ""
    return "".join(answer).lstrip(), "".join(thought).strip()


def json_seat(reasoning: str) -> str:
    """Return the JSON object or list that the model wrote as its reasoning, or "".

    Some servers file a whole structured answer under reasoning and leave the content empty.

    Args:
        reasoning: The text of the reasoning fields.
    """
    candidate = split_reasoning(reasoning)[0].strip()
    fenced = _FENCE.match(candidate)
    candidate = fenced[1].strip() if fenced else candidate
    if not candidate.startswith(("{", "[")):
        return ""
    try:
        json.loads(candidate)
    except (ValueError, RecursionError):
        return ""
    return candidate


class ThinkFilter:
    """Lets the answer through while it streams and holds reasoning back.

    A tag may arrive in pieces: at most eleven characters are held until it is clear. Text before
    a closing tag that was never opened has been let through by then; `split_reasoning` over the
    finished text is the authority.
    """

    def __init__(self) -> None:
        self._held = ""
        self._before = ""
        self._thinking = False
        self._trim = False
        self._shown = False

    @property
    def thinking(self) -> bool:
        """Whether the text so far ends within reasoning."""
        return self._thinking

    def feed(self, text: str) -> str:
        """Take the next piece of the answer and return what may be shown."""
        if not self._held and not self._thinking and not self._trim and "<" not in text:
            self._before = text[-1:] or self._before
            self._shown = self._shown or bool(text and not text.isspace())
            return text
        return self._trimmed(self._scan(self._held + text))

    def close(self) -> str:
        """Return what was held back at the end: half a tag is text after all."""
        held, self._held = self._held, ""
        return "" if self._thinking else self._trimmed(held)

    def _scan(self, text: str) -> str:
        """Return the shown part of `text` and keep what may be half a tag."""
        # The character before is looked at, never shown again.
        start = len(self._before)
        text = self._before + text
        half = _HALF_TAG.search(text, start)
        end = half.start() if half else len(text)
        shown = []
        position = start
        for tag in _TAG.finditer(text, start, end):
            if not self._thinking:
                shown.append(text[position : tag.start()])
                self._shown = self._shown or bool(shown[-1].strip())
            self._thinking, position = not tag[1], tag.end()
            self._trim = not self._shown
        if not self._thinking:
            shown.append(text[position:end])
        self._held = text[end:]
        self._before = text[max(0, end - 1) : end]
        return "".join(shown)

    def _trimmed(self, text: str) -> str:
        if self._trim:
            text = text.lstrip()
            self._trim = not text
        self._shown = self._shown or bool(text.strip())
        return text
