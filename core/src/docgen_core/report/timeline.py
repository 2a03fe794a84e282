"""The drawing of when each request waited, was read and was answered: places, no markup."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import attrs

from docgen_core.report.words import duration, shortened
from docgen_core.store.requests import RequestRecord

__all__ = ["Bar", "Mark", "Row", "Tick", "Timeline", "draw"]

_WIDTH: Final = 960.0
_LEFT: Final = 230.0
_RIGHT: Final = 30.0
_TOP: Final = 34.0
_ROW: Final = 30.0
_BAR: Final = 16.0
#: A bar thinner than this could not be seen.
_THINNEST: Final = 1.0
_LETTERS: Final = 30
_TICKS: Final = 8
#: From so many rows on the axis stands below them, too.
_TALL: Final = 15
#: Seconds from which on the axis is in minutes.
_IN_MINUTES: Final = 120
_STEPS: Final = (
    *(0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 4 * 3600, 12 * 3600, 24 * 3600),
)


@attrs.frozen(kw_only=True)
class Bar:
    """A stretch of time.

    Attributes:
        x: Its left edge.
        y: Its upper edge.
        width: How wide it is.
        height: How high it is.
        kind: `waiting`, `reading` (the prompt), `writing` (the answer) or `cached`.
        words: The same in words.
    """

    x: float
    y: float
    width: float
    height: float
    kind: str
    words: str


@attrs.frozen(kw_only=True)
class Mark:
    """Where a request ended without an answer: `kind` is `failed` or `interrupted`."""

    x: float
    y: float
    kind: str
    words: str


@attrs.frozen(kw_only=True)
class Row:
    """One deliverable: its label stands at `y`; `title` is the whole of it."""

    y: float
    label: str
    title: str


@attrs.frozen(kw_only=True)
class Tick:
    """A mark on the time axis."""

    x: float
    words: str


@attrs.frozen(kw_only=True)
class Timeline:
    """The whole drawing, in units of a view box of `width` by `height`.

    Attributes:
        width: How wide it is.
        height: How high it is.
        bottom: Where the lines of the time axis end.
        tall: Whether the axis is to be written below, too.
        rows: The deliverables.
        bars: What became of their requests.
        marks: The requests without an answer.
        ticks: The time axis.
    """

    width: float
    height: float
    bottom: float
    tall: bool
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]


@attrs.frozen(kw_only=True)
class _Axis:
    """The time that is drawn, in seconds from the run's start."""

    begin: float
    end: float
    step: float

    def place(self, seconds: float) -> float:
        """Where a moment stands."""
        return _LEFT + (seconds - self.begin) * (_WIDTH - _LEFT - _RIGHT) / (self.end - self.begin)

    def ticks(self) -> Iterator[Tick]:
        """The marks, each at a multiple of the step."""
        first, last = round(self.begin / self.step), math.floor(self.end / self.step + 1e-9)
        for number in range(first, last + 1):
            seconds = number * self.step
            yield Tick(x=self.place(seconds), words=self._clock(seconds))

    def _clock(self, seconds: float) -> str:
        """A moment, no more precise than the steps are."""
        if self.step < 1:
            return f"{seconds:.1f} s"
        if self.end < _IN_MINUTES or not seconds:
            return f"{seconds:.0f} s"
        return duration(seconds).replace(".0 s", " s")


def draw(requests: Sequence[RequestRecord], titles: Mapping[str, str]) -> Timeline:
    """Place the requests of one run.

    Args:
        requests: In the order in which they were sent; at least one.
        titles: The title of each deliverable, in reading order.
    """
    shown = [key for key in titles if any(r.deliverable == key for r in requests)]
    places = {key: _TOP + index * _ROW for index, key in enumerate(shown)}
    axis = _axis(requests)
    known = [request for request in requests if request.deliverable in places]
    bottom, tall = _TOP + len(shown) * _ROW + 4, len(shown) >= _TALL
    return Timeline(
        width=_WIDTH,
        height=bottom + (22 if tall else 4),
        bottom=bottom,
        tall=tall,
        rows=tuple(
            Row(y=y + _ROW / 2, label=shortened(titles[key], _LETTERS), title=titles[key])
            for key, y in places.items()
        ),
        bars=tuple(bar for r in known for bar in _bars(r, places[r.deliverable], axis)),
        marks=tuple(_marks(known, places, axis)),
        ticks=tuple(axis.ticks()),
    )


def _axis(requests: Sequence[RequestRecord]) -> _Axis:
    """All requests; those of an earlier run may be the last few of it."""
    end = max(_end(request) for request in requests)
    first = min(request.ready for request in requests)
    # What begins soon after the run does is drawn from the run's own start.
    first = 0.0 if first < end / 2 else first
    span = max(end - first, _STEPS[0])
    step = next((step for step in _STEPS if span / step <= _TICKS), span / _TICKS)
    begin = math.floor(first / step) * step
    return _Axis(begin=begin, end=max(end, begin + span), step=step)


def _end(request: RequestRecord) -> float:
    times = (request.ready, request.started, request.first_token, request.ended)
    return max(time for time in times if time is not None)


def _bars(request: RequestRecord, top: float, axis: _Axis) -> Iterator[Bar]:
    for kind, start, end in _stretches(request):
        if end > start:
            x = axis.place(start)
            yield Bar(
                x=x,
                y=top + (_ROW - _BAR) / 2,
                width=max(axis.place(end) - x, _THINNEST),
                height=_BAR,
                kind=kind,
                words=f"{_NAMES[kind]} {start:.1f} to {end:.1f} s, attempt {request.attempt}",
            )


_NAMES: Final = MappingProxyType(
    {
        "waiting": "waiting",
        "reading": "reading the prompt",
        "writing": "writing the answer",
        "cached": "from the cache",
    }
)


def _stretches(request: RequestRecord) -> Iterator[tuple[str, float, float]]:
    end = _end(request)
    yield "waiting", request.ready, request.started
    if request.outcome == "cached":
        yield "cached", request.started, end
        return
    first = end if request.first_token is None else request.first_token
    yield "reading", request.started, first
    yield "writing", first, end


def _marks(
    requests: Sequence[RequestRecord], places: Mapping[str, float], axis: _Axis
) -> Iterator[Mark]:
    for request in requests:
        if request.outcome in {"failed", "interrupted"}:
            reason = f": {request.error}" if request.error else ""
            yield Mark(
                x=axis.place(_end(request)),
                y=places[request.deliverable] + _ROW / 2,
                kind=request.outcome,
                words=f"attempt {request.attempt} {request.outcome}{reason}",
            )
