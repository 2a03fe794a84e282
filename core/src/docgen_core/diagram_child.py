"""The process that draws one diagram: a request as JSON comes in, the drawing goes out."""

from __future__ import annotations

import base64
import json
import re
import sys
from typing import Final

__all__ = ["main"]

#: Memory that drawing may take, in bytes.
_MEMORY: Final = 2**31
#: Kinds that the plainer of the two renderers draws well; it draws nonsense for broken text, so
#: the stricter one reads every diagram first.
_PLAIN: Final = re.compile(
    r"\s*(?:%%[^\n]*\n\s*)*(?:flowchart|graph|sequenceDiagram|erDiagram|classDiagram|stateDiagram"
    r"|gantt)\b"
)


def main() -> int:
    """Draw what standard input asks for; 1 when it cannot be drawn."""
    try:
        import mmdr
    except ImportError:
        return 1
    _confine()
    request = json.load(sys.stdin)
    source = str(request["source"])
    try:
        drawing = mmdr.render(source)
        drawing.svg()
        if _PLAIN.match(source):
            drawing = mmdr.render(source, backend="mermaid-rs-renderer")
        answer = {"svg": drawing.svg()}
        if request["png_width"]:
            picture = drawing.png(width=int(request["png_width"]), background="#ffffff")
            answer["png"] = base64.b64encode(picture).decode("ascii")
    except ValueError:
        return 1
    json.dump(answer, sys.stdout)
    return 0


def _confine() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    sys.exit(main())
