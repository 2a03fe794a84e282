"""Makes the PDF of a document: asks the typesetter, and asks again more simply when it refuses."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any, Final

import attrs

from docgen_core.api import Document, FileError, PluginError, read_document
from docgen_plugin_pdf import PdfSettings
from docgen_plugin_pdf.source import Source, make_figures, write_source

__all__ = ["Made", "make_pdf", "typeset"]

#: Seconds that setting a document may take; one of 200 pages takes a few.
_TIMEOUT: Final = 120
#: How often the blocks that were refused are written as plain text, before all of them are.
_ROUNDS: Final = 3
#: Different characters that are looked up.
_MOST_CHARACTERS: Final = 5_000
#: Kinds of characters that have no shape of their own.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"})
_CLOSED: Final = "http://127.0.0.1:9"


@attrs.frozen(kw_only=True)
class Made:
    """A finished PDF.

    Attributes:
        data: The file.
        remarks: What a reader should know about it.
        standard: The standard that it keeps, such as `ua-1`; empty when it keeps none.
    """

    data: bytes
    remarks: tuple[str, ...] = ()
    standard: str = ""


def make_pdf(document: Document, settings: PdfSettings) -> Made:
    """Set a document.

    Args:
        document: The merged document; its Markdown is untrusted.
        settings: The user's.

    Raises:
        FileError: a folder with fonts is not there.
        PluginError: not even the plain text could be set.
    """
    for folder in settings.font_paths:
        if not folder.is_dir():
            raise FileError(
                f"there is no folder {folder.absolute()} with fonts",
                hint="Correct settings.pdf.font_paths, or leave it out.",
            )
    read = read_document(document)
    figures = make_figures(document, settings)
    plain: frozenset[int] = frozenset()
    reason = ""
    for attempt in range(_ROUNDS + 1):
        source = write_source(document, read, settings, figures, plain)
        answer, data = typeset(_request(document, settings, source))
        if data:
            return Made(
                data=data,
                standard=answer["standard"],
                remarks=(
                    *_remarks(answer, settings, len(plain)),
                    *_squeezed(source.squeezed),
                    *figures.remarks,
                ),
            )
        reason = answer["reason"]
        everything = frozenset(range(source.blocks))
        refused = frozenset(line - source.first for line in answer["lines"]) & everything
        last = attempt >= _ROUNDS - 1 or not refused - plain
        plain = everything if last else plain | refused
    raise PluginError(
        f"the PDF could not be set: {reason}",
        hint="The Markdown document is written; try another format.",
    )


def _request(document: Document, settings: PdfSettings, source: Source) -> dict[str, Any]:
    return {
        "source": source.text,
        "characters": _characters(source.text),
        "font": settings.font,
        "font_paths": [str(path.absolute()) for path in settings.font_paths],
        "timestamp": _timestamp(document),
        "seconds": _TIMEOUT,
    }


def _timestamp(document: Document) -> int:
    """Seconds since 1970 that stand in the file: the same document gives the same bytes."""
    asked = os.environ.get("SOURCE_DATE_EPOCH", "")
    if asked.isdecimal() and len(asked) < 12:  # noqa: PLR2004 - some thousand years
        return int(asked)
    try:
        date = dt.date.fromisoformat(document.date)
    except ValueError:
        date = dt.date(2000, 1, 1)
    midnight = dt.datetime.combine(date, dt.time(), dt.UTC)
    return int(midnight.timestamp())


def _characters(source: str) -> str:
    """The different characters of the text that some fonts do not have."""
    shown = (c for c in set(source) if not c.isascii() and unicodedata.category(c) not in _UNSEEN)
    return "".join(sorted(shown)[:_MOST_CHARACTERS])


def typeset(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Have a process of its own set the source, in an empty folder and without a way out.

    Args:
        request: The source and how to set it; see `docgen_plugin_pdf.child`.

    Returns:
        What the process said, and the PDF; empty when there is none.
    """
    with tempfile.TemporaryDirectory(prefix="docgen-pdf-") as folder:
        answer = _ask_child(request, folder)
        made = Path(folder) / "document.pdf"
        if "standard" in answer and made.is_file():
            return answer, made.read_bytes()
    return {"lines": [], "reason": "it broke off", **answer}, b""


def _ask_child(request: dict[str, Any], folder: str) -> dict[str, Any]:
    # -P: a file in the current folder must not stand in for a module.
    command = [sys.executable, "-P", "-m", "docgen_plugin_pdf.child"]
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, with constant arguments
            command,
            input=json.dumps(request).encode(),
            capture_output=True,
            cwd=folder,
            env=_environment(),
            timeout=request["seconds"],
            check=False,
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
    except subprocess.TimeoutExpired:
        return {"reason": f"it took longer than {request['seconds']} seconds"}
    except (OSError, ValueError) as error:
        return {"reason": str(error)}
    return answer if isinstance(answer, dict) else {}


def _environment() -> dict[str, str]:
    """The user's, but no packages of theirs, and a proxy that is not there."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("TYPST_") and not name.upper().endswith("_PROXY")
    }
    return {**kept, "HTTP_PROXY": _CLOSED, "HTTPS_PROXY": _CLOSED, "ALL_PROXY": _CLOSED}


def _remarks(answer: dict[str, Any], settings: PdfSettings, plain: int) -> tuple[str, ...]:
    remarks = []
    if answer["missing"]:
        remarks.append(_without_font(answer["missing"]))
    if not answer["font"]:
        remarks.append(f"there is no font {settings.font}; the built-in one was used")
    if plain:
        what = "1 block is" if plain == 1 else f"{plain} blocks are"
        remarks.append(f"{what} shown as plain text, since it could not be set otherwise")
    return tuple(remarks)


def _squeezed(tables: int) -> tuple[str, ...]:
    if not tables:
        return ()
    return (f"tables whose words are broken, since the page is not wide enough: {tables}",)


def _without_font(characters: list[str]) -> str:
    """Name the scripts and some characters that no font has."""
    counted = Counter(map(_script, characters))
    scripts = ", ".join(f"{name} ({number})" for name, number in counted.most_common(8))
    some = " ".join(f"U+{ord(character):04X}" for character in characters[:5])
    one = len(characters) == 1
    number = "1 character has" if one else f"{len(characters)} characters have"
    return (
        f"{number} no font and {'is shown as a box' if one else 'are shown as boxes'}: "
        f"{scripts}, such as {some}; install a font with "
        f"{'it' if one else 'them'}, or name its folder in settings.pdf.font_paths"
    )


def _script(character: str) -> str:
    name = unicodedata.name(character, "")
    if unicodedata.category(character) == "So" and ord(character) >= 0x1F000:  # noqa: PLR2004 - emoji
        return "emoji"
    if name and not unicodedata.category(character).startswith(("L", "M", "N")):
        return "symbols"  # their names begin with a colour or a shape
    return name.split()[0].split("-")[0].capitalize() if name else "unnamed"
