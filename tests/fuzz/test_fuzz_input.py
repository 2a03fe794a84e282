# ruff: noqa: SIM905 - the words of a format are read as words
"""The bounded run over hostile input; FUZZ_TIMES=50 looks so many times longer (`make fuzz`)."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import attrs
import pytest
from fuzz import targets
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from docgen_core.errors import FileError
from docgen_core.model import Usage
from docgen_core.store import RunFolder, RunRecord, StoredAnswer, read_run

#: How much longer than usual to look. The usual run tries the same inputs each time.
TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
USUAL = settings(
    deadline=None, derandomize=TIMES == 1, suppress_health_check=list(HealthCheck), database=None
)
QUICK = settings(USUAL, max_examples=400 * TIMES)
SLOW = settings(USUAL, max_examples=150 * TIMES)
# Each makes a folder and opens its journal, which flush to the disk.
FILES = settings(USUAL, max_examples=20 * TIMES)

CUTS = st.lists(st.integers(0, 10_000), max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def joined(*words: bytes, size: int = 30) -> st.SearchStrategy[bytes]:
    """Bytes put together from words of a format, and some that are none."""
    return st.lists(st.sampled_from(words) | st.binary(max_size=4), max_size=size).map(b"".join)


STREAM = joined(
    b"data: ",
    b"data:",
    b'data: {"a":1}\n\n',
    b'data: {"choices":[{"delta":{"content":"x"}}]}\n\n',
    b"data: [DONE]\n\n",
    b"[DONE]",
    b"{",
    b"}",
    b'"a":',
    b"1",
    b"\n",
    b"\n\n",
    b"\r",
    b"\r\n",
    b"event: error\n",
    b"event: x",
    b": ping\n\n",
    b"\xef\xbb\xbf",
    "é\u2028".encode(),
    b"[1]",
)


@QUICK
@example(b'data: {\n"a":1}\n\n', [])
@example(b'data: {\r"a":1}\n\n', [])
@given(STREAM, CUTS)
def test_event_stream(body: bytes, places: list[int]) -> None:
    """Fast and slow reading agree, wherever the chunks end."""
    targets.event_stream(body, places)


KEYS = st.sampled_from(
    "choices delta message content reasoning index finish_reason usage error code timings "
    "prompt_tokens text model".split()
)
EVENT = st.dictionaries(
    KEYS,
    st.recursive(
        JSON | st.sampled_from(["stop", "length", "error"]),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=4),
        max_leaves=10,
    ),
    max_size=4,
)


@QUICK
@given(st.lists(EVENT, max_size=4))
def test_events_of_any_form(events: list[dict[str, object]]) -> None:
    """Each becomes part of an answer, or a server error."""
    targets.answer(events)


@QUICK
@given(
    EVENT.map(lambda event: json.dumps(event).encode())
    | joined(
        b"<html>", b"<title>", b"</title>", b"{", b'{"error":', b'"x"', b"}", b"\x1b[", b"sk-"
    ),
    st.integers(100, 599),
    st.text(max_size=12) | st.sampled_from(["1", "1e9", "Fri, 31 Dec 9999 23:59:59 GMT", "٣"]),
)
def test_error_bodies(body: bytes, status: int, retry_after: str) -> None:
    """Whatever the body, one line for people."""
    targets.error_body(body, status, retry_after)


THOUGHT = st.lists(
    st.sampled_from(
        [*"<think> </think> <thinking> </THINKING> < </ ` th ink> a {}".split(), " ", "```json\n"]
    )
    | st.text(max_size=3),
    max_size=12,
).map("".join)


@QUICK
@example(" <think></think> a", [0])
@given(THOUGHT, CUTS)
def test_reasoning(text: str, places: list[int]) -> None:
    """Cut anywhere, the same is shown."""
    targets.reasoning(text, places)


STRUCTURED = st.lists(
    st.sampled_from(
        [
            *"{ } [ ] , : \" \\ ``` <think> </think> null 3 true P1 UC2 low // '.".split(),
            '"summary": "All."',
            '"cases": [{"name": "a", "weight": 2, "level": "low", "steps": [{"text": "b"}]}]',
            '"actor": "P1"',
            "\n",
        ]
    )
    | st.text(max_size=9),
    max_size=30,
).map("".join)


@SLOW
@given(STRUCTURED | STRUCTURED.map('{{"summary": "x", {}}}'.format), st.booleans())
def test_structured(text: str, cut_off: bool) -> None:
    """Pieces of an answer in any order."""
    targets.structured(text, cut_off=cut_off)


@SLOW
@given(
    st.lists(
        st.tuples(
            st.text(max_size=20) | st.sampled_from(["a. ", "\n", "| a |\n", " ", "```\n"]),
            st.integers(1, 400),
        ),
        max_size=8,
    )
)
def test_repetition(pieces: list[tuple[str, int]]) -> None:
    """Any mixture of repeated pieces ends."""
    targets.repetition(text for text, times in pieces for _ in range(times))


MARKDOWN = st.lists(
    st.sampled_from(
        [
            *"# ## ### - 1. > ``` ~~~ | [ ] ( ) ![ <b> </b> <!-- --> <script> [^1] \\ * **".split(),
            *"_ ` --- === &amp; &#0; http://x.y ~~ $ {{x}} {% {# ::: é 目 a B \u202e \x00".split(),
            *("# A\n", "\n", "\n\n", " ", "    ", "\t", "\r", "```md\n", "[a]: b\n", "[^1]: "),
            *("| a | b |\n|---|---|\n", "Sure! Here it is:\n", "\ud800", "- [ ] ", "<details>\n"),
        ]
    )
    | st.text(max_size=4),
    max_size=25,
).map("".join)


@SLOW
@example("\\~~~#~~~")
@example("a\n    [^1]: # A\n[^1]: ")
@example("```\tmd\nx\n```\n\na\n\n```\tb\n\n```md\nx\n```\n\nc\n")
@given(MARKDOWN)
def test_markdown(text: str) -> None:
    """Repaired, normalised and merged without an error, and once is enough."""
    targets.markdown(text)


TOML = joined(
    b"[plugins]\n",
    b"[deliverables.a]\n",
    b"[settings.a]\n",
    b"[tool.docgen]\n",
    b"[[plugins]]\n",
    b"temperature",
    b"api_key",
    b"base_url",
    b"mode",
    b"formats",
    b"seed",
    b"provider",
    b"cache",
    b"hook_timeout",
    b" = ",
    b'"x"',
    b'"http://["',
    b"-1",
    b"1e400",
    b"99999999999999999999",
    b"nan",
    b"inf",
    b"1979-05-27T07:32:00Z",
    b'{ env = "X" }',
    b"{ a = { b = 1 } }",
    b"[[1], ['a']]",
    b"\n",
    b"\r\n",
    b"\xef\xbb\xbf",
    b'"""',
    b".",
    b"[" * 200,
)


