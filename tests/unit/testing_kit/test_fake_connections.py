"""The fake LM Studio: slots, loading, holds, hanging up, and clients that leave."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from docgen_core.testing import FakeLMStudio, FakeModel, Hold, RecordedRequest, Reply

_BODY: dict[str, Any] = {
    "model": "demo-8b",
    "messages": [{"role": "user", "content": "x" * 400}],
    "stream": True,
    "max_tokens": 60,
}


def _ask(fake: FakeLMStudio, client: httpx.Client | None = None) -> httpx.Response:
    url = f"{fake.base_url}/chat/completions"
    if client is not None:
        return client.post(url, json=_BODY)
    return httpx.post(url, json=_BODY, trust_env=False)


async def _ask_many(fake: FakeLMStudio, count: int) -> list[httpx.Response]:
    url = f"{fake.base_url}/chat/completions"
    async with httpx.AsyncClient(trust_env=False) as client:
        return await asyncio.gather(*(client.post(url, json=_BODY) for _ in range(count)))


@contextmanager
def _stream(fake: FakeLMStudio) -> Iterator[httpx.Response]:
    url = f"{fake.base_url}/chat/completions"
    with httpx.Client(trust_env=False) as client, client.stream("POST", url, json=_BODY) as got:
        yield got


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("writes", [0, 1, 3])
def test_hanging_up_at_any_place_breaks_the_request(how: Any, writes: int) -> None:
    """Before the head, after it, or in the stream: the client sees a transport error."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text("a b c").cut_after(writes, how))
        with pytest.raises(httpx.TransportError):
            _ask(fake)
        assert fake.disconnects == 0


def test_half_close_ends_the_stream_but_not_the_connection() -> None:
    """The server stops sending and goes on listening."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text("a b c").cut_after(3, "half_close"))
        with pytest.raises(httpx.RemoteProtocolError):
            _ask(fake)


def test_hang_up_sends_no_byte() -> None:
    """A pooled connection that died looks like this."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.hang_up())
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            _ask(fake)


def test_hold_stalls_the_stream_until_it_is_released() -> None:
    """The test decides when the second token comes."""
    hold = Hold()
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text("one two").held_after(2, hold))
        with _stream(fake) as response:
            pieces = response.iter_raw()
            first = next(pieces)
            hold.wait_until_reached()
            hold.release()
            rest = b"".join(pieces)
    assert b"one" in first
    assert b"two" not in first
    assert b"two" in rest


def test_delays_pace_the_stream() -> None:
    """A paced stream arrives whole."""
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text("one two").delayed(first=0.001, each=0.001))
        assert _ask(fake).text.endswith("[DONE]\n\n")


def test_requests_beyond_the_slots_wait_in_silence() -> None:
    """All are answered in the end, and all count as in flight."""
    hold = Hold()
    with FakeLMStudio(models=(FakeModel("demo-8b", loaded=True, parallel=2),)) as fake:
        fake.respond = lambda _request: Reply.text("a").held_after(0, hold)

        async def scenario() -> list[httpx.Response]:
            asking = asyncio.create_task(_ask_many(fake, 5))
            await asyncio.to_thread(fake.wait_until, lambda: fake.in_flight == 5)
            await asyncio.to_thread(hold.wait_until_reached, 2)
            hold.release()
            return await asking

        assert [response.status_code for response in asyncio.run(scenario())] == [200] * 5
        assert fake.in_flight_peak == 5


def test_concurrent_first_use_loads_the_model_twice() -> None:
    """The race of JIT loading: two first requests, two instances."""
    hold = Hold()
    with FakeLMStudio(models=(FakeModel("demo-8b"),), load_time=hold) as fake:

        async def scenario() -> None:
            asking = asyncio.create_task(_ask_many(fake, 2))
            await asyncio.to_thread(hold.wait_until_reached, 2)
            hold.release()
            await asking

        asyncio.run(scenario())
        assert fake.model_loads == 2
        assert fake.loaded == ("demo-8b", "demo-8b:2")


