"""structure_settings and describe: a plugin's settings class against a raw table."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import attrs
import pytest

from docgen_core.errors import SettingsError
from docgen_core.settings import describe, structure_settings


class Tone(enum.Enum):
    """How a text sounds."""

    PLAIN = "plain"
    FORMAL = "formal"


@attrs.frozen(kw_only=True)
class Node:
    """A settings class that holds itself."""

    name: str = "n"
    children: tuple[Node, ...] = ()


@attrs.frozen(kw_only=True)
class PersonaSettings:
    """One field of every kind that a plugin may use."""

    count: int = attrs.field(
        default=3, validator=attrs.validators.ge(1), metadata={"help": "How many."}
    )
    share: float = attrs.field(default=0.5, validator=attrs.validators.lt(2.0))
    accent: str = attrs.field(default="red", validator=attrs.validators.in_(("red", "blue")))
    photos: bool = False
    label: str | None = None
    tags: tuple[str, ...] = ()
    ids: frozenset[int] = frozenset()
    weights: Mapping[str, float] = attrs.field(factory=dict)
    tone: Tone = Tone.PLAIN
    size: Literal["s", "m"] = "s"
    limit: int | str = 1
    logo: Path | None = None
    since: dt.date | None = None
    tree: Node = attrs.field(factory=Node)


@attrs.frozen(kw_only=True)
class Required:
    """A settings class with a field that must be set."""

    url: str


REFUSED = [
    ({"photos": "false"}, ".photos: got 'false', expected true or false"),
    ({"photos": 1}, ".photos: got 1, expected true or false"),
    ({"count": "3"}, ".count: got '3', expected a whole number"),
    ({"count": True}, ".count: got True, expected a whole number"),
    ({"count": 3.0}, ".count: got 3.0, expected a whole number"),
    ({"count": 0}, ".count: got 0, expected at least 1"),
    ({"share": 2}, ".share: got 2.0, expected less than 2.0"),
    ({"accent": "x"}, ": 'accent' must be in ('red', 'blue') (got 'x')"),
    ({"share": "0.5"}, ".share: got '0.5', expected a number"),
    ({"share": False}, ".share: got False, expected a number"),
    ({"label": 3}, ".label: got 3, expected a text"),
    ({"tags": "abc"}, ".tags: got 'abc', expected a list, each item a text"),
    ({"tags": ["a", 1]}, ".tags[1]: got 1, expected a text"),
    ({"tags": {"a": 1}}, ".tags: got {'a': 1}, expected a list, each item a text"),
    ({"ids": "12"}, ".ids: got '12', expected a list, each item a whole number"),
    ({"weights": [1]}, ".weights: got [1], expected a table"),
    ({"weights": {"a": "b"}}, ".weights['a']: got 'b', expected a number"),
    ({"tone": "loud"}, ".tone: got 'loud', expected one of 'plain', 'formal'"),
    ({"size": "xl"}, ".size: got 'xl', expected one of 's', 'm'"),
    ({"limit": 1.5}, ".limit: got 1.5, expected a whole number or a text"),
    ({"logo": 1}, ".logo: got 1, expected a path as text"),
    ({"since": "today"}, ".since: got 'today', expected a date"),
    ({"tree": "x"}, ".tree: got 'x', expected a table"),
    ({"tree": {"children": [{"nme": "x"}]}}, ".tree.children[0].nme: unknown key; did you mean"),
    ({"cuont": 3}, ".cuont: unknown key; did you mean count?"),
    ({"zzz": 3}, ".zzz: unknown key"),
]

TAKEN: list[tuple[dict[str, Any], str, object]] = [
    ({"share": 1}, "share", 1.0),
    ({"label": "x"}, "label", "x"),
    ({"tags": ["a", "b"]}, "tags", ("a", "b")),
    ({"ids": [1, 1]}, "ids", frozenset({1})),
    ({"weights": {"a": 1}}, "weights", {"a": 1.0}),
    ({"tone": "formal"}, "tone", Tone.FORMAL),
    ({"size": "m"}, "size", "m"),
    ({"limit": "none"}, "limit", "none"),
    ({"logo": "a.png"}, "logo", Path("a.png").absolute()),
    ({"since": dt.date(2026, 1, 2)}, "since", dt.date(2026, 1, 2)),
    ({"tree": {"children": [{"name": "x"}]}}, "tree", Node(children=(Node(name="x"),))),
]


@pytest.mark.parametrize(("table", "expected"), REFUSED)
def test_refused(table: Mapping[str, Any], expected: str) -> None:
    """A value of the wrong kind gives one line with its path and what was expected."""
    with pytest.raises(SettingsError) as caught:
        structure_settings(PersonaSettings, table, path="settings.personas")
    (problem,) = caught.value.problems
    assert problem.startswith("settings.personas" + expected)


@pytest.mark.parametrize(("table", "field", "expected"), TAKEN)
def test_taken(table: Mapping[str, Any], field: str, expected: object) -> None:
    """A value of the right kind arrives in its field."""
    settings = structure_settings(PersonaSettings, table, path="settings.personas")
    assert expected == getattr(settings, field)


@attrs.frozen(kw_only=True)
class Places:
    """Paths in every place that a class may have them."""

    one: Path | None = None
    many: tuple[Path, ...] = ()
    named: Mapping[str, Path] = attrs.field(factory=dict)
    default: Path = Path("kept")


def test_paths_begin_in_the_folder_of_their_file(tmp_path: Path) -> None:
    """Alone, in a list and in a table; an absolute one and a default stay."""
    table = {"one": "a/b", "many": ["c", "/d"], "named": {"e": "../f"}}
    made = structure_settings(Places, table, path="settings.x", folder=tmp_path)
    assert made.one == tmp_path / "a" / "b"
    assert made.many == (tmp_path / "c", Path("/d"))
    assert made.named == {"e": tmp_path / ".." / "f"}
    assert made.default == Path("kept")


def test_paths_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a user that nobody knows stay as they are written."""
    monkeypatch.setenv("HOME", str(tmp_path))
    table = {"many": ["~/a", "~no-such-user/b"]}
    made = structure_settings(Places, table, path="settings.x", folder=Path("/etc"))
    assert made.many == (tmp_path / "a", Path("/etc/~no-such-user/b"))


def test_an_empty_table_gives_the_defaults() -> None:
    """Every default of the class holds when nothing is set."""
    assert PersonaSettings() == structure_settings(PersonaSettings, {}, path="settings.personas")


def test_missing_required_field() -> None:
    """A field without a default must be set."""
    with pytest.raises(SettingsError, match=r"settings\.x\.url: missing, but it must be set"):
        structure_settings(Required, {}, path="settings.x")


def test_all_problems_at_once() -> None:
    """Every wrong field has its line."""
    with pytest.raises(SettingsError) as caught:
        structure_settings(
            PersonaSettings, {"count": "3", "tags": "x", "nope": 1}, path="settings.personas"
        )
    assert len(caught.value.problems) == 3
    assert "[settings.personas]" in caught.value.hint


def test_describe_names_type_default_and_help() -> None:
    """The description has what a person needs to set a field."""
    first = describe(PersonaSettings)[0]
    assert (
        first.name,
        first.expected,
        first.default,
        first.required,
        first.help,
    ) == ("count", "a whole number", 3, False, "How many.")


def test_describe_marks_required_fields() -> None:
    """A field without a default is required."""
    assert [each.required for each in describe(Required)] == [True]
