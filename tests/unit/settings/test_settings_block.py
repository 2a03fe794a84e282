"""The commented TOML block of a plugin's settings."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Mapping
from typing import Any, Literal

import attrs
import pytest
from attrs import validators as v

from docgen_core.settings import structure_settings
from docgen_core.settings.block import limits, settings_block


class Tone(enum.Enum):
    PLAIN = "plain"
    FORMAL = "formal"


@attrs.frozen(kw_only=True)
class Inner:
    depth: int = 2


@attrs.frozen(kw_only=True)
class Many:
    """A setting of each kind that TOML can say."""

    count: int = attrs.field(
        default=3,
        validator=v.and_(v.instance_of(int), v.ge(1), v.le(9)),
        metadata={"help": "How many."},
    )
    share: float = 0.5
    deep: bool = False
    name: str = 'a "quoted" word'
    words: tuple[str, ...] = ("a", "b")
    level: Literal["low", "high"] = "low"
    tone: Tone = Tone.PLAIN
    inner: Inner = attrs.field(factory=Inner)
    table: Mapping[str, int] = attrs.field(factory=lambda: {"x": 1})
    maybe: int | None = None


def test_the_block_says_what_the_defaults_are() -> None:
    """Reading it back gives the class with its defaults."""
    table = tomllib.loads(settings_block("many", Many))["settings"]["many"]
    assert structure_settings(Many, table, path="settings.many") == Many()


def test_the_block_has_help_range_and_default() -> None:
    """What a reader needs stands above each key."""
    block = settings_block("many", Many, about="Many: things.")
    assert block.startswith("# Many: things.\n[settings.many]\n")
    assert "# How many.\n# a whole number, >= 1, <= 9\ncount = 3\n" in block


def test_what_toml_cannot_say_is_commented_out() -> None:
    """No value stands for nothing."""
    assert "# a whole number or nothing\n# maybe =\n" in settings_block("many", Many)


def test_a_setting_that_must_be_set_says_so() -> None:
    """It is left to the user."""

    @attrs.frozen(kw_only=True)
    class Needed:
        team: str

    block = settings_block("needed", Needed)
    assert "# team =  # must be set" in block
    assert tomllib.loads(block) == {"settings": {"needed": {}}}


@pytest.mark.parametrize(
    ("validator", "words"),
    [
        (None, ""),
        (v.instance_of(int), ""),
        (v.ge(3), ">= 3"),
        (v.and_(v.gt(0), v.lt(1)), "> 0, < 1"),
        (v.optional(v.le(5)), "<= 5"),
        (v.in_(["a", "b"]), "one of 'a', 'b'"),
        (v.matches_re("[a-z]+"), "matching [a-z]+"),
        (v.and_(v.min_len(1), v.max_len(4)), "at least 1 long, at most 4 long"),
        (v.deep_iterable(v.in_((1, 2))), "one of 1, 2"),
        (lambda *_: None, ""),
    ],
    ids=map(str, range(9)),
)
def test_validators_in_words(validator: Any, words: str) -> None:
    """Each of attrs' own validators has words; a function of the plugin's has none."""
    assert limits(validator) == words
