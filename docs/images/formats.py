# ruff: noqa: INP001, S603 - a script, not a package; it starts the programs that draw
"""Draws docs/images/formats/*.png: what readers see of a folder in each of its formats.

    docgen generate -f docs/examples/crm.md -o output/demo -F html -F docx -F pdf -F pptx -F epub
    python docs/images/formats.py output/demo

Needs Chromium, LibreOffice and poppler (Debian: chromium libreoffice poppler-utils).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent / "formats"
#: The pages that are shown of each format that has pages.
PAGES = {"pdf": (1, 2, 6), "docx": (1, 2, 6), "pptx": (1, 3)}


def main() -> None:
    """Draw whatever formats the folder holds."""
    folder = Path(sys.argv[1]).absolute()
    shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        room = Path(scratch)
        photograph(folder / "document.html", HERE / "html.png", "1280,1400", room)
        photograph(folder / "document.html", HERE / "html-phone.png", "500,1000", room)
        with zipfile.ZipFile(folder / "document.epub") as book:
            book.extractall(room / "book")
        chapter = sorted((room / "book").rglob("*.xhtml"))[1]
        photograph(chapter, HERE / "epub.png", "600,900", room)
        draw_pages(folder / "document.pdf", "pdf")
        for kind in ("docx", "pptx"):
            run("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(room),
                f"-env:UserInstallation={(room / 'office').as_uri()}",
                str(folder / f"document.{kind}"))  # fmt: skip
            draw_pages(room / "document.pdf", kind)


def draw_pages(pdf: Path, kind: str) -> None:
    """Draw some pages of a PDF file as `<kind>-<page>.png`."""
    for page in PAGES[kind]:
        target = str(HERE / f"{kind}-{page}")
        run("pdftoppm", "-png", "-singlefile", "-r", "60", "-f", str(page), "-l", str(page),
            str(pdf), target)  # fmt: skip


def photograph(page: Path, target: Path, size: str, room: Path) -> None:
    """Take a picture of a page in Chromium, with no network to speak of."""
    run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--hide-scrollbars", f"--user-data-dir={room / 'browser'}", f"--window-size={size}",
        f"--screenshot={target}", page.as_uri())  # fmt: skip


def run(program: str, *arguments: str) -> None:
    """Run a program to its end; what it says is shown only when it fails."""
    path = shutil.which(program)
    if path is None:
        sys.exit(f"{program} is not installed")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{program} failed: {done.stderr[-2000:]}")


if __name__ == "__main__":
    main()
