"""Empty virtual environments, and wheels of every distribution to install into them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["ROOT", "Environment", "build_wheels", "call"]

ROOT = Path(__file__).parents[2]


def call(*command: str | Path, **variables: str) -> str:
    """Run a command; its standard output, or what went wrong."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DOCGEN_")}
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **variables},
        cwd=variables.get("PWD"),
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build_wheels(target: Path, source: Path) -> None:
    """Build the wheel of every distribution, and the core's sdist, from a copy of the sources.

    Args:
        target: Where they are put.
        source: A folder for the copy, which is not there yet.
    """
    ignored = shutil.ignore_patterns(".venv*", ".git", "__pycache__", "output", ".*_cache", "dist")
    shutil.copytree(ROOT, source, ignore=ignored)
    build = (sys.executable, "-m", "build", "--no-isolation", "-o", target)
    for path in (source, *sorted((source / "plugins").glob("docgen-plugin-*"))):
        call(*build, "--wheel", path)
    call(*build, "--sdist", source)


class Environment:
    """An empty virtual environment, and what is installed into it."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self.folder = folder
        self._wheels = wheels
        call(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
        self.python = folder / "venv" / "bin" / "python"

    def install(self, *names: str | Path) -> None:
        """Install distributions by name from the built wheels, and what they need."""
        call(
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", self.python),
            *("--find-links", self._wheels, "--constraint", ROOT / "constraints.txt"),
            *names,
            UV_COMPILE_BYTECODE="1",
        )

    def docgen(self, *arguments: str | Path, **variables: str) -> str:
        """Run the installed command."""
        program = self.folder / "venv" / "bin" / "docgen"
        return call(program, *arguments, PWD=str(self.folder), **variables)
