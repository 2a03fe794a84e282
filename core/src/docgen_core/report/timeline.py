"""The drawing of when each request waited, was read and was answered: places, no markup."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import attrs

from docgen_core.report.words import breadth, duration, wrapped
from docgen_core.store.requests import RequestRecord

__all__ = ["Bar", "Mark", "Row", "Tick", "Timeline", "draw"]

#: The width of a letter, about.
_LETTER: Final = 6.9
#: The height of a line of a label.
_LINE: Final = 14.0
_RIGHT: Final = 30.0
_TOP: Final = 34.0
_BAR: Final = 16.0
#: A bar thinner than this could not be seen.
_THINNEST: Final = 1.0
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
        kind: `waiting`, `reading` (the prompt) or `writing` (the answer).
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
    """Where no answer was written: `kind` is `failed`, `interrupted` or `cached`."""

    x: float
    y: float
    kind: str
    words: str


@attrs.frozen(kw_only=True)
class Row:
    """One deliverable: `lines` are its title, as far as that has room, with `y` in the middle."""

    y: float
    title: str
    lines: tuple[str, ...]


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
        left: Where the time axis begins.
        label: Where the labels stand: their end, or in a narrow drawing their beginning.
        bottom: Where the lines of the time axis end.
        tall: Whether the axis is to be written below, too.
        rows: The deliverables.
        bars: What became of their requests.
        marks: The requests that the model did not answer.
        ticks: The time axis.
    """

    width: float
    height: float
    left: float
    label: float
    bottom: float
    tall: bool
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]


@attrs.frozen(kw_only=True)
class _Shape:
    """How a drawing is divided: whether labels stand beside the bars, where they and bars stand."""

    width: float
    row: float
    label: float
    bar: float
    beside: bool
    letters: int
    ticks: int


_WIDE: Final = _Shape(width=960, row=30, label=15, bar=15, beside=True, letters=36, ticks=8)
_NARROW: Final = _Shape(width=340, row=42, label=9, bar=27, beside=False, letters=45, ticks=4)


@attrs.frozen(kw_only=True)
class _Axis:
    """The time that is drawn, in seconds from the run's start, and where."""

    left: float
    right: float
    begin: float
    end: float
    step: float

    def place(self, seconds: float) -> float:
        """Where a moment stands."""
        room = self.right - self.left
        return self.left + (seconds - self.begin) * room / (self.end - self.begin)

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


def draw(
    requests: Sequence[RequestRecord], titles: Mapping[str, str], *, narrow: bool = False
) -> Timeline:
    """Place the requests of one run.

    Args:
        requests: In the order in which they were sent; at least one.
        titles: The title of each deliverable, in reading order.
        narrow: For a phone: the labels stand above the bars.
    """
    shape = _NARROW if narrow else _WIDE
    shown = [key for key in titles if any(r.deliverable == key for r in requests)]
    labels = {key: wrapped(titles[key], shape.letters) for key in shown}
    shape = _with_room_for(labels.values(), shape)
    tops = {key: _TOP + index * shape.row for index, key in enumerate(shown)}
    middles = {key: top + shape.bar for key, top in tops.items()}
    left = _left(labels, shape)
    axis = _axis(requests, left, shape)
    known = [request for request in requests if request.deliverable in tops]
    bottom, tall = _TOP + len(shown) * shape.row + 4, len(shown) >= _TALL
    return Timeline(
        width=shape.width,
        height=bottom + (22 if tall else 4),
        left=left,
        label=left - 10 if shape.beside else left,
        bottom=bottom,
        tall=tall,
        rows=tuple(
            Row(y=tops[key] + shape.label, title=titles[key], lines=labels[key]) for key in shown
        ),
        bars=tuple(bar for r in known for bar in _bars(r, middles[r.deliverable], axis)),
        marks=tuple(_marks(known, middles, axis)),
        ticks=tuple(axis.ticks()),
    )


def _with_room_for(labels: Iterable[Sequence[str]], shape: _Shape) -> _Shape:
    """Above the bars, a second line of a label needs room of its own."""
    if shape.beside or all(len(lines) == 1 for lines in labels):
        return shape
    line = _LINE / 2
    return attrs.evolve(
        shape, row=shape.row + _LINE, label=shape.label + line, bar=shape.bar + _LINE
    )


def _left(labels: Mapping[str, Sequence[str]], shape: _Shape) -> float:
    if not shape.beside:
        return 16.0
    widest = max((breadth(line) for lines in labels.values() for line in lines), default=0)
    return max(widest, 8) * _LETTER + 20


def _axis(requests: Sequence[RequestRecord], left: float, shape: _Shape) -> _Axis:
    """All requests; those of an earlier run may be the last few of it."""
    end = max(_end(request) for request in requests)
    first = min(request.ready for request in requests)
    # What begins soon after the run does is drawn from the run's own start.
    first = 0.0 if first < end / 2 else first
    span = max(end - first, _STEPS[0])
    step = next((step for step in _STEPS if span / step <= shape.ticks), span / shape.ticks)
    begin = math.floor(first / step) * step
    right = shape.width - _RIGHT
    return _Axis(left=left, right=right, begin=begin, end=max(end, begin + span), step=step)


def _end(request: RequestRecord) -> float:
    times = (request.ready, request.started, request.first_token, request.ended)
    return max(time for time in times if time is not None)


def _bars(request: RequestRecord, middle: float, axis: _Axis) -> Iterator[Bar]:
    for kind, start, end in _stretches(request):
        if end > start:
            x = axis.place(start)
            yield Bar(
                x=x,
                y=middle - _BAR / 2,
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
    }
)


def _stretches(request: RequestRecord) -> Iterator[tuple[str, float, float]]:
    end = _end(request)
    yield "waiting", request.ready, request.started
    if request.outcome == "cached":
        return
    first = end if request.first_token is None else request.first_token
    yield "reading", request.started, first
    yield "writing", first, end


def _marks(
    requests: Sequence[RequestRecord], middles: Mapping[str, float], axis: _Axis
) -> Iterator[Mark]:
    for request in requests:
        told = _ENDS.get(request.outcome)
        if told is not None:
            reason = f": {request.error}" if request.error else ""
            yield Mark(
                x=axis.place(_end(request)),
                y=middles[request.deliverable],
                kind=request.outcome,
                words=f"attempt {request.attempt} {told}{reason}",
            )


_ENDS: Final = MappingProxyType(
    {"failed": "failed", "interrupted": "interrupted", "cached": "answered by the cache"}
)
