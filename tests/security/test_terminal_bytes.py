"""What a model, a server or a plugin says never drives the terminal, in a pipe and on a screen."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence

import pytest
from support.command_line import Docgen
from support.rows import row

from docgen_core.testing import FakeLMStudio, Reply

#: Title, clipboard, link, device string, clear, cursor report, C1 forms, bell, marks that reorder.
EVIL = (
    "\x1b]0;owned\x07 \x1b]52;c;b3duZWQ=\x07 \x1b]8;;http://evil.invalid\x1b\\link\x1b]8;;\x1b\\ "
    "\x1bPq#0\x1b\\ \x1b[2J \x1b[6n \x9b2J \x9d0;owned\x9c \x07 \u202eowned\u202c \x1b[8m"
)
#: rich colours, moves up, clears a line and hides the cursor while it draws; nothing else.
DRAWN = re.compile(r"\x1b\[(?:(?!8m)[\d;]*m|\d*[AK]|\?25[hl])")
UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

PLUGIN = f"""
    from docgen_core.api import Deliverable, hookimpl

    EVIL = {EVIL!r}

    @hookimpl
    def get_deliverables():
        return [
            Deliverable(id="rude", title="Rude", summary=f"Says {{EVIL}}."),
            Deliverable(id="ruder", title="Ruder", summary="Raises.", needs=("rude",)),
        ]

    @hookimpl
    def get_instructions(deliverable):
        print(EVIL)
        if deliverable.id == "ruder":
            raise ValueError(f"It says {{EVIL}} and goes")
        return "Write it."
"""
COMMAND = f"""
    import click

    @click.command()
    def rude_command():
        raise ValueError({EVIL!r})
"""
GENERATE = ("generate", f"Brief {EVIL}", "-o", "out", "--max-retries", "0")
COMMANDS = {
    "generate": GENERATE,
    "streaming": (*GENERATE, "--mode", "streaming"),
    "json": (*GENERATE, "--json"),
    "dry-run": (*GENERATE, "--dry-run"),
    "unknown-id": (*GENERATE, "-d", EVIL),
    "unknown-option": ("generate", f"--{EVIL}"),
    "plugins": ("plugins",),
    "plugins-json": ("plugins", "--json"),
    "plugin": ("plugins", "show", "rude"),
    "deliverables": ("deliverables",),
    "deliverables-json": ("deliverables", "--json"),
    "validate": ("validate",),
    "models": ("models",),
    "health": ("health",),
    "command": ("rude",),
    "log": (*GENERATE, "-vv"),
    "traceback": ("rude",),
}


@pytest.fixture
def rude(docgen: Docgen) -> Docgen:
    """A command line with plugins that say what they should not."""
    docgen.install("rude-plugin", PLUGIN, {"docgen.deliverables": ["rude", "ruder"]})
    docgen.install("rude_cmd", COMMAND, {"docgen.commands": ["rude = rude_cmd:rude_command"]})
    for metadata in docgen.site.glob("*.dist-info/METADATA"):
        with metadata.open("a", encoding="utf-8") as file:
            file.write(f"Summary: {EVIL}\n")
    return docgen


def play(docgen: Docgen, arguments: Sequence[str], more: Mapping[str, str], *, screen: bool) -> str:
    """Run one command against a server that answers, names its model and fails rudely."""
    with FakeLMStudio() as fake:
        tokens = [f"{EVIL[:cut]}" for cut in (1, 2, 5)]
        fake.enqueue(
            Reply.text("", tokens=[*tokens, *EVIL, f"\n\n# {EVIL}\n\nDone.\n"]),
            *[Reply.stream_error(f"engine {EVIL}", after=f"Begin {EVIL}")] * 3,
        )
        variables = {"DOCGEN_BASE_URL": fake.base_url, "TERM": "xterm-256color", **more}
        if not screen:
            done = docgen(*arguments, stdin=b"", **variables)
            return done.stdout + done.stderr
        return on_screen(docgen, arguments, variables)


def on_screen(docgen: Docgen, arguments: Sequence[str], variables: Mapping[str, str]) -> str:
    """Run one command in a terminal and give every byte that it wrote there."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "docgen_core", *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        cwd=docgen.folder,
        env=docgen.environment(variables),
        start_new_session=True,
    )
    os.close(terminal)
    seen = bytearray()
    try:
        while piece := os.read(controller, 65536):
            seen += piece
    except OSError:  # Linux says so when the last writer is gone
        pass
    finally:
        os.close(controller)
    process.wait(timeout=60)
    return seen.decode()


@row("S23")
@pytest.mark.parametrize("screen", [False, True], ids=["pipe", "screen"])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_escape_of_others_reaches_the_terminal(rude: Docgen, name: str, screen: bool) -> None:
    """Only what docgen itself draws is left, and in a pipe not even that."""
    more = {"DOCGEN_DEBUG": "1"} if name == "traceback" else {}
    text = play(rude, COMMANDS[name], more, screen=screen)
    assert text
    assert set(UNSAFE.findall(DRAWN.sub("", text) if screen else text)) == set()
