from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.errors import GenerationError, Retry
from docgen_core.lmstudio.repetition import RepetitionGuard
from docgen_core.lmstudio.retry import RetryPolicy
from docgen_core.lmstudio.tokens import TokenEstimator

POLICY = RetryPolicy()


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - jitter and sample texts


def failed(retry: Retry, retry_after: float | None = None) -> GenerationError:
    return GenerationError("x", retry=retry, retry_after=retry_after)


@given(st.integers(1, 10_000), st.sampled_from([Retry.SOON, Retry.LATER]), st.integers())
def test_pauses_stay_within_their_ceiling(attempt: int, retry: Retry, seed: int) -> None:
    """Full jitter: anything from nothing to the doubled base, and never past the cap."""
    policy = RetryPolicy(max_retries=10_000)
    delay = policy.delay(failed(retry), attempt, seeded(seed))
    base, cap = (1.0, 30.0) if retry is Retry.SOON else (5.0, 120.0)
    assert delay is not None
    assert 0 <= delay <= min(cap, base * 2 ** min(attempt - 1, 20))


@pytest.mark.parametrize(
    ("error", "attempt", "reason"),
    [
        (failed(Retry.NEVER), 1, "the same request would fail again"),
        (failed(Retry.SOON), 4, "gave up after 4 attempts"),
        (failed(Retry.ALONE), 3, "it failed alone as well"),
        (failed(Retry.LATER, 121), 1, "the server asks to wait 121 s, longer than 120 s"),
    ],
)
def test_giving_up(error: GenerationError, attempt: int, reason: str) -> None:
    """There is no delay then, but a reason to show."""
    assert POLICY.delay(error, attempt, seeded(0)) is None
    assert POLICY.reason_to_stop(error, attempt) == reason


def test_retry_after_is_a_lower_bound() -> None:
    """Nobody comes back before the time, and not all at once."""
    delays = {POLICY.delay(failed(Retry.LATER, 10), 1, seeded(i)) for i in range(20)}
    assert all(delay is not None and 10 <= delay <= 11 for delay in delays)
    assert len(delays) == 20


def test_resampling_needs_no_pause() -> None:
    """The server is well; waiting would help nobody."""
    assert POLICY.delay(failed(Retry.RESAMPLE), 1, seeded(0)) == 0
    assert POLICY.delay(failed(Retry.RESAMPLE), 4, seeded(0)) is None


def watch(text: str, *, max_chars: int = 10**6, step: int = 7) -> int:
    """Return how many characters were taken before the guard cut in."""
    guard = RepetitionGuard(max_chars=max_chars)
    for position in range(0, len(text), step):
        try:
            guard.feed(text[position : position + step])
        except GenerationError:
            return position
    return len(text)


