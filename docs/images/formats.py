# ruff: noqa: INP001, S603 - a script, not a package; it starts the programs that draw
"""Draws docs/images/formats/*.png: what readers see of a run folder in each of its formats.

    make screens
    python docs/images/formats.py [FOLDER] [--into TARGET]

Needs what `make programs` installs: Chromium, LibreOffice and poppler.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parent / "examples" / "crm"
DOCGEN = str(Path(sys.executable).parent / "docgen")
FORMATS = ("html", "json", "docx", "pptx", "pdf", "epub")
#: The pages that are shown of each format that has pages.
PAGES = {"pdf": (1, 2, 6), "docx": (1, 2, 6), "pptx": (1, 3)}
#: These fonts and no others, so that every machine draws the same.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts/truetype/noto</dir>
  <dir>/usr/share/fonts/opentype/noto</dir>
  <dir>/usr/share/fonts/truetype/dejavu</dir>
  <dir>/usr/share/fonts/truetype/liberation</dir>
  <dir>/usr/share/fonts/truetype/crosextra</dir>
  <cachedir>{cache}</cachedir>
  <include ignore_missing="yes">/etc/fonts/conf.d</include>
</fontconfig>
"""


def main() -> None:
    """Write a copy of the folder in all formats, and draw each."""
    parser = argparse.ArgumentParser(description="Draw a run folder in all formats.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--into", type=Path, default=HERE / "formats")
    arguments = parser.parse_args()
    target = arguments.into.absolute()
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        room = Path(scratch)
        use_fonts(room)
        folder = room / "run"
        shutil.copytree(arguments.folder, folder)
        run(DOCGEN, "export", str(folder), *(part for each in FORMATS for part in ("-F", each)))
        run(DOCGEN, "report", str(folder))
        draw_pages_of_a_browser(folder, target, room)
        draw_pages_of_paper(folder, target, room)


def use_fonts(room: Path) -> None:
    """Let the programs that are started see nothing but the fonts named above."""
    settings = room / "fonts.conf"
    settings.write_text(FONTS.format(cache=room / "fonts"), encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(settings)


def draw_pages_of_a_browser(folder: Path, target: Path, room: Path) -> None:
    """Draw what a browser shows: the page, the report, a chapter of the e-book, the data."""
    photograph(folder / "document.html", target / "html.png", "1280,1400", room)
    photograph(folder / "document.html", target / "html-phone.png", "500,1000", room)
    photograph(folder / "report.html", target / "report.png", "1280,1400", room)
    photograph(folder / "document.json", target / "json.png", "900,700", room)
    with zipfile.ZipFile(folder / "document.epub") as book:
        book.extractall(room / "book")
    chapter = sorted((room / "book").rglob("*.xhtml"))[1]
    photograph(chapter, target / "epub.png", "600,900", room)


def draw_pages_of_paper(folder: Path, target: Path, room: Path) -> None:
    """Draw pages of the PDF, and of the office files as LibreOffice lays them out."""
    draw_pages(folder / "document.pdf", "pdf", target)
    for kind in ("docx", "pptx"):
        run("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(room),
            f"-env:UserInstallation={(room / 'office').as_uri()}",
            str(folder / f"document.{kind}"))  # fmt: skip
        draw_pages(room / "document.pdf", kind, target)


def draw_pages(pdf: Path, kind: str, target: Path) -> None:
    """Draw some pages of a PDF file as `<kind>-<page>.png`."""
    for page in PAGES[kind]:
        run("pdftoppm", "-png", "-singlefile", "-r", "60", "-f", str(page), "-l", str(page),
            str(pdf), str(target / f"{kind}-{page}"))  # fmt: skip


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
        sys.exit(f"{program} is not installed; `make programs` installs it")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{program} failed: {done.stderr[-2000:]}")


if __name__ == "__main__":
    main()
