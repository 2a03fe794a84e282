"""Start-up with 50 and 200 installed packs: `--help`, `plugins --json`, a dry run of one section.

Against `llm plugins` with as many plugins of its own, in the same rounds. Each generated pack
imports what a plugin of its kind imports: docgen's, or llm's, public interface.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

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

_COUNTS: Final = (50, 200)
_TARGETS: Final[Mapping[str, str]] = {"--help": "<= 0.13x", "plugins --json": "<= 1.00x"}

_DELIVERABLE: Final = '''"""A generated deliverable."""
from typing import Annotated

import attrs

from docgen_core.api import Deliverable, Field, Identity, TemplateRef, hookimpl


@attrs.frozen(kw_only=True)
class Entry:
    id: Annotated[str, Identity("B")] = ""
    name: Annotated[str, Field("a name", limit=60)]


@attrs.frozen(kw_only=True)
class Content:
    entries: Annotated[tuple[Entry, ...], Field("the entries", least=1, most=5)]


@hookimpl
def get_deliverables():
    return [
        Deliverable(id="{name}", title="T", summary="S", schema=Content, api=(1, 1))
    ]


@hookimpl
def get_instructions():
    return "Write three entries."
'''
_OTHER: Final = '''"""A generated plugin of llm."""
import llm


@llm.hookimpl
def register_commands(cli):
    """Add nothing."""
'''


def measure(*, quick: bool) -> list[Figure]:
    """Time the commands side by side, warm, for each number of packs."""
    docgen, llm = find_command("docgen"), find_command("llm")
    if docgen is None:
        msg = "the command docgen is not installed"
        raise SkippedError(msg)
    figures = []
    for count in _COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            costs = _costs(Path(folder), count, docgen, llm, rounds=2 if quick else 9)
        figures += _figures(costs, count)
    return figures


def _costs(
    folder: Path, count: int, docgen: str, llm: str | None, *, rounds: int
) -> dict[str, list[Cost]]:
    for number in range(count):
        _install(folder, f"docgen-plugin-bench{number}", "docgen.deliverables", _DELIVERABLE)
        _install(folder, f"llm-bench{number}", "llm", _OTHER)
    (folder / "empty").mkdir()
    env = environment(PYTHONPATH=str(folder), XDG_CACHE_HOME=str(folder))
    bare = environment(PYTHONPATH=str(folder / "empty"), XDG_CACHE_HOME=str(folder))
    dry = [docgen, "generate", "A CRM", "-d", "bench0", "--dry-run", "--json"]
    subjects = {
        "--help": partial(cost_of, [docgen, "--help"], env),
        "--help, none": partial(cost_of, [docgen, "--help"], bare),
        "plugins --json": partial(cost_of, [docgen, "plugins", "--json"], env),
        "one dry run": partial(cost_of, dry, env),
    }
    if llm is not None:
        subjects["llm"] = partial(cost_of, [llm, "plugins"], env)
    interleave(subjects, 1)
    return interleave(subjects, rounds)


def _figures(costs: dict[str, list[Cost]], count: int) -> list[Figure]:
    bare = costs.pop("--help, none")
    others = costs.pop("llm", None)
    found = [
        _ratio(f"{count} packs: --help / with no generated pack", costs["--help"], bare, "~ 1.00x")
    ]
    if others is None:
        return found
    return found + [
        _ratio(f"{count} packs: {name} / llm plugins", mine, others, _TARGETS.get(name, ""))
        for name, mine in costs.items()
    ]


def _ratio(what: str, mine: list[Cost], theirs: list[Cost], target: str) -> Figure:
    ratios = [ours.cpu / other.cpu for ours, other in zip(mine, theirs, strict=True)]
    wall = " / ".join(f"{statistics.median(x.wall for x in y) * 1000:.0f}" for y in (mine, theirs))
    return figure(f"CPU, {what}", ratios, target=target, detail=f"wall {wall} ms")


def _install(folder: Path, name: str, group: str, code: str) -> None:
    """Lay down a distribution: its metadata and one module."""
    module = name.replace("-", "_")
    key = module.removeprefix("docgen_plugin_").removeprefix("llm_")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "RECORD").write_text("")
    (info / "entry_points.txt").write_text(f"[{group}]\n{key} = {module}\n")
    (folder / f"{module}.py").write_text(code.replace("{name}", key))
