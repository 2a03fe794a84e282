"""Faults of the connection: refused, hanging, reset, redirected, or not what it claims to be."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import pytest
from support.asking import PATIENT, REQUEST, ask, complete, discover
from support.rows import case, row
from support.shop import Shop
from support.terminal import Terminal

from docgen_core.errors import ConnectError, GenerationError, Retry
from docgen_core.events import AttemptStarted, DeliverableFinished, Event
from docgen_core.lmstudio.client import Client
from docgen_core.lmstudio.types import Endpoint
from docgen_core.model import DeliverableResult
from docgen_core.testing import FakeLMStudio, Hold, Reply

TOKEN = "sk-lm-abcdefgh:0123456789abcdefghij"  # noqa: S105 - the fake's own
BRIEF = "A booking app for climbing gyms"
PROXY_VARIABLES = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)
ONE_ANSWER = (
    b'data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
)


@contextmanager
def listener(host: str = "127.0.0.1", backlog: int = 8) -> Iterator[socket.socket]:
    """A port that is open and answers nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as server:
        server.bind((host, 0))
        server.listen(backlog)
        yield server


def closed_port() -> int:
    """A port of this machine on which nothing listens."""
    with listener() as server:
        return int(server.getsockname()[1])


def resolve_to(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[str, int], list[tuple[Any, ...]]]
) -> None:
    """Let names of hosts be looked up by `answer`, numbers as ever."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and not name[:1].isdigit() and ":" not in name:
            return answer(name, int(port))
        return real(host, port, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@row("refused-at-start")
def test_nothing_listens_at_the_start(terminal: Terminal) -> None:
    """Exit code 4, both remedies, and no folder that would look like a begun run."""
    url = f"http://127.0.0.1:{closed_port()}/v1"
    done = terminal.run("generate", BRIEF, "--base-url", url, "-o", "out")
    words = " ".join(done.stderr.split())
    assert done.returncode == 4
    assert url in words
    assert "Start LM Studio's server" in words
    assert not (terminal.folder / "out").exists()


@row("refused-in-the-middle")
def test_a_server_that_goes_away_loses_nothing(shop: Shop, no_pauses: None, tmp_path: Any) -> None:
    """What was written stays; the next run asks only for the rest."""
    del no_pauses
    for key in "abcd":
        shop.offer(key)

    def stop_after_the_first(event: Event) -> None:
        if isinstance(event, DeliverableFinished):
            shop.fake.stop()

    engine = shop.engine()
    engine.listeners.append(stop_after_the_first)
    broken = engine.orchestrate(BRIEF, output=tmp_path)
    assert [result.success for result in broken.deliverable_results] == [True, False, False, False]
    assert all(isinstance(r.error, ConnectError) for r in broken.deliverable_results[1:])
    assert broken.exit_code == 5
    before = shop.fake.chats
    shop.fake.start()
    mended = shop.engine().orchestrate(BRIEF, output=tmp_path)
    assert (mended.exit_code, shop.fake.chats - before) == (0, 3)


@row("connect-hangs")
def test_a_connection_that_never_stands() -> None:
    """The connect clock ends it; it is tried again, since a firewall may be waking up."""
    with listener(backlog=0) as server:
        address = server.getsockname()
        with socket.create_connection(address):
            timeouts = attrs.evolve(PATIENT, connect=0.2)
            asked = ask(f"http://127.0.0.1:{address[1]}/v1", timeouts=timeouts)
    assert isinstance(asked.error, ConnectError)
    assert "within 0.2 s" in str(asked.error) + str(asked.failures[0].error)
    assert len(asked.failures) > 1


@row("dns-failure")
def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host is in the message, the key is not."""

    def unknown(name: str, port: int) -> list[tuple[Any, ...]]:
        del name, port
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    resolve_to(monkeypatch, unknown)
    asked = ask("http://llm.example/v1", key=TOKEN)
    assert isinstance(asked.error, ConnectError)
    assert "llm.example" in str(asked.error)
    assert TOKEN not in str(asked.error) + asked.error.hint


