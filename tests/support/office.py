"""LibreOffice as a reader of office files, for tests that look at them; not part of every run."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

__all__ = ["converted", "pdf_pages", "pictures"]

_LOOK: Final = Path(__file__).parents[2] / "output" / "look"


def converted(source: Path, profile: Path) -> Path:
    """Open a file in LibreOffice and write it as PDF.

    Args:
        source: The file.
        profile: A folder for the settings of this LibreOffice, so that several do not meet.

    Returns:
        The PDF, in `output/look`.
    """
    office = shutil.which("soffice")
    assert office is not None, "LibreOffice is not installed: make programs"
    _LOOK.mkdir(parents=True, exist_ok=True)
    settings = f"-env:UserInstallation={profile.as_uri()}"
    command = [office, settings, "--headless", "--convert-to", "pdf", "--outdir", str(_LOOK)]
    done = subprocess.run([*command, str(source)], capture_output=True, timeout=300, check=False)
    made = _LOOK / f"{source.stem}.pdf"
    assert done.returncode == 0, done.stderr
    assert made.is_file(), done.stdout
    return made


def pdf_pages(made: Path) -> list[str]:
    """The text of each page of a PDF."""
    done = subprocess.run(
        ["pdftotext", "-layout", str(made), "-"], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\f")[:-1]


def pictures(made: Path) -> list[Path]:
    """Each page of a PDF as PNG beside it, to be looked at."""
    for old in made.parent.glob(f"{made.stem}-*.png"):
        old.unlink()
    subprocess.run(
        ["pdftoppm", "-r", "60", "-l", "12", "-png", str(made), str(made.with_suffix(""))],
        check=True,
    )
    found = [path for path in made.parent.glob("*.png") if re.match(rf"{made.stem}-\d", path.name)]
    return sorted(found)
