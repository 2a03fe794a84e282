"""What may be imported when: start-up stays quick by test, not by hope."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("httpx", "jinja2", "cattrs", "asyncio", "importlib_metadata", "importlib.metadata", "rich")


def loaded_by(statement: str, modules: tuple[str, ...]) -> list[str]:
    """Which of `modules` a fresh interpreter holds after `statement`."""
    script = (
        f"import sys\n{statement}\n"
        f"print(*[name for name in {modules!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stderr.split()


HELP = """
try:
    from docgen_core.cli.main import run
    sys.argv = ['docgen', '--help']
    run()
except SystemExit:
    pass
"""


def test_help_imports_nothing_heavy() -> None:
    """`docgen --help` is for people who wait."""
    assert loaded_by(HELP, HEAVY) == []


def test_the_public_api_imports_attrs_and_pluggy_only() -> None:
    """A plugin that imports it stays light."""
    assert loaded_by("import docgen_core.api", HEAVY) == []


def test_importing_docgen_imports_nothing_heavy() -> None:
    """Its names load when first used."""
    assert loaded_by("import docgen_core", HEAVY) == []


@pytest.mark.parametrize("name", ["httpx", "markdown_it", "jinja2"])
def test_importing_the_engine_does_not_load_what_only_a_run_needs(name: str) -> None:
    """The client, the parser and the templates load with the first run."""
    assert loaded_by("from docgen_core import OrchestrationEngine", (name,)) == []


def test_logging_is_not_configured_on_import() -> None:
    """A library leaves that to the program."""
    statement = (
        "import logging, docgen_core.engine\n"
        "assert not logging.getLogger('docgen_core').handlers\n"
        "assert not logging.getLogger().handlers"
    )
    assert loaded_by(statement, ()) == []
