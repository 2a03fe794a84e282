"""What must hold for any input: shared by the bounded run (hypothesis) and the long one (atheris).

Each function takes hostile input and fails with an exception of its own if docgen does anything
but accept it or refuse it with a named error.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs
from support.shapes import Cases

from docgen_core.cache.entry import VERSION, decode
from docgen_core.document import merge_sections, normalise_section, repair, split_section
from docgen_core.document.unfinished import drop_unfinished
from docgen_core.errors import DocgenError, GenerationError, ServerError
from docgen_core.lmstudio.answer import Answer
from docgen_core.lmstudio.faults import classify_body, parse_retry_after
from docgen_core.lmstudio.reasoning import ThinkFilter, json_seat, split_reasoning
from docgen_core.lmstudio.repetition import RepetitionGuard
from docgen_core.lmstudio.sse import DONE, Event, EventReader
from docgen_core.lmstudio.tokens import TokenEstimator
from docgen_core.lmstudio.types import ChatRequest
from docgen_core.model import Section
from docgen_core.settings import LoadedSettings, load_settings
from docgen_core.structure import read_answer, shape_of, to_text

__all__ = [
    "answer",
    "cached_answer",
    "cut",
    "error_body",
    "event_stream",
    "markdown",
    "reasoning",
    "repetition",
    "settings_file",
    "structured",
]

_CHARS = 4000


def cut(data: Sequence[str] | bytes, places: Iterable[int]) -> list[str] | list[bytes]:
    """Cut a text or bytes at the given places, in whatever order they come."""
    ends = sorted({place % (len(data) + 1) for place in places} | {len(data)})
    starts = [0, *ends]
    return [data[start:end] for start, end in zip(starts, ends, strict=False)]  # type: ignore[return-value] # slices of the one or the other


def event_stream(body: bytes, places: Iterable[int]) -> None:
    """The reader gives what a slow reader of the whole body gives, however it is cut."""
    expected = _read_slowly(body)
    reader, events = EventReader(), list[Event]()
    try:
        for chunk in cut(body, places):
            events += reader.feed(chunk)  # type: ignore[arg-type] # bytes in, bytes out
        events += reader.close()
    except GenerationError:
        assert expected is None, f"refused, but it reads as {expected}"
        return
    assert repr(events) == repr(expected), f"{events} is not {expected}"


def _read_slowly(body: bytes) -> list[Event] | None:
    """The events of a whole body, or None where it is damaged: the format line by line.

    Besides the standard: an object on one `data: {` line counts at once, and where what stands
    between two blank lines is not one object, each of its lines has to be one.
    """
    try:
        text = body.decode().replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None
    events: list[Event] = []
    name, data = "", list[str]()
    for line in [*text.split("\n"), ""]:
        whole = _object(line[6:]) if line.startswith("data: {") and not data else None
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if whole is not None:
            events.append((name, whole))
        elif not line:
            parts = _event(name, data)
            if parts is None:
                return None
            events += parts
            name, data = "", []
        elif field == "data":
            data.append(value)
        elif field == "event":
            name = value
    return events


def _event(name: str, data: list[str]) -> list[Event] | None:
    joined = "\n".join(data).strip()
    if not joined:
        return []
    if joined == DONE:
        return [(DONE, {})]
    if (payload := _object(joined)) is not None:
        return [(name, payload)]
    events: list[Event] = []
    for part in filter(str.strip, data):
        payload = _object(part)
        if part.strip() == DONE:
            events.append((DONE, {}))
        elif payload is not None or name == "error":
            events.append((name, {"error": part} if payload is None else payload))
        else:
            return None
    return events


def _object(text: str) -> dict[str, object] | None:
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def answer(events: Iterable[object]) -> None:
    """Any events make a completion or a server error."""
    request = ChatRequest(model="m", messages=(), max_tokens=8)
    shown: list[str] = []
    whole = Answer(request, where="here", on_text=shown.append)
    try:
        for event in events:
            if isinstance(event, dict):
                whole.add("", event)
        whole.complete(TokenEstimator(), time_to_first_token=0.0, duration=0.0)
    except ServerError:
        return


def error_body(body: bytes, status: int, retry_after: str) -> None:
    """Any body of an error is a server error of one short line."""
    error = classify_body(body, where="here", status=status, retry_after=None)
    assert "\n" not in error.message
    assert len(error.message) < 1000
    seconds = parse_retry_after(retry_after)
    assert seconds is None or seconds >= 0


def reasoning(text: str, places: Iterable[int]) -> None:
    """The filter shows the same however the text is cut, and never what is reasoning."""
    whole, pieces = ThinkFilter(), ThinkFilter()
    expected = whole.feed(text) + whole.close()
    shown = "".join(pieces.feed(piece) for piece in cut(text, places))  # type: ignore[arg-type] # text in, text out
    # White space before the first tag may be on its way before the tag is seen.
    assert (shown + pieces.close()).lstrip() == expected.lstrip()
    answered, _ = split_reasoning(text)
    assert expected.strip().endswith(answered.strip()), f"{answered!r} is not all of {expected!r}"
    json_seat(text)


def structured(text: str, *, cut_off: bool) -> None:
    """Any answer is read in good time, as an object of the class or with what is wrong."""
    built = read_answer(text, shape_of(Cases), {"P": ("P1", "P2")}, cut=cut_off)
    assert (built.data is None) == bool(built.problems)
    if built.data is not None:
        again = read_answer(to_text(built.data), shape_of(Cases), {"P": ("P1", "P2")})
        assert again.data == built.data, f"{again} is not {built}"


def repetition(pieces: Iterable[str]) -> None:
    """The guard ends a text that is too long, and only by its own error."""
    guard, size = RepetitionGuard(max_chars=_CHARS), 0
    try:
        for piece in pieces:
            guard.feed(piece)
            size += len(piece)
    except GenerationError:
        return
    assert size <= _CHARS + 512


def markdown(text: str) -> None:
    """Any text becomes a section and a document; a second pass changes no word and no block.

    Emphasis between punctuation is left out: there CommonMark reads some nestings, correctly
    written, in another way.
    """
    repaired = repair(text).text
    assert repair(repaired).text == repaired, "repairing again changed it"
    drop_unfinished(text)
    section = Section(id="a", title="A", markdown=repaired)
    written, _ = normalise_section(section)
    again, _ = normalise_section(attrs.evolve(section, markdown=split_section(written)))
    assert _words(again) == _words(written), f"normalising again: {written!r} to {again!r}"
    merge_sections([section, attrs.evolve(section, id="b")], title="T", contents_title="C")


#: Colons, because the URL library takes one off an address whose port is none (`x.y::#`).
_MARKS = str.maketrans("", "", "\\*_:")


def _words(text: str) -> str:
    return text.translate(_MARKS)


def settings_file(data: bytes) -> None:
    """Any docgen.toml is loaded or refused with a named error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "docgen.toml"
        path.write_bytes(data)
        try:
            loaded = load_settings({}, config_file=path, environ={})
        except DocgenError as error:
            assert str(error)  # noqa: PT017 - the message is what is looked at
        else:
            assert isinstance(loaded, LoadedSettings)


def cached_answer(data: bytes) -> None:
    """Any file of the cache is an answer, a miss or damage; also one with a right checksum."""
    import hashlib

    proven = f"docgen-answer {VERSION} {hashlib.sha256(data).hexdigest()} {len(data)}\n".encode()
    for file in (data, proven + data):
        try:
            found = decode("key", file)
        except ValueError:
            continue
        assert found is None or found.cached
