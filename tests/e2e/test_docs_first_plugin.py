"""Follows docs/first-plugin.md to the letter, in a virtual environment that is thrown away."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from docgen_core.testing import FakeLMStudio, Reply

PAGE = Path(__file__).parents[2] / "docs/first-plugin.md"
ANSWER = "- **Slot**: one hour on one wall.\n- **Belay**: to secure a climber with a rope."


@pytest.fixture
def lm_studio() -> Iterator[FakeLMStudio]:
    """A model that answers as the page expects."""
    with FakeLMStudio(respond=lambda _request: Reply.text(ANSWER)) as fake:
        yield fake


@pytest.fixture
def environ(tmp_path: Path, lm_studio: FakeLMStudio) -> dict[str, str]:
    """A fresh virtual environment that sees docgen and its dependencies, active in a shell."""
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin/python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    # Following .pth files makes editable installs visible, as those of this repository are.
    line = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (site / "outer.pth").write_text(line, encoding="utf-8")
    _script(folder / "bin/docgen", f'exec "{python}" -m docgen_core "$@"')
    _script(folder / "bin/pip", _pip(python))
    return {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "COLUMNS": "96",
        "DOCGEN_BASE_URL": lm_studio.base_url,
    }


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def _pip(python: Path) -> str:
    """Pip as it would be, but without the network: everything needed is there."""
    options = f'--quiet --python "{python}" --no-deps --no-build-isolation'
    return f'shift; exec "{_uv()}" pip install {options} "$@"'


def _uv() -> str:
    found = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if found is None:
        pytest.skip("needs uv")
    return found


@pytest.mark.wheels
def test_the_page_can_be_followed_word_for_word(tmp_path: Path, environ: dict[str, str]) -> None:
    """Each file is written and each command run, in the order of the page, with its output."""
    name = ""
    for token in MarkdownIt().parse(PAGE.read_text("utf-8")):
        if token.type == "inline":
            found = re.fullmatch(r"\*\*`([^`]+)`\*\*", token.content)
            name = found[1] if found else ""
        elif token.type == "fence" and name:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(token.content, encoding="utf-8")
        elif token.type == "fence" and token.info == "console":
            _follow(token.content, tmp_path, environ)


def _follow(block: str, folder: Path, environ: dict[str, str]) -> None:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        pattern = ".*".join(re.escape(piece) for piece in _tidy(expected).split("..."))
        assert re.fullmatch(pattern, _tidy(done.stdout), re.DOTALL), f"{command}\n{done.stdout}"


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
