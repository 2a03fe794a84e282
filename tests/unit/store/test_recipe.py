from __future__ import annotations

import datetime as dt
from pathlib import Path

import attrs
import pytest

from docgen_core.errors import FileError
from docgen_core.store.recipe import RECIPE_FILE, Recipe, decode_recipe, encode_recipe, read_recipe

RECIPE = Recipe(
    docgen="0.1.0",
    run_id="r",
    brief={"text": "Prüfstand \ud800", "title": "Prüfstand", "source": "-"},
    order=("a", "b"),
    config={
        "settings": {
            "a": {
                "day": dt.date(2026, 1, 2),
                "moment": dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC),
                "time": dt.time(5, 6),
                "list": [1, 2.5, "x", True],
            }
        }
    },
    model={"id": "demo", "context_length": None},
    generation={},
    releases={"a": "x 1.0"},
    server={"base_url": "http://127.0.0.1:1/v1", "kind": "openai"},
    date="2026-01-01",
)


def test_a_recipe_comes_back_as_it_was() -> None:
    """With dates and times, which settings files can hold, and texts that are no Unicode."""
    assert decode_recipe(encode_recipe(RECIPE)) == RECIPE


def test_the_same_recipe_is_the_same_bytes() -> None:
    """Sets have no order of their own."""
    one = attrs.evolve(RECIPE, config={"explicit": frozenset({"seed", "top_p", "language"})})
    assert encode_recipe(one) == encode_recipe(one)
    again = decode_recipe(encode_recipe(one))
    assert again is not None
    assert again.config["explicit"] == ["language", "seed", "top_p"]


@pytest.mark.parametrize("damage", [b"", b"{}", encode_recipe(RECIPE)[:-1]])
def test_a_damaged_recipe_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    """The next run writes it anew."""
    (tmp_path / ".docgen").mkdir()
    (tmp_path / RECIPE_FILE).write_bytes(damage)
    assert read_recipe(tmp_path) is None


def test_a_recipe_of_a_newer_docgen_is_refused(tmp_path: Path) -> None:
    """It could be destroyed by writing the older layout over it."""
    (tmp_path / ".docgen").mkdir()
    (tmp_path / RECIPE_FILE).write_bytes(encode_recipe(RECIPE).replace(b"object 1", b"object 2"))
    with pytest.raises(FileError, match="newer docgen"):
        read_recipe(tmp_path)
