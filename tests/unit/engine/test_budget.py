from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.engine.budget import fit, shorten
from docgen_core.errors import ContextLengthError
from docgen_core.model import InputResult


def words(text: str) -> int:
    """A tokenizer for tests: one token a word."""
    return len(text.split())


def write(inputs: Sequence[InputResult]) -> str:
    """A prompt of 100 words and the inputs."""
    return "\n".join(["brief " * 100, *(item.markdown for item in inputs)])


def an_input(length: int) -> InputResult:
    """An input of `length` words, ten a line."""
    lines = ["word " * 10] * (length // 10)
    return InputResult(id="a", title="A", markdown="\n".join(lines))


def test_what_fits_is_left_alone() -> None:
    """Enough room: nothing is cut and nothing is said."""
    fitted = fit(write, [an_input(100)], count=words, max_tokens=500, context_length=4096)
    assert (fitted.max_tokens, fitted.warnings) == (500, ())


def test_an_unknown_context_is_not_checked() -> None:
    """Some servers do not say what the model holds."""
    fitted = fit(write, [an_input(10_000)], count=words, max_tokens=500, context_length=None)
    assert fitted.max_tokens == 500


def test_the_answer_gets_shorter_before_the_inputs_do() -> None:
    """As long as the answer stays at a fair length."""
    fitted = fit(write, [an_input(1000)], count=words, max_tokens=2048, context_length=2000)
    assert fitted.max_tokens == 2000 - 1100 - 64
    assert fitted.prompt.count("word") == 1000
    assert "came down from 2,048" in fitted.warnings[0]


def test_then_the_inputs_are_shortened() -> None:
    """Prompt and answer fit, the brief is whole, and the warning says how much was kept."""
    fitted = fit(write, [an_input(5000)], count=words, max_tokens=2048, context_length=2000)
    assert fitted.prompt_tokens + fitted.max_tokens <= 2000
    assert fitted.prompt.count("brief") == 100
    assert "shortened" in fitted.warnings[0]


def test_a_brief_that_never_fits_is_an_error_with_both_numbers() -> None:
    """Neither the brief nor the instructions are ever cut."""
    with pytest.raises(ContextLengthError, match=r"about 164 tokens.*holds 200"):
        fit(write, [], count=words, max_tokens=500, context_length=200)


@given(st.lists(st.text(alphabet="ab \n", max_size=40)), st.integers(0, 60))
def test_a_shortened_text_stays_within_its_bound(lines: list[str], tokens: int) -> None:
    """Whatever the text, the mark included."""
    assert words(shorten("\n".join(lines), tokens, words)) <= tokens


@given(st.integers(0, 4000), st.integers(1, 3000), st.integers(300, 8000), st.integers(0, 3))
def test_prompt_and_answer_always_fit(
    length: int, max_tokens: int, context: int, inputs: int
) -> None:
    """For every size of inputs, answer and context; or it is a named error."""
    items = [an_input(length)] * inputs
    try:
        fitted = fit(write, items, count=words, max_tokens=max_tokens, context_length=context)
    except ContextLengthError:
        assert length * inputs * 0.05 > context - 700
        return
    assert fitted.prompt_tokens + fitted.max_tokens <= context


def test_without_inputs_only_the_answer_gets_shorter() -> None:
    """And the warning speaks of the answer."""
    fitted = fit(write, [], count=words, max_tokens=500, context_length=300)
    assert fitted.max_tokens == 300 - 164
    assert "came down from 500" in fitted.warnings[0]


@pytest.mark.parametrize("context", range(700, 3000, 100))
def test_many_short_inputs_fit_with_their_headings_and_marks(context: int) -> None:
    """What a cut adds (its mark) counts too."""
    items = [an_input(200)] * 12

    def titled(inputs: Sequence[InputResult]) -> str:
        return write(()) + "".join(f"\n# A long title of it\n{item.markdown}" for item in inputs)

    fitted = fit(titled, items, count=words, max_tokens=500, context_length=context)
    assert fitted.prompt_tokens + fitted.max_tokens <= context


def test_inputs_that_would_shrink_to_nothing_are_an_error() -> None:
    """A prompt without its inputs would only seem to be what was asked for."""
    with pytest.raises(ContextLengthError):
        fit(write, [an_input(50_000)], count=words, max_tokens=500, context_length=700)
