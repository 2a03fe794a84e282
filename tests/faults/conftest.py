"""What the fault tests share: the `row` marker, a fake LM Studio, and ways to run docgen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.shop import Shop
from support.terminal import Terminal

from docgen_core.lmstudio.retry import RetryPolicy
from docgen_core.testing import FakeLMStudio

pytest.register_assert_rewrite("support.asking")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker that ties a test to rows of the fault matrix."""
    config.addinivalue_line("markers", "row(*ids): holds these rows of docs/reliability.md")


@pytest.fixture
def fake() -> Iterator[FakeLMStudio]:
    with FakeLMStudio() as server:
        yield server


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, fake: FakeLMStudio) -> Iterator[Shop]:
    made = Shop(monkeypatch, fake)
    yield made
    made.close()


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decide about retries as always, and make each pause as short as none."""
    decide = RetryPolicy.delay

    def delay(self: RetryPolicy, *arguments: object) -> float | None:
        decided = decide(self, *arguments)  # type: ignore[arg-type] # passed on as they came
        return None if decided is None else 0.0

    monkeypatch.setattr(RetryPolicy, "delay", delay)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture
def online(tmp_path: Path, fake: FakeLMStudio) -> Terminal:
    """A terminal whose DOCGEN_BASE_URL is the fake's address."""
    return Terminal(tmp_path, {"DOCGEN_BASE_URL": fake.base_url})
