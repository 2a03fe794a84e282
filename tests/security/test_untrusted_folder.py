"""What a docgen.toml that came with somebody's folder can decide, and how the user learns of it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.command_line import Docgen
from support.rows import row

from docgen_core.testing import FakeLMStudio

ONE = ("generate", "A booking app for climbing gyms", "-d", "alpha", "-o", "out")


def settle(docgen: Docgen, text: str) -> Path:
    """Put a docgen.toml into the folder."""
    path = docgen.folder / "docgen.toml"
    path.write_text(text, encoding="utf-8")
    return path


@row("S11")
def test_the_address_of_a_file_is_told_with_its_origin(docgen: Docgen) -> None:
    """It is the file's right to name it, so the user is told which one it is and who said so."""
    docgen.install_good()
    with FakeLMStudio() as fake:
        path = settle(docgen, f'base_url = "{fake.base_url}"\n')
        done = docgen(*ONE)
        shown = docgen.json("config", "show")
    assert done.returncode == 0, done.stderr
    assert fake.base_url in done.stderr.splitlines()[0]
    assert str(path) in str(shown)


@row("S11")
def test_the_users_own_address_wins_over_a_files(docgen: Docgen) -> None:
    """Neither brief nor key goes where the file wants them to."""
    docgen.install_good()
    with FakeLMStudio() as own, FakeLMStudio() as other:
        settle(docgen, f'base_url = "{other.base_url}"\n')
        for option in ({"DOCGEN_BASE_URL": own.base_url}, {}):
            more = () if option else ("--base-url", own.base_url, "--force")
            assert docgen(*ONE, *more, stdin=b"", **option).returncode == 0
    assert own.chats == 2
    assert other.connections == 0


@row("S1", "S11")
def test_a_file_cannot_bring_code(docgen: Docgen) -> None:
    """It can leave plugins out and order them; what is not installed it cannot name."""
    docgen.install_good()
    (docgen.folder / "evil.py").write_text("open('ran', 'w')\n", encoding="utf-8")
    settle(docgen, '[plugins]\nonly = ["evil"]\n[deliverables.alpha]\nprovider = "evil"\n')
    done = docgen("plugins")
    assert "evil" in done.stdout + done.stderr
    assert not (docgen.folder / "ran").exists()


ELSEWHERE = 'base_url = "http://192.0.2.1:1234/v1"\n'


@row("S11")
@pytest.mark.parametrize("words", [ONE, ("models",), ("health",)])
def test_a_found_file_that_names_a_server_elsewhere_is_refused(
    docgen: Docgen, words: tuple[str, ...]
) -> None:
    """Where nobody can be asked, nothing is sent: neither the brief nor the token."""
    docgen.install_good()
    settle(docgen, ELSEWHERE)
    done = docgen(*words, XDG_CONFIG_HOME=str(docgen.folder / ".config"))
    assert done.returncode == 2
    assert "192.0.2.1" in done.stderr
    assert "docgen config trust" in done.stderr


@row("S11")
def test_trust_lasts_until_the_address_changes_or_is_taken_back(docgen: Docgen) -> None:
    """Yes is said to one file with one address, not to a folder for ever."""
    home = str(docgen.folder / ".config")
    settle(docgen, ELSEWHERE)
    assert docgen.json("config", "trust", XDG_CONFIG_HOME=home)["trusted"] is True
    assert "you trust" not in docgen("models", XDG_CONFIG_HOME=home).stderr
    settle(docgen, ELSEWHERE.replace("192.0.2.1", "192.0.2.2"))
    assert "you trust" in docgen("models", XDG_CONFIG_HOME=home).stderr
    settle(docgen, ELSEWHERE)
    assert docgen("config", "trust", "--undo", XDG_CONFIG_HOME=home).returncode == 0
    assert "you trust" in docgen("models", XDG_CONFIG_HOME=home).stderr


@row("S11")
def test_a_file_that_the_user_names_is_the_users_own(docgen: Docgen) -> None:
    """--config is as good as an option."""
    path = settle(docgen, ELSEWHERE)
    done = docgen("models", "--config", str(path), "--base-url", "http://127.0.0.1:9/v1")
    assert "you trust" not in done.stderr


@row("S11")
def test_at_a_terminal_the_user_is_asked_once(docgen: Docgen) -> None:
    """No is the default, and yes is remembered."""
    settle(docgen, ELSEWHERE)
    home = {"XDG_CONFIG_HOME": str(docgen.folder / ".config")}
    assert "you trust" in asked_at_a_terminal(docgen, b"\n", home)
    assert "Do you trust" in asked_at_a_terminal(docgen, b"y\n", home)
    assert "trust" not in asked_at_a_terminal(docgen, b"", home)


def asked_at_a_terminal(docgen: Docgen, keys: bytes, home: dict[str, str]) -> str:
    """What `docgen models` shows to a person who presses these keys."""
    main, side = os.openpty()
    os.write(main, keys)
    with subprocess.Popen(
        [sys.executable, "-m", "docgen_core", "models"],
        stdin=side,
        stdout=side,
        stderr=side,
        cwd=docgen.folder,
        env=docgen.environment(home),
    ) as process:
        os.close(side)
        shown = b""
        with contextlib.suppress(OSError):  # the other end was closed
            while piece := os.read(main, 4096):
                shown += piece
        process.wait()
    os.close(main)
    return shown.decode()