WORDS = [
    "the",
    "plan",
    "covers",
    "scope",
    "cost",
    "risk",
    "quality",
    "people",
    "time",
    "tools",
    "and",
    "goals",
    "for",
    "every",
    "team",
]
PROSE = " ".join(seeded(1).choices(WORDS, k=2000))


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param("and the cat ", id="words"),
        pytest.param("The system shall be easy to use for all users. ", id="sentence"),
        pytest.param("- The system is easy\n- The system is fast\n", id="lines"),
        pytest.param(PROSE[:900] + "\n", id="paragraph"),
        pytest.param('{"name": "Ann", "goal": "win"}, ', id="JSON items"),
        pytest.param("!", id="one character"),
        pytest.param(" ", id="spaces"),
        pytest.param("\n", id="blank lines"),
        pytest.param("猫が好きです。", id="Japanese"),
    ],
)
def test_endless_repetition_is_cut_early(piece: str) -> None:
    """A few thousand characters are enough to know."""
    start = PROSE[:3000] + ". "
    taken = watch(start + piece * (20_000 // len(piece)))
    assert len(start) < taken < len(start) + max(2600, 5 * len(piece))


def test_repetition_with_a_counter_is_cut() -> None:
    """A growing number does not make a line new."""
    text = "".join(f"{i}. The system shall provide a dashboard number {i}.\n" for i in range(900))
    assert watch(text) < 4000


@pytest.mark.parametrize("line", ["{}. Yes\n", "- Step {}\n", "{}) Ok it is\n"])
def test_short_lines_with_a_counter_are_cut(line: str) -> None:
    """A word after each number, without end."""
    assert watch("".join(line.format(i) for i in range(2000))) < 2600


def ruled(cells: int) -> str:
    return "|" + "-" * 12 * cells + "|\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PROSE, id="prose of few words"),
        pytest.param(
            "| Id | Need | Met |\n" + ruled(3)
            + "".join(f"| UC-{i} | Import {WORDS[i % 15]} data | Yes |\n" for i in range(120)),
            id="table"),
        pytest.param(ruled(60) + "=" * 120 + "\n" + PROSE, id="rules"),
        pytest.param("".join(f"- {a} {b}\n" for a in WORDS for b in WORDS), id="list"),
        pytest.param(
            "".join(f"### Persona {i}\n\n**Goals**\n\n- Save {WORDS[i % 15]}\n- Priority: High\n\n"
                    "**Needs**\n\n- A clear overview\n\n" for i in range(40)), id="form"),
        pytest.param(
            "```python\n" + "".join(f"    self.value_{i} = other.value_{i}\n" for i in range(60))
            + "```\n", id="code"),
        pytest.param(
            "".join(f'{{"x": {i}, "y": {i * i}}},\n' for i in range(200)), id="figures"),
        pytest.param("".join(f"Cell {' ' * 300} end {i}\n" for i in range(30)), id="padding"),
        pytest.param("| TBD | TBD | TBD |\n" * 20 + PROSE, id="empty rows"),
    ],
)  # fmt: skip
def test_legitimate_texts_pass(text: str) -> None:
    """Tables, lists, forms and code repeat themselves for good reasons."""
    assert watch(text) == len(text)


def test_a_text_has_an_end() -> None:
    """A server that ignores max_tokens does not fill the memory."""
    text = "".join(chr(65 + (i * i) % 57) for i in range(30_000))
    assert watch(PROSE + text, max_chars=5000) < 6000


def test_counting() -> None:
    """Empty is nothing; anything else is something; more text is more tokens."""
    tokens = TokenEstimator()
    assert tokens.count("") == 0
    assert tokens.count("a") >= 1
    assert tokens.count("a word " * 10) < tokens.count("a word " * 20)
    assert tokens.count("\ud800") >= 1


@given(st.text(max_size=300))
def test_any_text_can_be_counted(text: str) -> None:
    """The count is bounded by the bytes."""
    assert TokenEstimator().count(text) <= 2 * len(text.encode("utf-8", "surrogatepass")) + 1


@pytest.mark.parametrize("actual", [1, 500, 1000, 3000, 10**9])
def test_learning_is_bounded_and_meets_the_server(actual: int) -> None:
    """Repeated lessons lead to the server's count, within reason."""
    tokens = TokenEstimator()
    text = "some words of a prompt " * 200
    for _ in range(60):
        tokens.learn(tokens.count(text), actual)
    assert 0.5 <= tokens.factor <= 3
    if 500 <= actual <= 3000:
        assert tokens.count(text) == pytest.approx(actual, rel=0.02) or tokens.factor == 0.5


def test_too_little_is_learnt_at_once() -> None:
    """An estimate that was too low costs a request: the next one is right."""
    tokens = TokenEstimator()
    text = "some words of a prompt " * 200
    first = tokens.count(text)
    tokens.learn(first, first * 2)
    assert tokens.count(text) == pytest.approx(first * 2, rel=0.01)


@pytest.mark.parametrize("module", ["types", "address", "retry", "choice", "discovery", "faults"])
def test_light_modules_do_not_import_httpx(module: str) -> None:
    """Only `client` brings the HTTP library."""
    code = f"import sys, docgen_core.lmstudio.{module}; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
