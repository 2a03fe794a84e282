"""How often each of the seven deliverables is structurally valid, with the demonstration model.

Twenty packs: three briefs in turn, a seed each, every pack in a process and with a server of its
own. A section counts as valid when its data is of the deliverable's class after docgen's own
checks. The other figures say what it took: the rungs, tokens and seconds.
"""

from __future__ import annotations

import collections
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.harness import Figure, worker
from benchmarks.pack import DELIVERABLES

_PACKS, _QUICK_PACKS = 20, 3
_HERE = Path(__file__).parent
#: A brief in English, one in German, and one line.
_BRIEFS = (
    (_HERE.parents[1] / "docs" / "examples" / "crm.md", "en"),
    (_HERE / "briefs" / "ward-rota.md", "de"),
    (_HERE / "briefs" / "tiny.txt", "en"),
)

Section = dict[str, Any]


def measure(*, quick: bool) -> list[Figure]:
    """Write all packs; one line for each deliverable, and one for all."""
    count = _QUICK_PACKS if quick else _PACKS
    sections: list[Section] = []
    for number in range(count):
        brief, language = _BRIEFS[number % len(_BRIEFS)]
        sections += worker("validity", str(brief), language, str(number + 1), pinned=False)
        print(f"validity: pack {number + 1} of {count}", file=sys.stderr)
    lines = [_line(key, [each for each in sections if each["id"] == key]) for key in DELIVERABLES]
    return [*lines, _line("all seven", sections)]


def work(brief: str, language: str, seed: str) -> list[Section]:
    """Write one pack and say what became of each section."""
    # What an earlier pack taught docgen about the model must not help this one.
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        return _pack(Path(brief).read_text(encoding="utf-8"), language, int(seed))


def _pack(brief: str, language: str, seed: int) -> list[Section]:
    from docgen_core import OrchestrationConfig, OrchestrationEngine

    config = OrchestrationConfig(server="embedded", language=language, seed=seed)
    with OrchestrationEngine(config) as engine:
        if not engine.initialize():
            raise SystemExit(str(engine.error))
        result = engine.orchestrate(brief, DELIVERABLES)
    return [_told(each) for each in result.deliverable_results]


def _told(result: Any) -> Section:
    usage = result.usage
    return {
        "id": str(result.deliverable_type),
        "valid": result.success and result.data is not None,
        "rung": result.rung if result.success else "error",
        "reason": result.rung_reason or result.error_message or "",
        "tokens": 0 if usage is None else usage.completion_tokens,
        "seconds": result.execution_time,
    }


def _line(name: str, sections: list[Section]) -> Figure:
    rungs = collections.Counter(each["rung"] for each in sections)
    tokens = statistics.median(each["tokens"] for each in sections)
    seconds = statistics.median(each["seconds"] for each in sections)
    return Figure(
        what=f"valid sections: {name}",
        value=f"{sum(each['valid'] for each in sections)} of {len(sections)}",
        target="all",
        detail=f"{_counted(rungs)}; {tokens:.0f} tokens, {seconds:.1f} s (medians)",
    )


def _counted(rungs: collections.Counter[str]) -> str:
    return ", ".join(f"{rung} {count}" for rung, count in rungs.most_common())