def test_first_use_alone_loads_the_model_once() -> None:
    """A warm-up request makes the later ones safe."""
    with FakeLMStudio(models=(FakeModel("demo-8b"),), load_time=0.001) as fake:
        _ask(fake)
        asyncio.run(_ask_many(fake, 3))
        assert (fake.model_loads, fake.loaded) == (1, ("demo-8b",))


def test_unloading_ends_what_is_running_with_an_error_in_the_stream() -> None:
    """An unload hits every request in flight; the next one loads the model again."""
    hold = Hold()
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text("one two").held_after(2, hold))
        with _stream(fake) as response:
            hold.wait_until_reached()
            fake.unload("demo-8b")
            text = response.read().decode()
        assert "one" in text
        assert '{"error": {"message": "Model unloaded."}' in text
        assert fake.loaded == ()
        assert _ask(fake).status_code == 200
        assert fake.model_loads == 1


def test_overflow_before_the_first_byte_is_a_400() -> None:
    """Requests that have sent nothing yet get a status."""
    hold = Hold()
    with FakeLMStudio() as fake:
        fake.respond = lambda _request: Reply.text("a").held_after(0, hold)

        async def scenario() -> list[httpx.Response]:
            asking = asyncio.create_task(_ask_many(fake, 2))
            await asyncio.to_thread(hold.wait_until_reached, 2)
            fake.overflow()
            return await asking

        responses = asyncio.run(scenario())
    assert [response.status_code for response in responses] == [400, 400]
    assert all("Context size has been exceeded." in response.text for response in responses)


def test_prompt_longer_than_the_context_fails_inside_the_stream() -> None:
    """With enforce_context a prompt of 100 tokens does not fit into 50."""
    models = (FakeModel("demo-8b", loaded=True, context_length=50),)
    with FakeLMStudio(models=models, enforce_context=True) as fake:
        response = _ask(fake)
    assert response.status_code == 200
    assert "n_keep: 100>= n_ctx: 50" in response.text


def test_requests_that_do_not_fit_together_all_fail() -> None:
    """One overflow of the shared context takes the others down with it."""
    hold = Hold()
    models = (FakeModel("demo-8b", loaded=True, context_length=300),)
    with FakeLMStudio(models=models, enforce_context=True) as fake:
        fake.respond = lambda _request: Reply.text("a").held_after(1, hold)
        responses = asyncio.run(_ask_many(fake, 2))
    assert sorted(response.status_code for response in responses) == [200, 400]
    assert all("Context size has been exceeded." in response.text for response in responses)


def test_client_that_leaves_stops_the_generation() -> None:
    """The disconnect is counted and the slot is free again."""
    hold = Hold()
    with FakeLMStudio(models=(FakeModel("demo-8b", loaded=True, parallel=1),)) as fake:
        fake.enqueue(Reply.text("one two").held_after(2, hold))
        with _stream(fake):
            hold.wait_until_reached()
        fake.wait_until(lambda: fake.disconnects == 1 and fake.in_flight == 0)
        assert _ask(fake).status_code == 200
        assert fake.bytes_after_disconnect == 0


def test_server_that_does_not_notice_generates_on() -> None:
    """LM Studio finishes the prompt first: the slot stays busy and bytes are made for nobody."""
    hold = Hold()
    with FakeLMStudio(notices_disconnects=False) as fake:
        fake.enqueue(Reply.text("one two").held_after(2, hold))
        with _stream(fake):
            hold.wait_until_reached()
        fake.wait_until(lambda: fake.disconnects == 1)
        hold.release()
        fake.wait_until(lambda: fake.in_flight == 0)
        assert fake.bytes_after_disconnect > 0


def test_connections_are_kept_alive_and_closed_when_idle() -> None:
    """One connection for several requests; a new one after it was closed."""
    with FakeLMStudio() as fake, httpx.Client(trust_env=False) as client:
        _ask(fake, client)
        _ask(fake, client)
        assert fake.connections == 1
        fake.close_idle()
        fake.wait_until(lambda: fake.open_connections == 0)
        # Another client: the first one may not have seen yet that its connection was closed.
        with httpx.Client(trust_env=False) as other:
            assert _ask(fake, other).headers["keep-alive"] == "timeout=5"
        assert fake.connections == 2


