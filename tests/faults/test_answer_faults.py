"""Faults of the answer itself: empty, cut off, endless, in the wrong seat, or badly fenced."""

from __future__ import annotations

import contextlib
import string
from typing import Any

import attrs
import pytest
from support.asking import REQUEST, ask, check_fault, complete
from support.rows import case, row
from support.shop import Shop

from docgen_core.errors import GenerationError, Retry, ServerError
from docgen_core.testing import Answer, FakeLMStudio, FakeModel, RecordedRequest, Reply

NEVER, RESAMPLE = Retry.NEVER, Retry.RESAMPLE
BRIEF = "A booking app for climbing gyms"


def tokens(*pieces: str, **more: Any) -> Reply:
    return Reply.of(Answer(tokens=pieces, **more))


def lines(count: int) -> str:
    """Long text that never repeats itself."""
    letters = string.ascii_lowercase
    words = (letters[n % 26] + letters[n // 26 % 26] + str(n * n) for n in range(count))
    return "\n".join(f"- {word} is one of many" for word in words)


USELESS: list[Any] = [
    case("empty-answer", tokens(), GenerationError, RESAMPLE, "empty"),
    case("empty-answer/blank", tokens(" \n\n "), GenerationError, RESAMPLE, "empty"),
    case("empty-answer/whole-body", Reply.body(
        '{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}'),
        GenerationError, RESAMPLE, "empty"),
    case("only-reasoning", Reply.text("", reasoning="Let me think."), GenerationError, RESAMPLE,
         "only reasoning"),
    case("only-reasoning/other-seat", Reply.text("", reasoning="Let me think.", seat="reasoning"),
         GenerationError, RESAMPLE, "only reasoning"),
    case("only-reasoning/tags", Reply.text("", reasoning="Let me think.", seat="think"),
         GenerationError, RESAMPLE, "only reasoning"),
    case("only-reasoning/never-closed", tokens("<think>", "Let me"), GenerationError, RESAMPLE,
         "only reasoning"),
    case("only-reasoning/length", Reply.text("", reasoning="Let me", finish_reason="length"),
         GenerationError, RESAMPLE, "before max_tokens ran out"),
    case("repetition/words", tokens(*["and the cat "] * 400), GenerationError, RESAMPLE,
         "repeats itself"),
    case("repetition/one-character", tokens(*["!"] * 4000), GenerationError, RESAMPLE, "repeats"),
    case("repetition/numbered-lines", tokens(*[f"{n}. The very same line, again and again.\n"
         for n in range(400)]), GenerationError, RESAMPLE, "repeats"),
    case("repetition/reasoning", Reply.of(Answer(thinking=("Wait, no. ",) * 1000)),
         GenerationError, RESAMPLE, "repeats"),
    case("endless-white-space/line-ends", tokens("A start", *["\n"] * 4000), GenerationError,
         RESAMPLE, "white space"),
    case("endless-white-space/spaces", tokens("{", *["    "] * 2000), GenerationError, RESAMPLE,
         "white space"),
    case("content-filter", Reply.text("I", finish_reason="content_filter"), GenerationError, NEVER,
         "withheld"),
    case("past-max-tokens", tokens(*lines(20_000).split(" ")), GenerationError, RESAMPLE,
         "far beyond max_tokens"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "kind", "retry", "words"), USELESS)
def test_an_answer_that_is_no_use(
    fake: FakeLMStudio, reply: Reply, kind: type[ServerError], retry: Retry, words: str
) -> None:
    """Not delivered; asked for again where another draw may be better."""
    check_fault(fake, reply, kind, retry, words)


@row("repetition")
def test_a_loop_is_cut_early_and_asked_again_warmer(fake: FakeLMStudio) -> None:
    """Other sampling, without a pause: the server is well."""
    endless = tokens(*["and the cat "] * 50_000)
    fake.enqueue(endless.delayed(each=1e-9))
    request = attrs.evolve(REQUEST, temperature=0.2, seed=7)
    asked = ask(fake.base_url, request=request)
    first, second = (each.json for each in fake.chat_requests)
    assert second["temperature"] > first["temperature"]
    assert second["seed"] != first["seed"]
    assert asked.pauses == (0.0,)
    assert len(asked.shown) < 100_000
    assert fake.disconnects == 1


@row("empty-answer")
def test_an_answer_that_stays_empty_is_an_error(shop: Shop) -> None:
    """And no empty section is delivered."""
    shop.offer("a")
    shop.fake.respond = lambda _: Reply.text("")
    result = shop.engine(max_retries_per_deliverable=1).orchestrate(BRIEF)
    assert [item.success for item in result.deliverable_results] == [False]
    assert "empty" in (result.deliverable_results[0].error_message or "")
    assert shop.fake.chats == 2


SEATS: list[Any] = [
    case("reasoning-kept-apart/field", Reply.text("Yes.", reasoning="Hm.")),
    case("reasoning-kept-apart/gpt-oss", Reply.text("Yes.", reasoning="Hm.", seat="reasoning")),
    case("reasoning-kept-apart/tags", Reply.text("Yes.", reasoning="Hm.", seat="think")),
    case("reasoning-kept-apart/cut-tags", tokens("<th", "ink>H", "m.</", "think>", "Yes.")),
    case("reasoning-without-opening-tag", tokens("Hm. ", "So: ", "</think>", "\n\nYes.")),
]


@pytest.mark.parametrize("reply", SEATS)
def test_reasoning_never_leaks(fake: FakeLMStudio, reply: Reply) -> None:
    """Whichever seat it takes, it is not part of the answer."""
    fake.enqueue(reply)
    done = complete(fake.base_url)
    assert done.text == "Yes."
    assert "Hm." in done.reasoning


@row("json-in-the-reasoning-seat")
def test_json_filed_under_reasoning(fake: FakeLMStudio) -> None:
    """With a schema asked for, it is the answer."""
    fake.enqueue(Reply.text("", reasoning='{"a": 1}'))
    request = attrs.evolve(REQUEST, response_format={"type": "json_schema"})
    assert complete(fake.base_url, request).text == '{"a": 1}'


@row("cut-off-at-the-limit")
def test_an_answer_cut_off_at_its_token_limit(shop: Shop) -> None:
    """Kept and marked: in the result, in the record, and not repeated the same way."""
    shop.offer("a")
    shop.fake.enqueue(Reply.text("A whole line.\n\nHalf a li", finish_reason="length"))
    result = shop.engine().orchestrate(BRIEF).deliverable_results[0]
    assert result.finish_reason == "length"
    assert any("cut off" in warning for warning in result.warnings)
    assert shop.fake.chats == 1


@row("refusal")
def test_a_refusal_in_words_is_the_models_answer(shop: Shop) -> None:
    """It cannot be told from an answer for sure, so it is delivered for a person to judge."""
    shop.offer("a")
    shop.fake.enqueue(Reply.text("I'm sorry, but I can't help with that."))
    result = shop.engine().orchestrate(BRIEF)
    assert "can't help" in (result.merged_document or "")
    assert shop.fake.chats == 1


FENCES: list[Any] = [
    case("wrapping-fence", "```markdown\nAll of it.\n\n- one\n- two\n```"),
    case("wrapping-fence/with-preamble-line", "```md\nAll of it.\n```\n"),
    case("unclosed-fence", "All of it.\n\n```python\nprint(1)\n"),
    case("unclosed-fence/tilde", "All of it.\n\n~~~\nprint(1)\n"),
]


@pytest.mark.parametrize("text", FENCES)
def test_a_fence_does_not_swallow_what_follows(shop: Shop, text: str) -> None:
    """Neither the section's own text nor the next section ends up as code."""
    shop.offer("a")
    shop.offer("b", "a")
    shop.fake.enqueue(Reply.text(text), Reply.text("The next section."))
    document = shop.engine().orchestrate(BRIEF).merged_document or ""
    fenced = False
    for line in document.splitlines():
        if line.startswith(("```", "~~~")):
            fenced = not fenced
        elif line.startswith(("All of it.", "## ", "The next section.")):
            assert not fenced, document
    assert not fenced
    assert "The next section." in document


@row("long-answer")
def test_an_answer_of_five_megabytes() -> None:
    """Taken whole; only the loop guard and the token limit bound an answer."""
    text = lines(200_000)
    assert len(text) > 5_000_000
    pieces = (text[start : start + 4096] for start in range(0, len(text), 4096))
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text("", tokens=pieces))
        assert complete(fake.base_url, attrs.evolve(REQUEST, max_tokens=1_000_000)).text == text


@row("long-answer")
def test_a_long_answer_becomes_a_section(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is lost on the way into the document."""
    text = lines(4_000)
    model = FakeModel("demo-8b", loaded=True, context_length=1_000_000)
    with FakeLMStudio(models=(model,)) as fake, contextlib.closing(Shop(monkeypatch, fake)) as shop:
        shop.offer("a")
        fake.enqueue(Reply.text(text))
        document = shop.engine(max_tokens=100_000).orchestrate(BRIEF).merged_document or ""
    assert all(line in document for line in text.splitlines())


@row("unusable-characters")
def test_lone_surrogates_and_controls_reach_the_disk(shop: Shop, tmp_path: Any) -> None:
    """JSON may carry halves of characters; files cannot, and are written all the same."""
    shop.offer("a")
    event = b'data: {"choices":[{"delta":{"content":"x\\ud83d y\\u0000z"},"finish_reason":"stop"}]}'
    shop.fake.enqueue(Reply.events(event + b"\n\n"))
    result = shop.engine().orchestrate(BRIEF, output=tmp_path)
    assert result.exit_code == 0, result.deliverable_results[0].error_message
    assert "x" in (tmp_path / "document.md").read_text(encoding="utf-8")


@row("injected-instructions")
def test_orders_in_an_answer_are_text(shop: Shop, tmp_path: Any) -> None:
    """Template code, paths and addresses in an answer are printed, not followed."""
    shop.offer("a")
    shop.offer("b", "a")
    orders = "{{ 7 * 7 }} {% include '/etc/passwd' %} ../../evil.md http://127.0.0.1:9/x"
    seen: list[RecordedRequest] = []

    def respond(request: RecordedRequest) -> Reply:
        seen.append(request)
        return Reply.text(orders)

    shop.fake.respond = respond
    result = shop.engine().orchestrate(BRIEF, output=tmp_path / "out")
    document = result.merged_document or ""
    assert "{{ 7 \\* 7 }}" in document.replace("7 * 7", "7 \\* 7")
    assert "49" not in document
    assert "root:" not in document
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert len(seen) == 2
