"""Notices early that a model has begun to repeat itself without end.

Small models fall into loops and would fill the whole of max_tokens with them. The guard looks at
the text every few hundred characters, so that its cost per token is next to nothing.
"""

from __future__ import annotations

from collections import deque

from docgen_core.errors import GenerationError, Retry

__all__ = ["RepetitionGuard"]

_EVERY = 512
_WINDOW = 8192
_PROBE = 48
# Verbatim repetition: characters that it must cover. Rules and wide tables hold long runs of
# one or two characters for good reasons, so those need more.
_SHORT_PERIOD, _SHORT_RUN = 8, 1200
_RUN, _TIMES = 600, 4
_BLANK = 800
# Repetition with small changes: so few different lines or sentences among the latest.
_UNITS, _DISTINCT, _SHORTEST_UNIT, _UNITS_RUN = 30, 3, 12, 1000
_LONGEST_UNIT = 1000
# Lines of a word or two, each with its own number: a form repeats a few, nothing this many.
_SHORT_UNITS, _SHORT_DISTINCT = 80, 2
_MARKERS = "0123456789.)-*+# "
_WITHOUT_DIGITS = str.maketrans("", "", "0123456789")
_VERBATIM_START = ("|", "{", "[", "<", "`")
_HINT = "Lower the temperature a little, set a repeat penalty, or use a larger model."


class RepetitionGuard:
    """Watches one text as it grows.

    Args:
        max_chars: Characters that the text may have, whatever they are.
    """

    def __init__(self, *, max_chars: int) -> None:
        self._max_chars = max_chars
        self._size = 0
        self._window = ""
        self._new: list[str] = []
        self._new_size = 0
        self._rest = ""
        self._units: deque[str] = deque(maxlen=_UNITS)
        self._short: deque[str] = deque(maxlen=_SHORT_UNITS)
        self._fenced = False

    def feed(self, text: str) -> None:
        """Take the next piece of the text.

        Raises:
            GenerationError: It repeats without end, is endless white space, or is too long.
        """
        self._new.append(text)
        self._new_size += len(text)
        if self._new_size >= _EVERY:
            self._look()

    def _look(self) -> None:
        new = "".join(self._new)
        self._size += len(new)
        self._new, self._new_size = [], 0
        if self._size > self._max_chars:
            raise _runaway(f"it passed {self._max_chars:,} characters, far beyond max_tokens")
        self._window = (self._window + new)[-_WINDOW:]
        if len(self._window) - len(self._window.rstrip()) >= _BLANK:
            raise _runaway("it went on with nothing but white space")
        if _loops(self._window) or self._units_repeat(new):
            raise _runaway("the model repeats itself without end")

    def _units_repeat(self, new: str) -> bool:
        # Plain replacing is ten times as fast as a regular expression over every character.
        text = self._rest + new
        for end in (". ", "! ", "? "):
            text = text.replace(end, "\n")
        *units, rest = text.split("\n")
        self._rest = rest if len(rest) < _LONGEST_UNIT else ""
        for unit in units:
            self._note(unit.strip())
        enough = len(self._units) == _UNITS and sum(map(len, self._units)) >= _UNITS_RUN
        return (enough and len(set(self._units)) <= _DISTINCT) or (
            len(self._short) == _SHORT_UNITS and len(set(self._short)) <= _SHORT_DISTINCT
        )

    def _note(self, unit: str) -> None:
        """Remember a line or sentence; only its numbering may differ from another's."""
        if unit.startswith(("```", "~~~")):
            self._fenced = not self._fenced
        verbatim = self._fenced or unit.startswith(_VERBATIM_START)
        bare = unit if verbatim else unit.lstrip(_MARKERS).translate(_WITHOUT_DIGITS)
        if bare:
            self._short.append(bare.casefold())
        if len(unit) >= _SHORTEST_UNIT:
            self._units.append(bare.casefold())


def _loops(window: str) -> bool:
    """Say whether the end of the text is one piece over and over, letter for letter."""
    if len(window) < _RUN:
        return False
    earlier = window.rfind(window[-_PROBE:], 0, len(window) - 1)
    if earlier < 0:
        return False
    period = len(window) - _PROBE - earlier
    run = _SHORT_RUN if period <= _SHORT_PERIOD else max(_RUN, _TIMES * period)
    tail = window[-run:]
    return len(tail) == run and tail[period:] == tail[:-period]


def _runaway(problem: str) -> GenerationError:
    return GenerationError(f"The answer was cut off: {problem}", hint=_HINT, retry=Retry.RESAMPLE)