@SLOW
@given(TOML)
def test_settings_file(data: bytes) -> None:
    """A setting that is wrong is named; nothing else happens."""
    targets.settings_file(data)


@QUICK
@given(st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode()))
def test_cached_answers(data: bytes) -> None:
    """Never an exception but the one that means damage."""
    targets.cached_answer(data)


FIELD = st.sampled_from(["text", "reasoning", "finish_reason", "model", "usage", "duration"])


@QUICK
@given(FIELD | st.just("time_to_first_token"), JSON)
def test_a_cached_answer_with_one_wrong_field(name: str, value: object) -> None:
    """The checksum is right, but a field holds anything."""
    fields: dict[str, object] = {
        "key": "key",
        "text": "a",
        "reasoning": "",
        "finish_reason": "stop",
        "model": "m",
        "usage": {"prompt_tokens": 1},
        "time_to_first_token": 0.1,
        "duration": 1,
    }
    targets.cached_answer(json.dumps({**fields, name: value}).encode())


RECORD = st.fixed_dictionaries(
    {"schema": st.sampled_from([1, 0, 2, "1", None, [], 1e400])},
    optional={
        name: JSON | st.lists(st.dictionaries(st.sampled_from(["id", "file", "x"]), JSON))
        for name in attrs.fields_dict(RunRecord)
        if name != "schema"
    },
).map(lambda value: json.dumps(value).encode())


@FILES
@example(b'{"schema": Infinity}')
@example(b'{"schema": ' + b"[" * 100_000)
@given(RECORD | st.binary(max_size=60))
def test_run_records(data: bytes) -> None:
    """Any run.json is read, taken for absent, or refused as newer; the folder stays usable."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "run.json").write_bytes(data)
        (folder / "document.md").write_text("mine\n")
        try:
            read_run(folder)
            with RunFolder(folder) as run:
                run.write_document("new\n")
        except FileError:
            return


ANSWER = StoredAnswer(
    fingerprint="f",
    text="a",
    model="m",
    finish_reason="stop",
    usage=Usage(),
    attempts=1,
    seconds=0.0,
    time_to_first_token=None,
)


@FILES
@example(b"\0\0\0\0\0\x80", 3694)
@given(st.binary(max_size=60), st.none() | st.integers(0, 10_000))
def test_stored_answers(noise: bytes, place: int | None) -> None:
    """A stored answer with any damage is the answer or absent, and the folder opens."""
    with tempfile.TemporaryDirectory() as name:
        with RunFolder(Path(name)) as run:
            run.save_answer("a", ANSWER)
        for path in sorted(Path(name, ".docgen").rglob("*")):
            if path.is_file() and path.name != "lock":
                data = path.read_bytes()
                at = 0 if place is None else place % (len(data) + 1)
                kept = (b"", b"") if place is None else (data[:at], data[at:])
                path.write_bytes(noise.join(kept))
        try:
            with RunFolder(Path(name)) as run:
                assert run.load_answer("a", "f") in {ANSWER, None}
        except FileError as error:
            assert "newer docgen" in error.message  # noqa: PT017 - the one refusal there may be


def test_the_slow_reader_knows_the_format() -> None:
    """What the comparison rests on: one body, read by hand."""
    body = (
        b'\xef\xbb\xbfevent: x\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata: {"b": 2}\ndata: [DONE]\n\n'
    )
    assert targets._read_slowly(body) == [("x", {"a": 1}), ("", {"b": 2}), ("[DONE]", {})]
    assert targets._read_slowly(b"data: {\n\n") is None


@pytest.mark.parametrize("places", [[], [1], [3, 5, 4]])
def test_cutting_loses_nothing(places: list[int]) -> None:
    """The pieces are the whole."""
    assert b"".join(targets.cut(b"abcdef", places)) == b"abcdef"  # type: ignore[arg-type] # bytes
