"""Who may read what docgen writes, and where it does not write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.rows import row
from support.terminal import Terminal
from support.watched import watch

from docgen_core.store.disk import TEMPORARY
from docgen_core.testing import FakeLMStudio, Reply

BRIEF = "A booking app for climbing gyms"
ONE = ("generate", BRIEF, "-d", "problem_statement", "-o", "out")
PRECIOUS = b"precious\n"


def modes(*folders: Path) -> Iterator[tuple[str, int, bool]]:
    """Every path below some folders, these included, with its mode."""
    for path in (path for folder in folders for path in [folder, *folder.rglob("*")]):
        yield path.name, path.stat().st_mode & 0o777, path.is_dir()


@row("S35")
@pytest.mark.parametrize("ends", ["well", "badly"])
def test_folders_are_0700_and_files_0600(terminal: Terminal, ends: str) -> None:
    """Run folder and cache, whatever the umask, and whether or not the run ends well."""
    with FakeLMStudio() as fake:
        if ends == "badly":
            fake.enqueue(Reply.text("Fine."), *[Reply.error(400, "no such parameter")] * 9)
        subprocess.run(
            [sys.executable, "-m", "docgen_core", *ONE, "-d", "personas"],
            cwd=terminal.folder,
            env=terminal.environment(DOCGEN_BASE_URL=fake.base_url, DOCGEN_CACHE="always"),
            capture_output=True,
            check=False,
            umask=0,
        )
    found = list(modes(terminal.folder / "out", terminal.folder / ".cache" / "docgen"))
    assert len(found) > 10
    wrong = [(name, oct(mode)) for name, mode, folder in found if mode != (0o600, 0o700)[folder]]
    assert wrong == []


def attacked(terminal: Terminal, link: str, *, folder: bool) -> Path:
    """Run into a folder in which somebody has put a link, and give what the link leads to."""
    victim = terminal.folder / "victim"
    victim.mkdir()
    (victim / "file").write_bytes(PRECIOUS)
    place = terminal.folder / "out" / link
    place.parent.mkdir(parents=True)
    place.symlink_to(victim if folder else victim / "file")
    with FakeLMStudio() as fake:
        terminal.run(*ONE, DOCGEN_BASE_URL=fake.base_url)
    return victim


FILES = (
    *("document.md", "run.json", "sections/problem_statement.md"),
    *(".docgen/journal.sqlite", ".docgen/recipe", ".docgen/seal"),
    ".docgen/generated/problem_statement.md",
)


@row("S25")
@pytest.mark.parametrize("link", [*FILES, ".docgen/lock"])
def test_a_link_in_place_of_a_file_is_not_written_through(terminal: Terminal, link: str) -> None:
    """A folder that came with a cloned repository cannot name the file to overwrite."""
    victim = attacked(terminal, link, folder=False)
    assert (victim / "file").read_bytes() == PRECIOUS


@row("S25")
@pytest.mark.parametrize(
    "link", ["sections", ".docgen", ".docgen/generated", ".docgen/data", ".docgen/objects"]
)
def test_a_link_in_place_of_a_folder_is_not_written_through(terminal: Terminal, link: str) -> None:
    """Nor can it name the folder to fill."""
    victim = attacked(terminal, link, folder=True)
    assert [path.name for path in victim.rglob("*")] == ["file"]


@row("S25")
def test_what_a_link_leads_to_is_not_shown(terminal: Terminal) -> None:
    """A section that is a link to another file of the user's is not put into the document."""
    attacked(terminal, "sections/problem_statement.md", folder=False)
    document = (terminal.folder / "out" / "document.md").read_bytes()
    assert PRECIOUS.strip() not in document


@row("S25")
def test_what_is_being_written_is_new(terminal: Terminal) -> None:
    """Every file is made under a name of chance that must be free, and only then put in place."""
    with FakeLMStudio() as fake:
        address = f"127.0.0.1:{fake.port}"
        ran = watch(terminal, *ONE, allow=address, DOCGEN_BASE_URL=fake.base_url)
    opened = [event.arguments for event in ran.events if event.name == "open"]
    flags = [flags for path, _, flags in opened if Path(str(path)).name.startswith(TEMPORARY)]
    needed = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    assert flags
    assert [value for value in flags if value & needed != needed] == []
