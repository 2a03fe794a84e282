"""A shop of deliverables in memory, and the fake LM Studio behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.shop import Shop

from docgen_core.testing import FakeLMStudio


@pytest.fixture
def fake() -> Iterator[FakeLMStudio]:
    with FakeLMStudio() as server:
        yield server


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, fake: FakeLMStudio) -> Iterator[Shop]:
    made = Shop(monkeypatch, fake)
    yield made
    made.close()
