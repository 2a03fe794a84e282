"""Draws Mermaid diagrams as SVG for exporters, in a process of their own and without network.

The text of a diagram is a model's: whatever it does to the library that draws it (an endless loop,
a crash) ends with a child process, and the exporter shows the text instead. Drawing needs `mmdr`,
which the exporters that draw depend on; without it there is no diagram.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from typing import Any, Final
from xml.etree import ElementTree as ET

from docgen_core.nodes import Diagram

__all__ = ["draw_diagram"]

#: Longer than any diagram that somebody could still read.
_LONGEST: Final = 20_000
#: Seconds; a diagram takes milliseconds, starting the process some tenths of a second.
_TIMEOUT: Final = 20.0
_SVG: Final = "http://www.w3.org/2000/svg"
_ELEMENTS: Final = frozenset(
    """
    circle defs desc ellipse feDropShadow filter g line linearGradient marker path pattern polygon
    polyline rect stop style svg symbol text title tspan
    """.split()  # noqa: SIM905 - as a list literal it would fill a screen
)
_HARMFUL: Final = re.compile(
    r"@(?:import|font-face)|url\(\s*['\"]?(?!['\"]?#)|javascript:|expression\(|&|\\", re.IGNORECASE
)


def draw_diagram(source: str, *, png_width: int = 0) -> Diagram | None:
    """Draw a Mermaid diagram.

    Args:
        source: The diagram as text; untrusted.
        png_width: The width of a PNG in pixels, for formats that show no SVG; 0 for none.

    Returns:
        The drawing, or None when the text is no diagram, too long, or `mmdr` is not installed:
        an exporter then shows the text as code.
    """
    if len(source) > _LONGEST or not sys.executable:
        return None
    drawn = _ask_child({"source": source, "png_width": png_width})
    svg = _safe(str(drawn["svg"])) if drawn else None
    if drawn is None or svg is None:
        return None
    width, height = _size(svg)
    if not (0 < width <= 20_000 and 0 < height <= 20_000):  # noqa: PLR2004 - pixels of a huge wall
        return None
    png = base64.b64decode(drawn.get("png", ""))
    return Diagram(svg=ET.tostring(svg, encoding="unicode"), width=width, height=height, png=png)


def _ask_child(request: dict[str, Any]) -> dict[str, Any] | None:
    # -P: a file in the current folder must not stand in for a module.
    command = [sys.executable, "-P", "-m", "docgen_core.diagram_child"]
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, with constant arguments
            command,
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return answer if isinstance(answer, dict) else None


def _safe(text: str) -> ET.Element | None:
    """The drawing without anything that acts or leads out of it, or None when it is none."""
    if "<!" in text:  # no entities, no document type: nothing that a reader would expand
        return None
    try:
        root = ET.fromstring(text)  # noqa: S314 - without entities; the size is bounded above
    except ET.ParseError:
        return None
    if root.tag != f"{{{_SVG}}}svg":
        return None
    ET.register_namespace("", _SVG)
    _clean(root)
    return root


def _clean(element: ET.Element) -> None:
    for name, value in list(element.attrib.items()):
        plain = name.rpartition("}")[2].lower()
        link = plain in {"href", "src"} and not value.startswith("#")
        if link or plain.startswith("on") or _HARMFUL.search(value):
            del element.attrib[name]
    for child in list(element):
        name = child.tag.removeprefix(f"{{{_SVG}}}")
        if name == "a":  # the text of a link stays
            child.tag, name = f"{{{_SVG}}}g", "g"
        unsafe_style = name == "style" and _HARMFUL.search(child.text or "")
        if name not in _ELEMENTS or unsafe_style:
            element.remove(child)
        else:
            _clean(child)


def _size(root: ET.Element) -> tuple[float, float]:
    numbers = re.findall(r"-?[\d.]+(?:e-?\d+)?", root.get("viewBox", ""))
    try:
        _, _, width, height = map(float, numbers)
    except ValueError:
        return 0.0, 0.0
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    return width, height
