"""What each installed format takes for a document of 200 pages: CPU time, memory and file size.

Measured as the exporter in a fresh process, with the start of Python and what it starts itself.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

from benchmarks.harness import Figure, SkippedError, worker

#: One section fills about ten printed pages.
_SECTIONS: Final = 20
_CHAPTERS: Final = 10
_MEBI: Final = 2**20


def measure(*, quick: bool) -> list[Figure]:
    """Write the document in each format, some rounds each."""
    points = sorted(entry_points(group="docgen.exporters"), key=lambda point: point.name)
    if not points:
        msg = "no format is installed"
        raise SkippedError(msg)
    sections = _SECTIONS // 10 if quick else _SECTIONS
    rounds = 1 if quick else 3
    return [_measured(point, sections, rounds) for point in points]


def work(name: str, sections: str) -> dict[str, float]:
    """Export once; give seconds of CPU and of the clock, the file's bytes, the peak memory."""
    (point,) = entry_points(group="docgen.exporters", name=name)
    exporter = point.load()
    document = _document(int(sections))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"document{exporter.suffix}"
        started = time.perf_counter()
        exporter.export(document, target)
        wall = time.perf_counter() - started
        size = target.stat().st_size
        pages = _pages(target)
    mine, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "cpu": sum(used.ru_utime + used.ru_stime for used in (mine, others)),
        "wall": wall,
        "size": size,
        "memory": max(mine.ru_maxrss, others.ru_maxrss) / 1024,
        "pages": pages,
    }


def _measured(point: EntryPoint, sections: int, rounds: int) -> Figure:
    what = f"export of a long document as {point.name}"
    try:
        results: list[dict[str, Any]] = [
            worker("exports", point.name, str(sections), pinned=False) for _ in range(rounds)
        ]
    except SkippedError as reason:
        return Figure(what=what, value="failed", detail=str(reason))
    cpu = [float(result["cpu"]) for result in results]
    return Figure(
        what=what,
        value=f"{statistics.median(cpu):.1f} s CPU",
        spread=f"{min(cpu):.1f}-{max(cpu):.1f}",
        detail=_behind(results),
    )


def _behind(results: Sequence[dict[str, Any]]) -> str:
    last = results[-1]
    wall = statistics.median(float(result["wall"]) for result in results)
    pages = f", {last['pages']:.0f} pages" if last["pages"] else ""
    return f"{wall:.1f} s, {last['size'] / _MEBI:.2f} MiB, {last['memory']:.0f} MB of memory{pages}"


def _pages(target: Path) -> int:
    """The pages of a PDF; 0 for what has none."""
    if target.suffix != ".pdf":
        return 0
    from pypdf import PdfReader

    return len(PdfReader(target).pages)


def _document(sections: int) -> Any:
    from docgen_core.api import Document, Section
    from docgen_core.document import merge_sections

    made = tuple(
        Section(id=f"part_{number}", title=f"Part {number}", markdown=_section(number))
        for number in range(1, sections + 1)
    )
    merged = merge_sections(made, title="A long document", contents_title="Contents")
    head = f"# A long document\n\n2026-11-23\n\n## Contents\n\n{merged.contents}"
    return Document(
        title="A long document",
        sections=made,
        outline=merged.outline,
        markdown=f"{head}\n\n{merged.body}\n",
        date="2026-11-23",
    )


def _section(number: int) -> str:
    return "\n\n".join(_chapter(number, chapter) for chapter in range(1, _CHAPTERS + 1))


def _chapter(number: int, chapter: int) -> str:
    """About a page: text, a list, a table, code, a link, a footnote; in one of ten a diagram."""
    sentence = "A nurse can see the rota of the coming four weeks and **swap** open shifts. "
    items = "\n".join(f"- requirement {item}: within `{item}` minutes" for item in range(1, 7))
    rows = "\n".join(f"| R{row} | {sentence.strip()} | {row * 120} € |" for row in range(1, 9))
    code = "```python\ndef swap(shift, nurse):\n    return shift.replace(nurse=nurse)\n```"
    diagram = "\n\n```mermaid\nflowchart LR\n  A[Rota] --> B[Swap]\n```" if chapter == 1 else ""
    return (
        f"## Chapter {chapter}\n\n{sentence * 9}[^{chapter}] See [Part 1](#part-1).\n\n"
        f"{sentence * 7}\n\n{items}\n\n| id | what | cost |\n|:--|:--|--:|\n{rows}\n\n"
        f"{code}{diagram}\n\n[^{chapter}]: Said in part {number}.\n"
    )
