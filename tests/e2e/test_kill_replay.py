"""`docgen replay` and `docgen verify` from the command line, without a server and its sockets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from support.terminal import Terminal

BRIEF = "Create a project management tool"

#: Runs docgen in an interpreter that may open no connection. The event loop's own wake-up pipe
#: (a pair of UNIX sockets) is all that is left.
WITHOUT_SOCKETS = """
import socket, sys
def watch(event, arguments):
    family = arguments[1] if event == "socket.__new__" else None
    unix = family in (socket.AF_UNIX, -1)
    if event.startswith("socket.") and not (event == "socket.__new__" and unix):
        raise RuntimeError(f"{event} {arguments}")
sys.addaudithook(watch)
from docgen_core.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def without_sockets(terminal: Terminal, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run docgen where every socket raises."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_SOCKETS, *arguments],
        cwd=terminal.folder,
        env=terminal.environment(DOCGEN_BASE_URL="http://127.0.0.1:9/v1"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def shown(out: Path) -> dict[str, bytes]:
    """What people read."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in [*out.glob("*.*"), *out.glob("sections/*")]
        if path.is_file()
    }


def test_the_sockets_are_really_forbidden(terminal: Terminal) -> None:
    """Otherwise the next test would say nothing."""
    assert without_sockets(terminal, "models").returncode != 0


def test_a_replay_needs_no_socket_and_gives_the_same_bytes(online: Terminal) -> None:
    """Whatever of sections and document was removed."""
    online.run("generate", BRIEF, "-o", "out", "--no-toc", "--language", "de")
    out = online.folder / "out"
    before = shown(out)
    (out / "document.md").unlink()
    (out / "sections" / "personas.md").unlink()
    done = without_sockets(online, "replay", "out")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "out/document.md"
    assert shown(out) == before


def test_a_replay_tells_what_it_did_as_json(online: Terminal) -> None:
    """In the form that generate uses."""
    online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    done = without_sockets(online, "replay", "out", "--json")
    report = json.loads(done.stdout)
    assert (report["success_count"], report["exit_code"]) == (1, 0)


def test_a_replay_of_nothing_is_a_file_error(terminal: Terminal) -> None:
    """Exit code 6, and what to do."""
    done = terminal.run("replay", "nowhere")
    assert done.returncode == 6
    assert "docgen generate" in done.stderr


def test_verify_finds_one_changed_byte_and_names_the_file(online: Terminal) -> None:
    """Exit code 0 before, 6 after."""
    online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    assert online.run("verify", "out").returncode == 0
    recipe = online.folder / "out" / ".docgen" / "recipe"
    recipe.write_bytes(recipe.read_bytes().replace(b"project", b"Project", 1))
    done = online.run("verify", "out")
    assert done.returncode == 6
    assert ".docgen/recipe" in done.stdout
    assert "damaged" in done.stdout


def test_verify_calls_an_edit_an_edit(online: Terminal) -> None:
    """It is told from damage; the next run keeps it, and then it counts as it stands."""
    online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    section = online.folder / "out" / "sections" / "problem_statement.md"
    section.write_text("# Problem Statement\n\nMine.\n", encoding="utf-8")
    done = online.run("verify", "out", "--json")
    report = json.loads(done.stdout)
    states = {item["file"]: item["state"] for item in report["files"]}
    assert (done.returncode, report["sound"]) == (6, False)
    assert states["sections/problem_statement.md"] == "edited"
    assert [state for state in states.values() if state == "damaged"] == []
    online.run("generate", BRIEF, "-o", "out", "-d", "problem_statement")
    assert online.run("verify", "out").returncode == 0
    assert "Mine." in section.read_text(encoding="utf-8")
