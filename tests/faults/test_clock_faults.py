"""The four clocks: connection, first piece, gap between pieces, and the whole answer."""

from __future__ import annotations

import asyncio
import json

import attrs
import pytest
from support.asking import BRISK, REQUEST, ask, complete
from support.rows import row

from docgen_core.errors import GenerationError, Retry
from docgen_core.lmstudio.client import Client
from docgen_core.lmstudio.types import Endpoint, Timeouts
from docgen_core.testing import FakeLMStudio, FakeModel, Hold, Reply

WHOLE = b'data: {"choices":[{"delta":{"content":"Whole."},"finish_reason":"stop"}]}\n\n'
PING = b": ping\n\n"
PIECE = b'data: {"choices":[{"delta":{"content":"%d "}}]}\n\n'


def timed_out(fake: FakeLMStudio, reply: Reply, timeouts: Timeouts) -> str:
    """The message of the error; it is worth a later attempt, and the connection is closed."""
    fake.enqueue(reply)

    async def scenario() -> GenerationError:
        async with Client(Endpoint(base_url=fake.base_url), timeouts=timeouts) as client:
            with pytest.raises(GenerationError) as caught:
                await client.complete(REQUEST)
            await asyncio.to_thread(fake.wait_until, lambda: fake.disconnects == 1)
            return caught.value

    error = asyncio.run(scenario())
    assert error.retry is Retry.LATER
    return str(error)


@row("silent-server")
def test_a_server_that_takes_the_request_and_says_nothing(fake: FakeLMStudio) -> None:
    """Not even a response head."""
    words = timed_out(fake, Reply.text("x").held_after(0, Hold()), BRISK)
    assert "sent no answer within 0.3 s" in words


@row("silent-server")
def test_a_head_and_then_silence(fake: FakeLMStudio) -> None:
    """A head proves nothing: LM Studio sends it before it looks at the prompt."""
    words = timed_out(fake, Reply.text("x").held_after(1, Hold()), BRISK)
    assert "sent no answer within 0.3 s" in words


@row("slow-first-byte")
def test_silence_before_the_first_piece_is_not_a_gap(fake: FakeLMStudio) -> None:
    """Reading a long prompt and loading a model take minutes without a byte."""
    timeouts = Timeouts(connect=1.0, first_token=30.0, gap=0.05, total=60.0)
    fake.enqueue(Reply.events(WHOLE).delayed(first=0.2))
    assert complete(fake.base_url, timeouts=timeouts).text == "Whole."


@row("slow-first-byte")
def test_the_defaults_allow_five_minutes_of_silence() -> None:
    """And end a gap within an answer sooner than that."""
    assert Timeouts().first_token >= 300
    assert Timeouts().gap < 300 <= Timeouts().total


@row("gap-in-the-answer")
def test_a_stream_that_falls_silent(fake: FakeLMStudio) -> None:
    """Told apart from a server that never began."""
    timeouts = attrs.evolve(BRISK, first_token=20.0, gap=0.1)
    words = timed_out(fake, Reply.text("a b c").held_after(3, Hold()), timeouts)
    assert "stopped in the middle of the answer for 0.1 s" in words


@row("one-byte-at-a-time")
def test_a_drip_that_never_ends(fake: FakeLMStudio) -> None:
    """Each piece comes in time; the whole does not."""
    pieces = [PIECE % number for number in range(1000)]
    timeouts = Timeouts(connect=1.0, first_token=20.0, gap=20.0, total=0.3)
    words = timed_out(fake, Reply.events(*pieces).delayed(each=0.01), timeouts)
    assert "did not finish the answer within 0.3 s" in words


@row("one-byte-at-a-time")
def test_single_bytes_are_no_pieces(fake: FakeLMStudio) -> None:
    """An event that comes byte by byte counts when it is whole."""
    data = b"".join(PIECE % number for number in range(20))
    dripping = Reply.events(*(data[i : i + 1] for i in range(len(data)))).delayed(each=0.01)
    timeouts = Timeouts(connect=1.0, first_token=0.2, gap=20.0, total=20.0)
    assert "sent no answer within 0.2 s" in timed_out(fake, dripping, timeouts)


@row("pings-only")
@pytest.mark.parametrize("first", [(), (PIECE % 1,)], ids=["before the answer", "within it"])
def test_comments_keep_no_answer_alive(fake: FakeLMStudio, first: tuple[bytes, ...]) -> None:
    """Only a piece of the answer resets a clock; a comment, an empty delta or a role does not."""
    role = b'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n'
    reply = Reply.events(*first, *([PING, role] * 500)).delayed(each=0.005)
    timeouts = Timeouts(connect=1.0, first_token=0.2, gap=0.2, total=20.0)
    assert "0.2 s" in timed_out(fake, reply, timeouts)


@row("end-that-does-not-come")
def test_an_answer_is_whole_at_its_finish_reason(fake: FakeLMStudio) -> None:
    """Neither `[DONE]` nor the end of the body is waited for long."""
    hold = Hold()
    fake.enqueue(Reply.text("Whole.", usage="none").held_after(4, hold))
    done = complete(fake.base_url, timeouts=attrs.evolve(BRISK, first_token=20.0, gap=20.0))
    hold.release()
    assert done.text == "Whole."


@row("pause-after-a-timeout")
def test_a_timed_out_request_is_not_repeated_at_once(fake: FakeLMStudio) -> None:
    """The slot may still be busy: the pause is that of a busy server, not of a passing fault."""
    fake.enqueue(Reply.text("x").held_after(0, Hold()))
    asked = ask(fake.base_url, timeouts=attrs.evolve(BRISK, first_token=1.0))
    assert asked.failures[0].error.retry is Retry.LATER  # type: ignore[attr-defined] # a ServerError
    assert asked.answer.attempts > 1
    assert min(asked.pauses) > 0


@row("jit-load")
def test_a_model_that_loads_on_first_use() -> None:
    """It loads in silence; the gap clock has not begun."""
    model = FakeModel("demo-8b")
    timeouts = Timeouts(connect=1.0, first_token=30.0, gap=0.05, total=60.0)
    with FakeLMStudio(models=(model,), load_time=0.2) as fake:
        fake.enqueue(Reply.events(WHOLE))
        assert complete(fake.base_url, timeouts=timeouts).text == "Whole."
        assert fake.model_loads == 1
        assert json.loads(fake.chat_requests[0].body)["model"] == "demo-8b"
