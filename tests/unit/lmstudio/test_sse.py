from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.errors import GenerationError, Retry
from docgen_core.lmstudio.sse import DONE, EventReader

A: dict[str, Any] = {"a": 1}
B: dict[str, Any] = {"b": "ä€😀"}
PAIR = [("", A), ("", B)]
LINE_A = b'data: {"a": 1}'
LINE_B = 'data: {"b": "ä€😀"}'.encode()


def read(*chunks: bytes, **limits: int) -> list[tuple[str, dict[str, Any]]]:
    reader = EventReader(**limits)
    events = [event for chunk in chunks for event in reader.feed(chunk)]
    return events + reader.close()


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(LINE_A + b"\n\n" + LINE_B + b"\n\n", id="line feeds"),
        pytest.param(LINE_A + b"\r\n\r\n" + LINE_B + b"\r\n\r\n", id="CRLF"),
        pytest.param(LINE_A + b"\r\r" + LINE_B + b"\r\r", id="lone CR"),
        pytest.param(LINE_A + b"\n" + LINE_B + b"\n", id="no blank lines"),
        pytest.param(LINE_A + b"\n\n" + LINE_B, id="no end"),
        pytest.param(b"\xef\xbb\xbf" + LINE_A + b"\n\n" + LINE_B + b"\n\n", id="BOM"),
        pytest.param(b": hi\n\n" + LINE_A + b"\n\n:\n\n" + LINE_B + b"\n\n", id="comments"),
        pytest.param(
            b"id: 1\nretry: 5\n" + LINE_A + b"\n\nfoo\n\n" + LINE_B + b"\n\n", id="other fields"
        ),
        pytest.param(b'data:{"a":1}\n\n' + LINE_B + b" \n\n", id="spaces"),
        pytest.param(b'data: {\ndata: "a": 1}\n\n' + LINE_B + b"\n\n", id="multi-line data"),
        pytest.param(b'data:{"a": 1}\ndata:' + LINE_B[6:] + b"\n\n", id="slow, no blank lines"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_forms_of_streams(stream: bytes, size: int) -> None:
    """Every form gives the same two events, however the chunks are cut."""
    chunks = [stream[i : i + size] for i in range(0, len(stream), size)]
    assert read(*chunks) == PAIR


def test_events_are_given_as_soon_as_they_are_whole() -> None:
    """An event does not wait for the one after it, not even for its blank line."""
    reader = EventReader()
    assert reader.feed(LINE_A + b"\n") == [("", A)]
    assert reader.feed(b"\n" + LINE_B + b"\n\n") == [("", B)]


def test_done_is_an_event_of_its_own() -> None:
    """The end is known by name, alone or after an event without a blank line."""
    assert read(LINE_A + b"\n\ndata: [DONE]\n\n") == [("", A), (DONE, {})]
    assert read(b'data:{"a": 1}\ndata: [DONE]\n\n') == [("", A), (DONE, {})]


def test_an_event_keeps_its_name() -> None:
    """`event:` names the next event only; an error event may be plain text."""
    assert read(b"event: error\n" + LINE_A + b"\n\n" + LINE_B + b"\n\n") == [("error", A), ("", B)]
    assert read(b"event: error\ndata: it broke\n\n") == [("error", {"error": "it broke"})]


@pytest.mark.parametrize("char", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\ufeff"])
def test_other_line_ends_are_text(char: str) -> None:
    """Only CR and LF end lines; JSON may hold all others raw."""
    stream = f'data: {{"a": "x{char}y"}}\n\n'.encode()
    if char in "\x0b\x0c\x1c":
        # Raw control characters are not JSON.
        with pytest.raises(GenerationError):
            read(stream)
    else:
        assert read(stream) == [("", {"a": f"x{char}y"})]


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(b'data: {"a": "\xff"}\n\n', id="invalid byte"),
        pytest.param(b'data: {"a": "\xed\xa0\x80"}\n\n', id="surrogate"),
        pytest.param(b'data: {"a": "\xc3', id="cut character"),
        pytest.param(b'data: {"a": \n\n', id="cut JSON"),
        pytest.param(b"data: 1\n\n", id="not an object"),
        pytest.param(b"data: {" + b'"a":[' * 100_000 + b"\n\n", id="deep nesting"),
        pytest.param(b'data: {"a": ' + b"9" * 10_000 + b"}\n\n", id="huge number"),
    ],
)
def test_damage_is_an_error(stream: bytes) -> None:
    """Nothing is skipped or replaced; another attempt may help."""
    with pytest.raises(GenerationError, match="damaged") as caught:
        read(stream)
    assert caught.value.retry is Retry.SOON


def test_bounds() -> None:
    """A line, an event and the body have a greatest length."""
    with pytest.raises(GenerationError, match="line is longer than 50 bytes"):
        read(*[b"data: xxxxxxxxxx"] * 5, max_line=50)
    with pytest.raises(GenerationError, match="event is longer than 50 bytes"):
        read(*[b"data: xxxxxxxxxx\n"] * 5, max_line=50)
    with pytest.raises(GenerationError, match="stream is longer than 50 bytes"):
        read(*[LINE_A + b"\n\n"] * 5, max_body=50)


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3), max_size=6),
    st.lists(st.integers(1, 60), max_size=30),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_cut_gives_the_same_events(
    payloads: list[dict[str, str]], cuts: list[int], end: str
) -> None:
    """Chunk borders never matter."""
    stream = "".join(
        f"data: {json.dumps(each, ensure_ascii=False)}{end}{end}" for each in payloads
    ).encode()
    chunks, position = [], 0
    for cut in cuts:
        chunks.append(stream[position : position + cut])
        position += cut
    assert read(*chunks, stream[position:]) == [("", each) for each in payloads]
