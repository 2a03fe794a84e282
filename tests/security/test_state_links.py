"""Links deep inside an output folder that somebody else made."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from support.rows import row
from support.terminal import Terminal

from docgen_core.testing import FakeLMStudio

ONE = ("generate", "A booking app", "-d", "problem_statement", "-o", "out")


def run(terminal: Terminal) -> None:
    """Write into the folder `out`, whatever is in it."""
    with FakeLMStudio() as fake:
        terminal.run(*ONE, DOCGEN_BASE_URL=fake.base_url)


@row("S25")
@pytest.mark.parametrize("kind", ["database", "empty file"])
def test_a_journal_that_is_a_link_to_another_database(terminal: Terminal, kind: str) -> None:
    """Another program's database keeps every byte."""
    victim = terminal.folder / "victim.sqlite"
    victim.touch()
    if kind == "database":
        with sqlite3.connect(victim) as database:
            database.execute("create table notes (text)")
        database.close()
    before = victim.read_bytes()
    state = terminal.folder / "out" / ".docgen"
    state.mkdir(parents=True)
    (state / "journal.sqlite").symlink_to(victim)
    run(terminal)
    assert victim.read_bytes() == before


@row("S25")
def test_links_in_place_of_the_folders_of_answers(terminal: Terminal, tmp_path: Path) -> None:
    """No answer lands elsewhere."""
    victim = tmp_path / "victim"
    victim.mkdir()
    objects = terminal.folder / "out" / ".docgen" / "objects"
    objects.mkdir(parents=True)
    for number in range(256):
        (objects / f"{number:02x}").symlink_to(victim)
    run(terminal)
    assert list(victim.iterdir()) == []
