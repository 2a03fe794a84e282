from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import Docgen

from docgen_core.testing import FakeLMStudio

BASE = ("generate", "A brief.", "-d", "alpha", "--server", "lmstudio", "-q")


@pytest.fixture
def docgen(tmp_path: Path) -> Docgen:
    (tmp_path / "site").mkdir()
    (tmp_path / "work").mkdir()
    made = Docgen(folder=tmp_path / "work", site=tmp_path / "site")
    made.install_good()
    return made


def test_info_and_clear_tell_what_there_is(docgen: Docgen) -> None:
    """From one answer to none."""
    with FakeLMStudio() as fake:
        docgen(*BASE, "--base-url", fake.base_url, "--seed", "1", "-o", "one")
    held = docgen.json("cache", "info")
    assert held["answers"] == 1
    assert held["size"] > 0
    assert "1 answer" in docgen("cache").stdout
    assert docgen.json("cache", "clear")["removed"]["answers"] == 1
    assert docgen.json("cache")["answers"] == 0


def test_a_cached_answer_is_named_in_the_result(docgen: Docgen) -> None:
    """The JSON result says it, and no request was made."""
    with FakeLMStudio() as fake:
        asks = (*BASE, "--base-url", fake.base_url, "--cache", "always")
        docgen(*asks, "-o", "one")
        (item,) = docgen.json(*asks, "-o", "two")["deliverables"]
        assert (fake.chats, item["cached"], item["attempts"]) == (1, True, 0)


def test_no_cache_asks_and_keeps_nothing(docgen: Docgen) -> None:
    """The folder of the cache is not even made."""
    with FakeLMStudio() as fake:
        for out in ("one", "two"):
            docgen(*BASE, "--base-url", fake.base_url, "--seed", "1", "--no-cache", "-o", out)
        assert fake.chats == 2
    assert docgen.json("cache")["answers"] == 0


def test_contradicting_options_are_refused(docgen: Docgen) -> None:
    """Neither is silently preferred."""
    done = docgen(*BASE, "--no-cache", "--cache", "always")
    assert done.returncode == 2
    assert "contradict" in done.stderr
