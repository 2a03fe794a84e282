from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.lmstudio.reasoning import _TAG as TAG
from docgen_core.lmstudio.reasoning import ThinkFilter, json_seat, split_reasoning


def streamed(*pieces: str) -> str:
    think = ThinkFilter()
    return "".join([think.feed(piece) for piece in pieces]) + think.close()


@pytest.mark.parametrize(
    ("text", "answer", "reasoning"),
    [
        ("plain", "plain", ""),
        (" a < b and <b>x</b> ", " a < b and <b>x</b> ", ""),
        ("<think>\nhm\n</think>\n\nHi", "Hi", "hm"),
        ("hm</think>Hi", "Hi", "hm"),
        ("<thinking>hm</thinking>Hi", "Hi", "hm"),
        ("<THINK>hm</THINK>Hi", "Hi", "hm"),
        ("<think>cut", "", "cut"),
        ("<think></think>Hi", "Hi", ""),
        ("Hi <think>a</think>there", "Hi there", "a"),
        ("<think>a</think>b</think>c", "c", "ab"),
        ("Write `<think>` tags", "Write `<think>` tags", ""),
        ("half <thin", "half <thin", ""),
    ],
)
def test_tags_split_answer_and_reasoning(text: str, answer: str, reasoning: str) -> None:
    """The answer never contains what stands in tags; prose about tags stays."""
    assert split_reasoning(text) == (answer, reasoning)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "<think>hm</think>\n\nHi <b>x</b>",
        "Hi <think>a</think> there <thinker> <",
        "Write `<think>` tags",
        "half </thin",
    ],
)
def test_display_character_by_character(text: str) -> None:
    """Tags in pieces are found; text that only begins like one is shown in the end."""
    assert streamed(*text) == split_reasoning(text)[0]


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<", "th", "ink>", "a ", "`", "\n"])),
    st.data(),
)
def test_display_equals_the_finished_split(parts: list[str], data: st.DataObject) -> None:
    """However it is cut, what is shown is the answer, if every closing tag had an opening one."""
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    thinking, opened = False, True
    for tag in TAG.findall(text):
        opened = opened and (thinking if tag else True)
        thinking = not tag
    if opened:
        assert streamed(*pieces).strip() == split_reasoning(text)[0].strip()


def test_plain_text_is_never_held_back() -> None:
    """Streaming shows each piece at once."""
    think = ThinkFilter()
    assert [think.feed(piece) for piece in ("a", " b", "\n")] == ["a", " b", "\n"]


@pytest.mark.parametrize(
    ("reasoning", "expected"),
    [
        ('{"a": 1}', '{"a": 1}'),
        (" \n[1, 2] ", "[1, 2]"),
        ('```json\n{"a": 1}\n```', '{"a": 1}'),
        ('hm</think>{"a": 1}', '{"a": 1}'),
        ("I think {", ""),
        ('{"a": ', ""),
        ("42", ""),
        ("", ""),
    ],
)
def test_json_filed_under_reasoning(reasoning: str, expected: str) -> None:
    """Only whole JSON is taken for the answer."""
    assert json_seat(reasoning) == expected