def test_idle_connection_is_closed_by_the_server() -> None:
    """The keep-alive time runs out without a request."""
    with FakeLMStudio(keep_alive=0.01) as fake, httpx.Client(trust_env=False) as client:
        _ask(fake, client)
        fake.wait_until(lambda: fake.open_connections == 0)
        assert fake.connections == 1


def test_reset_breaks_running_requests() -> None:
    """A server that dies resets what is running."""
    hold = Hold()
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.text("one two").held_after(2, hold))
        with _stream(fake) as response:
            hold.wait_until_reached()
            fake.reset_busy()
            with pytest.raises(httpx.ReadError):
                response.read()


def test_stopped_server_refuses_and_comes_back_on_its_port() -> None:
    """A restart keeps the address."""
    with FakeLMStudio() as fake:
        url = fake.base_url
        fake.stop()
        with pytest.raises(httpx.ConnectError):
            _ask(fake)
        fake.start()
        assert fake.base_url == url
        assert _ask(fake).status_code == 200


def test_requests_are_recorded_in_order() -> None:
    """Path, headers and body as they came."""
    with FakeLMStudio(keep_requests=2) as fake:
        httpx.get(f"{fake.base_url}/models", trust_env=False)
        _ask(fake)
        httpx.get(f"{fake.base_url}/models?x=1", headers={"X-A": "b"}, trust_env=False)
        chat, listing = fake.requests
    assert (chat.method, chat.path, chat.json) == ("POST", "/v1/chat/completions", _BODY)
    assert (chat.model, len(chat.prompt)) == ("demo-8b", 400)
    assert (listing.path, listing.headers["x-a"]) == ("/v1/models?x=1", "b")
    assert fake.chat_requests == (chat,)
    assert fake.chats == 1


def test_bug_in_respond_surfaces_in_the_test() -> None:
    """A mistake in the test's own function is not swallowed."""

    def respond(_request: RecordedRequest) -> Reply:
        msg = "my bug"
        raise LookupError(msg)

    with (
        pytest.raises(LookupError, match="my bug"),
        FakeLMStudio(respond=respond) as fake,
        pytest.raises(httpx.TransportError),
    ):
        _ask(fake)


def test_slow_reader_slows_the_server() -> None:
    """A large answer is written at the client's pace and arrives whole."""

    async def numbers(fake: FakeLMStudio) -> AsyncIterator[int]:
        url = f"{fake.base_url}/chat/completions"
        async with (
            httpx.AsyncClient(trust_env=False) as client,
            client.stream("POST", url, json=_BODY) as response,
        ):
            async for piece in response.aiter_raw():
                yield len(piece)

    async def total(fake: FakeLMStudio) -> int:
        return sum([size async for size in numbers(fake)])

    with FakeLMStudio() as fake:
        fake.enqueue(Reply.events(*[b"x" * 65536] * 64))
        assert asyncio.run(total(fake)) == 64 * 65536


def test_hold_reports_that_nobody_came() -> None:
    """A hold that is not reached is a clear failure, not a hang."""
    with pytest.raises(TimeoutError, match="0 of 1"):
        Hold().wait_until_reached(timeout=0.001)


def test_condition_that_never_holds_times_out() -> None:
    """So is a condition."""
    with FakeLMStudio() as fake, pytest.raises(TimeoutError):
        fake.wait_until(lambda: fake.chats == 1, timeout=0.001)


def test_module_runs_as_a_process_of_its_own() -> None:
    """`python -m docgen_core.testing` prints its address, serves, and reports at the end."""
    command = [sys.executable, "-m", "docgen_core.testing", "--tokens", "3"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        response = httpx.post(f"{url}/chat/completions", json=_BODY, trust_env=False)
        counts, _ = process.communicate()
    assert response.text.count('"content"') == 3
    assert json.loads(counts)["chats"] == 1
