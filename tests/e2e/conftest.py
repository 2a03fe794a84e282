"""A terminal in an empty folder, a fake LM Studio for it to talk to, and wheels to install."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.clean import build_wheels
from support.terminal import Terminal

from docgen_core.testing import FakeLMStudio


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture
def fake() -> Iterator[FakeLMStudio]:
    with FakeLMStudio() as server:
        yield server


@pytest.fixture
def online(tmp_path: Path, fake: FakeLMStudio) -> Terminal:
    """A terminal whose DOCGEN_BASE_URL is the fake's address."""
    return Terminal(tmp_path, {"DOCGEN_BASE_URL": fake.base_url})


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of every distribution, and the core's sdist."""
    target = tmp_path_factory.mktemp("wheels")
    build_wheels(target, tmp_path_factory.mktemp("source") / "docgen")
    return target
