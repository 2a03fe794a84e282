"""Readers that go away, streams that are closed or full, and impatient fingers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from support.command_line import Docgen

from docgen_core.testing import FakeLMStudio

GENERATE = ("generate", "A CRM", "-d", "alpha", "-o", "out")


@pytest.fixture
def fake() -> Iterator[FakeLMStudio]:
    with FakeLMStudio() as server:
        yield server


def start(
    docgen: Docgen, fake: FakeLMStudio, *arguments: str, stderr: int | IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "docgen_core", *arguments],
        stdout=subprocess.PIPE,
        stderr=stderr,
        cwd=docgen.folder,
        env=docgen.environment({"DOCGEN_BASE_URL": fake.base_url}),
    )


def test_a_reader_of_the_notes_who_leaves_stops_no_run(good: Docgen, fake: FakeLMStudio) -> None:
    """`docgen generate ... 2> >(head -0)` writes the document all the same."""
    process = start(good, fake, *GENERATE, stderr=subprocess.PIPE)
    assert process.stderr is not None
    process.stderr.close()
    stdout, _ = process.communicate()
    assert (process.returncode, stdout) == (0, b"out/document.md\n")


def test_a_reader_of_both_streams_who_leaves_stops_no_run(good: Docgen, fake: FakeLMStudio) -> None:
    """`docgen generate ... 2>&1 | head -1`: the document is written, the end is quiet."""
    process = start(good, fake, *GENERATE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait() == 141
    assert (good.folder / "out" / "document.md").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_notes_that_nothing_can_take_are_dropped(good: Docgen, fake: FakeLMStudio) -> None:
    """A full disk behind `2> log` costs the log only."""
    with Path("/dev/full").open("wb") as full:
        process = start(good, fake, *GENERATE, stderr=full)
        process.communicate()
    assert process.returncode == 0


@pytest.mark.parametrize("arguments", [("config",), ("--help",), ("--version",)])
def test_a_reader_who_leaves_in_the_middle_ends_it_quietly(
    docgen: Docgen, arguments: tuple[str, ...]
) -> None:
    """Also when it is noticed within the command, and not only at its end."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "docgen_core", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=docgen.folder,
        env=docgen.environment({}),
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait() == 141


@pytest.mark.parametrize("closed", ["1", "2"])
def test_streams_closed_from_the_start_are_no_bug(good: Docgen, closed: str) -> None:
    """`docgen plugins >&-` has nowhere to write to, and ends as usual."""
    command = f'exec "$0" -m docgen_core plugins {closed}>&-'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        capture_output=True,
        cwd=good.folder,
        env=good.environment({}),
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_empty_output_folder_is_refused(good: Docgen) -> None:
    """`-o "$UNSET"` must not fill the current folder."""
    done = good("generate", "A CRM", "-o", "")
    assert done.returncode == 2
    assert "the folder's name is empty" in done.stderr
    assert list(good.folder.glob("sections")) == []


def test_one_more_interruption_while_the_first_is_reported_is_130(docgen: Docgen) -> None:
    """Three quick Ctrl-C are no bug in docgen."""
    code = """if True:
        from docgen_core.cli import main as program
        def main(*arguments):
            raise KeyboardInterrupt
        program.main = main
        program.run()
    """
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        cwd=docgen.folder,
        env=docgen.environment({}),
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, b"")
