# ruff: noqa: INP001 - a script, not a package
"""Draws docs/images/generate.svg: a real run of docgen in a pseudo terminal.

    python docs/images/capture.py

It is the run that docs/examples/crm keeps. What rich draws while the run goes on is played back
into lines, and the picture is taken at the end.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WIDTH = 96
KEPT = ROOT / "docs" / "examples" / "crm"
ARGUMENTS = ("generate", "--server", "embedded", "--seed", "7", "-f", "docs/examples/crm.md")
#: Not for the reader: the example of an in-house pack is installed here, too.
UNSHOWN = ("--no-cache", "--disable-plugin", "docgen-plugin-adr")

_CONTROL = re.compile(r"\x1b\[(\d*)([AKJ])|\x1b\[\?\d+[hl]|\r|\n")


def record(arguments: tuple[str, ...]) -> str:
    """Run docgen in a pseudo terminal and return all that it wrote there."""
    chunks: list[bytes] = []

    def keep(descriptor: int) -> bytes:
        data = os.read(descriptor, 65536)
        chunks.append(data)
        return data

    os.environ.update(COLUMNS=str(WIDTH), LINES="30", TERM="xterm-256color")
    pty.spawn([str(Path(sys.executable).parent / "docgen"), *arguments], keep)
    return b"".join(chunks).decode("utf-8", "replace")


def last_screen(stream: str) -> list[str]:
    """Play the stream back: the lines that stand there at the end, colours kept."""
    lines, row, position = [""], 0, 0
    for match in _CONTROL.finditer(stream):
        lines[row] += stream[position : match.start()]
        position = match.end()
        if match[0] == "\n":
            row += 1
            lines.extend([""] * (row + 1 - len(lines)))
        elif match[2] == "A":
            row = max(0, row - int(match[1] or 1))
        elif match[2] in {"K", "J"}:
            lines[row] = ""
    return lines


def draw(lines: list[str], command: str) -> None:
    """Write the picture."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(Text(f"$ {command}", style="bold"))
        for line in lines:
            console.print(Text.from_ansi(line), soft_wrap=False)
        picture = console.export_svg(title="docgen")
    # rich would fetch its font from the web; the reader's own monospace font does.
    picture = re.sub(r"\s*@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    (HERE / "generate.svg").write_text(picture, encoding="utf-8")


def main() -> None:
    """Run, keep the folder, play back, draw."""
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "crm"
        stream = record((*ARGUMENTS, *UNSHOWN, "-o", str(folder)))
        (folder / ".docgen" / "lock").unlink()
        shutil.rmtree(KEPT, ignore_errors=True)
        shutil.copytree(folder, KEPT)
    text = "\n".join(last_screen(stream)).strip().replace(str(folder), "output/crm")
    draw(text.splitlines(), " ".join(("docgen", *ARGUMENTS, "-o", "output/crm")))


if __name__ == "__main__":
    main()
