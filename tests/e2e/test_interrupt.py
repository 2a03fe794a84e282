"""One Ctrl-C ends a run, whatever a plugin is doing; and a failed format is told."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from support.command_line import Docgen

from docgen_core.testing import FakeLMStudio

ARGUMENTS = ("generate", "A booking app", "-d", "alpha", "-o", "out")

#: Opens a named pipe, which lets the test go on, and hangs.
HANG = """
    import os, time

    def hang():
        open(os.environ["BEGUN"], "w").close()
        time.sleep(3600)
"""

HUNG_SERVER = f"""{HANG}
    class Provider:
        def start(self, options):
            hang()
"""

SLOW_EXPORT = f"""{HANG}
    class Exporter:
        suffix = ".html"
        def export(self, document, target):
            hang()
"""

BROKEN_EXPORT = """
    class Exporter:
        suffix = ".html"
        def export(self, document, target):
            raise ValueError("cannot draw")
"""


@pytest.fixture
def docgen(tmp_path: Path) -> Docgen:
    folder, site = tmp_path / "work", tmp_path / "site"
    folder.mkdir()
    site.mkdir()
    made = Docgen(folder=folder, site=site)
    made.install_good()
    return made


def interrupt(
    docgen: Docgen, begun: Path, arguments: Sequence[str], variables: Mapping[str, str]
) -> tuple[int, str]:
    """Run, wait until the plugin has begun, send one SIGINT; give exit code and stderr."""
    os.mkfifo(begun)
    process = subprocess.Popen(
        [sys.executable, "-m", "docgen_core", *arguments],
        cwd=docgen.folder,
        env=docgen.environment({**variables, "BEGUN": str(begun)}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _wait_for_writer(begun)
        process.send_signal(signal.SIGINT)
        stderr = process.communicate(timeout=60)[1].decode()
    finally:
        process.kill()
        process.wait()
    return process.returncode, stderr


def _wait_for_writer(pipe: Path) -> None:
    descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        waiting = select.poll()
        waiting.register(descriptor)
        assert waiting.poll(60_000), "the plugin was not called"
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    ("source", "group", "extra"),
    [
        (HUNG_SERVER, {"docgen.servers": ["slow = slow:Provider"]}, ("--server", "slow")),
        (SLOW_EXPORT, {"docgen.exporters": ["slow = slow:Exporter"]}, ("-F", "slow")),
    ],
    ids=["server", "export"],
)
def test_one_interruption_ends_a_run_in_which_a_plugin_hangs(
    docgen: Docgen,
    tmp_path: Path,
    source: str,
    group: Mapping[str, Sequence[str]],
    extra: tuple[str, ...],
) -> None:
    """Exit code 130, without a second Ctrl-C and without waiting for the plugin."""
    docgen.install("slow", source, group)
    with FakeLMStudio() as fake:
        variables = {"DOCGEN_BASE_URL": fake.base_url}
        code, stderr = interrupt(docgen, tmp_path / "begun", (*ARGUMENTS, *extra), variables)
    assert code == 130, stderr
    assert "interrupted" in stderr
    assert "Traceback" not in stderr


def test_a_format_that_fails_is_shown_and_makes_the_exit_code_partial(docgen: Docgen) -> None:
    """The document is there; the message names the exporter and its reason."""
    docgen.install("broken", BROKEN_EXPORT, {"docgen.exporters": ["html = broken:Exporter"]})
    with FakeLMStudio() as fake:
        done = docgen(*ARGUMENTS, "-F", "html", "--json", DOCGEN_BASE_URL=fake.base_url)
    assert done.returncode == 5, done.stderr
    words = " ".join(done.stderr.split())
    assert "docgen: error: the exporter html raised ValueError: cannot draw" in words
    assert '"export_errors": [' in done.stdout
    assert (docgen.folder / "out" / "document.md").is_file()
