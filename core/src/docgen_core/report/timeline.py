"""The drawing of when each request waited, was read and was answered: places, no markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from docgen_core.store.requests import RequestRecord

__all__ = ["Bar", "Cross", "Row", "Tick", "Timeline", "draw"]

_WIDTH: Final = 960.0
_LEFT: Final = 230.0
_RIGHT: Final = 30.0
_TOP: Final = 34.0
_ROW: Final = 30.0
_BAR: Final = 16.0
#: A bar thinner than this could not be seen.
_THINNEST: Final = 1.0
_TICKS: Final = 8
_STEPS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200)


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
class Cross:
    """Where a request failed."""

    x: float
    y: float
    words: str


@attrs.frozen(kw_only=True)
class Row:
    """One deliverable: its title stands at `y`."""

    y: float
    title: str


@attrs.frozen(kw_only=True)
class Tick:
    """A mark on the time axis."""

    x: float
    words: str


@attrs.frozen(kw_only=True)
class Timeline:
    """The whole drawing, in units of a view box of `width` by `height`."""

    width: float
    height: float
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...]
    crosses: tuple[Cross, ...]
    ticks: tuple[Tick, ...]


def draw(requests: Sequence[RequestRecord], titles: Mapping[str, str]) -> Timeline:
    """Place the requests of a run.

    Args:
        requests: In the order in which they were sent; at least one.
        titles: The title of each deliverable, in reading order.
    """
    shown = [key for key in titles if any(r.deliverable == key for r in requests)]
    places = {key: _TOP + index * _ROW for index, key in enumerate(shown)}
    end = max(_end(request) for request in requests) or 1.0
    scale = (_WIDTH - _LEFT - _RIGHT) / end
    known = [request for request in requests if request.deliverable in places]
    return Timeline(
        width=_WIDTH,
        height=_TOP + len(shown) * _ROW + 8,
        rows=tuple(Row(y=y + _ROW / 2, title=titles[key]) for key, y in places.items()),
        bars=tuple(b for r in known for b in _bars(r, places[r.deliverable], scale)),
        crosses=tuple(_crosses(known, places, scale)),
        ticks=tuple(_ticks(end, scale)),
    )


def _end(request: RequestRecord) -> float:
    times = (request.ready, request.started, request.first_token, request.ended)
    return max(time for time in times if time is not None)


def _bars(request: RequestRecord, top: float, scale: float) -> Iterator[Bar]:
    for kind, start, end in _stretches(request):
        if end > start:
            yield Bar(
                x=_LEFT + start * scale,
                y=top + (_ROW - _BAR) / 2,
                width=max((end - start) * scale, _THINNEST),
                height=_BAR,
                kind=kind,
                words=f"{_NAMES[kind]} {start:.1f} to {end:.1f} s, attempt {request.attempt}",
            )


_NAMES: Final = {
    "waiting": "waiting",
    "reading": "reading the prompt",
    "writing": "writing the answer",
    "cached": "from the cache",
}


def _stretches(request: RequestRecord) -> Iterator[tuple[str, float, float]]:
    end = _end(request)
    yield "waiting", request.ready, request.started
    if request.outcome == "cached":
        yield "cached", request.started, end
        return
    first = end if request.first_token is None else request.first_token
    yield "reading", request.started, first
    yield "writing", first, end


def _crosses(
    requests: Sequence[RequestRecord], places: Mapping[str, float], scale: float
) -> Iterator[Cross]:
    for request in requests:
        if request.outcome == "failed":
            yield Cross(
                x=_LEFT + _end(request) * scale,
                y=places[request.deliverable] + _ROW / 2,
                words=f"attempt {request.attempt} failed: {request.error}",
            )


def _ticks(end: float, scale: float) -> Iterator[Tick]:
    step = next((step for step in _STEPS if end / step <= _TICKS), end / _TICKS)
    for number in range(int(end / step) + 1):
        seconds = number * step
        yield Tick(x=_LEFT + seconds * scale, words=f"{seconds:g} s")
