"""What the security tests share: the `row` marker, a fake LM Studio, and ways to run docgen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.command_line import Docgen
from support.shop import Shop
from support.terminal import Terminal

from docgen_core.testing import FakeLMStudio


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker that ties a test to statements of docs/security.md."""
    config.addinivalue_line("markers", "row(*ids): holds these statements of docs/security.md")


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
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture
def docgen(tmp_path: Path) -> Docgen:
    """A command line in an empty folder, without plugins."""
    folder, site = tmp_path / "work", tmp_path / "site"
    folder.mkdir()
    site.mkdir()
    return Docgen(folder=folder, site=site)
