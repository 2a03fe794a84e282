"""Diagrams are drawn elsewhere, cleaned, and given up when they cannot be drawn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from docgen_core import diagrams
from docgen_core.api import draw_diagram


@pytest.mark.parametrize(
    "source",
    [
        "flowchart LR\n A[One] --> B{Two}",
        "%% a remark\nsequenceDiagram\n One->>Two: Hello",
        'pie title One\n "Two" : 386\n "Three" : 85',
        "mindmap\n root((One))\n  Two",
    ],
)
def test_a_diagram_is_drawn_with_its_words(source: str) -> None:
    """Whichever of the renderers draws it."""
    drawn = draw_diagram(source)
    assert drawn is not None
    assert "One" in drawn.svg
    assert "Two" in drawn.svg
    assert drawn.width > 0
    assert drawn.height > 0
    assert drawn.png == b""


def test_a_picture_is_made_on_request() -> None:
    """For formats that show no SVG."""
    drawn = draw_diagram("flowchart LR\n A --> B", png_width=300)
    assert drawn is not None
    assert drawn.png.startswith(b"\x89PNG")


@pytest.mark.parametrize("source", ["", "no diagram", "flowchart LR\n A[[[", "x" * 30_000])
def test_what_is_no_diagram_is_not_drawn(source: str) -> None:
    """An exporter shows the text instead."""
    assert draw_diagram(source) is None


def test_text_of_a_diagram_never_acts() -> None:
    """Markup in labels is text, links go, nothing outside is named."""
    drawn = draw_diagram(
        'flowchart LR\n A["<img src=http://x.invalid onerror=a(1)>"] --> B["<script>x</script>"]'
        '\n click A href "javascript:alert(1)"\n style B fill:url(http://x.invalid/y)'
    )
    assert drawn is not None
    for harmful in ("<script", "<img", "href", "url(http"):
        assert harmful not in drawn.svg


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("<script>alert(1)</script>", ""),
        ('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>', ""),
        ('<a href="http://x.invalid"><text>a</text></a>', "<g><text>a</text></g>"),
        ('<image href="http://x.invalid/p.png" />', ""),
        ('<rect onclick="x()" fill="url(http://x.invalid)" />', "<rect />"),
        ('<rect fill="url(#own)" />', '<rect fill="url(#own)" />'),
        ("<style>@import 'http://x.invalid';</style>", ""),
        ("<style>.a{fill:red}</style>", "<style>.a{fill:red}</style>"),
    ],
)
def test_a_drawing_is_cleaned(monkeypatch: pytest.MonkeyPatch, body: str, left: str) -> None:
    """Whatever the library that drew it let through."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1">{body}</svg>'
    monkeypatch.setattr(diagrams, "_ask_child", lambda _request: {"svg": svg})
    drawn = draw_diagram("any")
    assert drawn is not None
    assert drawn.svg.partition(">")[2].removesuffix("</svg>") == left


@pytest.mark.parametrize(
    "svg",
    [
        "<p/>",
        "no xml",
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99999 99999"/>',
    ],
)
def test_a_drawing_of_no_use_is_refused(monkeypatch: pytest.MonkeyPatch, svg: str) -> None:
    """No drawing, or of no size."""
    monkeypatch.setattr(diagrams, "_ask_child", lambda _request: {"svg": svg})
    assert draw_diagram("any") is None


def test_a_drawing_that_takes_too_long_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its process is ended; the document is written without it."""
    slow = tmp_path / "slow"
    slow.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr("docgen_core.diagrams.sys.executable", str(slow))
    monkeypatch.setattr(diagrams, "_TIMEOUT", 0.2)
    assert draw_diagram("flowchart LR\n A --> B") is None


def test_a_crash_in_drawing_stays_in_its_process() -> None:
    """The child says no more than that it failed."""
    done = subprocess.run(
        [sys.executable, "-m", "docgen_core.diagram_child"], input=b"{}", capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert done.stdout == b""
