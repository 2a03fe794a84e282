"""Servers that plugins start: they may hang, raise, or return anything."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import httpx
import pytest
from support.shop import Shop

from docgen_core.api import Generation, RunningServer, ServerOptions
from docgen_core.engine import hosting
from docgen_core.engine.hosting import start_server
from docgen_core.errors import ConnectError, NoModelError, PluginLoadError, ServerError
from docgen_core.testing import FakeLMStudio, FakeModel

OPTIONS = ServerOptions(timeout=60.0)


class Running:
    """A server that counts its stops."""

    description = "A test server."
    generation = Generation()

    def __init__(self, base_url: str = "http://127.0.0.1:9/v1") -> None:
        self.base_url = base_url
        self.stopped = threading.Event()

    def stop(self) -> None:
        self.stopped.set()


class Provider:
    """Starts whatever the function gives."""

    def __init__(self, start: Callable[[], object]) -> None:
        self._start = start
        self.starts = 0

    def start(self, options: ServerOptions) -> RunningServer:
        del options
        self.starts += 1
        return self._start()  # type: ignore[return-value] # some are none


def _raise(error: BaseException) -> object:
    raise error


@pytest.mark.parametrize(
    "start",
    [
        lambda: _raise(RuntimeError("kaput")),
        lambda: _raise(SystemExit(3)),
        lambda: _raise(KeyboardInterrupt()),
        lambda: None,
        lambda: "http://127.0.0.1:9/v1",
    ],
    ids=["raises", "exits", "interrupts", "none", "text"],
)
def test_a_broken_provider_is_a_plugin_error_that_names_it(start: Callable[[], object]) -> None:
    """Whatever it raises or returns."""
    with pytest.raises(PluginLoadError, match=r"prov 1\.0"):
        asyncio.run(start_server(Provider(start), OPTIONS, label="prov 1.0"))


def test_what_a_provider_says_in_docgen_s_own_words_passes_through() -> None:
    """The same error, with its hint."""
    error = ServerError("no model file", hint="Download one.")
    with pytest.raises(ServerError) as caught:
        asyncio.run(start_server(Provider(lambda: _raise(error)), OPTIONS, label="prov 1.0"))
    assert caught.value is error


def test_a_server_with_a_wrong_address_is_stopped_again() -> None:
    """It is refused, and not left running."""
    running = Running(base_url=9)  # type: ignore[arg-type] # that is what is tested
    with pytest.raises(PluginLoadError, match="base_url is a int, expected a str"):
        asyncio.run(start_server(Provider(lambda: running), OPTIONS, label="prov 1.0"))
    assert running.stopped.is_set()


def test_a_start_has_its_time_and_is_stopped_when_it_comes_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The time limit holds whatever the plugin does with it."""
    monkeypatch.setattr(hosting, "_MARGIN", 0.0)
    late, running = threading.Event(), Running()

    def start() -> Running:
        late.wait(60)
        return running

    options = ServerOptions(timeout=0.05)
    with pytest.raises(ServerError, match=r"took longer than 0\.05 s"):
        asyncio.run(start_server(Provider(start), options, label="prov 1.0"))
    late.set()
    assert running.stopped.wait(60)


@pytest.mark.parametrize("grace", [0.0, 60.0], ids=["comes later", "comes in time"])
def test_a_cancelled_start_ends_and_leaves_no_server(
    monkeypatch: pytest.MonkeyPatch, grace: float
) -> None:
    """A plugin that hangs does not hold up the end; its server is stopped whenever it comes."""
    monkeypatch.setattr(hosting, "_GRACE", grace)
    begun, go_on, running = threading.Event(), threading.Event(), Running()

    def start() -> Running:
        begun.set()
        go_on.wait(60)
        return running

    async def cancel() -> None:
        task = asyncio.create_task(start_server(Provider(start), OPTIONS, label="prov 1.0"))
        await asyncio.to_thread(begun.wait, 60)
        task.cancel()
        if grace:
            go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    go_on.set()
    assert running.stopped.wait(60)


def test_a_stop_that_hangs_is_left_behind(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Closing ends, and the log says why."""
    monkeypatch.setattr(hosting, "_STOP_TIMEOUT", 0.05)
    released = threading.Event()

    class Stuck(Running):
        def stop(self) -> None:
            released.wait(60)

    async def start_and_stop() -> None:
        await (await start_server(Provider(Stuck), OPTIONS, label="prov 1.0")).stop()

    asyncio.run(start_and_stop())
    released.set()
    assert "prov 1.0: stopping its server took longer" in caplog.text


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> list[httpx.AsyncClient]:
    """Every HTTP client that is made."""
    made: list[httpx.AsyncClient] = []
    original = httpx.AsyncClient.__init__

    def remember(self: httpx.AsyncClient, *args: object, **facts: object) -> None:
        original(self, *args, **facts)  # type: ignore[arg-type] # passed on as it is
        made.append(self)

    monkeypatch.setattr(httpx.AsyncClient, "__init__", remember)
    return made


def test_a_started_server_without_a_model_is_stopped_and_its_client_closed(
    shop: Shop, clients: list[httpx.AsyncClient]
) -> None:
    """Nothing stays open."""
    with FakeLMStudio(models=(FakeModel("nomic-embed", kind="embedding"),)) as fake:
        running = Running(fake.base_url)
        shop.object("docgen.servers", "prov", Provider(lambda: running))
        engine = shop.engine(server="prov")
        assert engine.initialize() is False
    assert isinstance(engine.error, NoModelError)
    assert running.stopped.is_set()
    assert [client.is_closed for client in clients] == [True]


def test_a_started_server_that_does_not_answer_is_stopped_and_its_client_closed(
    shop: Shop, clients: list[httpx.AsyncClient]
) -> None:
    """Nothing stays open."""
    shop.fake.stop()
    running = Running(shop.fake.base_url)
    shop.object("docgen.servers", "prov", Provider(lambda: running))
    engine = shop.engine(server="prov")
    assert engine.initialize() is False
    assert isinstance(engine.error, ConnectError)
    assert running.stopped.is_set()
    assert [client.is_closed for client in clients] == [True]


def test_runs_side_by_side_share_one_server(shop: Shop) -> None:
    """The first starts it, the others wait for it."""
    shop.offer("a")
    running = Running(shop.fake.base_url)
    provider = Provider(lambda: running)
    shop.object("docgen.servers", "prov", provider)
    engine = shop.engine(server="prov")

    async def three() -> None:
        async with engine:
            await asyncio.gather(*(engine.aorchestrate(f"Brief {n}.", ["a"]) for n in range(3)))

    asyncio.run(three())
    assert provider.starts == 1
    assert running.stopped.is_set()
