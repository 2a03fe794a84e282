"""What holds for every test: none reads or writes the cache of the person who runs them."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def _cache_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    base = tmp_path_factory.mktemp("caches")
    return (str(base / str(number)) for number in itertools.count())


@pytest.fixture(autouse=True)
def _own_cache(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _cache_folders: Iterator[str]
) -> None:
    """Give each test an empty cache folder of its own; it is made when something is kept."""
    if request.node.get_closest_marker("wheels") is None:  # installers keep downloads in theirs
        monkeypatch.setenv("XDG_CACHE_HOME", next(_cache_folders))


def pytest_configure() -> None:
    """Let Ctrl-C reach the programs under test.

    A shell starts background jobs with SIGINT ignored, and ignored signals are inherited.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
