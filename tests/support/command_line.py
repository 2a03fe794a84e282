"""Runs `docgen` in a process of its own, with plugins that exist only for the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

__all__ = ["GOOD_PLUGIN", "Docgen"]

#: Two deliverables in one module: `beta` needs `alpha`.
GOOD_PLUGIN = """
    import attrs
    from docgen_core.api import Deliverable, hookimpl

    @attrs.frozen(kw_only=True)
    class Settings:
        count: int = attrs.field(default=3, metadata={"help": "How many."})

    @hookimpl
    def get_deliverables():
        return [
            Deliverable(id="alpha", title="Alpha Part", summary="The first.", settings=Settings),
            Deliverable(id="beta", title="Beta Part", summary="The second.", needs=("alpha",)),
        ]

    @hookimpl
    def get_instructions(deliverable):
        return f"Write the {deliverable.title}."
"""


@attrs.frozen(kw_only=True)
class Docgen:
    """A way to run the command line.

    Attributes:
        folder: The working folder of every run.
        site: The folder in which test plugins are installed.
    """

    folder: Path
    site: Path

    def install(
        self, name: str, source: str, groups: Mapping[str, Sequence[str]], *, version: str = "1.0"
    ) -> None:
        """Install a plugin: one module and the metadata that names its entry points."""
        module = name.replace("-", "_")
        (self.site / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
        info = self.site / f"{module}-{version}.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (info / "METADATA").write_text(metadata, encoding="utf-8")
        lines = []
        for group, points in groups.items():
            lines += [f"[{group}]", *(f"{p} = {module}" if "=" not in p else p for p in points)]
        (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")

    def install_good(self) -> None:
        """Install the plugin with the deliverables alpha and beta."""
        self.install("good-plugin", GOOD_PLUGIN, {"docgen.deliverables": ["alpha", "beta"]})

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """Give the environment of a run: no settings of the machine, only the test's plugins."""
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        names = ",".join(p.name.partition("-")[0] for p in self.site.glob("*.dist-info"))
        plugins = {"DOCGEN_ONLY_PLUGINS": names} if names else {}
        # The cache of a test is its own: an answer of an earlier run would hide what is tested.
        own = {"XDG_CACHE_HOME": str(self.folder / ".cache"), "COLUMNS": "80"}
        return {**kept, "PYTHONPATH": str(self.site), **own, **plugins, **extra}

    def __call__(
        self, *arguments: str, stdin: bytes = b"", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `docgen` and wait for its end."""
        done = subprocess.run(
            [sys.executable, "-m", "docgen_core", *arguments],
            input=stdin,
            capture_output=True,
            cwd=self.folder,
            env=self.environment(environment),
            timeout=60,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    def json(self, *arguments: str, **environment: str) -> Any:
        """Run `docgen` with --json and read the one document."""
        return json.loads(self(*arguments, "--json", stdin=b"", **environment).stdout)