@row("first-address-dead")
def test_a_name_with_a_dead_ipv6_address_first(
    fake: FakeLMStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LM Studio listens on IPv4 only; `localhost` may name `::1` first."""
    stream = (socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
    resolve_to(
        monkeypatch,
        lambda _, port: [
            (socket.AF_INET6, *stream, ("::1", port, 0, 0)),
            (socket.AF_INET, *stream, ("127.0.0.1", port)),
        ],
    )
    assert complete(f"http://localhost:{fake.port}/v1").text
    assert fake.chats == 1


@row("ipv6-localhost")
@pytest.mark.parametrize("host", ["[::1]", "localhost"])
def test_a_server_on_ipv6(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its number and by its name."""
    stream = (socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
    resolve_to(monkeypatch, lambda _, port: [(socket.AF_INET6, *stream, ("::1", port, 0, 0))])
    with FakeLMStudio(host="::1") as fake:
        assert complete(f"http://{host}:{fake.port}/v1").text
        assert fake.chats == 1


@row("proxy-variables")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_proxy_of_the_environment_is_not_used(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to this machine never go through it: it would be handed the key."""
    address = "::1" if host == "[::1]" else "127.0.0.1"
    with listener() as proxy, FakeLMStudio(token=TOKEN, host=address) as fake:
        for name in PROXY_VARIABLES:
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("NO_PROXY", "")
        url = f"http://{host}:{fake.port}/v1"
        assert discover(url, key=TOKEN).models
        assert complete(url, key=TOKEN).text
        proxy.settimeout(0)
        with pytest.raises(BlockingIOError):
            proxy.accept()


async def ask_twice(fake: FakeLMStudio, between: Callable[[], None]) -> str:
    """Two questions over one client; something happens to the kept connection in between."""
    async with Client(Endpoint(base_url=fake.base_url), timeouts=PATIENT) as client:
        await client.complete(REQUEST)
        await asyncio.to_thread(between)
        return (await client.complete(REQUEST)).text


@row("idle-connection-closed")
def test_an_idle_connection_that_the_server_closed(fake: FakeLMStudio) -> None:
    """The next request goes out on a new one; nobody notices."""
    assert asyncio.run(ask_twice(fake, fake.close_idle))
    assert (fake.chats, fake.connections) == (2, 2)


@row("reused-connection-reset")
@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_kept_connection_that_breaks_as_it_is_used(fake: FakeLMStudio, how: Any) -> None:
    """Sent again once on a new connection, which is no attempt."""
    first = asyncio.run(
        ask_twice(fake, lambda: fake.enqueue(Reply.hang_up(how), Reply.text("Text.")))
    )
    assert first == "Text."
    assert (fake.chats, fake.connections) == (3, 2)


@row("reused-connection-reset")
def test_a_server_that_keeps_hanging_up_is_not_asked_without_end(fake: FakeLMStudio) -> None:
    """The free repeat is one, then it counts."""
    with pytest.raises(GenerationError, match="without an answer"):
        asyncio.run(
            ask_twice(fake, lambda: fake.enqueue(Reply.hang_up(), Reply.hang_up(), Reply.hang_up()))
        )
    assert fake.chats == 3


@row("too-many-files")
def test_no_file_descriptor_left(fake: FakeLMStudio) -> None:
    """Said as what it is: the server is well."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    async def starved() -> None:
        async with Client(Endpoint(base_url=fake.base_url), timeouts=PATIENT) as client:
            free = os.dup(0)
            os.close(free)
            resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
            try:
                await client.complete(REQUEST)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    with pytest.raises(ConnectError, match="open files") as caught:
        asyncio.run(starved())
    assert "ulimit" in caught.value.hint
    assert caught.value.retry is Retry.LATER


@row("another-protocol")
@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.7\r\n\r\n", b"\x00\x01\x02\xff" * 64])
def test_a_port_that_speaks_another_protocol(fake: FakeLMStudio, greeting: bytes) -> None:
    """Not tried again; the hint asks to check the address."""
    fake.enqueue(Reply.raw(greeting))
    asked = ask(fake.base_url)
    assert isinstance(asked.error, ConnectError)
    assert "does not speak HTTP" in str(asked.error)
    assert len(asked.failures) == 1


BROKEN = [
    case("reset-before-the-answer", Reply.hang_up("reset"), "without an answer"),
    case("closed-before-the-answer", Reply.hang_up("close"), "without an answer"),
    case("reset-in-the-answer", Reply.text("a b c").cut_after(3, "reset"), "broke off"),
    case("closed-in-the-answer", Reply.text("a b c").cut_after(3, "close"), "broke off"),
    case("half-closed", Reply.text("a b c").cut_after(3, "half_close"), "broke off"),
    case(
        "half-closed/without-length",
        Reply.text("a b c", finish_reason=None, done=False).close_delimited(),
        "before it was whole",
    ),
]


@pytest.mark.parametrize(("reply", "words"), BROKEN)
def test_a_connection_that_breaks(fake: FakeLMStudio, reply: Reply, words: str) -> None:
    """A new attempt asks for the whole answer; the torn one is never used."""
    fake.enqueue(reply, Reply.text("Whole."))
    asked = ask(fake.base_url)
    assert (asked.answer.completion.text, asked.answer.attempts) == ("Whole.", 2)
    assert words in str(asked.failures[0].error)


@row("redirect")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_origin(fake: FakeLMStudio, status: int) -> None:
    """Refused: neither the brief nor the token goes there."""
    with FakeLMStudio() as other:
        fake.enqueue(Reply.redirect(f"{other.base_url}/chat/completions?k=1", status=status))
        asked = ask(fake.base_url, key=TOKEN)
        assert other.connections == 0
    assert isinstance(asked.error, ConnectError)
    assert f"redirects to http://127.0.0.1:{other.port};" in str(asked.error)
    assert len(asked.failures) == 1


@row("redirect")
def test_a_redirect_of_the_listing(fake: FakeLMStudio) -> None:
    """The first request already carries the token."""
    with FakeLMStudio() as other:
        fake.override("/api/v1/models", Reply.redirect(other.base_url))
        with pytest.raises(ConnectError, match="redirects to"):
            discover(fake.base_url, key=TOKEN)
        assert other.connections == 0


@row("header-bomb")
def test_headers_without_end(fake: FakeLMStudio) -> None:
    """The parser's own bound ends it."""
    many = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(2000))
    fake.enqueue(Reply.raw(b"HTTP/1.1 200 OK\r\n" + many + b"\r\n" + ONE_ANSWER))
    asked = ask(fake.base_url)
    assert isinstance(asked.error, ConnectError)
    assert len(asked.failures) == 1


@row("interim-responses")
def test_interim_responses_before_the_answer(fake: FakeLMStudio) -> None:
    """A proxy may say 100 or 103 first."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    fake.enqueue(Reply.raw(interim + head + ONE_ANSWER))
    assert complete(fake.base_url).text == "ok"


@row("cancel-closes-the-socket")
def test_a_cancelled_request_closes_its_connection(fake: FakeLMStudio) -> None:
    """That is how a server learns to stop; nothing more is generated."""
    hold = Hold()
    fake.enqueue(Reply.text("one two three").held_after(2, hold))

    async def scenario() -> None:
        async with Client(Endpoint(base_url=fake.base_url)) as client:
            asking = asyncio.create_task(client.complete(REQUEST))
            await asyncio.to_thread(hold.wait_until_reached)
            asking.cancel()
            await asyncio.wait([asking])
            assert asking.cancelled()
            await asyncio.to_thread(fake.wait_until, lambda: fake.disconnects == 1)

    asyncio.run(scenario())
    hold.release()
    assert fake.bytes_after_disconnect == 0


@row("dead-server-noticed-once")
def test_a_dead_server_is_noticed_once(shop: Shop, no_pauses: None) -> None:
    """Not by each of ten deliverables in turn; all of them say why."""
    del no_pauses
    for number in range(10):
        shop.offer(f"d{number}")
    engine = shop.engine()
    assert engine.initialize()
    shop.fake.stop()
    results: tuple[DeliverableResult, ...] = engine.orchestrate(BRIEF).deliverable_results
    assert len(results) == 10
    assert all(isinstance(result.error, ConnectError) for result in results)
    attempts = [event for event in shop.events if isinstance(event, AttemptStarted)]
    assert len(attempts) <= 5
