"""How long `docgen --help` takes with 50 plugins, against a bare interpreter and other tools."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.harness import (
    Cost,
    Figure,
    SkippedError,
    cost_of,
    environment,
    figure,
    find_command,
    interleave,
)

_PLUGINS = 50
_TARGETS = {"python -c pass": "", "mkdocs --help": "<= 1.00x", "llm --help": "<= 0.13x"}


def measure(*, quick: bool) -> list[Figure]:
    """Time the commands side by side, warm."""
    docgen = find_command("docgen")
    if docgen is None:
        msg = "the command docgen is not installed"
        raise SkippedError(msg)
    commands = {
        "docgen --help": [docgen, "--help"],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    for name in ("mkdocs", "llm"):
        if (path := find_command(name)) is not None:
            commands[f"{name} --help"] = [path, "--help"]
    with tempfile.TemporaryDirectory() as folder:
        _install_plugins(Path(folder))
        env = environment(PYTHONPATH=folder, XDG_CACHE_HOME=folder)
        subjects = {name: _subject(command, env) for name, command in commands.items()}
        interleave(subjects, 1)
        costs = interleave(subjects, 3 if quick else 15)
    mine = costs.pop("docgen --help")
    return [_against(mine, theirs, name) for name, theirs in costs.items()]


def _subject(command: list[str], env: dict[str, str]) -> Callable[[], Cost]:
    return lambda: cost_of(command, env)


def _against(mine: list[Cost], theirs: list[Cost], name: str) -> Figure:
    ratios = [ours.cpu / other.cpu for ours, other in zip(mine, theirs, strict=True)]
    wall = " / ".join(f"{statistics.median(x.wall for x in y) * 1000:.0f}" for y in (mine, theirs))
    return figure(
        f"CPU of docgen --help / {name}", ratios, target=_TARGETS[name], detail=f"wall {wall} ms"
    )


def _install_plugins(folder: Path) -> None:
    """Lay down the metadata of plugins; `--help` must not need more."""
    for number in range(_PLUGINS):
        info = folder / f"docgen_plugin_bench{number}-1.0.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: docgen-plugin-bench{number}\nVersion: 1.0\n"
        (info / "METADATA").write_text(metadata)
        (info / "RECORD").write_text("")
        entry = f"[docgen.deliverables]\nbench{number} = docgen_plugin_bench{number}\n"
        (info / "entry_points.txt").write_text(entry)
