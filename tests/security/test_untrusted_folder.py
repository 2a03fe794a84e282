"""What a docgen.toml that came with somebody's folder can decide, and how the user learns of it."""

from __future__ import annotations

from pathlib import Path

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
