from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.shop import Shop

from docgen_core.cache import AnswerFolder
from docgen_core.cache.folder import default_folder
from docgen_core.events import Notice
from docgen_core.testing import FakeLMStudio

SEEDED: dict[str, Any] = {"seed": 3}


def chats(
    shop: Shop, fake: FakeLMStudio, *folders: Path, force: bool = False, **config: Any
) -> int:
    """Write the same brief into each folder; give the number of requests."""
    shop.offer("alpha")
    for folder in folders:
        result = shop.engine(**config).orchestrate("A brief.", output=folder, force=force)
        assert result.error_count == 0
    return fake.chats


def section(folder: Path) -> Any:
    """What run.json says about the one section."""
    return json.loads((folder / "run.json").read_text())["sections"][0]


def test_a_seeded_run_in_another_folder_asks_nothing(
    shop: Shop, fake: FakeLMStudio, tmp_path: Path
) -> None:
    """The document is the same, and run.json says where the answer came from."""
    one, two = tmp_path / "one", tmp_path / "two"
    assert chats(shop, fake, one, two, **SEEDED) == 1
    assert (one / "document.md").read_bytes() == (two / "document.md").read_bytes()
    assert [section(one)["cached"], section(two)["cached"]] == [False, True]
    assert [section(one)["attempts"], section(two)["attempts"]] == [1, 0]


def test_a_run_without_a_seed_asks_again(shop: Shop, fake: FakeLMStudio, tmp_path: Path) -> None:
    """A user who runs again wants another draw."""
    assert chats(shop, fake, tmp_path / "one", tmp_path / "two") == 2
    assert AnswerFolder(default_folder()).contents().answers == 0


def test_always_takes_any_answer(shop: Shop, fake: FakeLMStudio, tmp_path: Path) -> None:
    """The user said so."""
    assert chats(shop, fake, tmp_path / "one", tmp_path / "two", cache="always") == 1


@pytest.mark.parametrize(("how", "force"), [({"cache": "off"}, False), ({}, True)])
def test_off_and_force_ask_again(
    shop: Shop, fake: FakeLMStudio, tmp_path: Path, how: dict[str, str], *, force: bool
) -> None:
    """Neither takes an answer from the cache."""
    folders = (tmp_path / "one", tmp_path / "two")
    assert chats(shop, fake, *folders, force=force, **SEEDED, **how) == 2


def test_cached_answers_cost_no_tokens(shop: Shop, tmp_path: Path) -> None:
    """The totals of a run count what was asked."""
    shop.offer("alpha")
    shop.engine(**SEEDED).orchestrate("A brief.", output=tmp_path / "one")
    result = shop.engine(**SEEDED).orchestrate("A brief.", output=tmp_path / "two")
    assert result.total_tokens_used == 0
    assert result.deliverable_results[0].cached


def test_a_damaged_answer_is_told_and_asked_for_again(
    shop: Shop, fake: FakeLMStudio, tmp_path: Path
) -> None:
    """The run succeeds; the user reads why it asked."""
    chats(shop, fake, tmp_path / "one", **SEEDED)
    (file,) = (path for path in default_folder().rglob("*") if path.is_file())
    file.write_bytes(file.read_bytes()[:-1])
    assert chats(shop, fake, tmp_path / "two", **SEEDED) == 2
    told = [event.message for event in shop.events if isinstance(event, Notice)]
    assert any("damaged" in message for message in told)


def test_a_run_ends_within_the_bound(shop: Shop, fake: FakeLMStudio, tmp_path: Path) -> None:
    """What was just kept goes too, if nothing may stay."""
    chats(shop, fake, tmp_path / "one", cache_size_mb=0, **SEEDED)
    assert AnswerFolder(default_folder()).contents().answers == 0


def test_many_briefs_share_the_cache(shop: Shop, fake: FakeLMStudio) -> None:
    """The same brief again costs nothing."""
    shop.offer("alpha")
    results = list(shop.engine(**SEEDED).orchestrate_many(["A brief.", "A brief."]))
    assert (fake.chats, len(results)) == (1, 2)
