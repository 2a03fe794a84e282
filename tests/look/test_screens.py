"""The pictures in docs/images/formats are what the formats look like now.

All are drawn anew from docs/examples/crm, into output/look/formats, with the same fonts everywhere.
They need not be equal to the last pixel: another release of a browser moves letters by a hair.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from PIL import Image, ImageFilter

pytestmark = pytest.mark.look

_ROOT: Final = Path(__file__).parents[2]
_KEPT: Final = _ROOT / "docs" / "images" / "formats"
_DRAWN: Final = _ROOT / "output" / "look" / "formats"
_NAMES: Final = sorted(path.name for path in _KEPT.glob("*.png"))
#: Another page of the same file is at 0.7, a page without its styles far lower.
_ALIKE: Final = 0.95
_AGAIN: Final = "if this is meant, look at the new pictures and keep them: make screens"


@pytest.fixture(scope="session")
def drawn() -> Path:
    """The folder of the new pictures."""
    script = str(_ROOT / "docs" / "images" / "formats.py")
    subprocess.run([sys.executable, script, "--into", str(_DRAWN)], check=True)
    return _DRAWN


def test_every_format_has_its_pictures(drawn: Path) -> None:
    """None is missing in docs/, and none is left from a format that is gone."""
    assert sorted(path.name for path in drawn.glob("*.png")) == _NAMES, _AGAIN


@pytest.mark.parametrize("name", _NAMES)
def test_a_format_looks_as_docs_show_it(drawn: Path, name: str) -> None:
    """Light and dark lie in the same places."""
    with Image.open(_KEPT / name) as kept, Image.open(drawn / name) as new:
        assert new.size == kept.size
        assert likeness(kept, new) > _ALIKE, f"{name}: {_AGAIN}"


def test_a_blank_page_is_not_taken_for_a_picture() -> None:
    """The measure tells a page without anything on it from a page."""
    with Image.open(_KEPT / "html.png") as kept:
        blank = Image.new("RGB", kept.size, "white")
        assert likeness(kept, blank) == 0
        assert likeness(kept, kept) == pytest.approx(1)


def likeness(one: Image.Image, other: Image.Image) -> float:
    """How alike two pictures of a size are: 1 for equal, about 0 for unrelated ones."""
    ours, theirs = shades(one), shades(other)
    if min(map(statistics.pstdev, (ours, theirs))) == 0:
        return 0.0
    return statistics.correlation(ours, theirs)


def shades(picture: Image.Image) -> list[float]:
    """The brightness of a picture, seen from so far that letters are not told apart."""
    grey = picture.convert("L").filter(ImageFilter.GaussianBlur(picture.width / 60))
    return [float(shade) for shade in grey.resize((40, 50)).tobytes()]
