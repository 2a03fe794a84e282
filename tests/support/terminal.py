"""The command line as a user runs it: a process of its own, in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import attrs

__all__ = ["Terminal"]


@attrs.frozen
class Terminal:
    """Runs `docgen` in a folder.

    Attributes:
        folder: The current folder of the runs.
        variables: Environment variables on top of a bare environment.
    """

    folder: Path
    variables: dict[str, str] = attrs.field(factory=dict)

    def run(
        self, *arguments: str, stdin: str | bytes | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run one command to its end and return what it printed."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-m", "docgen_core", *arguments],
            cwd=self.folder,
            env=self.environment(**variables),
            input=data if data is not None else b"",
            capture_output=True,
            timeout=900,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start one command and leave it running."""
        return subprocess.Popen(
            [sys.executable, "-m", "docgen_core", *arguments],
            cwd=self.folder,
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def environment(self, **variables: str) -> dict[str, str]:
        """A bare environment: no setting of the developer's leaks in."""
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        # The cache of a test is its own: an answer of an earlier run would hide what is tested.
        own = {"COLUMNS": "100", "XDG_CACHE_HOME": str(self.folder / ".cache")}
        # Without -d a run writes all that is installed; the example pack is no part of the seven.
        own["DOCGEN_DISABLE_PLUGINS"] = "docgen-plugin-adr"
        return {**kept, **own, **self.variables, **variables}
