"""Holds the reference pages of docs/ to the code that they describe."""

from __future__ import annotations

import doctest
import importlib.util
import inspect
from pathlib import Path
from types import ModuleType

import attrs
import pytest

from docgen_core import api, hookspecs
from docgen_core.plugins import Status
from docgen_core.plugins.discovery import GROUPS

DOCS = Path(__file__).parents[2] / "docs"
HOOKS = (DOCS / "hooks.md").read_text("utf-8")


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    """The program that writes the tables."""
    spec = importlib.util.spec_from_file_location("docs_tables", DOCS / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["check.md", "configuration.md", "hooks.md", "testing-plugins.md"])
def test_tables_are_what_the_code_gives(page: str, tables: ModuleType) -> None:
    """`python docs/tables.py` would change nothing."""
    text = (DOCS / page).read_text("utf-8")
    assert tables.filled(text) == text


@pytest.mark.parametrize("name", hookspecs.__all__)
def test_each_hook_is_shown_with_its_arguments(name: str) -> None:
    """The reference names each hook with exactly the arguments of its specification."""
    signature = str(inspect.signature(getattr(hookspecs, name))).replace("'", "")
    assert f"`{name}{signature}`" in HOOKS


def test_each_example_of_the_hook_specifications_runs() -> None:
    """The docstring examples give what they show."""
    failed, tried = doctest.testmod(hookspecs)
    assert (failed, tried >= len(hookspecs.__all__)) == (0, True)


@pytest.mark.parametrize("name", ["hooks.md"])
def test_each_example_of_a_reference_page_runs(name: str) -> None:
    """The interactive examples of the page give what they show."""
    text = "\n".join(line for line in (DOCS / name).read_text("utf-8").split("\n") if line != "```")
    examples = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    assert doctest.DocTestRunner().run(examples).failed == 0


def test_each_data_class_is_described() -> None:
    """Every attrs class that a plugin may import has a table."""
    classes = [name for name in api.__all__ if attrs.has(getattr(api, name))]
    assert [name for name in classes if f"**`{name}`**" not in HOOKS] == []


def test_each_protocol_is_described() -> None:
    """Every protocol that a plugin may implement has a line with its members."""
    for protocol in (api.Exporter, api.ServerProvider, api.RunningServer):
        line = HOOKS.partition(f"\n| `{protocol.__name__}` |")[2].partition("\n")[0]
        members = [name for name in vars(protocol) if not name.startswith("_")]
        assert [name for name in members if f"`{name}" not in line] == []


def test_each_group_and_state_is_described() -> None:
    """Every entry-point group and every state of a plugin is named."""
    words = [*GROUPS, *(status.value for status in Status)]
    assert [word for word in words if f"`{word}`" not in HOOKS] == []


def test_the_api_version_is_the_present_one() -> None:
    """The page names the version that this docgen speaks."""
    assert f"now `{api.API_VERSION}`" in HOOKS
